"""A dummy type of probe. All that a new type is made of."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Session

name = "memcached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port"))
    timeout, host, port = fields.timeout(definition), fields.host(definition), fields.port(definition, 11211)
    return Definition(timeout=timeout, host=host, port=port)


def run(definition: Definition, session: Session) -> Outcome:
    return session.outcome(True, "VERSION")
