"""SMTP servers of aiosmtpd."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AbstractContextManager
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from tests.probes.servers.loops import Closing, port_of, running

USER, PASSWORD = "ops@example.org", "correct horse"


class Handler:
    """Takes no mail."""


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = data is not None and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def smtp(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, auth: bool = False, **more: Any
) -> AbstractContextManager[int]:
    """A server that offers STARTTLS, speaks TLS from the start, knows a user, or none of these."""
    options: dict[str, Any] = {"hostname": "mail.example.org", "ident": "Test server", **more}
    if auth:
        options |= {"authenticator": _authenticate, "auth_require_tls": False}

    async def start() -> tuple[Closing, int]:
        loop = asyncio.get_running_loop()

        def one() -> SMTP:
            return SMTP(Handler(), tls_context=starttls, loop=loop, **options)

        server = await loop.create_server(one, "127.0.0.1", 0, ssl=tls)
        return server, port_of(server)

    return running(start)
