"""Servers that mean harm, or are merely broken: a clear outcome, within the time that the probe has."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.channels.servers import Reply, Server, speaking
from tests.probes.conftest import Look, silent

OK = b"HTTP/1.1 200 OK\r\n"


def saying(*parts: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        for part in parts:
            connection.sendall(part)

    return speak


def endless(head: bytes, part: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return speak


def trickling(head: bytes, part: bytes, pause: threading.Event) -> Callable[[socket.socket], None]:
    """A bit at a time, each soon enough to keep a mere timeout of reads from ending."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)
        while not pause.wait(0.05):
            connection.sendall(part)

    return speak


def told(look: Look, speak: Callable[[socket.socket], Any], **definition: Any) -> str:
    with speaking(speak) as port:
        outcome = look(f"http://127.0.0.1:{port}/", **definition)
    assert not outcome.ok
    return outcome.text


@pytest.mark.parametrize("asked", [{}, {"keyword": "x"}, {"max_size": 10_000_000}])
@pytest.mark.parametrize("head", [OK + b"\r\n", OK + b"Content-Length: 99999999999\r\n\r\n"])
def test_an_endless_answer_is_cut(head: bytes, asked: dict[str, Any], look: Look) -> None:
    with speaking(endless(head, b"x" * 65_536)) as port:
        outcome = look(f"http://127.0.0.1:{port}/", timeout=20, **asked)
    assert outcome.size == 10_000_000
    assert outcome.text == ("answer is larger than 10000000 bytes" if "max_size" in asked else "200 OK")
    assert outcome.details["cut"] is True


def test_what_is_cut_has_no_digest(look: Look) -> None:
    answer = told(look, endless(OK + b"\r\n", b"x" * 65_536), digest="0" * 64, timeout=20)
    assert answer == "digest of the answer is another"


def test_a_phrase_is_sought_to_the_end(look: Look, server: Server) -> None:
    server.answer(Reply(body=b"x" * 9_000_000 + b"at the end"))
    assert look(server.url(), keyword="at the end").text == "200 OK"
    assert look(server.url(), not_keyword="at the end").text == "forbidden phrase is there"


def test_what_could_not_be_searched_in_full_is_no_pass(look: Look) -> None:
    answer = told(look, endless(OK + b"\r\n", b"x" * 65_536), not_keyword="forbidden", timeout=20)
    assert answer == "answer is too large to be searched in full"


def test_an_answer_of_more_than_a_megabyte_is_no_json(look: Look, server: Server) -> None:
    server.answer(Reply(body=b"x" * 1_000_001))
    assert look(server.url(), json=[{"path": "a"}]).text == "answer is too large to be read as JSON"


def test_a_packed_bomb_is_cut(look: Look, server: Server) -> None:
    server.answer(Reply(headers={"Content-Encoding": "gzip"}, body=gzip.compress(bytes(200_000_000), 1)))
    outcome = look(server.url(), keyword="x", timeout=20)
    assert (outcome.text, outcome.size) == ("key phrase is missing", 10_000_000)


def test_a_bomb_in_a_bomb_is_no_answer(look: Look, server: Server) -> None:
    packed = zlib.compress(zlib.compress(bytes(100_000_000), 9), 9)
    server.answer(
        Reply(headers={"Content-Encoding": "deflate, deflate, deflate, deflate, deflate, deflate"}, body=packed)
    )
    assert look(server.url(), keyword="x").text == "answer cannot be unpacked"


def test_a_packed_answer_is_counted_unpacked_though_nobody_asked_for_it(look: Look, server: Server) -> None:
    packed = gzip.compress(bytes(1_000_000))
    server.answer(Reply(headers={"Content-Encoding": "gzip"}, body=packed))
    outcome = look(server.url())
    assert (outcome.text, outcome.size) == ("200 OK", 1_000_000)
    assert "Accept-Encoding" not in server.received[0].headers


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", b"H"),
        (OK, b"X-Slow: x\r\n"),
        (OK + b"Content-Length: 99999\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_who_trickles_is_left_when_the_time_is_up(head: bytes, part: bytes, look: Look) -> None:
    done = threading.Event()
    began = time.monotonic()
    answer = told(look, trickling(head, part, done), timeout=0.4)
    done.set()
    assert time.monotonic() - began < 4
    assert answer in ("no answer within 0.4 s", "answer is not HTTP")


def test_who_says_nothing_is_left_when_the_time_is_up(look: Look) -> None:
    with speaking(silent) as port:
        outcome = look(f"http://127.0.0.1:{port}/", timeout=0.3)
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.3 s")
    assert outcome.phases.ttfb > 200
    assert outcome.phases.ttlb == pytest.approx(0, abs=1)


def test_the_time_is_for_all_redirects_together(look: Look) -> None:
    done = threading.Event()

    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        done.wait(0.2)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = _serve_all(listener, speak)
        outcome = look(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5)
        done.set()
        stop()
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.5 s")
    assert 400 < outcome.phases.total < 2_000


def _serve_all(listener: socket.socket, speak: Callable[[socket.socket], None]) -> Callable[[], None]:
    listener.settimeout(0.05)
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            with connection:
                speak(connection)

    thread = threading.Thread(target=run)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join(10)

    return stop


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ([], "connection closed without an answer"),
        ([b"HTTP/1.1 200"], "answer is not HTTP|connection closed without an answer|answer broke off"),
        ([b"220 mail.example.org ESMTP\r\n"], "answer is not HTTP"),
        ([b"\x16\x03\x01\x00\x01\x00" * 20], "answer is not HTTP"),
        ([b"HTTP/1.1 abc Odd\r\n\r\n"], "answer is not HTTP"),
        ([OK + b"Content-Length: 10\r\n\r\nhalf"], "answer broke off"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhal"], "answer broke off"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"], "answer broke off"),
    ],
    ids=str,
)
def test_a_broken_answer_is_told_as_such(parts: list[bytes], answer: str, look: Look) -> None:
    assert told(look, saying(*parts)) in answer.split("|")


@pytest.mark.parametrize(
    "flood",
    [b"X-Flood: " + b"x" * 1_000_000, b"X-Flood: x\r\n" * 200_000],
    ids=["one long header", "many headers"],
)
def test_a_flood_of_headers_is_no_answer(flood: bytes, look: Look) -> None:
    assert told(look, saying(OK + flood)) == "answer's headers are too large"


def test_headers_with_odd_bytes_do_no_harm(look: Look) -> None:
    head = OK + b"Content-Type: \xff\xfe; charset=\xe9\r\nX-\xe4: \xf6\r\nContent-Length: 2\r\n\r\nok"
    with speaking(saying(head)) as port:
        assert look(f"http://127.0.0.1:{port}/", keyword="ok").text == "200 OK"


def test_nobody_at_the_port_is_told_as_refused(look: Look) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert look(f"http://127.0.0.1:{port}/").text == "connection refused"


def test_an_unknown_name_is_told_as_not_found(look: Look) -> None:
    outcome = look("http://nobody.invalid/")
    assert (outcome.ok, outcome.text) == (False, "host not found")
