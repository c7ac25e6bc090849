"""Uptime: the span divides to the second, whatever flips and silences there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.check import Flip, Status
from chalicelib.core.silence import Silence
from chalicelib.core.uptime import Uptime, outages_within, uptime

START = datetime(2014, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATUSES: tuple[Status, ...] = ("new", "up", "down", "paused")


def flip(at: datetime, new: Status, old: Status = "up", **more: Any) -> Flip:
    return Flip("p", "c", at, old, new, **more)


def silence(begin: datetime, end: datetime | None) -> Silence:
    return Silence("s", begin, end, "maintenance")


def test_the_published_figures_divide_their_span() -> None:
    down = START + timedelta(days=20)
    flips = [flip(down, "down"), flip(down + timedelta(seconds=386), "up", "down")]
    end = START + timedelta(seconds=3_600_941 + 386)
    assert uptime(flips, "up", (), START, end) == Uptime(3_600_941, 386, 0, 0, 1)


def test_maintenance_wins_over_down_and_up() -> None:
    flips = [flip(START + HOUR, "down"), flip(START + 3 * HOUR, "up", "down")]
    planned = silence(START + 2 * HOUR, START + 4 * HOUR)
    assert uptime(flips, "up", [planned], START, START + 5 * HOUR) == Uptime(2 * 3600, 3600, 2 * 3600, 0, 1)


def test_an_outage_wholly_in_maintenance_does_not_count() -> None:
    flips = [flip(START + HOUR, "down"), flip(START + 2 * HOUR, "up", "down")]
    planned = silence(START, None)
    assert uptime(flips, "up", [planned], START, START + 3 * HOUR) == Uptime(0, 0, 3 * 3600, 0, 0)


def test_time_before_the_first_look_and_while_inactive_is_unknown_also_in_maintenance() -> None:
    flips = [flip(START + HOUR, "up", "new"), flip(START + 2 * HOUR, "paused")]
    planned = silence(START, START + 3 * HOUR)
    assert uptime(flips, "new", [planned], START, START + 3 * HOUR) == Uptime(0, 0, 3600, 2 * 3600, 0)


def test_an_outage_that_began_before_the_span_and_lasts_is_one() -> None:
    before = flip(START - HOUR, "down", reason="no answer")
    (outage,) = outages_within([], before, (), START, START + HOUR)
    assert (outage.began, outage.ended, outage.flip, outage.seconds) == (START - HOUR, None, before, 3600)
    assert uptime([], "down", (), START, START + HOUR) == Uptime(0, 3600, 0, 0, 1)


def test_outages_are_listed_with_their_ends_and_what_maintenance_leaves_of_them() -> None:
    flips = [
        flip(START + HOUR, "down", reason="one"),
        flip(START + 2 * HOUR, "up", "down"),
        flip(START + 3 * HOUR, "down", reason="two"),
    ]
    planned = silence(START + HOUR, START + HOUR + timedelta(minutes=30))
    one, two = outages_within(flips, None, [planned], START, START + 4 * HOUR)
    assert (one.began, one.ended, one.seconds, one.counted) == (START + HOUR, START + 2 * HOUR, 3600, 1800)
    assert (two.began, two.ended, two.seconds, two.counted) == (START + 3 * HOUR, None, 3600, 3600)
    assert one.flip is not None
    assert one.flip.reason == "one"


def test_an_outage_that_ends_as_the_span_begins_is_not_in_it() -> None:
    flips = [flip(START, "up", "down")]
    assert uptime(flips, "down", (), START, START + HOUR) == Uptime(3600, 0, 0, 0, 0)


def test_a_flip_at_the_very_start_counts_and_one_at_the_end_does_not() -> None:
    flips = [flip(START, "down"), flip(START + HOUR, "up", "down")]
    assert uptime(flips, "up", (), START, START + HOUR) == Uptime(0, 3600, 0, 0, 1)


moments = st.integers(-100, 4000).map(lambda tenths: START + timedelta(milliseconds=100 * tenths))


@given(
    before=st.sampled_from(STATUSES),
    changes=st.lists(st.tuples(moments, st.sampled_from(STATUSES)), max_size=8, unique_by=lambda change: change[0]),
    covered=st.lists(st.tuples(moments, moments), max_size=4),
    low=moments,
    high=moments,
)
def test_the_parts_are_what_counting_every_second_gives(
    before: Status,
    changes: list[tuple[datetime, Status]],
    covered: list[tuple[datetime, datetime]],
    low: datetime,
    high: datetime,
) -> None:
    start, end = min(low, high).replace(microsecond=0), max(low, high).replace(microsecond=0)
    changes = [(at.replace(microsecond=0), new) for at, new in sorted(changes)]
    covered = [(begin.replace(microsecond=0), until.replace(microsecond=0)) for begin, until in covered]
    flips = [flip(at, new) for at, new in changes]
    silences = [silence(begin, until) for begin, until in covered]
    counted = {"up": 0, "down": 0, "maintenance": 0, "unknown": 0}
    for second in range(int((end - start).total_seconds())):
        at = start + timedelta(seconds=second)
        status = next((new for when, new in reversed(changes) if start <= when <= at), before)
        quiet = any(begin <= at < until for begin, until in covered)
        counted["unknown" if status in ("new", "paused") else "maintenance" if quiet else status] += 1
    found = uptime(flips, before, silences, start, end)
    assert (found.up, found.down, found.maintenance, found.unknown) == tuple(counted.values())


@given(st.lists(moments, min_size=2, max_size=2), st.lists(moments, max_size=6, unique=True))
def test_the_parts_add_up_where_moments_fall_between_seconds(span: list[datetime], changes: list[datetime]) -> None:
    start, end = sorted(span)
    flips = [flip(at, STATUSES[number % 4]) for number, at in enumerate(sorted(changes))]
    found = uptime(flips, "up", (), start, end)
    whole = int(end.timestamp()) - int(start.timestamp())
    assert found.up + found.down + found.maintenance + found.unknown == whole
