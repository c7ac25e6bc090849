"""HTTP over sockets of our own, for where pycurl is not installed. One probe at a time, in a thread of the engine's."""

from __future__ import annotations

import re
from collections import deque
from email.message import Message
from http import HTTPStatus, client
from http.client import (
    BadStatusLine,
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    IncompleteRead,
    LineTooLong,
    RemoteDisconnected,
)
from io import BufferedReader
from typing import Any, cast

from chalicelib.net.streams import ForHttp
from chalicelib.net.urls import escaped
from chalicelib.probes import bodies, failures, packings, redirects
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Session
from chalicelib.probes.http import STATUS_LINE, Answer, Exam

PIECE = 65_536


# http.client gives up at a hundred headers, curl when they have so many bytes.
client._MAXHEADERS = 100_000  # type: ignore[attr-defined]
HEAD = 300 * 1024
_ODD = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")


class _Response(HTTPResponse):
    """An answer behind all that may come before it: 102 and 103 as well as 100 (RFC 9110, 15.2). It is as strict as
    curl with what it begins with, and no stricter with its headers, of which http.client forgets all behind an odd
    one."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = self._status()
        while 100 <= status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS:
            self._lines()
            version, status, reason = self._status()
        self.fp = cast(BufferedReader, _Headed(self._lines(), self.fp))
        return version, status, reason

    def _status(self) -> tuple[str, int, str]:
        line = self._line(PIECE) if self._begun() else b""
        if not STATUS_LINE.fullmatch(line):
            raise BadStatusLine("")
        version, _, rest = line.decode("latin-1").partition(" ")
        return version, int(rest[:3]), rest[3:].strip()

    def _lines(self) -> list[bytes]:
        """The lines of a head, with the empty one behind it."""
        lines, left = list[bytes](), HEAD
        while not lines or lines[-1].strip():
            lines.append(_mended(self._line(left)))
            left -= len(lines[-1])
        return lines

    def _line(self, limit: int) -> bytes:
        line = self.fp.readline(max(limit, 1) + 1)
        if len(line) > limit:
            raise LineTooLong("head")
        if not line.endswith(b"\n"):
            raise RemoteDisconnected("")
        return line

    def _begun(self) -> bool:
        """Whether what comes may become an answer."""
        return b"HTTP/".startswith(self.fp.peek(5)[:5])


def _mended(line: bytes) -> bytes:
    """A line of a head whose name http.client can read."""
    if b"\0" in line:
        raise BadStatusLine("")
    if not line.strip() or line[:1] in b" \t":
        return line
    name, colon, value = line.partition(b":")
    if not colon:
        raise BadStatusLine("")
    if name.rstrip().lower() == b"content-length" and not value.strip().isdigit():
        raise BadStatusLine("")
    return _ODD.sub(b"_", name.rstrip()) + colon + value


class _Headed:
    """A file whose first lines were read already."""

    def __init__(self, lines: list[bytes], rest: BufferedReader) -> None:
        self._lines, self._rest = deque(lines), rest

    def readline(self, limit: int = -1) -> bytes:
        return self._lines.popleft() if self._lines else self._rest.readline(limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rest, name)


def run(exam: Exam, session: Session) -> Outcome:
    """Sends what the exam asks for until it has its answer. Raises what `failures` has words for."""
    return exam.outcome(fetch(exam, session)[0], session.phases())


def fetch(exam: Exam, session: Session) -> tuple[Answer, Message]:
    """The last answer to what the exam asks for, and its headers. Raises what `failures` has words for."""
    while True:
        try:
            answer, headers = _exchange(exam, session)
        except HTTPException as error:
            raise Failed(_told(error)) from error
        location = escaped(headers.get("Location", "").encode("latin-1").strip())
        if not exam.moves(answer.status, location, headers.get_all("Set-Cookie", [])):
            return answer, headers


def _exchange(exam: Exam, session: Session) -> tuple[Answer, Message]:
    """The answer to the exam's present request, and its headers."""
    request = exam.request
    session.asked()
    with session.dial(request.target.host, request.target.port) as connection:
        if request.target.encrypted:
            connection.start_tls(request.target.host, verify=exam.definition.verify)
            if exam.wants_certificate:
                exam.certified(connection.ends_first())
        peer = HTTPConnection(request.target.host, request.target.port)
        peer.response_class = _Response
        peer.auto_open = 0  # so that it can never dial by itself
        peer.sock = sock = ForHttp(connection.send, connection.receive_into)
        _send(peer, request, packed=exam.takes_packed)
        response = peer.getresponse()
        packing = ", ".join(response.headers.get_all("Content-Encoding", []))
        body = exam.body(packing, response.headers.get("Content-Type", ""))
        _read(response, body)
        if getattr(response, "chunked", False) and sock.ended and not body.cut:
            raise Failed(failures.BROKEN_OFF)  # behind the last chunk; http.client takes that for the end
        return Answer(response.status, body), response.headers


def _send(peer: HTTPConnection, request: redirects.Request, *, packed: bool) -> None:
    given = {name.lower() for name in request.headers}
    peer.putrequest(request.method, request.target.path, skip_host=True, skip_accept_encoding=True)
    if "host" not in given:
        peer.putheader("Host", request.target.authority)
    if packed and "accept-encoding" not in given:
        peer.putheader("Accept-Encoding", packings.ASKED)
    for name, value in request.lines.items():
        peer.putheader(name, value)
    if request.body is not None:
        peer.putheader("Content-Length", str(len(request.body)))
    peer.endheaders(request.body)


def _read(response: HTTPResponse, body: bodies.Body) -> None:
    try:
        while chunk := response.read(PIECE):
            if body.write(chunk) < 0:
                return
    except ConnectionError:
        raise Failed(failures.BROKEN_OFF) from None
    if response.length:
        raise Failed(failures.BROKEN_OFF)


def _told(error: HTTPException) -> str:
    """HTTPException's own words quote the peer and are left out."""
    if isinstance(error, IncompleteRead):
        return failures.BROKEN_OFF
    if isinstance(error, RemoteDisconnected):
        return failures.CLOSED
    # Too many headers have no class of their own.
    if isinstance(error, LineTooLong) or type(error) is HTTPException:
        return "answer's headers are too large"
    return failures.NOT_HTTP
