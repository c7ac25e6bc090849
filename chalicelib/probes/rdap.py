"""Asks the registry of a domain about it: RDAP (RFC 7480, RFC 9083). IANA lists the registries' servers (RFC 9224)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.probes import bodies, http, urls
from chalicelib.probes.base import Failed, Outcome, Phases
from chalicelib.probes.connection import Session

LISTED_AT = "https://data.iana.org/rdap/dns.json"
KEPT_FOR = timedelta(days=1)

_ACCEPT = {"Accept": "application/rdap+json, application/json"}
_UNREADABLE = "RDAP answer cannot be read"

# The list of servers by where it came from: everybody's the same, so it is asked for once a day and process.
_lists: dict[str, tuple[datetime, dict[str, str]]] = {}


class _Kept(bodies.Body):
    """A body that is cut where it could not be read any more."""

    __slots__ = ()

    def write(self, chunk: bytes) -> int:
        taken = super().write(chunk)
        self.cut = self.cut or self.size > bodies.KEPT
        return -1 if self.cut else taken


class _Document(http.Exam):
    """A fetch by the HTTP probe's own means, which keeps what came."""

    answer: http.Answer

    def __init__(self, url: str, session: Session) -> None:
        super().__init__(http.clean({"url": url, "headers": _ACCEPT}), session.now)

    @property
    def takes_packed(self) -> bool:
        return True

    def body(self, packing: str, content_type: str) -> bodies.Body:
        return _Kept(packing, content_type, keep=True, judges=True)

    def outcome(self, answer: http.Answer, phases: Phases) -> Outcome:
        answer.body.end()
        self.answer = answer
        return Outcome(True, "", phases)


def about(domain: str, server: str, session: Session) -> dict[str, Any]:
    """What the RDAP server whose base address is `server` knows of the domain. Raises Failed, OSError."""
    return _document(f"{server.rstrip('/')}/domain/{domain}", session, "domain is not registered")


def server_of(domain: str, session: Session, listed_at: str = LISTED_AT) -> str:
    """The base address of the server of the domain's registry. Raises Failed when there is none."""
    servers = _servers(session, listed_at)
    labels = domain.split(".")
    endings = (".".join(labels[at:]) for at in range(1, len(labels)))
    server = next((servers[ending] for ending in endings if ending in servers), None)
    if server is None:
        raise Failed("no RDAP server is listed for the domain")
    return server


def expiration(document: dict[str, Any]) -> datetime:
    """When the registration ends. Raises Failed when the registry does not tell."""
    for event in _dicts(document.get("events")):
        if event.get("eventAction") == "expiration":
            try:
                at = datetime.fromisoformat(event["eventDate"])
                return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            except (KeyError, TypeError, ValueError, OverflowError):
                raise Failed(_UNREADABLE) from None
    raise Failed("registry does not tell when the domain expires")


def forget() -> None:
    """Has the list of servers asked for anew."""
    _lists.clear()


def _servers(session: Session, listed_at: str) -> dict[str, str]:
    kept = _lists.get(listed_at)
    if kept and session.now() - kept[0] < KEPT_FOR:
        return kept[1]
    servers: dict[str, str] = {}
    services = _document(listed_at, session).get("services")
    for service in services if isinstance(services, list) else []:
        servers |= _served(service)
    if not servers:
        raise Failed(_UNREADABLE)
    _lists[listed_at] = session.now(), servers
    return servers


def _served(service: object) -> dict[str, str]:
    """Top-level domains and the server of all of them, by https if it has that."""
    match service:
        case [list(endings), list(addresses)]:
            usable = sorted((one for one in addresses if _is_address(one)), key=lambda one: not one.startswith("https"))
            return {one.lower(): usable[0] for one in endings if isinstance(one, str)} if usable else {}
    return {}


def _is_address(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(urls.parse(value))
    except ValueError:
        return False


def _document(url: str, session: Session, missing: str = "") -> dict[str, Any]:
    from chalicelib.probes import plain

    exam = _Document(url, session)
    plain.run(exam, session)
    if exam.answer.status == 404 and missing:
        raise Failed(missing)
    if exam.answer.status != 200:
        raise Failed(f"RDAP server answers {exam.answer.status}")
    try:
        document = json.loads(bytes(exam.answer.body.kept))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Failed(_UNREADABLE)
    return document


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
