"""Schedules on the days when clocks change, held against going through the minutes one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import schedule
from tests.cases import each

MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def firings(kind: schedule.Kind, expression: str, tz: str, after: str, count: int) -> list[str]:
    """Give the firings after a moment (UTC) as wall-clock times with their offset."""
    found, moment = [], utc(after)
    for _ in range(count):
        following = schedule.next_firing(kind, expression, tz, moment)
        assert following is not None
        found.append(f"{following.astimezone(ZoneInfo(tz)):%d %H:%M%z}")
        moment = following
    return found


# A zone, and a moment (UTC) at or near which its clock changes.
CHANGES = {
    "Riga springs forward": ("Europe/Riga", "2026-03-29T01:00"),
    "Riga falls back": ("Europe/Riga", "2026-10-25T01:00"),
    "New York springs forward": ("America/New_York", "2026-03-08T07:00"),
    "New York falls back": ("America/New_York", "2026-11-01T06:00"),
    "Cairo springs forward at midnight": ("Africa/Cairo", "2026-04-23T22:00"),
    "Havana falls back to midnight": ("America/Havana", "2026-11-01T05:00"),
    "Azores fall back over midnight": ("Atlantic/Azores", "2026-10-25T01:00"),
    "Chatham falls back at a quarter to four": ("Pacific/Chatham", "2026-04-04T14:00"),
    "Troll springs forward by two hours": ("Antarctica/Troll", "2026-03-29T01:00"),
    "Troll falls back by two hours": ("Antarctica/Troll", "2026-10-25T01:00"),
    "Casablanca falls back for Ramadan": ("Africa/Casablanca", "2026-02-15T02:00"),
}

# Expressions in elapsed time, and what they mean for one minute on the wall clock.
ELAPSED: dict[str, Callable[[datetime], bool]] = {
    "* * * * *": lambda wall: True,
    "*/20 * * * *": lambda wall: wall.minute % 20 == 0,
    "15 * * * *": lambda wall: wall.minute == 15,
    "*/20 2,3 * * *": lambda wall: wall.minute % 20 == 0 and wall.hour in (2, 3),
    "30 */3 * * *": lambda wall: wall.minute == 30 and wall.hour % 3 == 0,
    "* 0-1 * * SUN": lambda wall: wall.hour < 2 and wall.weekday() == 6,
}


@each("expression", ELAPSED)
@each(("tz", "change"), CHANGES.values())
def test_elapsed_time_fires_in_every_matching_minute_that_passes(tz: str, change: str, expression: str) -> None:
    zone, start = ZoneInfo(tz), utc(change) - timedelta(hours=5)
    minutes = (start + number * MINUTE for number in range(1, 10 * 60))
    expected = [minute for minute in minutes if ELAPSED[expression](minute.astimezone(zone))]

    found, moment = [], schedule.next_firing("cron", expression, tz, start)
    while moment and moment < start + timedelta(hours=10):
        found.append(moment)
        moment = schedule.next_firing("cron", expression, tz, moment)

    assert found == expected


TIMES_OF_DAY = ["0 3 * * *", "30 2 * * *", "15 0,1,2,3,23 * * *", "0-59 1-3 * * *", "5/20 0-23 * 1-12 *"]


@each("expression", TIMES_OF_DAY)
@each(("tz", "change"), CHANGES.values())
def test_times_of_day_fire_once_and_in_order(tz: str, change: str, expression: str) -> None:
    zone, start, end = ZoneInfo(tz), utc(change) - timedelta(hours=5), utc(change) + timedelta(hours=30)
    found, moment = [], schedule.next_firing("cron", expression, tz, start)
    while moment and moment < end:
        found.append(moment)
        moment = schedule.next_firing("cron", expression, tz, moment)

    walls = [firing.astimezone(zone).replace(tzinfo=None) for firing in found]
    assert found
    assert walls == sorted(set(walls))
    assert all(firing.astimezone(zone).fold == 0 for firing in found)


def test_a_skipped_time_of_day_fires_when_the_gap_ends() -> None:
    assert firings("cron", "30 3 * * *", "Europe/Riga", "2026-03-28T12:00", 2) == ["29 04:00+0300", "30 03:30+0300"]


def test_several_skipped_times_of_day_fire_as_one() -> None:
    expected = ["29 04:00+0300", "29 04:20+0300", "29 04:40+0300", "30 03:00+0300"]
    assert firings("cron", "0,20,40 3-4 * * *", "Europe/Riga", "2026-03-29T00:00", 4) == expected


def test_a_repeated_time_of_day_fires_the_first_time() -> None:
    assert firings("cron", "30 3 * * *", "Europe/Riga", "2026-10-24T12:00", 2) == ["25 03:30+0300", "26 03:30+0200"]


@pytest.mark.parametrize("after", ["2026-10-25T01:00", "2026-10-25T01:29:59", "2026-10-25T01:30", "2026-10-25T01:59"])
def test_in_the_second_pass_of_a_repeated_hour_a_time_of_day_is_not_found_in_the_past(after: str) -> None:
    assert firings("cron", "30 3 * * *", "Europe/Riga", after, 1) == ["26 03:30+0200"]
    assert firings("oncalendar", "*-*-* 03:30", "Europe/Riga", after, 1) == ["26 03:30+0200"]


def test_a_skipped_time_on_the_calendar_does_not_fire() -> None:
    assert firings("oncalendar", "*-*-* 03:30", "Europe/Riga", "2026-03-28T12:00", 1) == ["30 03:30+0300"]


def test_elapsed_time_does_not_fire_in_the_gap() -> None:
    assert firings("cron", "*/30 3 * * *", "Europe/Riga", "2026-03-28T12:00", 1) == ["30 03:00+0300"]
    assert firings("cron", "* 3 * * *", "Europe/Riga", "2026-03-29T00:30", 1) == ["30 03:00+0300"]


def test_elapsed_time_fires_in_both_passes_of_a_repeated_hour() -> None:
    expected = ["25 03:00+0300", "25 03:30+0300", "25 03:00+0200", "25 03:30+0200", "26 03:00+0200"]
    assert firings("cron", "*/30 3 * * *", "Europe/Riga", "2026-10-24T12:00", 5) == expected


def test_elapsed_time_repeats_on_a_date_that_comes_but_once_a_year() -> None:
    expected = ["25 03:30+0300", "25 03:00+0200", "25 03:30+0200"]
    assert firings("cron", "*/30 3 25 10 *", "Europe/Riga", "2026-10-25T00:29", 3) == expected


def test_where_clocks_change_by_half_an_hour_a_skipped_time_of_day_fires_when_the_gap_ends() -> None:
    expected = ["04 01:45+1030", "04 02:30+1100", "04 02:45+1100", "05 01:15+1100"]
    assert firings("cron", "15,45 1,2 * * *", "Australia/Lord_Howe", "2026-10-03T15:00", 4) == expected


def test_where_clocks_change_by_half_an_hour_a_repeated_time_of_day_fires_the_first_time() -> None:
    expected = ["05 01:15+1100", "05 01:45+1100", "05 02:15+1030", "05 02:45+1030"]
    assert firings("cron", "15,45 1,2 * * *", "Australia/Lord_Howe", "2026-04-04T13:00", 4) == expected


def test_where_clocks_change_by_half_an_hour_elapsed_hours_reach_the_hour_sought_at_its_middle() -> None:
    expected = ["05 02:30+1030", "06 02:00+1030", "06 02:30+1030"]
    assert firings("cron", "*/30 2 * * *", "Australia/Lord_Howe", "2026-04-04T14:00", 3) == expected
    assert firings("cron", "*/30 2 * * *", "Australia/Lord_Howe", "2026-04-04T15:20", 3) == expected


def test_a_schedule_that_always_falls_into_the_gap_never_fires() -> None:
    assert schedule.next_firing("cron", "* 2 * 3 SUN#2", "America/New_York", utc("2026-01-01T00:00")) is None
