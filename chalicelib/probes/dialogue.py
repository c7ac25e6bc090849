"""What the probes that talk with a server line by line share: their fields, the way in, replies, and taking leave.

A peer's words may be repeated (a banner, a refusal), but only through `quoted`, and never after a secret has been sent:
some servers repeat the command that they refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.core.errors import Invalid
from chalicelib.probes import fields
from chalicelib.probes.base import Definition, Failed, Outcome
from chalicelib.probes.connection import Connection, Session

# How a connection is secured: not at all, by a command in the dialogue, or from the first byte.
MODES = ("none", "starttls", "tls")
SECURED = ("host", "port", "tls", "verify", "user", "password")

QUOTED = 100
LINES = 100
SEARCHED = 65_536
SHOWN = 4_096
PARTING_SECONDS = 1.0

# Controls, line breaks of every kind, directional marks and lone surrogates: what is not there to be looked at.
_UNSEEN = re.compile("[\0-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer(Definition):
    """A port of a host."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured(Peer):
    """What may be secured, in one of the MODES, and may log in. A user name and a password are sent as the connection
    is: over `none`, for everybody on the way to read."""

    tls: str = "none"
    verify: bool = True
    user: str = ""
    password: str = ""

    @property
    def verifies(self) -> bool:
        return self.tls != "none" and self.verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted(Peer):
    """What may be encrypted, from the start or as the protocol has it."""

    tls: bool = False
    verify: bool = True

    @property
    def verifies(self) -> bool:
        return self.tls and self.verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered(Encrypted):
    """What may be encrypted, and may log in."""

    user: str = ""
    password: str = ""


ENTERED = ("host", "port", "user", "password", "tls", "verify")

S = TypeVar("S", bound=Secured)
E = TypeVar("E", bound=Entered)


def cleaned(kind: type[S], definition: dict[str, object], ports: dict[str, int]) -> S:
    """The definition of a type that may be secured; `ports` are the usual ones of the MODES."""
    fields.refuse_unknown(definition, SECURED)
    mode = fields.choice(definition, "tls", MODES, "none")
    timeout, host, port = fields.timeout(definition), fields.host(definition), fields.port(definition, ports[mode])
    verify = fields.flag(definition, "verify", default=True)
    user, password = _credentials(definition)
    return kind(timeout=timeout, host=host, port=port, tls=mode, verify=verify, user=user, password=password)


def entered(kind: type[E], definition: dict[str, object], ports: tuple[int, int], **more: object) -> E:
    """The definition of a type that may be encrypted and log in; `ports` are the usual ones, without TLS and with it.
    `more` are its own fields, clean."""
    fields.refuse_unknown(definition, (*ENTERED, *more))
    tls = fields.flag(definition, "tls", default=False)
    return kind(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, ports[tls]),
        user=fields.word(definition, "user", 200),
        password=fields.word(definition, "password", 200),
        tls=tls,
        verify=fields.flag(definition, "verify", default=True),
        **more,  # type: ignore[arg-type]
    )


def _credentials(definition: dict[str, object]) -> tuple[str, str]:
    user, password = (fields.word(definition, key, 200) for key in ("user", "password"))
    require_user(user, password)
    require_password(user, password)
    return user, password


def require_user(user: str, password: str) -> None:
    """Raises Invalid for a password that is nobody's."""
    if password and not user:
        raise Invalid("user", "is missing, but there is a password")


def require_password(user: str, password: str) -> None:
    """Raises Invalid for a user without a password."""
    if user and not password:
        raise Invalid("password", "is missing, but there is a user")


def conversation(definition: S, session: Session, talk: Callable[[Connection, S], str], farewell: bytes) -> Outcome:
    """A look at a server that is told how to go when all is said: `talk` answers the text of what it found."""
    with connected(definition, session) as connection:
        outcome = session.outcome(True, talk(connection, definition))
        goodbye(connection, farewell)
        return outcome


@contextmanager
def connected(definition: Secured, session: Session) -> Iterator[Connection]:
    """The connection to `host` and `port`, with TLS if that comes first."""
    with dialled(session, definition.host, definition.port) as connection:
        if definition.tls == "tls":
            connection.start_tls(definition.host, verify=definition.verify)
        yield connection


