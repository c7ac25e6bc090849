"""The sums of days: asked for when a day begins, made once it is over, and made up for when they were missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check, Result
from chalicelib.monitor.clocks import daily
from chalicelib.monitor.managing import checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import queues as queues_
from chalicelib.store import results
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.conftest import NOW, Clock, Queues

TODAY = NOW.date()
MIDNIGHT = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def check(services: Services, keyring: Keyring) -> Check:
    return checks.create(services, keyring.project, {"kind": "probe", "name": "Web", "period": 60, "spec": specs.PING})


def found(check: Check, at: datetime, place: str = "Home", code: int = 1) -> None:
    rest = f"{place.encode().hex():0<36}"[:36]
    assert results.add(check.code, Result(results.id_at(at) + rest, at, place, code, "200 OK", ttlb=5))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def counts(entries: list[Any]) -> list[tuple[date, str, int]]:
    return [(day, place, document["count"]) for day, place, document in entries]


@pytest.mark.parametrize(
    ("at", "period", "asked"),
    [
        (MIDNIGHT, 60, True),
        (MIDNIGHT + 59_999, 60, True),
        (MIDNIGHT + 60_000, 60, False),
        (MIDNIGHT - 1, 60, False),
        (MIDNIGHT, 10, True),
        (MIDNIGHT + 10_000, 10, False),
        (MIDNIGHT + 43_200_000, 86_400, True),
    ],
)
def test_the_first_look_of_a_day_asks_for_the_sum_of_the_day_before(
    check: Check, queues: Queues, monkeypatch: pytest.MonkeyPatch, at: int, period: int, asked: bool
) -> None:
    monkeypatch.setattr(daily, "LATE", 0)
    daily.begin_day(Check(check.project, check.code, check.created, "probe", period=period), at)
    expected = [{"do": "sum_day", "code": check.code, "day": "2026-11-21"}] if asked else []
    assert queues.take("chores") == expected


def test_a_queue_out_of_reach_does_not_stop_the_look(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise StoreFault("down")

    monkeypatch.setattr(queues_, "send", fails)
    daily.begin_day(check, MIDNIGHT)


def test_a_day_is_summed_for_each_place_and_outlives_its_results(
    services: Services, check: Check, clock: Clock
) -> None:
    for place, code in (("Dublin", 1), ("Dublin", 0), ("Home", 1)):
        clock.move(minutes=1)
        found(check, clock.now, place, code)
    clock.now = datetime(2026, 11, 22, 0, 11, tzinfo=UTC)
    assert counts(daily.sum_day(services, check.code, TODAY)) == [(TODAY, "Dublin", 2), (TODAY, "Home", 1)]
    clock.move(days=200)
    assert counts(daily.of_check(services, check, TODAY, TODAY)) == [(TODAY, "Dublin", 2), (TODAY, "Home", 1)]


@pytest.mark.parametrize("minutes", [-1, 9])
def test_a_day_that_may_still_grow_is_summed_and_not_kept(
    services: Services, check: Check, clock: Clock, minutes: int
) -> None:
    found(check, clock.now)
    clock.now = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minutes)
    assert counts(daily.of_check(services, check, TODAY, TODAY)) == [(TODAY, "Home", 1)]
    assert results.sums(check.code, TODAY, TODAY, clock.now) == []
    found(check, NOW + timedelta(hours=1))
    assert counts(daily.of_check(services, check, TODAY, TODAY)) == [(TODAY, "Home", 2)]


def test_a_day_that_was_missed_is_summed_for_good_when_somebody_asks(
    services: Services, check: Check, clock: Clock
) -> None:
    found(check, clock.now)
    clock.move(days=2)
    assert counts(daily.of_check(services, check, TODAY, clock.now.date())) == [(TODAY, "Home", 1)]
    assert counts(results.sums(check.code, TODAY, TODAY, clock.now)) == [(TODAY, "Home", 1)]


def test_newer_days_come_first_and_none_is_from_before_the_check(
    services: Services, check: Check, clock: Clock
) -> None:
    for _ in range(3):
        found(check, clock.now)
        clock.move(days=1)
    days = [entry[0] for entry in daily.of_check(services, check, date(2020, 1, 1), date(2030, 1, 1))]
    assert days == [TODAY + timedelta(days=number) for number in (2, 1, 0)]


def test_a_sum_is_forgotten_in_the_end(services: Services, check: Check, clock: Clock) -> None:
    found(check, clock.now)
    clock.move(days=1)
    daily.sum_day(services, check.code, TODAY)
    clock.move(days=801)
    assert daily.of_check(services, check, TODAY, TODAY) == []


def test_a_result_that_comes_after_its_day_was_summed_is_counted_too(
    services: Services, check: Check, clock: Clock, queues: Queues
) -> None:
    found(check, NOW)
    clock.now = datetime(2026, 11, 22, 0, 12, tzinfo=UTC)
    daily.sum_day(services, check.code, TODAY)
    late = NOW + timedelta(hours=11)
    daily.await_late(services, check.code, milliseconds(late))
    found(check, late, "Dublin")
    queues.until(clock.now + timedelta(minutes=2))

    assert counts(results.sums(check.code, TODAY, TODAY, clock.now)) == [(TODAY, "Dublin", 1), (TODAY, "Home", 1)]


@pytest.mark.parametrize(("minutes", "asked"), [(0, 0), (8, 0), (9, 1), (12, 1)])
def test_a_result_that_comes_in_time_has_nothing_summed_anew(
    services: Services, check: Check, clock: Clock, queues: Queues, minutes: int, asked: int
) -> None:
    """The sum may be being made at the moment in which ten minutes have passed."""
    clock.now = datetime(2026, 11, 22, 0, minutes, tzinfo=UTC)
    daily.await_late(services, check.code, MIDNIGHT - 60_000)
    clock.move(minutes=2)
    assert len(queues.take("chores")) == asked


def test_the_sums_of_all_places_of_a_day_are_kept_or_none(
    services: Services, check: Check, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("Dublin", "Home"):
        found(check, clock.now, place)
    clock.move(days=1)
    kept: list[int] = []
    put = results.put_sums

    def counted(code: str, day: date, sums: dict[str, Any], now: datetime) -> None:
        kept.append(len(sums))
        put(code, day, sums, now)

    monkeypatch.setattr(results, "put_sums", counted)
    daily.sum_day(services, check.code, TODAY)
    assert kept == [2]
