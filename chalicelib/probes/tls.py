"""A server's certificate: whether it is to be trusted, whether it is for that host, and how many days are left."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import certificates, dialogue, fields
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Session

name = "tls"

PORT = 443
DAYS = 3_650

_KEYS = ("host", "port", "server_name", "verify", "cert_days", "cert_warn_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    """`server_name` is the name that the certificate must be for. Fewer than `cert_days` days left are a failure, fewer
    than `cert_warn_days` a warning."""

    type: str = name
    server_name: str
    verify: bool = True
    cert_days: int | None = None
    cert_warn_days: int | None = None

    @property
    def verifies(self) -> bool:
        return self.verify


def clean(definition: dict[str, object]) -> Definition:
    """The certificate must be for the host unless `server_name` says for whom."""
    fields.refuse_unknown(definition, _KEYS)
    host = fields.host(definition)
    return Definition(
        timeout=fields.timeout(definition),
        host=host,
        port=fields.port(definition, PORT),
        server_name=fields.host(definition, "server_name") if definition.get("server_name") else host,
        verify=fields.flag(definition, "verify", default=True),
        cert_days=fields.optional_number(definition, "cert_days", 0, DAYS),
        cert_warn_days=fields.optional_number(definition, "cert_warn_days", 0, DAYS),
    )


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        connection.start_tls(definition.server_name, verify=definition.verify)
        first = connection.ends_first()
        ok, warning, text = certificates.judged(first, definition.cert_days, definition.cert_warn_days)
        return session.outcome(ok, text, warning=warning, days=first.left.days)
