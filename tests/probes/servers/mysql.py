"""A server of MySQL's protocol, of mysql-mimic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, User  # type: ignore[import-untyped]
from mysql_mimic.auth import NativePasswordAuthPlugin  # type: ignore[import-untyped]
from mysql_mimic.control import LocalControl, TooManyConnections  # type: ignore[import-untyped]

from tests.probes.servers.loops import Closing, running


class Nobody(IdentityProvider):
    """Knows one user at most, `watch` with a password, and notes who asked to be let in."""

    def __init__(self, password: str | None) -> None:
        self.came: list[str] = []
        self._password = password

    async def get_user(self, username: str) -> User | None:
        self.came.append(username)
        if self._password is None or username != "watch":
            return None
        secret = NativePasswordAuthPlugin.create_auth_string(self._password) if self._password else None
        return User(name=username, auth_string=secret, auth_plugin=NativePasswordAuthPlugin.name)


class Full(LocalControl):
    async def add(self, connection: Any) -> int:
        raise TooManyConnections


class Server(MysqlServer):
    """The library forgets to hang up on those whom it turns away."""

    async def _client_connected_cb(self, reader: Any, writer: Any) -> None:
        await super()._client_connected_cb(reader, writer)
        writer.close()


@contextmanager
def mysql(*, full: bool = False, password: str | None = None) -> Iterator[tuple[int, Nobody]]:
    """Yields its port and the one who knows who may come in."""
    nobody = Nobody(password)

    async def start() -> tuple[Closing, int]:
        server = Server(identity_provider=nobody, control=Full() if full else None)
        await server.start_server(host="127.0.0.1", port=0)
        return server, server.sockets()[0].getsockname()[1]

    with running(start) as port:
        yield port, nobody
