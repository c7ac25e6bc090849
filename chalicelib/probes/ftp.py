"""FTP (RFC 959): the greeting, TLS by AUTH TLS (RFC 4217) or from the start, and a log-in if asked for."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import dialogue
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Connection, Session

name = "ftp"

PORTS = {"none": 21, "starttls": 21, "tls": 990}


def clean(definition: dict[str, object]) -> dict[str, Any]:
    return dialogue.cleaned(definition, name, PORTS)


def run(definition: dict[str, Any], session: Session) -> Outcome:
    with dialogue.connected(definition, session) as connection:
        outcome = session.outcome(True, _talk(connection, definition))
        dialogue.goodbye(connection, b"QUIT\r\n")
        return outcome


def _talk(connection: Connection, definition: dict[str, Any]) -> str:
    dialogue.expect(connection, "220")
    if definition["tls"] == "starttls":
        dialogue.say(connection, "AUTH TLS")
        dialogue.expect(connection, "234")
        dialogue.secure(connection, definition)
    if not definition["user"]:
        return "220 ready"
    _log_in(connection, definition["user"], definition["password"])
    return "230 logged in"


def _log_in(connection: Connection, user: str, password: str) -> None:
    """Some servers want no password; they welcome the name alone."""
    dialogue.say(connection, f"USER {user}")
    answer = dialogue.reply(connection)[0]
    if answer.startswith(b"331"):
        dialogue.say(connection, f"PASS {password}")
        answer = dialogue.reply(connection)[0]
    if not answer.startswith(b"230"):
        raise dialogue.refused(answer)
