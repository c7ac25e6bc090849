"""The state of a check in the words of Grafana's alerts, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.check import Check, Suspicion
from chalicelib.core.criteria import Criterion
from chalicelib.core.specs import Part, RuleSpec
from chalicelib.core.states import STATES, lacks_data, state_of
from tests import specs
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CHECK = Check("p", "31365bce-8da9-4729-8ff3-aaa71d56b712", NOW)
HOUR = timedelta(hours=1)
SUSPICION = Suspicion(NOW, "no answer", ("Home",))
ABOVE, MISSING = Criterion("above", above=5), Criterion("missing", period=1)


def rule(*criteria: Criterion, **more: Any) -> Check:
    parts = tuple(Part(letter, "load", one) for letter, one in zip("abcd", criteria, strict=False))
    return replace(CHECK, kind="rule", spec=RuleSpec(parts), **{"status": "down", **more})


@each(
    ("check", "state"),
    [
        (CHECK, "unknown"),
        (replace(CHECK, status="paused"), "paused"),
        (replace(CHECK, status="paused", suspicion=SUSPICION), "paused"),
        (replace(CHECK, status="up", last_ping=NOW), "ok"),
        (replace(CHECK, status="up", last_ping=NOW - 24 * HOUR), "pending"),
        (replace(CHECK, status="up", last_ping=NOW - 25 * HOUR), "alerting"),
        (replace(CHECK, status="up", last_ping=NOW, last_start=NOW), "ok"),
        (replace(CHECK, status="up", last_ping=NOW, last_start=NOW - HOUR), "alerting"),
        (replace(CHECK, last_start=NOW), "unknown"),
        (replace(CHECK, status="down"), "alerting"),
        (replace(CHECK, kind="probe", spec=specs.PING, suspicion=SUSPICION), "pending"),
        (replace(CHECK, kind="probe", spec=specs.PING, status="up", suspicion=SUSPICION), "pending"),
        (replace(CHECK, kind="probe", spec=specs.PING, status="down"), "alerting"),
        (rule(ABOVE), "alerting"),
        (rule(MISSING), "no_data"),
        (rule(MISSING, status="up"), "ok"),
        (rule(MISSING, error="no such function"), "alerting"),
        (rule(ABOVE, MISSING, met="b"), "no_data"),
        (rule(ABOVE, MISSING, met="ba"), "alerting"),
        (rule(MISSING, MISSING, met="ab"), "no_data"),
        (rule(MISSING, met="z"), "no_data"),
    ],
)
def test_the_state_of_a_check(check: Check, state: str) -> None:
    assert state_of(check, NOW) == state
    assert state in STATES


def test_only_a_rule_lacks_data() -> None:
    assert not lacks_data(replace(CHECK, status="down"))
