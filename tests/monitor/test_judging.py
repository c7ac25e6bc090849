"""Judging rules: which are judged again before the clock comes round."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.status import Change, Event
from chalicelib.monitor import transitions
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking import judging
from chalicelib.monitor.managing import projects
from chalicelib.monitor.managing import rules as alerts
from chalicelib.monitor.services import Services
from chalicelib.store import checks
from chalicelib.store import queues as queueing
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.conftest import Clock

Nudges = list[tuple[int, dict[str, Any]]]


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> Nudges:
    """The delay in seconds and the message of everything sent to those who judge."""
    sent: Nudges = []

    def send_all(queue: str, messages: list[dict[str, Any]], *, delay: int = 0) -> None:
        if queue == "rules":
            sent.extend((delay, message) for message in messages)

    monkeypatch.setattr(queueing, "send_all", send_all)
    return sent


def missing(services: Services, keyring: projects.Keyring, minutes: int, metric: str = "job.beat") -> Check:
    """An alert on a series that had a value a moment ago."""
    alert = alerts.create(services, keyring.project, {"name": f"No {metric}", "spec": specs.missing(metric, minutes)})
    points.take(services, keyring.project.code, f"{metric} 1".encode())
    return alert


def judge(services: Services, *rules: Check, fresh: bool = False) -> None:
    judging.work(services, {"checks": [[rule.project, rule.code] for rule in rules], "fresh": fresh})


def test_what_will_be_missing_before_the_clock_comes_round_is_judged_then(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    rule = missing(services, keyring, 1)
    clock.move(seconds=45)
    nudges.clear()

    judge(services, rule)

    # Its value lies in the half minute that ended 15 seconds ago, and another may be five seconds late.
    ((delay, message),) = nudges
    assert (delay, message["checks"], message["fresh"]) == (50, [[rule.project, rule.code]], True)
    clock.move(seconds=delay)
    judge(services, rule, fresh=True)
    assert checks.get(rule.project, rule.code).status == "down"


def test_rules_that_miss_something_in_the_same_second_are_judged_together(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    rules = [missing(services, keyring, 1, "job.one"), missing(services, keyring, 1, "job.two")]
    clock.move(seconds=45)
    nudges.clear()

    judge(services, *rules)

    assert [len(message["checks"]) for _, message in nudges] == [2]


def test_what_has_longer_is_left_to_the_clock(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    rule = missing(services, keyring, 5)
    nudges.clear()

    judge(services, rule)

    assert nudges == []


def test_a_point_that_comes_in_has_nothing_judged_again(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    rule = missing(services, keyring, 1)
    clock.move(seconds=45)
    nudges.clear()

    judge(services, rule, fresh=True)

    assert nudges == []


def test_a_queue_that_fails_keeps_no_decision_back(
    services: Services, keyring: projects.Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = missing(services, keyring, 1)

    def send_all(*_: object, **__: object) -> None:
        raise StoreFault("SQS is out")

    clock.move(seconds=45)
    monkeypatch.setattr(queueing, "send_all", send_all)
    judge(services, rule)

    assert checks.get(rule.project, rule.code).status == "up"


def test_a_project_with_one_alert_is_told_before_those_of_a_neighbour_with_many_are_judged(
    services: Services, keyring: projects.Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = projects.create(services, "Neighbour")
    many = [missing(services, neighbour, 1, f"job.{letter}") for letter in "abc"]
    one = missing(services, keyring, 1)
    happened: list[tuple[str, str]] = []
    keep, tell = transitions.keep, transitions.tell

    def kept(check: Check, event: Event) -> Change | None:
        happened.append(("judged", check.name))
        return keep(check, event)

    def told(changes: list[Change]) -> None:
        happened.extend(("told", change.after.name) for change in changes)
        tell(changes)

    monkeypatch.setattr(transitions, "keep", kept)
    monkeypatch.setattr(transitions, "tell", told)
    clock.move(seconds=120)
    judge(services, *many, one, fresh=True)

    news = list(dict.fromkeys(happened))
    assert news[:2] == [("judged", one.name), ("told", one.name)]
    assert sorted(news[2:]) == [(what, rule.name) for what in ("judged", "told") for rule in many]