@contextmanager
def encrypted(definition: Encrypted, session: Session, *, protocols: tuple[str, ...] = ()) -> Iterator[Connection]:
    """The connection to `host` and `port`, with TLS from the start where that is asked for; `protocols` are what is to
    be spoken in it (ALPN)."""
    with dialled(session, definition.host, definition.port) as connection:
        if definition.tls:
            connection.start_tls(definition.host, verify=definition.verify, protocols=protocols)
        yield connection


def dialled(session: Session, host: str, port: int) -> Connection:
    """A connection for a dialogue, all of whose time counts as `ttlb`: it has no first byte of an answer."""
    session.converse()
    return session.dial(host, port)


def say(connection: Connection, command: str) -> None:
    connection.send(command.encode() + b"\r\n")


def reply(connection: Connection) -> list[bytes]:
    """The lines of one reply of SMTP (RFC 5321, 4.2.1) or FTP (RFC 959, 4.2): `220-`, as many as there are, `220 `."""
    lines = [connection.read_line()]
    code = lines[0][:3]
    if lines[0][3:4] == b"-":
        while not (lines[-1] + b" ").startswith(code + b" "):
            if len(lines) == LINES:
                raise Failed("answer is too long")
            lines.append(connection.read_line())
    return lines


def expect(connection: Connection, code: str) -> list[bytes]:
    """A reply that begins with `code`. Raises Failed, which repeats what came in its stead."""
    return required(code, reply(connection))


def required(code: str, lines: list[bytes]) -> list[bytes]:
    """The lines of a reply that begins with `code`. Raises Failed, which repeats what came in its stead."""
    if not lines[0].startswith(code.encode()):
        raise unexpected(code, lines[0])
    return lines


def refused(answer: bytes) -> Failed:
    """A log-in that came to nothing; of the reply, no more than its code can be told."""
    code = answer[:3].decode("ascii", "replace")
    return Failed(f"login refused ({code})" if code.isdecimal() else "login refused")


def unexpected(expected: str, came: bytes) -> Failed:
    return Failed(f"expected {expected}, got {quoted(came)}")


def find(chunks: Iterable[bytes], expected: bytes, sent: bytes = b"") -> None:
    """Reads until `expected` has come. Raises Failed if it does not, before the end or in time; what was `sent` and
    comes back is not repeated, for it may be a secret."""
    came = bytearray()
    try:
        for chunk in chunks:
            overlap = max(len(came) - len(expected) + 1, 0)
            came += chunk
            if came.find(expected, overlap) >= 0:
                return
    except OSError:
        # The end of the time or of the connection: what came until then tells more.
        if not came:
            raise
    raise missing(expected, came, sent)


def missing(expected: bytes, came: bytes | bytearray, sent: bytes = b"") -> Failed:
    return unexpected(quoted(expected), _without(bytes(came[:SHOWN]), sent))


def incoming(connection: Connection) -> Iterator[bytes]:
    """What comes, piece by piece, until the peer ends or has said more than anybody would look through."""
    size = 0
    while size < SEARCHED and (data := connection.receive()):
        size += len(data)
        yield data


def quoted(data: bytes, limit: int = QUOTED) -> str:
    """What a peer said, in quotation marks: on one line, nothing in it but characters to look at, `limit` of them."""
    said = seen(data, limit)
    return f'"{said}"' if said else "nothing"


def seen(data: bytes, limit: int = QUOTED) -> str:
    said = _UNSEEN.sub(" ", data[: 8 * limit].decode("utf-8", "replace")).strip()
    return said if len(said) <= limit else said[: limit - 1].rstrip() + "…"


def goodbye(connection: Connection, farewell: bytes) -> None:
    """Takes leave as the protocol wants it."""
    with parting(connection) as last:
        last.send(farewell)
        for _ in incoming(last):
            """Until the server ends: hanging up on it would look like a fault in its log."""


@contextmanager
def parting(connection: Connection) -> Iterator[Connection]:
    """The connection for a second longer, whatever comes of it: what the probe wanted to know it knows."""
    with suppress(OSError, Failed):
        yield Connection(
            connection.socket, Session(min(PARTING_SECONDS, connection.line.left()), clock=connection.line.clock)
        )


def _without(came: bytes, sent: bytes) -> bytes:
    words = sorted(set(sent.split()), key=len, reverse=True)
    return re.sub(b"|".join(map(re.escape, words)), b"...", came) if words else came
