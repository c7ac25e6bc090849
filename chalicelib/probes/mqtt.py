"""MQTT 3.1.1 (OASIS standard): CONNECT and what the broker says to it, with a user if asked for. One that wants to know
who comes, of who does not say, is at work, which is what is looked at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "mqtt"

PORT, TLS_PORT = 1883, 8883

_CONNECT, _CONNACK, _DISCONNECT = 0x10, 0x20, b"\xe0\x00"
_CLEAN, _HAS_PASSWORD, _HAS_USER = 0x02, 0x40, 0x80
_KEEP_ALIVE = 60
# 3.2.2.3, Connect Return code.
_REFUSED = {
    1: "broker does not speak MQTT 3.1.1",
    2: "broker refuses the client's name",
    3: "broker is not available",
    4: "login refused",
    5: "login refused",
}
_NOBODY = (4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Entered):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    cleaned = dialogue.entered(Definition, definition, (PORT, TLS_PORT))
    dialogue.require_user(cleaned.user, cleaned.password)
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.encrypted(definition, session) as connection:
        connection.send(_connect(definition))
        code = _code(connection)
        if code in _NOBODY and not definition.user:
            return session.outcome(True, "MQTT broker wants a login")
        if code:
            raise Failed(_REFUSED.get(code, f"broker refuses ({code})"))
        with dialogue.parting(connection) as last:
            last.send(_DISCONNECT)
        return session.outcome(True, "MQTT connection accepted")


def _connect(definition: Definition) -> bytes:
    """3.1; a client that brings no session may come under any name."""
    flags, payload = _CLEAN, _text(f"tocsin-{secrets.token_hex(6)}")
    if definition.user:
        flags, payload = flags | _HAS_USER, payload + _text(definition.user)
    if definition.password:
        flags, payload = flags | _HAS_PASSWORD, payload + _text(definition.password)
    body = _text("MQTT") + bytes([4, flags]) + _KEEP_ALIVE.to_bytes(2, "big") + payload
    return bytes([_CONNECT]) + _length(len(body)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _length(number: int) -> bytes:
    """2.2.3: seven bits a byte, the lowest first."""
    low, rest = number % 128, number // 128
    return bytes([low | 0x80]) + _length(rest) if rest else bytes([low])


def _code(connection: Connection) -> int:
    answer = connection.read(2)
    if answer[0] != _CONNACK or answer[1] != 2:
        raise dialogue.unexpected("an MQTT CONNACK", answer)
    return connection.read(2)[1]
