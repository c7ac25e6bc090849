"""Servers that live in an event loop, each in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol


class Closing(Protocol):
    def close(self) -> Any: ...

    async def wait_closed(self) -> Any: ...


Start = Callable[[], Awaitable[tuple[Closing, int]]]


@contextmanager
def running(start: Start) -> Iterator[int]:
    """Runs the server that `start` makes until the block ends. Yields its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server, port = asyncio.run_coroutine_threadsafe(_awaited(start), loop).result(10)
        try:
            yield port
        finally:
            asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _awaited(start: Start) -> tuple[Closing, int]:
    return await start()


async def _stop(server: Closing) -> None:
    """Stops to listen. The connections end by themselves when the probe has hung up; what does not is ended."""
    server.close()
    own = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not own]
    if left:
        _, left_over = await asyncio.wait(left, timeout=2)
        for task in left_over:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    with suppress(TimeoutError):
        await asyncio.wait_for(server.wait_closed(), 5)
    # Transports close at the loop's next turn.
    await asyncio.sleep(0)
    await asyncio.get_running_loop().shutdown_asyncgens()


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
