"""A WebSocket server of the websockets library."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from tests.probes.servers.loops import Closing, running

Talk = Callable[[ServerConnection], Awaitable[None]]


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def websocket(talk: Talk = echo, context: ssl.SSLContext | None = None, **more: Any) -> AbstractContextManager[int]:
    async def start() -> tuple[Closing, int]:
        server = await serve(talk, "127.0.0.1", 0, ssl=context, **more)
        port: int = next(iter(server.sockets)).getsockname()[1]
        return server, port

    return running(start)
