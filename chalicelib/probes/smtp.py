"""SMTP (RFC 5321): the greeting, EHLO, STARTTLS (RFC 3207) or TLS from the start, and AUTH (RFC 4954) if asked for."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "smtp"

_UNKNOWN = (b"500", b"501", b"502", b"504")
PORTS = {"none": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Secured):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    return dialogue.cleaned(Definition, definition, PORTS)


def run(definition: Definition, session: Session) -> Outcome:
    return dialogue.conversation(definition, session, _talk, b"QUIT\r\n")


def _talk(connection: Connection, definition: Definition) -> str:
    dialogue.expect(connection, "220")
    offers = _hello(connection)
    if definition.tls == "starttls":
        offers = _start_tls(connection, definition, offers)
    if not definition.user:
        return "220 ready"
    _log_in(connection, definition.user, definition.password, offers)
    return "235 logged in"


def _hello(connection: Connection) -> dict[str, list[str]]:
    """What the server offers: keywords with their parameters. One that does not know EHLO offers nothing, and is
    greeted in the old way (RFC 5321, 3.2)."""
    dialogue.say(connection, f"EHLO {_own_name(connection)}")
    answer = dialogue.reply(connection)
    if answer[0].startswith(_UNKNOWN):
        dialogue.say(connection, f"HELO {_own_name(connection)}")
        answer = dialogue.reply(connection)
    lines = [line[4:].decode("ascii", "replace").upper() for line in dialogue.required("250", answer)[1:]]
    words = [line.replace("=", " ").split() for line in lines]
    return {keyword: parameters for keyword, *parameters in filter(None, words)}


def _own_name(connection: Connection) -> str:
    """A client that has no name of its own gives its address (RFC 5321, 4.1.3)."""
    address = str(connection.socket.getsockname()[0])
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _start_tls(connection: Connection, definition: Definition, offers: dict[str, list[str]]) -> dict[str, list[str]]:
    if "STARTTLS" not in offers:
        raise Failed("STARTTLS is not offered")
    dialogue.say(connection, "STARTTLS")
    dialogue.expect(connection, "220")
    connection.start_tls(definition.host, verify=definition.verify)
    return _hello(connection)


def _log_in(connection: Connection, user: str, password: str, offers: dict[str, list[str]]) -> None:
    mechanisms = offers.get("AUTH", ())
    if "PLAIN" in mechanisms:
        steps = [("AUTH PLAIN " + _encoded(f"\0{user}\0{password}"), "235")]
    elif "LOGIN" in mechanisms:
        steps = [("AUTH LOGIN", "334"), (_encoded(user), "334"), (_encoded(password), "235")]
    else:
        raise Failed("AUTH PLAIN and AUTH LOGIN are not offered")
    for command, code in steps:
        dialogue.say(connection, command)
        answer = dialogue.reply(connection)[0]
        if not answer.startswith(code.encode()):
            raise dialogue.refused(answer)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
