"""infra.forward as a process: what a sender has handed over arrives, though it is stopped, killed or badly started."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from infra import forward
from infra.forward import Answer
from tests.infra.sinks import PATIENCE, Sink, left, serving


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    with serving(sink.handle) as sink.port:
        yield sink


class Forwarder:
    """The script in a process of its own, without the project around it."""

    def __init__(self, folder: Path, url: str, *options: str) -> None:
        script = shutil.copy(forward.__file__, folder)
        common = ("--url", url, "--listen", "127.0.0.1:0", "--spool", str(folder / "spool"))
        command = [sys.executable, "-I", "-W", "error", script, *common, *options]
        environ = os.environ | {"TOCSIN_KEY": "KEY"}
        self.process = subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self._said: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stderr,))
        self._reader.start()

    def _read(self, errors: IO[str]) -> None:
        for line in errors:
            self._said.put(line)

    def says(self, text: str) -> re.Match[str]:
        """Waits for a line of the log with the expression `text` in it."""
        while not (found := re.search(text, self._said.get(timeout=PATIENCE))):
            continue
        return found

    def listens(self) -> int:
        return int(self.says(r"listening on 127\.0\.0\.1:(\d+)")[1])

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        self.end(signal.SIGKILL)
        assert self.process.stderr is not None
        self.process.stderr.close()


Start = Callable[..., Forwarder]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Forwarder] = []

    def begin(url: str, *options: str) -> Forwarder:
        started.append(Forwarder(tmp_path, url, *options))
        return started[-1]

    yield begin
    for forwarder in started:
        forwarder.close()


def hand_over(port: int, data: bytes) -> None:
    """Sends as `nc -N` does. That the forwarder closes says that it has taken everything."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_lines_of_two_connections_at_once_are_delivered(start: Start, sink: Sink) -> None:
    port = start(sink.url, "--every", "0.1").listens()
    with socket.create_connection(("127.0.0.1", port)) as one, socket.create_connection(("127.0.0.1", port)) as other:
        one.sendall(b"one.a 1 17\none.")
        other.sendall(b"other.a 1 17\nother.b ")
        assert sorted(sink.lines(2)) == [b"one.a 1 17", b"other.a 1 17"]
        one.sendall(b"b 2 17\n")
        other.sendall(b"2 17\n")
        assert sorted(sink.lines(2)) == [b"one.b 2 17", b"other.b 2 17"]


def test_nothing_is_lost_when_the_process_is_killed(start: Start, sink: Sink, tmp_path: Path) -> None:
    sink.answers = [Answer(503)]
    forwarder = start(sink.url, "--every", "0.1")
    port = forwarder.listens()
    hand_over(port, b"a 1 17\n")
    forwarder.says("the sink answered 503")
    hand_over(port, b"".join(b"b %d 17\n" % number for number in range(7_000)))
    assert forwarder.end(signal.SIGKILL) == -signal.SIGKILL
    sink.all()
    sink.answers = [Answer(202)]
    start(sink.url).listens()
    assert sink.lines(7_001) == [b"a 1 17", *(b"b %d 17" % number for number in range(7_000))]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_when_it_is_stopped_it_takes_and_sends_what_has_come(
    start: Start, sink: Sink, tmp_path: Path, number: signal.Signals
) -> None:
    forwarder = start(sink.url, "--every", "3600")
    port = forwarder.listens()
    hand_over(port, b"a 1 17\n")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"b 2 17\nhalf.a.line 3")
        assert forwarder.end(number) == 0
    assert b"".join(sink.all()) == b"a 1 17\nb 2 17\n"
    assert left(tmp_path) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_when_it_is_stopped_while_the_sink_is_down_everything_is_kept(start: Start, sink: Sink, tmp_path: Path) -> None:
    sink.answers = [Answer(503, wait=3_000)]
    forwarder = start(sink.url, "--every", "0.1")
    port = forwarder.listens()
    hand_over(port, b"a 1 17\n")
    forwarder.says("the sink answered 503")
    hand_over(port, b"b 2 17\n")
    assert forwarder.end(signal.SIGTERM) == 0
    assert left(tmp_path) == b"a 1 17\nb 2 17\n"
    assert sink.all() == [b"a 1 17\n"] * 2


def test_a_key_in_a_file_can_be_mended_while_it_runs(start: Start, sink: Sink, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("first\n")
    port = start(sink.url, "--every", "0.1", "--key-file", str(tmp_path / "key")).listens()
    hand_over(port, b"a 1 17\n")
    assert sink.received.get(timeout=PATIENCE)[0]["authorization"] == "Basic Zmlyc3Q6"
    (tmp_path / "key").write_text("second\n")
    hand_over(port, b"b 2 17\n")
    assert sink.received.get(timeout=PATIENCE)[0]["authorization"] == "Basic c2Vjb25kOg=="


def test_a_spool_has_one_owner(start: Start, sink: Sink) -> None:
    start(sink.url).listens()
    second = start(sink.url)
    second.says(r"forward\.py: another process uses .*spool")
    assert second.process.wait(PATIENCE) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--url", "https://KEY@example.org/api/v1/sink"], "without the key"),
        (["--url", "example.org"], "--url must be like"),
        (["--listen", "2003"], "--listen takes HOST:PORT"),
        (["--every", "nan"], "--every 0.1 to 3600"),
        (["--spool-limit", "0"], "--spool-limit 1"),
        (["--key-file", "/dev/null"], "set TOCSIN_KEY, or name a --key-file"),
    ],
)
def test_a_command_that_cannot_work_is_told_at_once(start: Start, sink: Sink, options: list[str], told: str) -> None:
    forwarder = start(sink.url, *options)
    forwarder.says(re.escape(told))
    assert forwarder.process.wait(PATIENCE) == 2
