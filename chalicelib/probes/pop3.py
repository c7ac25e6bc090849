"""POP3 (RFC 1939): the greeting, STLS (RFC 2595) or TLS from the start, and a log-in if asked for."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Connection, Session

name = "pop3"

PORTS = {"none": 110, "starttls": 110, "tls": 995}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Secured):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    return dialogue.cleaned(Definition, definition, PORTS)


def run(definition: Definition, session: Session) -> Outcome:
    return dialogue.conversation(definition, session, _talk, b"QUIT\r\n")


def _talk(connection: Connection, definition: Definition) -> str:
    _expect_ok(connection)
    if definition.tls == "starttls":
        dialogue.say(connection, "STLS")
        _expect_ok(connection)
        connection.start_tls(definition.host, verify=definition.verify)
    if not definition.user:
        return "+OK ready"
    for command in (f"USER {definition.user}", f"PASS {definition.password}"):
        dialogue.say(connection, command)
        if not _is_ok(answer := connection.read_line()):
            raise dialogue.refused(answer)
    return "+OK logged in"


def _expect_ok(connection: Connection) -> None:
    answer = connection.read_line()
    if not _is_ok(answer):
        raise dialogue.unexpected("+OK", answer)


def _is_ok(answer: bytes) -> bool:
    return answer.upper().split(b" ")[0] == b"+OK"
