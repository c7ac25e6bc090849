"""Sockets whose every wait ends with a deadline, which a peer cannot stretch by trickling.

`left` tells the seconds that remain, or raises TimeoutError.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def send(sock: socket.socket, data: bytes, left: Callable[[], float]) -> None:
    """All of `data`."""
    view = memoryview(data)
    while view:
        sock.settimeout(left())
        view = view[sock.send(view) :]


def receive(sock: socket.socket, limit: int, left: Callable[[], float]) -> bytes:
    """What is there, at least a byte and at most `limit`; empty when the peer has ended."""
    sock.settimeout(left())
    return sock.recv(limit)


def receive_into(sock: socket.socket, buffer: WriteableBuffer, left: Callable[[], float]) -> int:
    """The same into a buffer: how many bytes are there now, 0 when the peer has ended."""
    sock.settimeout(left())
    return sock.recv_into(buffer)


class ForHttp:
    """What http.client needs of a socket, made of the two ways to use it. `ended` tells whether the peer has."""

    def __init__(self, sendall: Callable[[bytes], None], receive_into: Callable[[WriteableBuffer], int]) -> None:
        self.sendall = sendall
        self._reader = _Reader(receive_into)

    @property
    def ended(self) -> bool:
        return self._reader.ended

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)

    def close(self) -> None:
        """The one who dialled closes; http.client would do it before the answer's body is read."""


class _Reader(io.RawIOBase):
    def __init__(self, receive_into: Callable[[WriteableBuffer], int]) -> None:
        super().__init__()
        self._receive_into = receive_into
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._receive_into(buffer)
        self.ended = count == 0
        return count
