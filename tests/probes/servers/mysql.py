"""A server of MySQL's protocol, of mysql-mimic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, User  # type: ignore[import-untyped]
from mysql_mimic.control import LocalControl, TooManyConnections  # type: ignore[import-untyped]

from tests.probes.servers.loops import Closing, running


class Nobody(IdentityProvider):
    """Knows no user, and notes who asked to be let in."""

    def __init__(self) -> None:
        self.came: list[str] = []

    async def get_user(self, username: str) -> User | None:
        self.came.append(username)
        return None


class Full(LocalControl):
    async def add(self, connection: Any) -> int:
        raise TooManyConnections


class Server(MysqlServer):
    """The library forgets to hang up on those whom it turns away."""

    async def _client_connected_cb(self, reader: Any, writer: Any) -> None:
        await super()._client_connected_cb(reader, writer)
        writer.close()


@contextmanager
def mysql(*, full: bool = False) -> Iterator[tuple[int, Nobody]]:
    """Yields its port and the one who knows nobody."""
    nobody = Nobody()

    async def start() -> tuple[Closing, int]:
        server = Server(identity_provider=nobody, control=Full() if full else None)
        await server.start_server(host="127.0.0.1", port=0)
        return server, server.sockets()[0].getsockname()[1]

    with running(start) as port:
        yield port, nobody
