"""Servers for commands, which talk with everybody who comes: of Redis and memcached, as far as they are asked."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

Talk = Callable[[BinaryIO, BinaryIO], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """Has `talk` speak with everybody who comes. Yields the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            talk(self.rfile, self.wfile)  # type: ignore[arg-type]

    class Server(socketserver.ThreadingTCPServer):
        def handle_error(self, *_: object) -> None:
            """Callers that hang up are none of ours."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def redis(replies: Mapping[str, bytes]) -> Iterator[tuple[int, list[str]]]:
    """A server of Redis' protocol that has a reply for each command. Yields its port and what it was asked."""
    asked: list[str] = []

    def talk(came: BinaryIO, out: BinaryIO) -> None:
        while head := came.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int(came.readline()[1:])
                words.append(came.read(size + 2)[:-2].decode())
            asked.append(" ".join(words))
            out.write(replies.get(asked[-1], b"-ERR unknown command\r\n"))

    with talking(talk) as port:
        yield port, asked


@contextmanager
def memcached(replies: Mapping[str, bytes]) -> Iterator[int]:
    def talk(came: BinaryIO, out: BinaryIO) -> None:
        while line := came.readline():
            out.write(replies.get(line.decode().strip(), b"ERROR\r\n"))

    with talking(talk) as port:
        yield port
