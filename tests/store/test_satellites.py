"""The series of a rule that breach, beside it: kept with it, read by none who lists checks, gone with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import status
from chalicelib.core.breaches import Breach, Breaches
from chalicelib.core.check import Check
from chalicelib.core.status import Judged, Paused
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import checks, history, satellites
from chalicelib.store.faults import Refused
from chalicelib.store.models import CheckItem
from tests import specs
from tests.conftest import NOW

# More than one item holds.
MANY: dict[str, float | None] = {f"servers.rack{number:05d}.{'x' * 60}.load": float(number) for number in range(3_000)}
SECOND = timedelta(seconds=1)


@pytest.fixture
def rule(services: Services, keyring: Keyring) -> Check:
    values = {"kind": "rule", "name": "Load", "period": 60, "spec": specs.above("servers.*.*.load")}
    return manage.create(services, keyring.project, values)


def judged(services: Services, rule: Check, triggered: dict[str, float | None], known: Breaches, turn: int) -> Check:
    return transitions.apply(
        services, rule.project, rule.code, Judged(NOW + turn * SECOND, bool(triggered), triggered, known=known)
    )


def stored(project: str) -> list[str]:
    return sorted(item.code for item in CheckItem.query(project, attributes_to_get=["project", "code"]))


def test_as_many_series_as_there_are_come_back_as_they_were_kept(services: Services, rule: Check) -> None:
    after = judged(services, rule, MANY, {}, 0)
    assert after.breaching.satellites > 1
    assert satellites.of_rule(after) == {name: Breach(NOW, value) for name, value in MANY.items()}
    assert len(history.turns(rule.code, NOW, NOW + SECOND, NOW)) == len(MANY)


def test_series_that_begin_and_cease_change_those_beside_the_rule(services: Services, rule: Check) -> None:
    first = judged(services, rule, {"a": 9.0, "b": 8.0}, {}, 0)
    second = judged(services, rule, {"b": 7.0, "c": None}, satellites.of_rule(first), 1)
    assert satellites.of_rule(second) == {"b": Breach(NOW, 8.0), "c": Breach(NOW + SECOND, None)}
    fewer = judged(services, rule, MANY, satellites.of_rule(second), 2)
    last = judged(services, rule, {"c": None}, satellites.of_rule(fewer), 3)
    assert list(satellites.of_rule(last)) == ["c"]
    assert stored(rule.project) == [rule.code, f"t#{rule.code}#0"]


def test_what_was_decided_on_a_rule_that_has_changed_changes_nothing_beside_it(services: Services, rule: Check) -> None:
    first = judged(services, rule, {"a": 9.0}, {}, 0)
    late = status.decide(rule, Judged(NOW + SECOND, True, {"z": 9.0}))
    assert late is not None
    with pytest.raises(Refused):
        checks.write(late)
    assert list(satellites.of_rule(first)) == ["a"]


def test_a_list_of_checks_reads_nothing_of_them(services: Services, keyring: Keyring, rule: Check) -> None:
    judged(services, rule, MANY, {}, 0)
    manage.create(services, keyring.project, {"name": "Backup"})
    assert len(list(checks.of_project(rule.project))) == 2
    assert len(stored(rule.project)) > 3


def test_they_go_with_their_rule_and_when_it_is_paused(services: Services, rule: Check) -> None:
    judged(services, rule, MANY, {}, 0)
    paused = transitions.apply(services, rule.project, rule.code, Paused(NOW + SECOND))
    assert stored(rule.project) == [rule.code]
    transitions.apply(services, rule.project, rule.code, status.Resumed(NOW + 2 * SECOND))
    judged(services, rule, MANY, {}, 3)
    manage.delete(services, replace(paused))
    assert stored(rule.project) == []
