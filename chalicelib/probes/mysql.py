"""MySQL and its kin: the greeting with which a server begins, its version in it, and a log-in if asked for (MySQL
client/server protocol, Connection Phase).

Without a user nobody logs in: a user who need not exist would stand in the server's log with every look, and have the
prober banned by those who read it. The server counts each look as a connection that was not completed, and MySQL shuts
a host out that completes none of a hundred (`max_connect_errors`): a user without rights keeps that from happening.
"""

from __future__ import annotations

import hashlib
import struct
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.core.errors import Invalid
from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "mysql"

PORT = 3306
LIMIT = 4_096
# A log-in is over after a few packets.
STEPS = 6

_OK, _MORE, _OTHER_METHOD, _ERROR, _GREETING = 0x00, 0x01, 0xFE, 0xFF, 10
_KNOWN, _IN_FULL = 3, 4
# CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION and CLIENT_PLUGIN_AUTH.
_CAPABILITIES, _TLS = 0x0000_0200 | 0x0000_8000 | 0x0008_0000, 0x0000_0800
_UTF8 = 33
_NATIVE, _SHA2, _CLEAR = "mysql_native_password", "caching_sha2_password", "mysql_clear_password"
# MariaDB puts this before its version for clients that would take 10 for older than 5.
_PREFIX = "5.5.5-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Entered):
    """Over `tls` the password is secret also from those on the way; without, only its hash is sent."""

    type: str = name


@dataclass(frozen=True, slots=True)
class _Greeting:
    version: str
    capabilities: int
    scramble: bytes
    method: str


def clean(definition: dict[str, object]) -> Definition:
    """A user may have no password."""
    cleaned = dialogue.entered(Definition, definition, (PORT, PORT))
    if (cleaned.password or cleaned.tls) and not cleaned.user:
        raise Invalid("user", "is missing: without one nobody logs in")
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        greeting = _greeting(_packet(connection)[1])
        text = f"MySQL greeting, version {greeting.version}"
        if not definition.user:
            return session.outcome(True, text, version=greeting.version)
        _log_in(connection, definition, greeting)
        outcome = session.outcome(True, f"{text}, logged in", version=greeting.version)
        with suppress(OSError):
            connection.send(_framed(0, b"\x01"))
        return outcome


def _packet(connection: Connection) -> tuple[int, bytes]:
    """Sequence number and payload."""
    head = connection.read(4)
    length = int.from_bytes(head[:3], "little")
    if not 0 < length <= LIMIT:
        raise dialogue.unexpected("a MySQL greeting", head)
    return head[3], connection.read(length)


def _greeting(payload: bytes) -> _Greeting:
    """Protocol::HandshakeV10; a server may end it behind its version."""
    if payload[0] == _ERROR and len(payload) >= 3:
        raise Failed(f"MySQL error {int.from_bytes(payload[1:3], 'little')}: {dialogue.seen(payload[3:])}")
    version, end, rest = payload[1:].partition(b"\0")
    if payload[0] != _GREETING or not end:
        raise dialogue.unexpected("a MySQL greeting", payload)
    rest = rest.ljust(44, b"\0")
    capabilities = int.from_bytes(rest[13:15], "little") | int.from_bytes(rest[18:20], "little") << 16
    scramble, behind = rest[4:12] + rest[31:43], rest[44:].partition(b"\0")[0]
    shown = dialogue.seen(version)
    shown = shown.removeprefix(_PREFIX) if "mariadb" in shown.lower() else shown
    return _Greeting(shown, capabilities, scramble, behind.decode("ascii", "replace"))


def _log_in(connection: Connection, definition: Definition, greeting: _Greeting) -> None:
    """Protocol::HandshakeResponse41, after an SSLRequest where that is asked for, and what follows from it."""
    capabilities, number = _CAPABILITIES | (_TLS if definition.tls else 0), 1
    head = struct.pack("<IIB23x", capabilities, LIMIT, _UTF8)
    if definition.tls:
        if not greeting.capabilities & _TLS:
            raise Failed("TLS is not offered")
        connection.send(_framed(number, head))
        connection.start_tls(definition.host, verify=definition.verify)
        number += 1
    method = greeting.method if greeting.method in (_NATIVE, _SHA2) else _NATIVE
    proof = _proof(definition, method, greeting.scramble)
    user = definition.user.encode() + b"\0"
    connection.send(_framed(number, head + user + bytes([len(proof)]) + proof + method.encode() + b"\0"))
    for _ in range(STEPS):
        number, answer = _packet(connection)
        if answer[0] == _OK:
            return
        reply = _reply(definition, answer)
        if reply is not None:
            connection.send(_framed(number + 1, reply))
    raise Failed("login refused")


def _reply(definition: Definition, answer: bytes) -> bytes | None:
    """What is to be said to a packet of a log-in that is not over; None for nothing. Raises Failed for a refusal."""
    if answer[0] == _ERROR:
        raise Failed(f"login refused ({int.from_bytes(answer[1:3], 'little')})")
    if answer[0] == _OTHER_METHOD:
        method, _, scramble = answer[1:].partition(b"\0")
        return _proof(definition, method.decode("ascii", "replace"), scramble[:20])
    if answer[0] == _MORE and answer[1:] == bytes([_KNOWN]):
        return None
    if answer[0] == _MORE and answer[1:] == bytes([_IN_FULL]):
        if not definition.tls:
            raise Failed("MySQL wants the password over TLS")
        return definition.password.encode() + b"\0"
    raise Failed("login refused")


def _proof(definition: Definition, method: str, scramble: bytes) -> bytes:
    """What shows that one knows the password, by the method's own rule."""
    password = definition.password.encode()
    if method == _CLEAR and definition.tls:
        return password + b"\0"
    if method not in (_NATIVE, _SHA2):
        raise Failed(f"MySQL wants another log-in: {dialogue.quoted(method.encode())}")
    if not password:
        return b""
    if method == _NATIVE:
        once = hashlib.sha1(password, usedforsecurity=False).digest()
        twice = hashlib.sha1(once, usedforsecurity=False).digest()
        return _both(once, hashlib.sha1(scramble + twice, usedforsecurity=False).digest())
    once = hashlib.sha256(password).digest()
    twice = hashlib.sha256(once).digest()
    return _both(once, hashlib.sha256(twice + scramble).digest())


def _both(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _framed(number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number % 256]) + payload
