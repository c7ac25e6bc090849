"""Specs of probes and rules for tests."""

from __future__ import annotations

from typing import Any

from chalicelib.core.criteria import Criterion
from chalicelib.core.specs import Part, ProbeSpec, RuleSpec

PING = ProbeSpec({"type": "ping", "host": "example.org", "port": 80})
HTTP = ProbeSpec({"type": "http", "url": "https://example.org/"})


def above(metric: str, bound: float = 5, *, period: int = 0, **more: Any) -> RuleSpec:
    """A rule that is broken by values above a bound, for so many minutes where a period is given."""
    return rule(metric, Criterion("above", above=bound, period=period), **more)


def missing(metric: str, minutes: int = 1) -> RuleSpec:
    return rule(metric, Criterion("missing", period=minutes))


def rule(metric: str, criterion: Criterion, **more: Any) -> RuleSpec:
    return RuleSpec((Part("a", metric, criterion),), **more)
