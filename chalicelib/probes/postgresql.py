"""PostgreSQL (Frontend/Backend Protocol, version 3.0): without a user the server is asked whether it speaks TLS, to
which PostgreSQL alone answers so; with one a look logs in, which shows that it takes connections."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.core.errors import Invalid
from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "postgresql"

PORT = 5432
LIMIT = 65_536
# A log-in is over after so many messages.
STEPS = 100

_SSL_REQUEST, _PROTOCOL = 80_877_103, 196_608
_OK, _CLEAR, _MD5, _SASL, _SASL_MORE, _SASL_END = 0, 3, 5, 10, 11, 12
_SCRAM = "SCRAM-SHA-256"
_TERMINATE = b"X\x00\x00\x00\x04"
# SQLSTATE classes and codes: invalid authorization.
_REFUSED = "28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Entered):
    """`database` is that of the user's own name unless it is given."""

    type: str = name
    database: str = ""


def clean(definition: dict[str, object]) -> Definition:
    database = fields.word(definition, "database", 200)
    cleaned = dialogue.entered(Definition, definition, (PORT, PORT), database=database)
    if (cleaned.password or cleaned.database) and not cleaned.user:
        raise Invalid("user", "is missing: without one nobody logs in")
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        if definition.tls or not definition.user:
            ask_for_tls(connection, definition)
        if not definition.user:
            return session.outcome(True, "PostgreSQL answers")
        version = _log_in(connection, definition)
        with suppress(OSError):
            connection.send(_TERMINATE)
        return session.outcome(True, f"PostgreSQL {version}, logged in", version=version)


def ask_for_tls(connection: Connection, definition: Definition) -> None:
    connection.send(_sized(_SSL_REQUEST.to_bytes(4, "big")))
    answer = connection.read(1)
    if answer not in (b"S", b"N"):
        raise dialogue.unexpected("a PostgreSQL answer", answer)
    if definition.tls:
        if answer == b"N":
            raise Failed("TLS is not offered")
        connection.start_tls(definition.host, verify=definition.verify)


def _log_in(connection: Connection, definition: Definition) -> str:
    """The server's version. Raises Failed."""
    about = {"user": definition.user, "database": definition.database or definition.user}
    pairs = b"".join(f"{key}\0{value}\0".encode() for key, value in {**about, "application_name": "tocsin"}.items())
    connection.send(_sized(_PROTOCOL.to_bytes(4, "big") + pairs + b"\0"))
    version, scram = "", _Scram(definition.password)
    for _ in range(STEPS):
        kind, body = _message(connection)
        if kind == b"R":
            reply = _proof(definition, scram, int.from_bytes(body[:4], "big"), body[4:])
            if reply is not None:
                connection.send(b"p" + _sized(reply))
        elif kind == b"S" and body.startswith(b"server_version\0"):
            version = dialogue.seen(body.split(b"\0")[1])
        elif kind == b"E":
            raise _failure(body)
        elif kind == b"Z":
            return version
    raise Failed("login refused")


def _sized(body: bytes) -> bytes:
    return (len(body) + 4).to_bytes(4, "big") + body


def _message(connection: Connection) -> tuple[bytes, bytes]:
    head = connection.read(5)
    length = int.from_bytes(head[1:], "big") - 4
    if not 0 <= length <= LIMIT:
        raise dialogue.unexpected("a PostgreSQL answer", head)
    return head[:1], connection.read(length) if length else b""


def _failure(body: bytes) -> Failed:
    """ErrorResponse: fields of a letter and a text each; C is the SQLSTATE, M the message."""
    found = {part[:1]: part[1:] for part in body.split(b"\0") if part}
    code = dialogue.seen(found.get(b"C", b""))
    if code.startswith(_REFUSED):
        return Failed(f"login refused ({code})")
    return Failed(f"PostgreSQL error {code}: {dialogue.seen(found.get(b'M', b''))}")


def _proof(definition: Definition, scram: _Scram, kind: int, data: bytes) -> bytes | None:
    """What is to be said to a request for authentication; None for nothing."""
    password = definition.password.encode()
    if kind in (_OK, _SASL_END):
        if kind == _SASL_END:
            scram.check(data)
        return None
    if kind == _CLEAR:
        if not definition.tls:
            raise Failed("PostgreSQL wants the password over TLS")
        return password + b"\0"
    if kind == _MD5:
        once = hashlib.md5(password + definition.user.encode(), usedforsecurity=False).hexdigest()
        return b"md5" + hashlib.md5(once.encode() + data[:4], usedforsecurity=False).hexdigest().encode() + b"\0"
    if kind == _SASL and _SCRAM.encode() in data.split(b"\0"):
        first = scram.first()
        return _SCRAM.encode() + b"\0" + len(first).to_bytes(4, "big") + first
    if kind == _SASL_MORE:
        return scram.final(data)
    raise Failed(f"PostgreSQL wants another login ({kind})")


class _Scram:
    """SCRAM-SHA-256 (RFC 7677, RFC 5802) without channel binding; PostgreSQL knows the user already."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._bare = f"n=,r={secrets.token_urlsafe(18)}".encode()
        self._server = b""

    def first(self) -> bytes:
        return b"n,," + self._bare

    def final(self, challenge: bytes) -> bytes:
        """Raises Failed for a challenge that is none."""
        try:
            said = dict(part.split(b"=", 1) for part in challenge.split(b","))
            nonce, salt, rounds = said[b"r"], base64.b64decode(said[b"s"]), int(said[b"i"])
        except (KeyError, ValueError):
            raise Failed("login refused") from None
        if not nonce.startswith(self._bare.partition(b"r=")[2]) or not 0 < rounds <= 1_000_000:
            raise Failed("login refused")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, rounds)
        key = _keyed(salted, b"Client Key")
        without = b"c=biws,r=" + nonce
        whole = b",".join((self._bare, challenge, without))
        self._server = _keyed(_keyed(salted, b"Server Key"), whole)
        signature = _keyed(hashlib.sha256(key).digest(), whole)
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return without + b",p=" + base64.b64encode(proof)

    def check(self, answer: bytes) -> None:
        """Raises Failed where the server does not know the password either."""
        if not hmac.compare_digest(answer, b"v=" + base64.b64encode(self._server)):
            raise Failed("server does not know the password")


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
