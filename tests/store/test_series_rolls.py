"""Roll-ups: they hold what the points held, may be made again, and take what comes late, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from chalicelib.store import series, series_ages, series_late, series_names, series_rolls
from chalicelib.store.series_calls import Item, query
from chalicelib.store.series_cells import HOUR, pack_points
from chalicelib.store.series_parts import Part
from tests.conftest import NOW
from tests.flows.conftest import interrupted
from tests.store.series_scene import PROJECT, T

pytestmark = pytest.mark.usefixtures("services")
DAY = 86_400
# A closed hour, and midnight before it.
H = T - 2 * HOUR
MIDNIGHT = T - T % DAY


def add(points: list[tuple[int, float]], now: datetime = NOW) -> series.Added:
    return series.add(PROJECT, {"a.b": points}, now)


def roll(hour: int = H, now: datetime = NOW) -> None:
    series_rolls.roll_up(PROJECT, "a.b", hour, now)


def read(start: int, end: int, now: datetime = NOW, *, step: int = 60, view: str = "avg") -> list[float | None]:
    return series.read(PROJECT, "a.b", start, end, now, step=step, view=view)


def items(letter: str) -> dict[str, Item]:
    found = query(f"{PROJECT}#a.b", f"{letter}#", f"{letter}#~")
    return {item["at_key"]["S"]: item for item in found}


def test_an_hour_becomes_one_item_of_points_and_one_of_minutes() -> None:
    add([(H + 30 * n, float(n)) for n in range(120)])
    roll()
    assert list(items("C")) == [f"C#{H}"]
    assert list(items("M")) == [f"M#{H}"]
    assert len(items("M")[f"M#{H}"]["data"]["B"]) < 1000


def test_the_minutes_outlive_the_points() -> None:
    add([(H, 1.0), (H + 30, 3.0), (H + 60, 5.0)])
    roll()
    later = NOW + timedelta(days=30)
    assert read(H, H + 180, later) == [2, 5, None]
    assert read(H, H + 180, later, view="max") == [3, 5, None]
    assert read(H, H + 180, later, view="90pct") == [None, None, None]


def test_the_hours_of_a_day_outlive_its_minutes() -> None:
    yesterday = MIDNIGHT - DAY
    add([(yesterday + 600 * n, float(n)) for n in range(144)])
    for hour in range(yesterday, MIDNIGHT, HOUR):
        roll(hour)
    later = NOW + timedelta(days=365)
    assert read(yesterday, MIDNIGHT, later, step=HOUR) == [6 * n + 2.5 for n in range(24)]
    assert read(yesterday, MIDNIGHT, later, step=DAY, view="sum") == [sum(range(144))]


def test_a_day_that_is_not_over_is_not_summed_up() -> None:
    add([(H, 1.0)])
    roll()
    assert items("H") == {}


def test_rolling_up_again_changes_nothing() -> None:
    add([(H, 1.0), (H + 10, 2.0)])
    roll()
    before = items("C"), items("M")
    roll()
    assert (items("C"), items("M")) == before


def test_an_hour_without_points_is_no_item() -> None:
    roll()
    assert items("C") == items("M") == {}


def test_a_late_point_is_there_once_its_hour_is_rolled_up_again() -> None:
    add([(H, 1.0)])
    roll()
    ((name, hour),) = add([(H + 20, 3.0)]).late
    series_rolls.roll_up(PROJECT, name, hour, NOW)
    day = T - DAY
    assert read(day, T, step=30)[(H - day) // 30] == 2
    assert read(day, T)[(H - day) // 60] == 2


def test_a_late_point_of_a_closed_day_changes_its_hours_too() -> None:
    yesterday = MIDNIGHT - DAY
    add([(yesterday, 1.0)])
    roll(yesterday)
    add([(yesterday + 1, 3.0), (yesterday + HOUR, 8.0)])
    roll(yesterday)
    roll(yesterday + HOUR)
    assert read(yesterday, yesterday + 2 * HOUR, NOW + timedelta(days=300), step=HOUR) == [2, 8]


def test_a_point_of_long_ago_is_added_to_its_minutes_once() -> None:
    add([(H, 1.0)])
    roll()
    later = NOW + timedelta(days=30)
    for _ in range(3):
        assert add([(H + 20, 3.0), (H + 60, 4.0)], later).late == (("a.b", H),)
        roll(H, later)
    assert read(H, H + 120, later, view="sum") == [4, 4]
    assert read(H, H + 120, later, view="obvs") == [2, 1]


def test_points_of_long_ago_need_no_others_beside_them() -> None:
    old = T - 30 * DAY
    hour = old - old % HOUR
    add([(old, 5.0)])
    assert read(hour, hour + HOUR, step=HOUR) == [5]
    roll(hour)
    assert read(hour, hour + HOUR, step=HOUR) == [5]
    assert items("P") == {}


def test_requests_of_long_ago_count_each_and_the_same_one_once() -> None:
    old = T - 30 * DAY
    for n in [*range(95), *range(95)]:
        add([(old + n, 1.0)])
    roll(old)
    assert read(old, old + HOUR, step=HOUR, view="sum") == [95]


def test_a_request_that_comes_again_when_its_points_are_no_longer_kept_counts_once() -> None:
    add([(H, 1.0)])
    roll()
    later = NOW + timedelta(days=10)
    add([(H, 1.0)], later)
    add([(H, 2.0)], later)
    roll(H, later)
    assert read(H, H + 60, later, view="sum") == [3]


def test_minutes_that_have_expired_are_not_read() -> None:
    add([(H, 1.0)])
    roll()
    assert read(H, H + 60, NOW + timedelta(days=184)) == [None]


def test_the_oldest_point_that_is_taken_still_finds_its_minutes() -> None:
    at = int(series_ages.oldest(NOW).timestamp()) + 1
    hour = at - at % HOUR
    add([(at, 5.0)])
    roll(hour)
    assert read(hour, hour + HOUR, step=HOUR) == [5]


def test_an_hour_of_more_points_than_an_item_holds_has_its_minutes_and_is_read_as_it_came() -> None:
    add([(H, 1.0)])
    roll()
    noise = Random(7)
    for batch in range(6):
        add([(H + at % HOUR, noise.random()) for at in range(batch, 60_000, 6)])

    roll()

    assert not items("C")
    assert list(items("M")) == [f"M#{H}"]
    assert read(H, H + HOUR, step=HOUR, view="obvs") == [60_001.0]
    assert series.read(PROJECT, "a.b", H - 5 * HOUR, H + HOUR, NOW, step=30, view="obvs")[-1] == 480.0


@pytest.mark.parametrize("call", range(1, 6))
def test_parts_of_one_request_that_come_while_their_day_is_rolled_up_are_in_it(call: int) -> None:
    old = T - T % DAY - 20 * DAY
    parts = [Part("a.b", hour, hour, pack_points(hour, [(hour, 1.0)]), f"{PROJECT}#a.b") for hour in (old, old + HOUR)]
    series_late.add_to_minutes(PROJECT, parts[:1], "AAAAAAAA")
    with interrupted(call, lambda: series_late.add_to_minutes(PROJECT, parts[1:], "AAAAAAAA")):
        roll(old)
    series_late.add_to_minutes(PROJECT, parts, "AAAAAAAA")
    roll(old)
    assert read(old, old + DAY, NOW + timedelta(days=300), step=DAY, view="sum") == [2]


@pytest.mark.parametrize("call", range(1, 10))
def test_an_hour_that_is_rolled_up_while_its_day_is_is_in_it(call: int) -> None:
    evening = MIDNIGHT - 2 * HOUR
    for hour, now in ((evening, -3_600), (evening + HOUR, -60)):
        add([(hour, 1.0)], NOW + timedelta(seconds=MIDNIGHT + now - T))
    series_names.forget()
    roll(evening, NOW + timedelta(seconds=MIDNIGHT - 600 - T))
    with interrupted(call, lambda: roll(evening + HOUR)):
        roll(evening)
    roll(evening + HOUR)
    assert read(MIDNIGHT - DAY, MIDNIGHT, NOW + timedelta(days=300), step=DAY, view="sum") == [2]
