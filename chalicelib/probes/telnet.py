"""Telnet (RFC 854): a connection on which something is expected to be said. Every option is declined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.probes import dialogue, fields, tcp
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "telnet"

PORT = 23

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE = 255, 254, 253, 252, 251, 250, 240
_DECLINED = {_DO: _WONT, _WILL: _DONT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    """`expect` is written as that of a TCP dialogue is; without it, any word from the server will do."""

    type: str = name
    expect: str = ""


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port", "expect"))
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, PORT),
        expect=tcp.escaped(definition, "expect"),
    )


def run(definition: Definition, session: Session) -> Outcome:
    expected = tcp.unescaped(definition.expect)
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        words = _words(connection)
        if expected:
            dialogue.find(words, expected)
            return session.outcome(True, "expected answer")
        if next(words, None) is None:
            raise Failed("expected words, got none")
        return session.outcome(True, "answered")


def _words(connection: Connection) -> Iterator[bytes]:
    """What is said, without the commands between the words; offers and requests are declined as they come."""
    held = b""
    for data in dialogue.incoming(connection):
        said, answers, held = _split(held + data)
        if said:  # first: a server that has hung up after its words takes no answer
            yield said
        if answers:
            connection.send(answers)


def _split(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Words, what to answer to the commands, and a command at the end that is not all there yet."""
    said, answers, at = bytearray(), bytearray(), 0
    while at < len(data):
        found = data.find(_IAC, at)
        if found < 0:
            return bytes(said + data[at:]), bytes(answers), b""
        said += data[at:found]
        end = _end(data, found)
        if end is None:
            return bytes(said), bytes(answers), data[found:]
        command = data[found + 1]
        if command == _IAC:
            said.append(_IAC)
        elif command in _DECLINED:
            answers += bytes((_IAC, _DECLINED[command], data[found + 2]))
        at = end
    return bytes(said), bytes(answers), b""


def _end(data: bytes, at: int) -> int | None:
    """Where the command that begins at `at` ends; None if that is not to be seen yet."""
    if len(data) < at + 2:
        return None
    command = data[at + 1]
    if command == _SB:
        end = data.find(bytes((_IAC, _SE)), at + 2)
        return None if end < 0 else end + 2
    length = 3 if command in (_WILL, _WONT, _DO, _DONT) else 2
    return at + length if len(data) >= at + length else None
