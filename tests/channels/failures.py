"""Receivers that fail in every way that real ones do, and what each failure means for the news.

A receiver is a function that is handed the connection after the request has come.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Speak = Callable[[socket.socket], None]


class Ticking:
    """A clock that goes on by a second at every look: a deadline passes by the number of reads, not by real time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@dataclass(frozen=True)
class Failure:
    """How a receiver behaves, and what the sender makes of it that has `seconds` for the whole sending."""

    speak: Speak
    message: str
    permanent: bool = False
    after: float | None = None
    seconds: float = 10.0
    clock: Callable[[], Callable[[], float]] = lambda: time.monotonic


def says(*parts: bytes) -> Speak:
    """Says these parts, and hangs up."""

    def speak(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return speak


def answers(status: int, **headers: str) -> Speak:
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return says(f"HTTP/1.1 {status} X\r\n{fields}Content-Length: 2\r\n\r\nno".encode())


def trickles(beginning: bytes) -> Speak:
    """Says the beginning and then a byte at a time, for ever."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(b"x")

    return speak


def hangs(beginning: bytes) -> Speak:
    """Says the beginning and no more until the other side hangs up."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while connection.recv(65_536):
            continue

    return speak


def takes_its_time(connection: socket.socket) -> None:
    """A receiver that is slow, but in time: each line of its answer comes by itself."""
    for line in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n", b"\r\n", b"ok"):
        threading.Event().wait(0.005)
        connection.sendall(line)


DATE = "Sat, 21 Nov 2026 02:00:00 GMT"
LATER = "Sat, 21 Nov 2026 02:02:00 GMT"


def _in_vain(speak: Speak) -> Failure:
    """A receiver that says nothing until the time is up, whatever that is."""
    return Failure(speak, "no answer within 0.05 seconds", seconds=0.05)


FAILURES: dict[str, Failure] = {
    "too many, come back in 7 s": Failure(answers(429, Retry_After="7"), "answered 429", after=7.0),
    "too many, come back at a date": Failure(answers(429, Date=DATE, Retry_After=LATER), "answered 429", after=120.0),
    "too many, the limit ends": Failure(answers(429, RateLimit_Reset="12"), "answered 429", after=12.0),
    "too many, and no word when": Failure(answers(429), "answered 429", after=60.0),
    "too many, and the body never ends": Failure(
        trickles(b"HTTP/1.1 429 X\r\nRetry-After: 7\r\n\r\n"), "answered 429", after=7.0, clock=Ticking
    ),
    "down for maintenance": Failure(answers(503, Retry_After="300"), "answered 503", after=300.0),
    "an error, the limit is told besides": Failure(answers(500, RateLimit_Reset="12"), "answered 500"),
    "an error": Failure(answers(500), "answered 500"),
    "a gateway without a server": Failure(answers(502), "answered 502"),
    "an error whose body never ends": Failure(trickles(b"HTTP/1.1 500 X\r\n\r\n"), "answered 500", clock=Ticking),
    "not there while it is deployed": Failure(answers(404), "answered 404"),
    "gone": Failure(answers(410, Retry_After="7"), "answered 410", permanent=True),
    "hangs before it answers": _in_vain(hangs(b"")),
    "hangs amid its headers": _in_vain(hangs(b"HTTP/1.1 200 OK\r\nX-A")),
    "trickles its headers": Failure(
        trickles(b"HTTP/1.1 200 OK\r\nX-A: "), "no answer within 10 seconds", clock=Ticking
    ),
    "hangs up at once": Failure(says(), "no answer (RemoteDisconnected)"),
    "hangs up amid its headers": Failure(says(b"HTTP/1."), "no answer (BadStatusLine)"),
    "speaks something else": Failure(says(b"220 mail.example.org ESMTP\r\n"), "no answer (BadStatusLine)"),
}
