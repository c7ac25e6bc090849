from datetime import UTC, datetime, timedelta

from chalicelib.core.check import Flip, Status
from chalicelib.core.outages import outages

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def flips(*states: Status) -> list[Flip]:
    """Flips to these states, an hour apart from noon on, newest first."""
    old: list[Status] = ["new", *states]
    made = [
        Flip("p", "c", NOON + timedelta(hours=number), old[number], new, "timeout") for number, new in enumerate(states)
    ]
    return made[::-1]


def test_a_check_that_was_never_down_has_none() -> None:
    assert outages(flips("up", "paused", "new", "up")) == []


def test_an_outage_lasts_from_going_down_to_coming_back() -> None:
    (outage,) = outages(flips("up", "down", "up"))
    assert (outage.began, outage.ended) == (NOON + timedelta(hours=1), NOON + timedelta(hours=2))


def test_an_outage_under_way_has_no_end() -> None:
    (outage,) = outages(flips("up", "down"))
    assert (outage.began, outage.ended) == (NOON + timedelta(hours=1), None)


def test_pausing_ends_an_outage() -> None:
    (outage,) = outages(flips("down", "paused", "new"))
    assert outage.end is not None
    assert (outage.end.new, outage.ended) == ("paused", NOON + timedelta(hours=1))


def test_the_newest_outage_comes_first() -> None:
    found = outages(flips("down", "up", "down", "up"))
    assert [outage.began for outage in found] == [NOON + timedelta(hours=2), NOON]


def test_the_end_of_an_outage_whose_beginning_is_forgotten_is_no_outage() -> None:
    assert outages(flips("down", "up")[:1]) == []
