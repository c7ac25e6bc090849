"""A dummy type of probe. All that a new type is made of."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import fields
from chalicelib.probes.base import Outcome
from chalicelib.probes.connection import Session

name = "redis"


def clean(definition: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(definition, ("host", "port"))
    return fields.common(definition, name) | {"host": fields.host(definition), "port": fields.port(definition, 6379)}


def run(definition: dict[str, Any], session: Session) -> Outcome:
    return session.outcome(True, "PONG")
