"""The line of those who wait for a sender: turns that follow from it, and how its pace is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import line as lines
from chalicelib.core.line import Line

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def line(interval: float = 1.0, *, end: int = 0, least: float | None = None) -> Line:
    return Line(NOW, timedelta(seconds=interval), 0, end, timedelta(seconds=least) if least else None)


def test_every_place_has_its_turn_one_interval_after_the_one_before() -> None:
    assert [line(0.5).turn(place) for place in range(3)] == [NOW, NOW + 0.5 * SECOND, NOW + SECOND]


def test_a_sender_that_says_what_it_takes_is_told_a_little_less() -> None:
    opened = lines.opened(None, NOW, timedelta(0), 2.0)
    assert opened.interval == opened.least == lines.SPARE * 0.5 * SECOND
    assert opened.turn(0) == NOW + opened.interval


def test_a_line_that_is_opened_anew_gives_out_no_place_twice() -> None:
    before = line(end=7)
    assert lines.opened(before, NOW, timedelta(0)).end == 7
    assert lines.opened(before, NOW, SECOND).turn(7) == NOW + SECOND


def test_a_refusal_in_turn_slows_the_line_down_and_one_out_of_turn_does_not() -> None:
    assert lines.refused(line(), NOW, timedelta(0), in_turn=True).interval == lines.SLOWER * SECOND
    assert lines.refused(line(), NOW, timedelta(0), in_turn=False) == line()


def test_refusals_at_the_same_time_slow_the_line_down_once() -> None:
    once = lines.refused(line(end=9), NOW, timedelta(0), in_turn=True)
    assert lines.refused(once, NOW, timedelta(0), in_turn=True).interval == once.interval


def test_a_sender_that_wants_to_be_left_alone_is() -> None:
    found = lines.refused(line(end=9), NOW, 60 * SECOND, in_turn=False)
    assert min(found.turn(place) for place in range(9)) == NOW + 60 * SECOND


def test_who_wants_to_be_left_alone_for_long_says_nothing_of_the_pace() -> None:
    assert lines.refused(line(), NOW, lines.QUOTA, in_turn=True).interval == SECOND


def test_nobody_looks_again_before_the_sender_wants_to_be_asked() -> None:
    found = lines.refused(line(end=9), NOW, 600 * SECOND, in_turn=False)
    assert found.look(8, NOW) == NOW + 600 * SECOND


def test_what_is_taken_in_turn_makes_the_line_faster_down_to_what_its_sender_says() -> None:
    found = line()
    for _ in range(200):
        found = lines.taken(found, NOW)
    assert found.interval == lines.SHORTEST
    assert lines.taken(line(least=1.0), NOW) == line(least=1.0)


def test_the_turns_of_who_waits_move_with_the_pace_and_keep_their_order() -> None:
    now = NOW + 4.5 * SECOND
    for moved in (lines.taken(line(end=9), now), lines.refused(line(end=9), now, timedelta(0), in_turn=True)):
        turns = [moved.turn(place) for place in range(5, 9)]
        assert turns == sorted(set(turns))
        assert turns[0] >= NOW + 4 * SECOND


@pytest.mark.parametrize(("seconds", "lost"), [(30, False), (31, True)])
def test_who_comes_long_after_its_turn_has_lost_its_place(seconds: float, lost: bool) -> None:
    assert line().has_lost(0, NOW + seconds * SECOND) is lost


def test_a_line_is_over_when_nobody_has_waited_for_a_while() -> None:
    assert not line(end=5).is_quiet(NOW + 15 * SECOND)
    assert line(end=5).is_quiet(NOW + 16 * SECOND)


def test_who_waits_long_for_a_turn_that_may_come_earlier_looks_again_half_way() -> None:
    assert line().look(100, NOW) == NOW + 50 * SECOND
    assert line().look(3, NOW) == NOW + 3 * SECOND
    assert line(least=1.0).look(100, NOW) == NOW + 100 * SECOND


def test_a_line_behind_its_time_goes_on_now() -> None:
    late = lines.caught_up(line(end=3), NOW + 10 * SECOND)
    assert late.turn(3) == NOW + 10 * SECOND
    assert lines.caught_up(line(end=30), NOW + 10 * SECOND) == line(end=30)
