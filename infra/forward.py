"""Takes Graphite lines over TCP as Carbon does and forwards them to the sink. Needs Python 3.11 and nothing beside it.

    TOCSIN_KEY=... python3 forward.py --url https://host/api/v1/sink

1. A line without a time gets that of its arrival, and every line is appended to a file in the spool.
2. Each second that file is sealed, and what is sealed is sent, oldest first, each file in one request.
3. A file goes when the sink has answered 202 (it took every line) or 400 (it took the good ones and named the others).
4. After anything else, no answer or a wrong key or a fault, the file stays and is sent again, ever more rarely.

So a line arrives at least once. A file that a kill keeps from going in 3 is sent twice: the same lines with the same
times in the same request, which the sink knows again.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import fcntl
import gzip
import http.client
import logging
import os
import random
import signal
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

LINE_MAX = 2_000  # the sink takes 2,048 bytes, with the time
LINES_MAX, BYTES_MAX = 5_000, 1_000_000  # of a file, more or less: what is read at once stays together
READ = 16_384  # so not more lines than the sink's 10,000
PATIENCE = 35.0  # seconds; API Gateway gives up after 29
PAUSE_MAX, ASKED_MAX = 60.0, 3600.0
SEALED = "[0-9]" * 20 + ".lines"

log = logging.getLogger("forward")


class Notices:
    """The log without a flood: of one kind of event a line at once, then one a minute with the number since."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._next: dict[str, float] = {}
        self._untold: dict[str, tuple[int, int, str]] = {}

    def tell(self, level: int, kind: str, latest: str = "", count: int = 1) -> None:
        with self._lock:
            before = self._untold.get(kind, (level, 0, ""))[1]
            self._untold[kind] = level, before + count, " ".join(latest.split())[:500]
        self.flush()

    def flush(self) -> None:
        """Tells what has waited its minute."""
        with self._lock:
            now = self._clock()
            for kind in [kind for kind in self._untold if self._next.get(kind, now) <= now]:
                level, count, latest = self._untold.pop(kind)
                log.log(level, "%s (%d)%s", kind, count, latest and f": {latest}")
                self._next[kind] = now + 60


def stamped(line: bytes, now: float) -> bytes:
    """The line with a time, or nothing when there is nothing to send. Whether it is any good is for the sink to say."""
    fields = line.split()
    if len(fields) > 1 and fields[1].lower().lstrip(b"+-") == b"nan":
        return b""  # collectd writes it for "no value", and Carbon drops it without a word
    if len(fields) == 2 or (len(fields) == 3 and fields[2] in (b"-1", b"-1.0", b"N", b"n")):
        fields[2:] = [b"%d" % now]
    return b" ".join(fields)


