"""HTTP over sockets of our own, for where pycurl is not installed. One probe at a time, in a thread of the engine's."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, LineTooLong, RemoteDisconnected

from chalicelib.net.streams import ForHttp
from chalicelib.net.urls import escaped
from chalicelib.probes import bodies, failures, redirects
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Session
from chalicelib.probes.http import Answer, Exam

PIECE = 65_536


def run(exam: Exam, session: Session) -> Outcome:
    """Sends what the exam asks for until it has its answer. Raises what `failures` has words for."""
    while True:
        try:
            answer, location = _exchange(exam, session)
        except HTTPException as error:
            raise Failed(_told(error)) from error
        if not exam.moves(answer.status, location):
            return exam.outcome(answer, session.phases())


def _exchange(exam: Exam, session: Session) -> tuple[Answer, str | None]:
    request = exam.request
    session.asked()
    with session.dial(request.target.host, request.target.port) as connection:
        if request.target.encrypted:
            connection.start_tls(request.target.host, verify=exam.definition.verify)
            if exam.wants_certificate:
                exam.certified(connection.certificate())
        peer = HTTPConnection(request.target.host, request.target.port)
        peer.auto_open = 0  # so that it can never dial by itself
        peer.sock = sock = ForHttp(connection.send, connection.receive_into)
        _send(peer, request, unpacks=exam.unpacks)
        response = peer.getresponse()
        if sock.ended:
            raise Failed(failures.CLOSED)  # amid the headers; http.client takes that for their end
        body = exam.body()
        _read(response, body, unpacks=exam.unpacks)
        location = response.headers.get("Location", "").encode("latin-1")
        return Answer(response.status, response.headers.get("Content-Type", ""), body), escaped(location)


def _send(peer: HTTPConnection, request: redirects.Request, *, unpacks: bool) -> None:
    given = {name.lower() for name in request.headers}
    peer.putrequest(request.method, request.target.path, skip_host=True, skip_accept_encoding=True)
    if "host" not in given:
        peer.putheader("Host", request.target.authority)
    if unpacks and "accept-encoding" not in given:
        peer.putheader("Accept-Encoding", bodies.PACKINGS)
    for name, value in request.headers.items():
        peer.putheader(name, value)
    if request.body is not None:
        peer.putheader("Content-Length", str(len(request.body)))
    peer.endheaders(request.body)


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
