"""LDAP (RFC 4511): a simple bind, anonymous unless a user is given. A directory that lets nobody in without a name is
at work, which is what is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "ldap"

PORT, TLS_PORT = 389, 636
LIMIT = 65_536

_SEQUENCE, _INTEGER, _OCTETS, _ENUMERATED = 0x30, 0x02, 0x04, 0x0A
_BIND, _BOUND, _SIMPLE, _EXTENDED_ANSWER = 0x60, 0x61, 0x80, 0x78
_UNBIND = b"\x30\x05\x02\x01\x7f\x42\x00"
# 4.1.9: success; those by which a directory wants to know who comes.
_SUCCESS, _WANTS_A_NAME, _WRONG = 0, (8, 13, 48, 53), (32, 34, 49)
_NAMES = {
    1: "operations error",
    2: "protocol error",
    51: "busy",
    52: "unavailable",
    80: "other error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Entered):
    """`user` is a distinguished name ("cn=watch,dc=example,dc=org")."""

    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    """A name without a password would be let in as nobody (RFC 4513, 5.1.2), so there is none."""
    cleaned = dialogue.entered(Definition, definition, (PORT, TLS_PORT))
    dialogue.require_user(cleaned.user, cleaned.password)
    dialogue.require_password(cleaned.user, cleaned.password)
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.encrypted(definition, session) as connection:
        connection.send(_bind(definition))
        text = _judged(_result(connection, _BOUND), named=bool(definition.user))
        with dialogue.parting(connection) as last:
            last.send(_UNBIND)
        return session.outcome(True, text)


def _bind(definition: Definition) -> bytes:
    version = _element(_INTEGER, b"\x03")
    name_ = _element(_OCTETS, definition.user.encode())
    return _message(_element(_BIND, version + name_ + _element(_SIMPLE, definition.password.encode())))


def _message(operation: bytes) -> bytes:
    return _element(_SEQUENCE, _element(_INTEGER, b"\x01") + operation)


def _element(tag: int, content: bytes) -> bytes:
    """Basic Encoding Rules (X.690): a tag, the length of the content, the content."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    figures = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(figures)]) + figures + content


def _result(connection: Connection, expected: int) -> int:
    """The result code of the answer."""
    head = connection.read(2)
    width = head[1] & 0x7F if head[1] & 0x80 else 0
    length = int.from_bytes(connection.read(width), "big") if width else head[1]
    if head[0] != _SEQUENCE or width > 4 or not 0 < length <= LIMIT:
        raise dialogue.unexpected("an LDAP answer", head)
    _, rest = _first(connection.read(length))
    tag, operation = rest[:1], _first(rest)[0]
    code, _ = _first(operation)
    if tag == bytes([_EXTENDED_ANSWER]):
        raise Failed(f"directory hangs up ({int.from_bytes(code, 'big')})")
    if tag != bytes([expected]) or operation[:1] != bytes([_ENUMERATED]):
        raise dialogue.unexpected("an LDAP answer", rest)
    return int.from_bytes(code, "big")


def _first(data: bytes) -> tuple[bytes, bytes]:
    """The content of the first element, and what stands behind it."""
    if len(data) < 2:
        raise Failed("answer is not LDAP")
    width = data[1] & 0x7F if data[1] & 0x80 else 0
    begin = 2 + width
    length = int.from_bytes(data[2:begin], "big") if width else data[1]
    return data[begin : begin + length], data[begin + length :]


def _judged(code: int, *, named: bool) -> str:
    if code == _SUCCESS:
        return "LDAP bind accepted"
    if code in _WANTS_A_NAME and not named:
        return "LDAP directory wants a login"
    if code in (*_WRONG, *_WANTS_A_NAME):
        raise Failed(f"login refused ({code})")
    raise Failed(f"LDAP {_NAMES.get(code, 'error')} ({code})")
