"""core.away and core.status: what fell due while nobody looked is given time to settle, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import status
from chalicelib.core.away import Away
from chalicelib.core.check import Check, Signal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AWAY = Away(NOON, NOON + timedelta(minutes=25))
BACK = AWAY.until


def check(grace: int = 600, minutes: float = 10) -> Check:
    """A check whose deadline came so many minutes after noon."""
    pinged = NOON + timedelta(minutes=minutes) - timedelta(seconds=3_600 + grace)
    up = Check("p", "c", pinged, timeout=3_600, grace=grace, status="up", since=pinged, last_ping=pinged, n_pings=1)
    return replace(up, due=status.deadline(up))


def settling(grace: int = 600) -> Check:
    change = status.decide(check(grace), status.DeadlinePassed(BACK), AWAY)
    assert change is not None and not change.flips
    return change.after


@pytest.mark.parametrize(("grace", "seconds"), [(60, 60), (300, 300), (3_600, 300)])
def test_a_deadline_of_that_time_is_put_off_by_the_grace_time_or_five_minutes(grace: int, seconds: int) -> None:
    assert settling(grace).due == BACK + timedelta(seconds=seconds)


@pytest.mark.parametrize("minutes", [-1, 0, 25.1, 30])
def test_any_other_deadline_stays_what_it_is(minutes: float) -> None:
    at = NOON + timedelta(minutes=40)
    change = status.decide(check(minutes=minutes), status.DeadlinePassed(at), AWAY)

    assert change is not None
    assert [(flip.new, flip.at) for flip in change.flips] == [("down", NOON + timedelta(minutes=minutes))]


def test_a_time_away_that_lasted_longer_than_a_ping_could_know_counts_whole() -> None:
    known = Away(NOON, NOON + timedelta(minutes=15))
    found = status.decide(check(), status.DeadlinePassed(known.until), known)
    assert found is not None
    change = status.decide(found.after, status.DeadlinePassed(BACK), AWAY)

    assert change is not None and change.flips == ()
    assert change.after.due == BACK + timedelta(minutes=5)


def test_meanwhile_grace_is_shown() -> None:
    found = settling()

    assert status.shown(found, BACK + timedelta(minutes=4), with_started=True) == "grace"
    assert status.shown(found, BACK + timedelta(minutes=5), with_started=True) == "down"


@pytest.mark.parametrize("noted", [True, False])
def test_a_ping_meanwhile_leaves_no_missed_flip(noted: bool) -> None:
    before = settling() if noted else check()
    change = status.decide(before, Signal("success", BACK + timedelta(minutes=2)), None if noted else AWAY)

    assert change is not None and change.flips == ()
    assert (change.after.status, change.after.away) == ("up", None)
    assert change.after.due == BACK + timedelta(minutes=2, seconds=4_200)


def test_who_is_still_silent_goes_down_at_the_end_and_says_when_nobody_looked() -> None:
    change = status.decide(settling(), status.DeadlinePassed(BACK + timedelta(minutes=6)), AWAY)

    assert change is not None
    (flip,) = change.flips
    assert (flip.new, flip.at, flip.reason) == ("down", BACK + timedelta(minutes=5), "timeout")
    assert flip.details == {"away": [AWAY.since.isoformat(), AWAY.until.isoformat()]}
    assert change.after.away is None


def test_one_deadline_is_put_off_once_however_often_the_monitor_is_away() -> None:
    again = Away(BACK + timedelta(minutes=1), BACK + timedelta(minutes=30))
    change = status.decide(settling(), status.DeadlinePassed(again.until), again)

    assert change is not None
    assert [flip.new for flip in change.flips] == ["down"]


@given(st.integers(-3_600, 7_200), st.integers(60, 7_200), st.integers(0, 10_000))
def test_nobody_goes_down_before_the_deadline_or_more_than_five_minutes_after_the_return(
    due: int, grace: int, seconds: int
) -> None:
    found, at = check(grace, minutes=due / 60), NOON + timedelta(seconds=seconds)
    change = status.decide(found, status.DeadlinePassed(at), AWAY)
    proper = NOON + timedelta(seconds=due)

    if change and change.flips:
        assert proper <= change.flips[0].at <= max(proper, BACK + timedelta(minutes=5))
    elif at >= proper:
        assert AWAY.covers(proper) and at < BACK + timedelta(minutes=5)
