"""HTTP over sockets of our own, for where pycurl is not installed. One probe at a time, in a thread of the engine's."""

from __future__ import annotations

import io
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, LineTooLong, RemoteDisconnected
from typing import TYPE_CHECKING

from chalicelib.probes import bodies, failures, hops
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.dial import Line, Wire
from chalicelib.probes.http import Answer, Exam

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 65_536


def run(exam: Exam, line: Line) -> Outcome:
    """Sends what the exam asks for until it has its answer. Raises what `failures` has words for."""
    while True:
        try:
            answer, location = _exchange(exam, line)
        except HTTPException as error:
            raise Failed(_told(error)) from error
        if not exam.moves(answer.status, location):
            return exam.outcome(answer, line.phases())


def _exchange(exam: Exam, line: Line) -> tuple[Answer, str | None]:
    request = exam.request
    line.asked()
    with line.dial(request.target.host, request.target.port) as wire:
        if request.target.encrypted:
            wire.start_tls(request.target.host, verify=exam.definition["verify"])
            if exam.wants_certificate:
                exam.certified(wire.certificate())
        connection = HTTPConnection(request.target.host, request.target.port)
        connection.auto_open = 0  # so that it can never dial by itself
        connection.sock = sock = _Timed(wire)
        _send(connection, request, unpacks=exam.unpacks)
        response = connection.getresponse()
        if sock.ended:
            raise Failed(failures.CLOSED)  # amid the headers; http.client takes that for their end
        body = exam.body()
        _read(response, body, unpacks=exam.unpacks)
        location = response.headers.get("Location", "").encode("latin-1")
        return Answer(response.status, response.headers.get("Content-Type", ""), body), hops.escaped(location)


def _send(connection: HTTPConnection, request: hops.Request, *, unpacks: bool) -> None:
    given = {name.lower() for name in request.headers}
    connection.putrequest(request.method, request.target.path, skip_host=True, skip_accept_encoding=True)
    if "host" not in given:
        connection.putheader("Host", request.target.authority)
    if unpacks and "accept-encoding" not in given:
        connection.putheader("Accept-Encoding", bodies.PACKINGS)
    for name, value in request.headers.items():
        connection.putheader(name, value)
    if request.body is not None:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)


def _read(response: HTTPResponse, body: bodies.Body, *, unpacks: bool) -> None:
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    packed = unpacks and packing not in ("", "identity")
    sink = bodies.Unpacker(packing, body) if packed else body
    try:
        while not body.cut and (chunk := response.read(PIECE)):
            sink.write(chunk)
    except ConnectionError:
        raise Failed(failures.BROKEN_OFF) from None
    if response.length and not body.cut:
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
    return "answer is not HTTP"


class _Timed:
    """What http.client needs of a socket, with the deadline in every call."""

    def __init__(self, wire: Wire) -> None:
        self._reader = _TimedReader(wire)
        self.sendall = wire.send

    @property
    def ended(self) -> bool:
        return self._reader.ended

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)

    def close(self) -> None:
        """The one who dialled closes; http.client would do it before the answer's body is read."""


class _TimedReader(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._wire.receive_into(buffer)
        self.ended = count == 0
        return count
