"""A sink for the forwarder's tests: a real HTTP server, and what it received."""

from __future__ import annotations

import gzip
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.forward import Answer

PATIENCE = 60.0

Handle = Callable[[dict[str, str], bytes], Answer]


@dataclass
class Sink:
    """A sink that answers `answers` in turn, the last of them for ever, and keeps what it received."""

    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [Answer(202)])
    received: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/sink"

    def handle(self, headers: dict[str, str], body: bytes) -> Answer:
        self.received.put((headers, gzip.decompress(body)))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def body(self) -> bytes:
        """The next request's, as soon as it has come."""
        return self.received.get(timeout=PATIENCE)[1]

    def all(self) -> list[bytes]:
        """The bodies that have come and were not looked at."""
        return [self.received.get_nowait()[1] for _ in range(self.received.qsize())]

    def lines(self, count: int) -> list[bytes]:
        """So many lines, as soon as they have come."""
        found: list[bytes] = []
        while len(found) < count:
            found += self.body().splitlines()
        return found


@contextmanager
def serving(handle: Handle, port: int = 0) -> Iterator[int]:
    """An HTTP server in front of `handle`; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = handle({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(answer.status)
            if answer.wait:
                self.send_header("Retry-After", str(int(answer.wait)))
            self.send_header("Content-Length", str(len(answer.text)))
            self.end_headers()
            self.wfile.write(answer.text.encode())

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def left(tmp_path: Path) -> bytes:
    """What is in the spool, sealed or not."""
    return b"".join(path.read_bytes() for path in sorted((tmp_path / "spool").glob("0*")))
