"""FTP (RFC 959): the greeting, TLS by AUTH TLS (RFC 4217) or from the start, and a log-in if asked for."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import dialogue
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Line, Wire

name = "ftp"

PORTS = {"none": 21, "starttls": 21, "tls": 990}


def clean(definition: dict[str, object]) -> dict[str, Any]:
    return dialogue.cleaned(definition, name, PORTS)


def run(definition: dict[str, Any], line: Line) -> Outcome:
    with dialogue.connected(definition, line) as wire:
        outcome = line.outcome(True, _talk(wire, definition))
        dialogue.goodbye(wire, b"QUIT\r\n")
        return outcome


def _talk(wire: Wire, definition: dict[str, Any]) -> str:
    dialogue.expect(wire, "220")
    if definition["tls"] == "starttls":
        dialogue.say(wire, "AUTH TLS")
        dialogue.expect(wire, "234")
        dialogue.secure(wire, definition)
    if not definition["user"]:
        return "220 ready"
    _log_in(wire, definition["user"], definition["password"])
    return "230 logged in"


def _log_in(wire: Wire, user: str, password: str) -> None:
    """Some servers want no password; they welcome the name alone."""
    dialogue.say(wire, f"USER {user}")
    answer = dialogue.reply(wire)[0]
    if answer.startswith(b"331"):
        dialogue.say(wire, f"PASS {password}")
        answer = dialogue.reply(wire)[0]
    if not answer.startswith(b"230"):
        raise dialogue.refused(answer)
