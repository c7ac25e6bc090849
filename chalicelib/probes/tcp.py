"""A TCP dialogue: something is sent, something is expected to come back; with neither, connecting is all.

In `send` and `expect`, `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH` stand for the bytes that are hard to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.core.errors import Invalid
from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Session

name = "tcp"

LIMIT = 4_000

_KEYS = ("host", "port", "send", "expect", "tls", "verify")
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.|$)", re.DOTALL)
_MEANINGS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Encrypted):
    type: str = name
    send: str = ""
    expect: str = ""


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, _KEYS)
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition),
        send=escaped(definition, "send"),
        expect=escaped(definition, "expect"),
        tls=fields.flag(definition, "tls", default=False),
        verify=fields.flag(definition, "verify", default=True),
    )


def run(definition: Definition, session: Session) -> Outcome:
    sent, expected = unescaped(definition.send), unescaped(definition.expect)
    with dialogue.encrypted(definition, session) as connection:
        connection.send(sent)
        if not expected:
            return session.outcome(True, "connected")
        dialogue.find(dialogue.incoming(connection), expected, sent)
        return session.outcome(True, "expected answer")


def escaped(definition: dict[str, object], key: str) -> str:
    """The text as it was given, if all that is escaped in it can be told."""
    value = fields.text(definition, key, LIMIT)
    try:
        unescaped(value)
    except ValueError as error:
        raise Invalid(key, str(error)) from None
    return value


def unescaped(text: str) -> bytes:
    """The bytes that the text stands for, in UTF-8. Raises ValueError for an escape that nobody knows."""
    return _ESCAPE.sub(_meaning, text.encode())


def _meaning(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if len(sign) == 3:
        return bytes.fromhex(sign[1:].decode())
    if sign not in _MEANINGS:
        raise ValueError(r"holds an escape other than \r, \n, \t, \\ and \xHH")
    return _MEANINGS[sign]
