"""The one way by which a probe reaches a host that a user named.

Every connection comes through the guard (`net.dialling`). The whole probe has one deadline, which a peer cannot stretch
by trickling: every single wait gets no more than what is left. Each step is timed as it is taken.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Self

from chalicelib.net import lookups, streams
from chalicelib.net.dialling import NotAllowed, connect, find
from chalicelib.net.lookups import Endpoint, Resolver
from chalicelib.probes import certificates
from chalicelib.probes.base import Failed, Outcome, Phases

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Session:
    """One probe's way out: the guard, the deadline and the stopwatch. It is made when the probe's work begins.

    `seconds` is all the time that the probe has; `block` the milliseconds that it waited for its turn. `authorities` is
    a file of certificates (PEM) that are trusted in place of the system's. `clock` measures (seconds from anywhere),
    `now` tells the date.
    """

    def __init__(
        self,
        seconds: float,
        allowed_networks: tuple[str, ...] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolve: Resolver | None = None,
        authorities: str | None = None,
        block: float = 0.0,
    ) -> None:
        self.seconds = seconds
        self.allowed_networks = allowed_networks
        self.authorities = authorities
        self.clock = clock
        self.now = now
        self._resolve = resolve
        self._block = block
        self._began = clock()
        self._spent = {"dns": 0.0, "connect": 0.0, "ssl": 0.0}
        self._first = 0.0
        self._waiting = True

    def left(self) -> float:
        """Seconds that remain. Raises TimeoutError when none do."""
        left = self._began + self.seconds - self.clock()
        if left <= 0:
            raise TimeoutError
        return left

    def look_up(self, host: str, port: int) -> list[Endpoint]:
        """Where `host` is, without the places that may not be reached; they are stream sockets'. Raises Failed."""
        with self.timed("dns"):
            try:
                return find(host, port, self.left(), self.allowed_networks, self._resolve)
            except (socket.gaierror, TimeoutError) as error:
                raise Failed(lookups.told(error)) from error
            except NotAllowed as error:
                raise Failed(str(error)) from error

    def dial(self, host: str, port: int) -> Connection:
        """A TCP connection to `host`."""
        return self.connected(self.look_up(host, port))

    def connected(self, endpoints: list[Endpoint]) -> Connection:
        """A TCP connection to one of the places that `look_up` answered."""
        with self.timed("connect"):
            return Connection(connect(endpoints, self.left), self)

    def datagram(self, host: str, port: int) -> Connection:
        """A UDP socket that sends to `host` and hears from it alone."""
        family, _, _, _, address = self.look_up(host, port)[0]
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return Connection(sock, self)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Books the time of the block under "dns", "connect" or "ssl"."""
        began = self.clock()
        try:
            yield
        finally:
            self._spent[phase] += self.clock() - began

    def converse(self) -> None:
        """This is a dialogue: it has no answer whose first byte is waited for, so all its working time is `ttlb`."""
        self._waiting = False

    def asked(self) -> None:
        """A request begins: what passes from here to the next byte is waiting for an answer."""
        if not self._waiting:
            self._first -= self._working()
            self._waiting = True

    def heard(self) -> None:
        """A byte has come; the first one after a request ends the waiting for an answer."""
        if self._waiting:
            self._first += self._working()
            self._waiting = False

    def phases(self) -> Phases:
        """Up to now. Whatever is neither look-up, connection nor handshake is `ttfb` until the first byte of the answer
        and `ttlb` from there on, so the phases always sum up to the whole."""
        working = self._working()
        waited = self._first + (working if self._waiting else 0.0)
        dns, connect, tls = (1e3 * spent for spent in self._spent.values())
        return Phases(self._block, dns, connect, tls, max(1e3 * waited, 0.0), max(1e3 * (working - waited), 0.0))

    def _working(self) -> float:
        return self.clock() - self._began - sum(self._spent.values())

    def outcome(self, ok: bool, text: str, *, size: int = 0, warning: bool = False, **details: Any) -> Outcome:
        """What was found, with the phases up to now."""
        return Outcome(ok, text, self.phases(), size, warning, details)


class Connection:
    """A connection that the guard made. Every wait ends with the line's deadline (TimeoutError)."""

    def __init__(self, sock: socket.socket, session: Session) -> None:
        self.socket = sock
        self.line = session
        self._ahead = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def start_tls(self, host: str, *, verify: bool = True, protocols: tuple[str, ...] = ()) -> None:
        """TLS from here on; `host` is the name that the certificate must be for, `protocols` what is to be spoken
        (ALPN). What came before the handshake and was not read is refused: it would pass for what was said in
        secret."""
        if self._ahead:
            raise Failed("unexpected data before the TLS handshake")
        context = _context(self.line.authorities, verify, protocols)
        with self.line.timed("ssl"):
            self.socket.settimeout(self.line.left())
            self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def chain(self) -> list[bytes]:
        """The certificates that the peer sent, its own first, in DER form."""
        if not isinstance(self.socket, ssl.SSLSocket):
            raise Failed("no TLS")
        if hasattr(self.socket, "get_unverified_chain"):
            return list(self.socket.get_unverified_chain())
        # Before Python 3.13 it is there, but under another name.
        sent = self.socket._sslobj.get_unverified_chain() or []  # type: ignore[attr-defined]
        return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in sent]

    def ends_first(self) -> certificates.Ending:
        """Of the certificates that the peer needs, the one that ends first. Raises Failed."""
        try:
            return certificates.ends_first(self.chain(), partial(trusted, self.line.authorities), self.line.now())
        except ValueError:
            raise Failed("certificate cannot be read") from None

    def send(self, data: bytes) -> None:
        streams.send(self.socket, data, self.line.left)

    def receive(self, limit: int = 65_536) -> bytes:
        """What is there, at least a byte and at most `limit`; empty when the peer has ended."""
        if self._ahead:
            data, self._ahead = self._ahead[:limit], self._ahead[limit:]
            return data
        data = streams.receive(self.socket, limit, self.line.left)
        self.line.heard()
        return data

    def receive_into(self, buffer: WriteableBuffer) -> int:
        """The same into a buffer: how many bytes are there now, 0 when the peer has ended."""
        count = streams.receive_into(self.socket, buffer, self.line.left)
        self.line.heard()
        return count

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes. Raises Failed when the peer ends before."""
        parts, missing = [], count
        while missing:
            parts.append(self._more(missing))
            missing -= len(parts[-1])
        return b"".join(parts)

    def read_line(self, limit: int = 4_096) -> bytes:
        """One line without its line break. Raises Failed when the peer ends before or the line has no end."""
        data = b""
        while b"\n" not in data:
            if len(data) > limit:
                raise Failed("answer is too long")
            data += self._more(limit)
        one, _, rest = data.partition(b"\n")
        self._ahead = rest + self._ahead
        return one.removesuffix(b"\r")

    def _more(self, limit: int) -> bytes:
        data = self.receive(limit)
        if not data:
            raise Failed("connection closed without an answer")
        return data


@lru_cache(maxsize=8)
def trusted(authorities: str | None) -> frozenset[bytes]:
    """The names of those who are trusted."""
    known = trust(authorities, verify=True).get_ca_certs(binary_form=True)
    return frozenset(certificates.parsed(der).subject for der in known)


def _context(authorities: str | None, verify: bool, protocols: tuple[str, ...]) -> ssl.SSLContext:
    return _speaking(authorities, verify, protocols) if protocols else trust(authorities, verify=verify)


@lru_cache(maxsize=8)
def _speaking(authorities: str | None, verify: bool, protocols: tuple[str, ...]) -> ssl.SSLContext:
    """The same trust for who says at once what is to be spoken (ALPN)."""
    context = trust.__wrapped__(authorities, verify=verify)
    context.set_alpn_protocols(list(protocols))
    return context


@lru_cache(maxsize=8)
def trust(authorities: str | None, *, verify: bool) -> ssl.SSLContext:
    """Whose certificates are accepted. Loading the system's takes tens of milliseconds, so it is done once, and not at
    all where nothing is verified."""
    if not verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context = ssl.create_default_context(cafile=authorities)
    # Newer Pythons are stricter with the form of a certificate than curl and the browsers are.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
