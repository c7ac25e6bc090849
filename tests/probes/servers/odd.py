"""Peers that speak no protocol, or never stop."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat

Speak = Callable[[socket.socket], None]

_FAREWELL = re.compile(rb"QUIT|LOGOUT")
_NEVER = re.compile(rb"(?!)")


def saying(*words: bytes, polite: bool = True) -> Speak:
    """Says these, waiting for a word from the other side in between, and hangs up when the other side has, or, if it is
    polite, when the other side takes leave."""

    def speak(connection: socket.socket) -> None:
        for number, one in enumerate(words):
            if number:
                connection.recv(65_536)
            connection.sendall(one)
        listen(connection, _FAREWELL if polite else _NEVER)

    return speak


def listen(connection: socket.socket, farewell: re.Pattern[bytes] = _NEVER) -> None:
    """Until the other side hangs up or takes leave."""
    with suppress(OSError):
        while (said := connection.recv(65_536)) and not farewell.search(said):
            """It may say what it likes."""


def endless(beginning: bytes, rest: bytes) -> Speak:
    """Says `beginning` and then `rest` for ever, as fast as it is taken."""

    def speak(connection: socket.socket) -> None:
        for words in chain([beginning], repeat(rest * (65_536 // len(rest)))):
            connection.sendall(words)

    return speak


def trickling(byte: bytes) -> Speak:
    """Says one byte at a time for ever, always soon enough to seem alive."""

    def speak(connection: socket.socket) -> None:
        while True:
            connection.sendall(byte)
            time.sleep(0.005)

    return speak
