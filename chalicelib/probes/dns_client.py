"""Asks a name server: over UDP, and over TCP when the answer does not fit (RFC 1035, 4.2; RFC 7766, 5)."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection, Session
from chalicelib.probes.dns_messages import Answer, answer

RESOLV_CONF = Path("/etc/resolv.conf")

# The seconds that each attempt waits for an answer, for a datagram may get lost; the last one waits to the end.
_PATIENCE = (2.0, 4.0, 60.0)
_STRAYS = 100
# So many name servers of the system are asked.
SERVERS = 3
# What a server says that could not find out: another may.
_FAILING = ("SERVFAIL", "REFUSED", "NOTIMP")
_MISTAKEN = "no answer to the question"


@dataclass(frozen=True, slots=True)
class Server:
    """A name server. The one that this machine uses is `own`: it has a private address as often as not, and as nobody
    chose it from outside, it does not pass the guard. Every other one does."""

    host: str
    port: int = 53
    own: bool = False

    def datagram(self, session: Session) -> Connection:
        return self._straight(socket.SOCK_DGRAM, session) if self.own else session.datagram(self.host, self.port)

    def dial(self, session: Session) -> Connection:
        return self._straight(socket.SOCK_STREAM, session) if self.own else session.dial(self.host, self.port)

    def _straight(self, kind: int, session: Session) -> Connection:
        sock = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, kind)
        try:
            with session.timed("connect"):
                sock.settimeout(session.left())
                sock.connect((self.host, self.port))
        except BaseException:
            sock.close()
            raise
        return Connection(sock, session)


def system_servers(path: Path = RESOLV_CONF) -> list[Server]:
    """The name servers of resolv.conf(5), three at most as in the C library; without any, it is this machine."""
    try:
        lines = [one.split() for one in path.read_text("utf-8", "replace").splitlines()]
    except OSError:
        lines = []
    hosts = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return [Server(host, own=True) for host in hosts[:SERVERS] or ["127.0.0.1"]]


def ask(asked: bytes, servers: Sequence[Server], session: Session) -> Answer:
    """What one of the servers answers to the query `asked`. They are asked in turn, again and again: one that is silent
    or fails gives way to the next. Where none can answer, what the last of them said. Raises Failed, OSError,
    TimeoutError."""
    failed: Answer | None = None
    for patience in _PATIENCE:
        refusal, silent = OSError(), False
        for number, server in enumerate(servers):
            try:
                left = session.left()
                found = _asked(asked, server, session, min(patience, left / (len(servers) - number)))
                if found.code not in _FAILING:
                    return found
                failed = found
            except TimeoutError:
                silent = True
            except OSError as error:
                refusal = error
        if not silent and failed is None:
            raise refusal
        if not silent:
            break
    if failed is None:
        raise TimeoutError
    return failed


def _asked(asked: bytes, server: Server, session: Session, seconds: float) -> Answer:
    """One server's answer: over UDP, and over TCP when it does not fit."""
    try:
        with server.datagram(session) as connection:
            attempt = Connection(connection.socket, Session(seconds, clock=session.clock))
            attempt.send(asked)
            found = _heard(attempt, asked)
        return _over_tcp(asked, server, session) if found.truncated else found
    except ValueError as error:
        raise Failed(f"answer {error}") from error


def _heard(connection: Connection, asked: bytes) -> Answer:
    """The first datagram that answers the question. Others are passed over: anybody might have sent them."""
    for _ in range(_STRAYS):
        if found := answer(connection.receive(), asked):
            return found
    raise Failed(_MISTAKEN)


def _over_tcp(asked: bytes, server: Server, session: Session) -> Answer:
    with server.dial(session) as connection:
        connection.send(len(asked).to_bytes(2, "big") + asked)
        found = answer(connection.read(int.from_bytes(connection.read(2), "big")), asked)
    if found is None or found.truncated:
        raise Failed(_MISTAKEN)
    return found
