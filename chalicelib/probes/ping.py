"""PING, served as a TCP connect: a function in the cloud may not send ICMP. What it finds says so."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue, failures, fields
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Session

name = "ping"

PORT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port"))
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, PORT),
    )


def run(definition: Definition, session: Session) -> Outcome:
    """A refused connection is a failure too: a firewall on the way refuses in the name of a host that is gone."""
    try:
        with dialogue.dialled(session, definition.host, definition.port):
            return session.outcome(True, "TCP connect ok")
    except OSError as error:
        raise Failed(f"TCP connect: {failures.words(error, session.seconds)}") from error
