"""DNS: asks a name server, and fails without an answer or if the answer lacks the expected record. Without a `server`
the probe asks the name servers of this machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Self

from chalicelib.core.errors import Invalid
from chalicelib.probes import dialogue, dns_messages, fields
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Session
from chalicelib.probes.dns_client import Server, ask, system_servers

name = "dns"

PORT = 53
EXPECTED = 20
MATCHES = ("contains", "exact")

_KEYS = ("host", "record", "expected", "match", "server", "port")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    """`expected` are answers, in any order: all that there may be ("exact"), or some of those that there are
    ("contains"); in records of several parts and in texts, a part will do then. `server` is the name server to ask, ""
    for that of this machine."""

    type: str = name
    record: str = "A"
    expected: tuple[str, ...] = ()
    match: str = MATCHES[0]
    server: str = ""
    port: int = PORT

    def document(self) -> dict[str, Any]:
        return super(Definition, self).document() | {"expected": list(self.expected)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        return super(Definition, cls).of({**document, "expected": tuple(document.get("expected", ()))})


def clean(definition: dict[str, object]) -> Definition:
    """A PTR's host may be an address."""
    fields.refuse_unknown(definition, _KEYS)
    record = fields.choice({"record": _upper(definition.get("record"))}, "record", tuple(dns_messages.TYPES), "A")
    return Definition(
        timeout=fields.timeout(definition),
        host=_asked_for(definition, record),
        record=record,
        expected=_expected(definition.get("expected"), record),
        match=fields.choice(definition, "match", MATCHES, MATCHES[0]),
        server=fields.host(definition, "server") if definition.get("server") else "",
        port=fields.port(definition, PORT),
    )


def run(
    definition: Definition,
    session: Session,
    *,
    number: Callable[[], int] = lambda: secrets.randbelow(65_536),
    system: Callable[[], list[Server]] = system_servers,
) -> Outcome:
    """`number` makes up a query's id; `system` tells which name servers this machine uses."""
    session.converse()
    servers = _at(definition, session) if definition.server else system()
    asked = dns_messages.query(number(), definition.host, definition.record)
    return session.outcome(True, _judged(ask(asked, servers, session), definition))


def _at(definition: Definition, session: Session) -> list[Server]:
    """The name server that is to be asked, at each of its addresses."""
    found = session.look_up(definition.server, definition.port)
    return [Server(endpoint[4][0], definition.port) for endpoint in found]


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _asked_for(definition: dict[str, object], record: str) -> str:
    host = fields.host(definition)
    try:
        return ip_address(host).reverse_pointer if record == "PTR" else host
    except ValueError:
        return host


def _expected(value: object, record: str) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) and value else value or []
    if not isinstance(given, list):
        raise Invalid("expected", "is not a list of answers")
    if len(given) > EXPECTED:
        raise Invalid("expected", f"holds too many answers (at most {EXPECTED})")
    answers = tuple(fields.word({"expected": one}, "expected", 1_000, None).strip() for one in given)
    for answer in answers if record in ("A", "AAAA") else ():
        if not _is_address(answer, 4 if record == "A" else 6):
            raise Invalid("expected", f"holds an answer that is no {record} record's address")
    return answers


def _is_address(text: str, version: int) -> bool:
    try:
        return ip_address(text).version == version
    except ValueError:
        return False


def _judged(answer: dns_messages.Answer, definition: Definition) -> str:
    record, expected = definition.record, definition.expected
    if answer.code != "NOERROR":
        raise Failed(f"name server answers {answer.code}")
    if not answer.records:
        raise Failed(f"no {record} record")
    came = dialogue.seen(", ".join(sorted(answer.records)).encode())
    if expected and not _matches(record, answer.records, expected, definition.match):
        raise Failed(f"expected {dialogue.seen(', '.join(sorted(expected)).encode())}, got {came}")
    return f"{record} {came}"


def _matches(record: str, answers: tuple[str, ...], expected: tuple[str, ...], match: str) -> bool:
    found = [_form(record, answer) for answer in answers]
    wanted = [_form(record, answer) for answer in expected]
    if match == "exact":
        return set(found) == set(wanted)
    if record in ("MX", "SRV", "SOA", "CAA"):
        found += [word for answer in found for word in answer.split()]
    if record == "TXT":
        return all(any(want in answer for answer in found) for want in wanted)
    return all(want in found for want in wanted)


def _form(record: str, answer: str) -> str:
    """The one form of answers that mean the same: names are equal in either case, and with a final dot or without."""
    if record in ("A", "AAAA"):
        return str(ip_address(answer))
    if record == "TXT":
        return answer[1:-1] if len(answer) > 1 and answer[0] == answer[-1] == '"' else answer
    return " ".join(word.rstrip(".") for word in answer.lower().replace('"', "").split())
