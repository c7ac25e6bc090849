"""POP3 (RFC 1939): the greeting, STLS (RFC 2595) or TLS from the start, and a log-in if asked for."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import dialogue
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Connection, Session

name = "pop3"

PORTS = {"none": 110, "starttls": 110, "tls": 995}


def clean(definition: dict[str, object]) -> dict[str, Any]:
    return dialogue.cleaned(definition, name, PORTS)


def run(definition: dict[str, Any], session: Session) -> Outcome:
    with dialogue.connected(definition, session) as connection:
        outcome = session.outcome(True, _talk(connection, definition))
        dialogue.goodbye(connection, b"QUIT\r\n")
        return outcome


def _talk(connection: Connection, definition: dict[str, Any]) -> str:
    _expect_ok(connection)
    if definition["tls"] == "starttls":
        dialogue.say(connection, "STLS")
        _expect_ok(connection)
        dialogue.secure(connection, definition)
    if not definition["user"]:
        return "+OK ready"
    for command in (f"USER {definition['user']}", f"PASS {definition['password']}"):
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
