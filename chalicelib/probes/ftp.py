"""FTP (RFC 959): the greeting, TLS by AUTH TLS (RFC 4217) or from the start, and a log-in if asked for."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Connection, Session

name = "ftp"

PORTS = {"none": 21, "starttls": 21, "tls": 990}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Secured):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    return dialogue.cleaned(Definition, definition, PORTS)


def run(definition: Definition, session: Session) -> Outcome:
    return dialogue.conversation(definition, session, _talk, b"QUIT\r\n")


def _talk(connection: Connection, definition: Definition) -> str:
    _greeted(connection)
    if definition.tls == "starttls":
        dialogue.say(connection, "AUTH TLS")
        dialogue.expect(connection, "234")
        connection.start_tls(definition.host, verify=definition.verify)
    if not definition.user:
        return "220 ready"
    _log_in(connection, definition.user, definition.password)
    return "230 logged in"


def _greeted(connection: Connection) -> None:
    """Waits for a server that says that it will be ready soon (120)."""
    answer = dialogue.reply(connection)
    dialogue.required("220", dialogue.reply(connection) if answer[0].startswith(b"120") else answer)


def _log_in(connection: Connection, user: str, password: str) -> None:
    """Some servers want no password; they welcome the name alone."""
    dialogue.say(connection, f"USER {user}")
    answer = dialogue.reply(connection)[0]
    if answer.startswith(b"331"):
        dialogue.say(connection, f"PASS {password}")
        answer = dialogue.reply(connection)[0]
    if not answer.startswith(b"230"):
        raise dialogue.refused(answer)
