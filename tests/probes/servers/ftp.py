"""FTP servers of pyftpdlib."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.probes.servers.scene import authority

with warnings.catch_warnings():
    # It is built on asyncore, which Python 3.11 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer  # type: ignore[import-untyped]
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler  # type: ignore[import-untyped]
    from pyftpdlib.ioloop import IOLoop  # type: ignore[import-untyped]
    from pyftpdlib.servers import FTPServer  # type: ignore[import-untyped]

USER, PASSWORD = "ops", "correct horse"


class Secret(TLS_FTPHandler):
    """TLS from the first byte."""

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)
        super().handle()


@contextmanager
def ftp(*, certificate: str = "", implicit: bool = False, **more: Any) -> Iterator[int]:
    """A server that offers AUTH TLS when it has a certificate. Yields its port."""
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(authority().folder))
    base = Secret if implicit else TLS_FTPHandler if certificate else FTPHandler
    settings = {"authorizer": authorizer, "auth_failed_timeout": 0, "banner": "Test server", **more}
    handler = type("Handler", (base,), settings | ({"certfile": certificate} if certificate else {}))
    loop, stop = IOLoop(), threading.Event()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)

    def serve() -> None:
        while not stop.is_set():
            loop.loop(timeout=0.01, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.address[1]
    finally:
        stop.set()
        thread.join()
