"""HTTP to one host over connections that are kept. Each exchange has one deadline for all its parts."""

from __future__ import annotations

import io
import select
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any

CONNECT_SECONDS, EXCHANGE_SECONDS = 2.0, 5.0


class Broken(Exception):
    """No answer came, or not the whole of one: the server may have done what it was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Wire:
    """Speaks to `host`, over TLS if `secure`. `authorities` is a file of those to trust, None for the system's."""

    host: str
    port: int
    secure: bool
    authorities: str | None = None
    exchange_seconds: float = EXCHANGE_SECONDS
    # Those that nobody uses; a list's ends are safe for threads.
    _idle: list[socket.socket] = field(default_factory=list)
    _tls: ssl.SSLContext | None = None

    def exchange(self, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to a POST to "/". Raises Broken."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body
        try:
            line = self._connection()
            try:
                answer, stays = self._asked(line, request)
            except BaseException:  # whatever ends an exchange half way: what comes next would be the answer to another
                line.close()
                raise
        except (OSError, HTTPException, ValueError) as error:
            raise Broken(f"{type(error).__name__}: {error}") from error
        if stays:
            self._idle.append(line)
        else:
            line.close()
        return answer

    def hang_up(self) -> None:
        """Closes the connections that nobody uses."""
        for kept in self._kept():
            kept.close()

    def _kept(self) -> Iterator[socket.socket]:
        """Takes the idle connections one by one; another thread may take one of them first."""
        with suppress(IndexError):
            while True:
                yield self._idle.pop()

    def _asked(self, line: socket.socket, request: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the connection stays for another exchange."""
        until = time.monotonic() + self.exchange_seconds
        line.settimeout(self.exchange_seconds)
        line.sendall(request)
        response = HTTPResponse(_Bounded(line, until), method="POST")  # type: ignore[arg-type]
        response.begin()
        if response.length is None and not response.chunked:
            raise ValueError("an answer without a length may have been cut")
        body = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body), not response.will_close

    def _connection(self) -> socket.socket:
        """A kept one that the other side has not closed meanwhile, the last used first; else a new one."""
        for kept in self._kept():
            if not _readable(kept):
                return kept
            kept.close()
        made = socket.create_connection((self.host, self.port), CONNECT_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._secured(made) if self.secure else made

    def _secured(self, made: socket.socket) -> ssl.SSLSocket:
        if self._tls is None:
            self._tls = ssl.create_default_context(cafile=self.authorities)
        try:
            return self._tls.wrap_socket(made, server_hostname=self.host)
        except OSError:
            made.close()
            raise


def _readable(line: socket.socket) -> bool:
    """Between exchanges a server has nothing to say but that it hangs up."""
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(0))


@dataclass(slots=True)
class _Bounded:
    """A socket to read from until a moment of the monotonic clock, however slowly it comes."""

    line: socket.socket
    until: float

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.line, self.until), 65_536)


class _Reader(io.RawIOBase):
    def __init__(self, line: socket.socket, until: float) -> None:
        self.line, self.until = line, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self.line.settimeout(left)
        return self.line.recv_into(buffer)
