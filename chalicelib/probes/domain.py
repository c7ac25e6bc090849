"""How long a domain is still registered, as its registry tells over RDAP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.core.errors import Invalid
from chalicelib.probes import base, fields, rdap, urls
from chalicelib.probes.base import Outcome
from chalicelib.probes.certificates import ending
from chalicelib.probes.connection import Session

name = "domain"

DAYS = 14
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(base.Definition):
    """Fewer than `days` days left are a failure, fewer than `warn_days` a warning. `server` is the base address of the
    RDAP server to ask in place of the registry's."""

    type: str = name
    domain: str
    days: int = DAYS
    warn_days: int | None = None
    server: str = ""

    @property
    def verifies(self) -> bool:
        return True


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("domain", "days", "warn_days", "server"))
    return Definition(
        timeout=fields.timeout(definition),
        domain=_domain(definition),
        days=fields.number(definition, "days", 0, MOST_DAYS, DAYS),
        warn_days=fields.optional_number(definition, "warn_days", 0, MOST_DAYS),
        server=_server(definition),
    )


def run(definition: Definition, session: Session, *, listed_at: str = rdap.LISTED_AT) -> Outcome:
    """`listed_at` is where the list of all registries' servers is."""
    domain = definition.domain
    server = definition.server or rdap.server_of(domain, session, listed_at)
    left = rdap.expiration(rdap.about(domain, server, session)) - session.now()
    ok = left >= timedelta(days=definition.days)
    warning = definition.warn_days is not None and left.days < definition.warn_days
    return session.outcome(ok, ending("domain", left), warning=ok and warning, days=left.days)


def _domain(definition: dict[str, object]) -> str:
    domain = fields.host(definition, "domain")
    if "." not in domain or ":" in domain or domain.rpartition(".")[2].isdecimal():
        raise Invalid("domain", "is not a registered domain's name")
    return domain


def _server(definition: dict[str, object]) -> str:
    server = fields.word(definition, "server", urls.LIMIT)
    try:
        return urls.parse(server).url if server else ""
    except ValueError as error:
        raise Invalid("server", str(error)) from None
