"""Periods: when they begin and end next, minute by minute beside the plain test, also when clocks change."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.periods import ALWAYS, HORIZON, NEVER, Period, Range, Times
from tests.cases import each

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NINE_TO_FIVE = Period((Times(wday=((2, 6),), hour=((9, 16),)),))
STOCKHOLM = ZoneInfo("Europe/Stockholm")

# Each with a day before a change of its clocks: forward, back, by half an hour, at midnight, over the date line, never.
CHANGES = (
    ("Europe/Stockholm", datetime(2026, 3, 28, tzinfo=UTC)),
    ("Europe/Stockholm", datetime(2026, 10, 24, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 4, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 5, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 6, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC)),
    ("Pacific/Kiritimati", datetime(2026, 12, 30, tzinfo=UTC)),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def random_period(dice: random.Random) -> Period:
    return Period(tuple(random_times(dice) for _ in range(dice.randint(1, 3))))


def random_times(dice: random.Random) -> Times:
    limits = {"mday": (1, 31), "wday": (1, 7), "week": (1, 5), "hour": (0, 23), "minute": (0, 59)}
    chosen = dice.sample(sorted(limits), dice.randint(1, 3))
    return Times(
        **{name: tuple(random_range(dice, *limits[name]) for _ in range(dice.randint(1, 2))) for name in chosen}
    )


def random_range(dice: random.Random, low: int, high: int) -> Range:
    return dice.randint(low, high), dice.randint(low, high)


@each(("name", "begin"), CHANGES)
@each("seed", range(5))
def test_spans_and_changes_are_those_that_every_single_minute_tells(name: str, begin: datetime, seed: int) -> None:
    """A change of clocks falls on a whole minute, and so does every change of these periods."""
    zone, period = ZoneInfo(name), random_period(random.Random(seed))
    end = begin + 3 * DAY
    minutes = [begin + number * MINUTE for number in range(3 * 1_440)]
    covered = [period.covers(minute, zone) for minute in minutes]
    told = [False] * len(minutes)
    for low, high in period.spans(begin, end, zone):
        assert low.second == high.second == 0
        for number in range((low - begin) // MINUTE, (high - begin) // MINUTE):
            told[number] = True
    assert told == covered
    changes = [minute for minute, now, before in zip(minutes[1:], covered[1:], covered, strict=False) if now != before]
    for number in range(0, len(minutes), 797):
        expected = next((change for change in changes if change > minutes[number]), None)
        found = period.next_change(minutes[number], zone)
        assert found == expected or (expected is None and (found is None or found >= end))


def test_a_period_of_the_working_week_ends_in_the_evening_and_begins_after_the_weekend() -> None:
    assert NINE_TO_FIVE.next_change(utc(2026, 11, 27, 12)) == utc(2026, 11, 27, 17)
    assert NINE_TO_FIVE.next_change(utc(2026, 11, 27, 17)) == utc(2026, 11, 30, 9)
    assert NINE_TO_FIVE.next_change(utc(2026, 11, 27, 12), STOCKHOLM) == utc(2026, 11, 27, 16)


def test_a_period_is_over_at_the_moment_of_its_end() -> None:
    end = utc(2026, 11, 27, 17)
    assert NINE_TO_FIVE.covers(end - timedelta(microseconds=1))
    assert not NINE_TO_FIVE.covers(end)


def test_seconds_count() -> None:
    period = Period((Times(second=((0, 4), (30, 34))),))
    assert period.next_change(utc(2026, 1, 1, 0, 0, 3)) == utc(2026, 1, 1, 0, 0, 5)
    assert period.next_change(utc(2026, 1, 1, 0, 0, 5)) == utc(2026, 1, 1, 0, 0, 30)
    assert period.next_change(utc(2026, 1, 1, 23, 59, 40)) == utc(2026, 1, 2)


def test_an_hour_that_clocks_skip_is_left_out_and_one_that_comes_twice_is_one_long_span() -> None:
    hour = Period((Times(hour=((2, 2),)),))
    assert list(hour.spans(utc(2026, 3, 28, 12), utc(2026, 3, 29, 12), STOCKHOLM)) == []
    assert list(hour.spans(utc(2026, 10, 24, 12), utc(2026, 10, 25, 12), STOCKHOLM)) == [
        (utc(2026, 10, 25), utc(2026, 10, 25, 2))
    ]


def test_alternatives_that_touch_are_one_span_and_gaps_are_the_rest() -> None:
    period = Period((Times(hour=((9, 11),)), Times(hour=((12, 13),)), Times(hour=((13, 13),))))
    low, high = utc(2026, 1, 5, 10), utc(2026, 1, 6, 10)
    assert list(period.spans(low, high)) == [(low, utc(2026, 1, 5, 14)), (utc(2026, 1, 6, 9), high)]
    assert list(period.gaps(low, high)) == [(utc(2026, 1, 5, 14), utc(2026, 1, 6, 9))]


def test_what_never_begins_or_never_ends_has_no_next_change() -> None:
    now = utc(2026, 11, 28)
    assert ALWAYS.next_change(now) is None
    assert NEVER.next_change(now) is None
    assert Period((Times(year=((2020, 2025),)),)).next_change(now) is None
    assert list(NEVER.gaps(now, now + DAY)) == list(ALWAYS.spans(now, now + DAY)) == [(now, now + DAY)]


def test_a_year_to_come_is_found_and_one_beyond_the_horizon_is_not() -> None:
    now = utc(2026, 11, 28)
    assert Period((Times(year=((2060, 2061),)),)).next_change(now) == utc(2060, 1, 1)
    assert Period((Times(year=((2100, 2100),)),)).next_change(now) is None
    assert Period((Times(year=((2026, 2060),)),)).next_change(now) == utc(2061, 1, 1)
    assert Period((Times(year=((2100, 2100),)),)).next_change(now + HORIZON) == utc(2100, 1, 1)


def test_a_leap_day_on_a_given_weekday_is_found_years_ahead() -> None:
    leap_sunday = Period((Times(month=((2, 2),), mday=((29, 29),), wday=((1, 1),)),))
    assert leap_sunday.next_change(utc(2026, 11, 28)) == utc(2032, 2, 29)
    assert leap_sunday.next_change(utc(2088, 3, 1)) == utc(2128, 2, 29)


def test_the_last_day_of_a_leap_year_is_its_366th() -> None:
    period = Period((Times(yday=((366, 366),)),))
    assert period.next_change(utc(2026, 11, 28)) == utc(2028, 12, 31)


def test_the_end_of_the_calendar_is_no_fault() -> None:
    assert Period((Times(month=((1, 1),)),)).next_change(utc(9999, 11, 1)) is None