class Spool:
    """Lines on disk: one open file, and sealed ones numbered in the order in which they were filled.

    When it is full the oldest file is dropped: alerts live on the newest values, and the sink refuses very old ones.
    A kill loses nothing that `append` has returned from; a power cut may lose what was not sealed yet.
    """

    def __init__(self, folder: Path, limit: int, notices: Notices) -> None:
        """`limit` is in bytes. Raises OSError when another process has the folder, or it cannot be used."""
        self._folder, self._limit, self._notices, self._lock = folder, limit, notices, threading.RLock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:  # held until the process ends
            fcntl.flock(os.open(folder / "lock", os.O_CREAT | os.O_WRONLY, 0o600), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another process uses {folder}") from None
        for path in folder.glob("*.open"):
            _mend(path)
        self._begin(int(max(folder.glob(SEALED), default=Path("0")).stem) + 1)

    def _begin(self, number: int) -> None:
        self._path, self._size, self._count = self._folder / f"{number:020d}.open", 0, 0

    def append(self, lines: list[bytes]) -> None:
        """What cannot be written is lost, and told: memory would be the next to fill up."""
        data = b"".join(line + b"\n" for line in lines)
        try:
            with self._lock:
                if self._size >= BYTES_MAX or self._count + len(lines) > LINES_MAX:
                    self.seal()
                with self._path.open("ab", buffering=0) as file:
                    if file.write(data) != len(data):
                        file.truncate(self._size)
                        raise OSError("the disk is full")
                self._size, self._count = self._size + len(data), self._count + len(lines)
        except OSError as error:
            self._notices.tell(logging.ERROR, "lines lost, the spool cannot be written", str(error), len(lines))

    def seal(self) -> None:
        with self._lock, suppress(OSError):  # the next one tries again, and also when a file was sent at this moment
            if not self._size:
                return
            with self._path.open("rb") as file:
                os.fsync(file.fileno())
            self._path.rename(self._path.with_suffix(".lines"))
            self._begin(int(self._path.stem) + 1)
            sealed = sorted(self._folder.glob(SEALED))
            while len(sealed) > 1 and sum(path.stat().st_size for path in sealed) > self._limit:
                lost = sealed[0].read_bytes().count(b"\n")
                sealed.pop(0).unlink()
                self._notices.tell(logging.ERROR, "the spool is full, oldest lines dropped", count=lost)

    def oldest(self) -> Path | None:
        return min(self._folder.glob(SEALED), default=None)


def _mend(path: Path) -> None:
    """Seals what a kill left open. A line without its end was not wholly written: half of it may be another line."""
    size = path.read_bytes().rfind(b"\n") + 1
    os.truncate(path, size)
    path.rename(path.with_suffix(".lines")) if size else path.unlink()


@dataclass
class Answer:
    status: int
    text: str = ""
    wait: float = 0.0  # what Retry-After asks for, in seconds


def post(url: str, key: Callable[[], str], body: bytes) -> Answer:
    """Raises OSError or HTTPException without an answer. A redirection is one: the key is for this host alone."""
    parts = urllib.parse.urlsplit(url)
    headers = {
        "Authorization": "Basic " + base64.b64encode(f"{key().strip()}:".encode()).decode(),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "gzip",
    }
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with closing(kind(parts.netloc, timeout=PATIENCE)) as connection:
        connection.request("POST", parts.path or "/", gzip.compress(body), headers)
        answer = connection.getresponse()
        asked = answer.headers.get("Retry-After", "")
        wait = min(float(asked), ASKED_MAX) if asked.isdecimal() else 0.0
        return Answer(answer.status, answer.read(4_000).decode(errors="replace"), wait)


@dataclass
class Sender:
    """Empties the spool into the sink, while `wait`, which sleeps for so many seconds, does not say that it is over."""

    spool: Spool
    sink: Callable[[bytes], Answer]
    notices: Notices
    wait: Callable[[float], bool]
    jitter: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def run(self, clock: Callable[[], float], every: float) -> None:
        """At whole seconds: the sink takes equal requests for one, and so no two hold lines of the same second."""
        while not self.wait(self.turn() or every - clock() % every):
            self.notices.flush()
        self.turn()

    def turn(self) -> float:
        """Sends what waits, until a failure; answers how long to wait after it, or 0. After the end, only one file.

        While something waits nothing is sealed for its age, so that a long outage makes full files rather than many.
        """
        if not self.spool.oldest():
            self.spool.seal()
        while path := self.spool.oldest():
            with suppress(FileNotFoundError):  # the spool was full and dropped it a moment ago
                if pause := self._send(path.read_bytes().splitlines(keepends=True)):
                    return pause
                path.unlink()
            if self.wait(0):
                break
        return 0.0

    def _send(self, lines: list[bytes]) -> float:
        """0, or the seconds after which all these lines should be sent again: the sink knows halves again as well."""
        try:
            answer = self.sink(b"".join(lines))
        except (OSError, http.client.HTTPException) as error:
            return self._failed(logging.WARNING, "no answer from the sink, trying on", Answer(0, repr(error)))
        if answer.status == 413 and len(lines) > 1:
            half = len(lines) // 2
            return self._send(lines[:half]) or self._send(lines[half:])
        if answer.status not in (202, 400, 413):
            level = logging.WARNING if answer.status >= 500 or answer.status == 429 else logging.ERROR
            return self._failed(level, f"the sink answered {answer.status}, keeping all and trying on", answer)
        if answer.status != 202:
            self.notices.tell(logging.WARNING, "requests with lines that the sink refused", answer.text)
        if self.failures:
            self.notices.tell(logging.INFO, "the sink takes lines again; failed tries", count=self.failures)
        self.failures = 0
        return 0.0

    def _failed(self, level: int, kind: str, answer: Answer) -> float:
        self.failures += 1
        self.notices.tell(level, kind, answer.text)
        pause = min(0.5 * 2 ** min(self.failures, 10), PAUSE_MAX)
        return max(self.jitter(pause / 2, pause), answer.wait)


@dataclass
class Listener:
    """Hands on what comes over TCP, in lines with their times."""

    spool: Spool
    notices: Notices
    clock: Callable[[], float]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. Its last line may lack the line end, but not if it breaks off or we do: more was to come."""
        rest = b""
        with closing(writer), suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            while data := await reader.read(READ):
                *lines, rest = (rest + data).split(b"\n")
                rest = rest[: LINE_MAX + 1]  # what is too long stays too long, whatever follows
                self.take(lines)
            self.take([rest])

    def take(self, lines: list[bytes]) -> None:
        fitting = [line for line in lines if len(line) <= LINE_MAX]
        if len(fitting) < len(lines):
            self.notices.tell(logging.WARNING, "overlong lines dropped", count=len(lines) - len(fitting))
        self.spool.append([found for line in fitting if (found := stamped(line, self.clock()))])


async def run(
    spool: Spool, sink: Callable[[bytes], Answer], notices: Notices, address: tuple[str, int], every: float
) -> None:
    """Until SIGTERM or SIGINT, or until the sender breaks, which is raised."""
    stop, over = asyncio.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.start_server(Listener(spool, notices, time.time).serve, *address, backlog=128)
    log.info("listening on %s:%d", *server.sockets[0].getsockname()[:2])
    sending = asyncio.create_task(asyncio.to_thread(Sender(spool, sink, notices, over.wait).run, time.time, every))
    sending.add_done_callback(lambda _: stop.set())
    await stop.wait()
    for _ in range(20):  # what has arrived in the system's buffers is read, a quarter of a megabyte in a round
        await asyncio.sleep(0)
    server.close()
    over.set()
    await sending


def main() -> None:
    parser = argparse.ArgumentParser(description="Forwards Graphite lines from TCP to the sink.")
    parser.add_argument("--url", required=True, help="https://host/api/v1/sink")
    parser.add_argument("--key-file", type=Path, help="a file with the key, in place of the variable TOCSIN_KEY")
    parser.add_argument("--listen", default="127.0.0.1:2003", metavar="HOST:PORT")
    parser.add_argument("--spool", type=Path, default=Path("~/.cache/tocsin-forward").expanduser(), metavar="DIRECTORY")
    parser.add_argument("--spool-limit", type=int, default=256, metavar="MEGABYTES")
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    options = parser.parse_args()
    url, (host, _, port) = urllib.parse.urlsplit(options.url), options.listen.rpartition(":")
    if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc:
        parser.error("--url must be like https://host/api/v1/sink, without the key, which everybody could see")
    if not host or not port.isdecimal() or not 0.1 <= options.every <= 3600 or options.spool_limit < 1:
        parser.error("--listen takes HOST:PORT, --every 0.1 to 3600 seconds, --spool-limit 1 megabyte or more")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    notices = Notices()
    key = options.key_file.read_text if options.key_file else lambda: os.environ.get("TOCSIN_KEY", "")
    try:
        if not key().strip():
            parser.error("set TOCSIN_KEY, or name a --key-file")
        spool = Spool(options.spool, options.spool_limit * 1_000_000, notices)
        sink = partial(post, options.url, key)
        asyncio.run(run(spool, sink, notices, (host.strip("[]"), int(port)), options.every))
    except OSError as error:
        raise SystemExit(f"forward.py: {error}") from None


if __name__ == "__main__":
    main()
