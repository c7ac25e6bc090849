"""MySQL and its kin: the greeting with which a server begins, its version in it (MySQL client/server protocol,
Connection Phase, Protocol::HandshakeV10).

A server that is left in the middle of the handshake counts that against the caller and shuts it out after a hundred
times (`max_connect_errors`). So the handshake is brought to its end, as a user that need not exist.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "mysql"

PORT = 3306
LIMIT = 4_096

_ERROR, _OTHER_METHOD, _GREETING = 0xFF, 0xFE, 10
_USER = b"tocsin"
_METHOD = b"mysql_native_password"
# CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION and CLIENT_PLUGIN_AUTH.
_CAPABILITIES = 0x0000_0200 | 0x0000_8000 | 0x0008_0000
_UTF8 = 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port"))
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, PORT),
    )


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        version = _version(_packet(connection)[1])
        outcome = session.outcome(True, f"MySQL greeting, version {version}", version=version)
        with dialogue.parting(connection) as last:
            _end_handshake(last)
        return outcome


def _packet(connection: Connection) -> tuple[int, bytes]:
    """Sequence number and payload."""
    head = connection.read(4)
    length = int.from_bytes(head[:3], "little")
    if not 0 < length <= LIMIT:
        raise dialogue.unexpected("a MySQL greeting", head)
    return head[3], connection.read(length)


def _version(greeting: bytes) -> str:
    if greeting[0] == _ERROR and len(greeting) >= 3:
        code = int.from_bytes(greeting[1:3], "little")
        raise Failed(f"MySQL error {code}: {dialogue.seen(greeting[3:])}")
    version, end, _ = greeting[1:].partition(b"\0")
    if greeting[0] != _GREETING or not end:
        raise dialogue.unexpected("a MySQL greeting", greeting)
    return dialogue.seen(version)


def _end_handshake(connection: Connection) -> None:
    """Protocol::HandshakeResponse41 without a password. What the server says to it is of no interest."""
    response = struct.pack("<IIB23x", _CAPABILITIES, LIMIT, _UTF8) + _USER + b"\0" + b"\0" + _METHOD + b"\0"
    connection.send(_framed(1, response))
    number, answer = _packet(connection)
    if answer[0] == _OTHER_METHOD:
        connection.send(_framed(number + 1, b""))
        number, answer = _packet(connection)
    with suppress(OSError):
        connection.send(_framed(0, b"\x01"))


def _framed(number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number % 256]) + payload
