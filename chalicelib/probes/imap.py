"""IMAP (RFC 9051, RFC 3501): the greeting, STARTTLS or TLS from the start, and a log-in if asked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "imap"

PORTS = {"none": 143, "starttls": 143, "tls": 993}

_QUOTABLE = re.compile(r"[ !#-\[\]-~]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Secured):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    return dialogue.cleaned(Definition, definition, PORTS)


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.connected(definition, session) as connection:
        tags = (f"a{number}" for number in itertools.count(1))
        outcome = session.outcome(True, _talk(connection, definition, tags))
        dialogue.goodbye(connection, f"{next(tags)} LOGOUT\r\n".encode())
        return outcome


def _talk(connection: Connection, definition: Definition, tags: Iterator[str]) -> str:
    greeting = connection.read_line()
    if not _begins(greeting, "* OK", "* PREAUTH"):
        raise dialogue.unexpected("* OK", greeting)
    if definition.tls == "starttls":
        tag = next(tags)
        dialogue.say(connection, f"{tag} STARTTLS")
        answer = _answer(connection, tag)
        if not _begins(answer, f"{tag} OK"):
            raise dialogue.unexpected("OK to STARTTLS", answer)
        connection.start_tls(definition.host, verify=definition.verify)
    if not definition.user or _begins(greeting, "* PREAUTH"):
        return "* OK ready"
    _log_in(connection, definition.user, definition.password, next(tags))
    return "OK logged in"


def _log_in(connection: Connection, user: str, password: str, tag: str) -> None:
    """LOGIN, with quoted strings where they are ASCII and have nothing to escape, else with literals."""
    if _QUOTABLE.fullmatch(user + password):
        dialogue.say(connection, f'{tag} LOGIN "{user}" "{password}"')
    else:
        said = f"{tag} LOGIN"
        for word in (user, password):
            dialogue.say(connection, f"{said} {{{len(word.encode())}}}")
            if not _begins(_answer(connection, tag, "+"), "+"):
                raise Failed("login refused")
            said = word
        dialogue.say(connection, said)
    if not _begins(_answer(connection, tag), f"{tag} OK"):
        raise Failed("login refused")


def _answer(connection: Connection, *beginnings: str) -> bytes:
    """The line that ends a command, past those that the server says unasked."""
    for _ in range(dialogue.LINES):
        line = connection.read_line()
        if _begins(line, *beginnings):
            return line
        if _begins(line, "* BYE"):
            raise Failed("connection ended by the server")
        if not _begins(line, "*"):
            raise Failed("expected an answer to the command, got something else")
    raise Failed("answer is too long")


def _begins(line: bytes, *beginnings: str) -> bool:
    """Whether the line's first words are one of these."""
    said = line.upper().split()
    wanted = [beginning.upper().encode().split() for beginning in beginnings]
    return any(said[: len(words)] == words for words in wanted)
