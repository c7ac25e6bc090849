"""SMTP (RFC 5321): the greeting, EHLO, STARTTLS (RFC 3207) or TLS from the start, and AUTH (RFC 4954) if asked for."""

from __future__ import annotations

import base64
from typing import Any

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Line, Wire

name = "smtp"

PORTS = {"none": 25, "starttls": 587, "tls": 465}


def clean(definition: dict[str, object]) -> dict[str, Any]:
    return dialogue.cleaned(definition, name, PORTS)


def run(definition: dict[str, Any], line: Line) -> Outcome:
    with dialogue.connected(definition, line) as wire:
        outcome = line.outcome(True, _talk(wire, definition))
        dialogue.goodbye(wire, b"QUIT\r\n")
        return outcome


def _talk(wire: Wire, definition: dict[str, Any]) -> str:
    dialogue.expect(wire, "220")
    offers = _hello(wire)
    if definition["tls"] == "starttls":
        offers = _start_tls(wire, definition, offers)
    if not definition["user"]:
        return "220 ready"
    _log_in(wire, definition["user"], definition["password"], offers)
    return "235 logged in"


def _hello(wire: Wire) -> dict[str, list[str]]:
    """What the server offers: keywords with their parameters."""
    dialogue.say(wire, f"EHLO {_own_name(wire)}")
    lines = [line[4:].decode("ascii", "replace").upper() for line in dialogue.expect(wire, "250")[1:]]
    words = [line.replace("=", " ").split() for line in lines]
    return {keyword: parameters for keyword, *parameters in filter(None, words)}


def _own_name(wire: Wire) -> str:
    """A client that has no name of its own gives its address (RFC 5321, 4.1.3)."""
    address = str(wire.socket.getsockname()[0])
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _start_tls(wire: Wire, definition: dict[str, Any], offers: dict[str, list[str]]) -> dict[str, list[str]]:
    if "STARTTLS" not in offers:
        raise Failed("STARTTLS is not offered")
    dialogue.say(wire, "STARTTLS")
    dialogue.expect(wire, "220")
    dialogue.secure(wire, definition)
    return _hello(wire)


def _log_in(wire: Wire, user: str, password: str, offers: dict[str, list[str]]) -> None:
    mechanisms = offers.get("AUTH", ())
    if "PLAIN" in mechanisms:
        steps = [("AUTH PLAIN " + _encoded(f"\0{user}\0{password}"), "235")]
    elif "LOGIN" in mechanisms:
        steps = [("AUTH LOGIN", "334"), (_encoded(user), "334"), (_encoded(password), "235")]
    else:
        raise Failed("AUTH PLAIN and AUTH LOGIN are not offered")
    for command, code in steps:
        dialogue.say(wire, command)
        answer = dialogue.reply(wire)[0]
        if not answer.startswith(code.encode()):
            raise dialogue.refused(answer)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
