"""Recurring windows: the wall clock rules, also on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.core.windows import Window, next_occurrence, occurrences, window_of
from tests.cases import each

MINUTE = timedelta(minutes=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def begins(window: Window, low: datetime, high: datetime) -> list[datetime]:
    return [begin for begin, _ in occurrences(window, low, high)]


def test_a_window_on_every_day_begins_once_a_day() -> None:
    found = list(occurrences(Window(860, 30), utc(2026, 3, 1), utc(2026, 3, 4)))
    assert found == [(utc(2026, 3, day, 14, 20), utc(2026, 3, day, 14, 50)) for day in (1, 2, 3)]


def test_weekdays_are_those_of_the_zone() -> None:
    monday_in_auckland = Window(60, 60, "Pacific/Auckland", (0,))
    assert begins(monday_in_auckland, utc(2026, 7, 1), utc(2026, 7, 12)) == [utc(2026, 7, 5, 13)]


def test_a_window_over_midnight_is_found_in_the_day_after() -> None:
    night = Window(23 * 60, 120, days=(4,))
    assert list(occurrences(night, utc(2026, 11, 21), utc(2026, 11, 22))) == [
        (utc(2026, 11, 20, 23), utc(2026, 11, 21, 1))
    ]


def test_a_window_of_a_week_is_found_at_its_end() -> None:
    week = Window(0, 7 * 1440, days=(0,))
    assert begins(week, utc(2026, 11, 22, 23), utc(2026, 11, 22, 23, 30)) == [utc(2026, 11, 16)]


@each(
    ("zone", "day", "at", "begin"),
    [
        ("Europe/Stockholm", utc(2026, 3, 29), 2 * 60 + 30, utc(2026, 3, 29, 1)),
        ("Europe/Stockholm", utc(2026, 10, 25), 2 * 60 + 30, utc(2026, 10, 25, 0, 30)),
        ("America/New_York", utc(2026, 3, 8, 6), 2 * 60 + 15, utc(2026, 3, 8, 7)),
        ("America/New_York", utc(2026, 11, 1, 4), 60 + 15, utc(2026, 11, 1, 5, 15)),
        ("Australia/Lord_Howe", utc(2026, 10, 3, 14), 2 * 60 + 10, utc(2026, 10, 3, 15, 30)),
        ("UTC+2", utc(2026, 7, 1), 60, utc(2026, 6, 30, 23)),
        ("UTC-12", utc(2026, 7, 1), 60, utc(2026, 7, 1, 13)),
    ],
)
def test_a_skipped_time_begins_after_the_gap_and_a_repeated_one_the_first_time(
    zone: str, day: datetime, at: int, begin: datetime
) -> None:
    assert begin in begins(Window(at, 30, zone), day - timedelta(days=1), day + timedelta(days=1))


def test_a_window_lasts_in_real_time_whatever_the_clocks_do() -> None:
    (window,) = occurrences(Window(90, 120, "Europe/Stockholm"), utc(2026, 3, 29), utc(2026, 3, 29, 12))
    assert window == (utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 2, 30))


def test_a_time_that_is_skipped_before_midnight_begins_with_the_next_day() -> None:
    """In Scoresbysund the clocks go from 23:00 on a Saturday to midnight."""
    saturdays = Window(23 * 60, 60, "America/Scoresbysund", (5,))
    assert begins(saturdays, utc(2026, 3, 21), utc(2026, 4, 6)) == [
        utc(2026, 3, 22, 1),
        utc(2026, 3, 29, 1),
        utc(2026, 4, 5, 0),
    ]


def test_a_day_that_does_not_exist_has_no_window() -> None:
    daily = Window(600, 60, "Pacific/Apia")
    assert begins(daily, utc(2011, 12, 29), utc(2012, 1, 1)) == [
        utc(2011, 12, 29, 20),
        utc(2011, 12, 30, 20),
        utc(2011, 12, 31, 20),
    ]


def test_the_next_occurrence_is_the_first_that_is_still_to_begin() -> None:
    window = Window(860, 30)
    assert next_occurrence(window, utc(2026, 3, 1, 14, 20))[0] == utc(2026, 3, 1, 14, 20)
    assert next_occurrence(window, utc(2026, 3, 1, 14, 21))[0] == utc(2026, 3, 2, 14, 20)
    weekly = Window(860, 30, days=(6,))
    assert next_occurrence(weekly, utc(2026, 3, 1, 14, 21))[0] == utc(2026, 3, 8, 14, 20)


def test_a_window_is_read_as_people_write_it() -> None:
    assert window_of("14:20", 30, "UTC 2", ["Mon", "sunday", 3, "mon"]) == Window(860, 30, "UTC+2", (0, 3, 6))


@each(
    ("field", "values"),
    [
        ("at", {"at": "24:00"}),
        ("at", {"at": "14:60"}),
        ("at", {"at": 860}),
        ("duration", {"duration": 0}),
        ("duration", {"duration": True}),
        ("duration", {"duration": 10_081}),
        ("duration", {"duration": "30"}),
        ("timezone", {"tz": "Mars/Olympus"}),
        ("timezone", {"tz": "UTC+15"}),
        ("timezone", {"tz": None}),
        ("days", {"days": ["someday"]}),
        ("days", {"days": [7]}),
        ("days", {"days": "mon"}),
        ("days", {"days": [True]}),
    ],
)
def test_what_is_no_window_is_refused_naming_the_field(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        window_of(**({"at": "14:20", "duration": 30} | values))
    assert refused.value.field == field
