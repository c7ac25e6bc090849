"""Judging rules on data and definitions that change meanwhile: nobody is told what is not so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core import breaches
from chalicelib.core.check import Check
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking import judging
from chalicelib.monitor.managing import projects, rules
from chalicelib.monitor.managing import series as metrics
from chalicelib.monitor.services import Services
from chalicelib.store import checks, history, satellites, series
from chalicelib.store.series_cells import Grid
from tests import specs
from tests.conftest import NOW, Clock

Read = Callable[..., dict[str, Grid]]


def above(services: Services, keyring: projects.Keyring, metric: str = "web.load") -> Check:
    return rules.create(services, keyring.project, {"name": f"High {metric}", "spec": specs.above(metric)})


def push(services: Services, keyring: projects.Keyring, lines: str) -> None:
    points.take(services, keyring.project.code, lines.encode())


def judge(services: Services, rule: Check, *, fresh: bool) -> Check:
    judging.work(services, {"checks": [[rule.project, rule.code]], "fresh": fresh})
    return checks.get(rule.project, rule.code)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has readings that are not consistent miss what is there by now, as DynamoDB's may for a moment."""
    read: Read = series.grids

    def cut() -> None:
        def missing(*given: Any, consistent: bool, **options: Any) -> dict[str, Grid]:
            found = read(*given, consistent=consistent, **options)
            return found if consistent else {name: Grid(one.start, one.end, one.step) for name, one in found.items()}

        monkeypatch.setattr(series, "grids", missing)

    return cut


def test_a_point_that_a_cheap_reading_does_not_see_yet_is_not_missed(
    services: Services, keyring: projects.Keyring, clock: Clock, blind: Callable[[], None]
) -> None:
    rule = rules.create(services, keyring.project, {"name": "No beat", "spec": specs.missing("job.beat")})
    push(services, keyring, "job.beat 1")
    assert judge(services, rule, fresh=False).status == "up"
    clock.move(seconds=91)
    push(services, keyring, "job.beat 1")
    blind()

    assert judge(services, rule, fresh=False).status == "up"
    assert history.flips(rule.project, rule.code, NOW, clock(), clock())[1:] == []


def test_a_rule_that_is_changed_while_it_is_judged_is_judged_as_it_is_then(
    services: Services, keyring: projects.Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = above(services, keyring)
    push(services, keyring, "web.load 9")
    read: Read = series.grids

    def meanwhile(*given: Any, **options: Any) -> dict[str, Grid]:
        monkeypatch.setattr(series, "grids", read)
        rules.change(services, rule, {"spec": specs.above("web.load", 50)})
        return read(*given, **options)

    monkeypatch.setattr(series, "grids", meanwhile)

    assert judge(services, rule, fresh=True).status == "up"


def test_what_was_read_before_others_judged_twice_does_not_overturn_them(
    services: Services, keyring: projects.Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = above(services, keyring)
    push(services, keyring, "web.load 9")
    read: Read = series.grids

    def slowly(*given: Any, **options: Any) -> dict[str, Grid]:
        monkeypatch.setattr(series, "grids", read)
        found = read(*given, **options)
        assert judge(services, rule, fresh=True).status == "down"
        clock.move(seconds=30)
        push(services, keyring, "web.load 1")
        assert judge(services, rule, fresh=True).status == "up"
        return found

    monkeypatch.setattr(series, "grids", slowly)

    assert judge(services, rule, fresh=True).status == "up"


@pytest.mark.parametrize("metric", ["web.load", "web.*", "web.load:max", "seriesByTag('name=~web')"])
def test_an_alert_recovers_when_the_series_that_triggered_it_is_deleted(
    services: Services, keyring: projects.Keyring, clock: Clock, metric: str
) -> None:
    rule = above(services, keyring, metric)
    push(services, keyring, "web.load 9")
    assert judge(services, rule, fresh=True).status == "down"
    metrics.delete(services, keyring.project.code, "web.load")
    clock.move(minutes=1)

    found = judge(services, rule, fresh=False)

    assert (found.status, found.breaching.count, satellites.of_rule(rule)) == ("up", 0, {})


def test_an_alert_on_what_is_missing_stops_waiting_for_a_series_of_its_pattern_that_is_deleted(
    services: Services, keyring: projects.Keyring, clock: Clock
) -> None:
    rule = rules.create(services, keyring.project, {"name": "No job", "spec": specs.missing("job.*")})
    push(services, keyring, "job.beat 1")
    clock.move(minutes=3)
    assert judge(services, rule, fresh=False).status == "down"
    metrics.delete(services, keyring.project.code, "job.beat")

    assert judge(services, rule, fresh=False).status == "up"


def test_a_series_that_vanishes_without_being_deleted_stays_triggered(
    services: Services, keyring: projects.Keyring, clock: Clock
) -> None:
    rule = above(services, keyring, "web.*")
    push(services, keyring, "web.load 9")
    judge(services, rule, fresh=True)
    clock.move(hours=2)

    assert judge(services, rule, fresh=False).status == "down"


def test_more_names_than_an_alert_can_keep_fail_its_query_and_are_told(
    services: Services, keyring: projects.Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaches, "MOST", 200_000)
    rule = above(services, keyring, "web.*")
    push(services, keyring, "\n".join(f"web.{number}{'x' * 700} 9" for number in range(300)))

    found = judge(services, rule, fresh=True)

    assert found.status == "down"
    (flip, *_) = history.flips(rule.project, rule.code, NOW, NOW.replace(hour=13), NOW)
    assert "300 series breach" in flip.reason


def test_a_function_that_cannot_compute_fails_as_a_query_and_is_told(
    services: Services, keyring: projects.Keyring, clock: Clock
) -> None:
    rule = above(services, keyring, "removeBetweenPercentile(web.*,inf)")
    push(services, keyring, "web.load 1\nweb.cpu 2")
    clock.move(seconds=36)

    assert judge(services, rule, fresh=False).status == "down"
