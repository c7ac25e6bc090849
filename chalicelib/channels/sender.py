"""The one way by which a web address that a user gave is called.

Every connection comes through the guard (`net.dialling`), and every redirect goes through the same gate. No proxy is
taken from the environment. The whole call, look-up and redirects included, has one deadline, which a peer cannot
stretch by trickling: every single read and write gets no more than what is left.
"""

from __future__ import annotations

import base64
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import unquote_to_bytes, urljoin

from chalicelib.channels.words import one_line
from chalicelib.core.errors import Undelivered
from chalicelib.net import streams, urls
from chalicelib.net.dialling import NotAllowed, connect, find
from chalicelib.net.lookups import Resolver

SECONDS = 10.0
BODY_LIMIT = 65_536
REDIRECTS = 3

# What may follow a redirect to another origin; everything else may be a secret that was meant for the first one.
_TRAVELLING = frozenset({"content-type", "user-agent", "idempotency-key"})
_SAME_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is cut at BODY_LIMIT bytes, the names of `headers` are in lower case. `is_of_a_page` says
    that a redirect has turned the request into a GET, so that what was sent has arrived nowhere."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_of_a_page: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: urls.Target
    headers: Mapping[str, str]
    body: bytes | None


class _Deadline:
    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises TimeoutError when none do."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError
        return left


class Sender:
    """Sends HTTP requests to addresses that the guard lets through. Safe to share between threads."""

    def __init__(
        self,
        allowed_networks: tuple[str, ...] = (),
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolver | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._networks = allowed_networks
        self._seconds = seconds
        self._clock = clock
        self._resolve = resolve
        self._given_context = context

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        redirects: int = REDIRECTS,
    ) -> Answer:
        """One request, with at most so many redirects; with none allowed, a redirect is the answer. Raises Undelivered
        when there is no answer to be had."""
        try:
            target = urls.parse(url)
        except ValueError as error:
            raise Undelivered(f"the web address {error}", permanent=True) from error
        if target.user is not None and "authorization" not in {name.lower() for name in headers}:
            headers = {**headers, "Authorization": _basic(target.user, target.password or "")}
        try:
            request, deadline = _Request(method, target, headers, body), _Deadline(self._clock, self._seconds)
            return self._follow(request, deadline, redirects)
        except NotAllowed as error:
            raise Undelivered(str(error), permanent=True) from error
        except TimeoutError as error:
            raise Undelivered(f"no answer within {self._seconds:g} seconds", unanswered=True) from error
        except ssl.SSLCertVerificationError as error:
            raise Undelivered(f"certificate not accepted ({error.verify_message})") from error
        except (OSError, HTTPException) as error:
            unanswered = not isinstance(error, (ConnectionRefusedError, socket.gaierror))
            raise Undelivered(f"no answer ({_told(error)})", unanswered=unanswered) from error

    def _follow(self, request: _Request, deadline: _Deadline, redirects: int) -> Answer:
        method = request.method
        for _ in range(redirects + 1):
            answer, location = self._exchange(request, deadline)
            if location is None or not redirects:
                return replace(answer, is_of_a_page=request.method != method)
            request = _redirected(request, answer.status, location)
        raise Undelivered(f"redirected more than {redirects} times")

    def _exchange(self, request: _Request, deadline: _Deadline) -> tuple[Answer, str | None]:
        target = request.target
        with closing(self._dial(target, deadline)) as sock:
            connection = HTTPConnection(target.host, target.port)
            connection.default_port = 443 if target.encrypted else 80
            connection.auto_open = 0  # so that it can never dial by itself
            connection.sock = streams.ForHttp(
                partial(streams.send, sock, left=deadline.left), partial(streams.receive_into, sock, left=deadline.left)
            )
            connection.request(request.method, target.path, request.body, dict(request.headers))
            response = connection.getresponse()
            location = response.headers.get("Location") if response.status in urls.MOVED else None
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, _read(response), headers), location

    def _dial(self, target: urls.Target, deadline: _Deadline) -> socket.socket:
        places = find(target.host, target.port, deadline.left(), self._networks, self._resolve)
        sock = connect(places, deadline.left)
        if not target.encrypted:
            return sock
        try:
            sock.settimeout(deadline.left())
            return self._context.wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given_context or ssl.create_default_context()


def _basic(user: str, password: str) -> str:
    """The header that stands for a user name and a password as an address spells them."""
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode("ascii")


def _read(response: HTTPResponse) -> bytes:
    """The beginning of the answer's body. The status has told already how the request fared: a body that breaks off
    or does not end in time changes nothing about that."""
    try:
        return response.read(BODY_LIMIT)
    except (OSError, HTTPException):
        return b""


def _redirected(request: _Request, status: int, location: str) -> _Request:
    """The request that a redirect asks for. 307 and 308 repeat it, the others turn it into a GET."""
    try:
        target = urls.parse(urljoin(request.target.url, urls.escaped(location.encode("latin-1"))))
    except ValueError as error:
        raise Undelivered("redirected to what is no web address") from error
    if request.target.encrypted and not target.encrypted:
        raise Undelivered("redirected from https to http")
    headers = dict(request.headers)
    if target.origin != request.target.origin:
        headers = {name: value for name, value in headers.items() if name.lower() in _TRAVELLING}
    if status in _SAME_METHOD:
        return replace(request, target=target, headers=headers)
    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return _Request("GET", target, headers, None)


def _told(error: Exception) -> str:
    """The system's words for an error, or its name. HTTPException's own words quote the peer and are left out."""
    words = error.strerror if isinstance(error, OSError) else None
    return one_line(str(words or type(error).__name__), 100)
