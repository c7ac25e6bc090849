"""Criteria: what is refused and by which field, and what values mean to each type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import rules
from chalicelib.core.away import Away
from chalicelib.core.criteria import TYPES, Criterion, Verdict, checked, judge, settled, window
from chalicelib.core.errors import Invalid
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNDECIDED = Verdict(None, None)


def verdict(criterion: Criterion, *buckets: float | None) -> Verdict:
    return judge(criterion, buckets, NOW)


@each(
    ("criterion", "field"),
    [
        (Criterion("above"), "above"),
        (Criterion("below", above=5), "below"),
        (Criterion("outside", above=5), "below"),
        (Criterion("outside", below=5), "above"),
        (Criterion("outside", above=1, below=5), "above"),
        (Criterion("missing"), "period"),
    ],
)
def test_a_criterion_that_lacks_what_its_type_needs_is_refused_by_its_field(criterion: Criterion, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(criterion)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Criterion("above", above=90), "above 90"),
        (Criterion("below", below=2.5), "below 2.5"),
        (Criterion("outside", above=90, below=5), "outside 5 to 90"),
        (Criterion("missing", period=1), "missing"),
    ],
)
def test_each_type_has_its_words(criterion: Criterion, words: str) -> None:
    assert TYPES[criterion.type].words(criterion) == words


def test_bounds_may_meet() -> None:
    criterion = Criterion("outside", above=5, below=5)
    assert [verdict(criterion, value).breached for value in (4, 5, 6)] == [True, False, True]


@pytest.mark.parametrize(
    ("criterion", "breaching"),
    [
        (Criterion("above", above=5), {4.9: False, 5.0: False, 5.1: True}),
        (Criterion("below", below=5), {4.9: True, 5.0: False, 5.1: False}),
        (
            Criterion("outside", above=5, below=2),
            {1.9: True, 2.0: False, 3.0: False, 5.0: False, 5.1: True},
        ),
    ],
)
def test_a_value_on_a_bound_does_not_breach_it(criterion: Criterion, breaching: dict[float, bool]) -> None:
    assert {value: verdict(criterion, value).breached for value in breaching} == breaching


def test_without_a_period_the_latest_value_decides() -> None:
    criterion = Criterion("above", above=5)
    assert verdict(criterion, 9, 4) == Verdict(False, 4)
    assert verdict(criterion, 4, 9, None, None) == Verdict(True, 9)


def test_the_window_is_the_period_or_the_five_minutes_in_which_a_value_decides_without_one() -> None:
    assert window(Criterion("above", above=5)) == 300
    assert window(Criterion("above", above=5, period=2)) == 120


def test_with_a_period_every_value_of_it_must_breach() -> None:
    criterion = Criterion("above", above=5, period=2)
    assert verdict(criterion, 6, 7, 8, 9) == Verdict(True, 9)
    assert verdict(criterion, 6, 7, 5, 9) == Verdict(False, 5)


def test_with_a_period_gaps_are_passed_over() -> None:
    criterion = Criterion("below", below=5, period=2)
    assert verdict(criterion, 1, None, None, None) == Verdict(True, 1)
    assert verdict(criterion, 1, None, 6, None) == Verdict(False, 6)


def test_one_value_back_inside_recovers_at_that_value() -> None:
    assert verdict(Criterion("above", above=5, period=2), 9, 4, 3, 9) == Verdict(False, 3)


@pytest.mark.parametrize("period", [0, 2, 1440])
def test_no_values_decide_nothing(period: int) -> None:
    criterion = Criterion("outside", above=5, below=2, period=period)
    assert verdict(criterion) == UNDECIDED
    assert verdict(criterion, *[None] * 20) == UNDECIDED


def missing(last: timedelta | None, since: timedelta | None = None) -> Verdict:
    """Judges a series whose last value came that long ago, and which is waited for since so long."""
    moments = {"last": last, "since": since}
    known = {name: NOW - ago for name, ago in moments.items() if ago is not None}
    return judge(Criterion("missing", period=10), (), NOW, **known)


def test_a_series_is_missing_when_no_value_came_for_the_period() -> None:
    assert missing(timedelta(minutes=9, seconds=59)).breached is False
    assert missing(timedelta(minutes=10)) == Verdict(True, due=NOW)
    assert missing(timedelta(minutes=-1)).breached is False


def test_a_series_says_since_when_it_is_missing_or_when_it_will_be() -> None:
    assert missing(timedelta(minutes=4)).due == NOW + timedelta(minutes=6)
    assert missing(timedelta(minutes=14)).due == NOW - timedelta(minutes=4)


def test_a_series_that_was_never_seen_is_missing_from_when_it_is_waited_for() -> None:
    assert missing(None, timedelta(minutes=9)) == Verdict(False, due=NOW + timedelta(minutes=1))
    assert missing(None, timedelta(minutes=10)) == Verdict(True, due=NOW)
    assert missing(None) == UNDECIDED


def test_the_last_value_counts_even_when_it_came_before_the_waiting_began() -> None:
    assert missing(timedelta(hours=2), timedelta(0)).breached is True


AWAY = Away(NOW - timedelta(hours=1), NOW - timedelta(minutes=3))


@pytest.mark.parametrize(
    ("ago", "period", "breached"),
    [
        # Due within the absence, long before it, after it, and within it but settled by now.
        (20, 10, None),
        (90, 10, None),
        (12, 10, True),
        (20, 2, True),
    ],
)
def test_what_fell_due_while_nobody_looked_is_undecided_until_it_has_settled(
    ago: int, period: int, breached: bool | None
) -> None:
    criterion = Criterion("missing", period=period)
    found = judge(criterion, (), NOW, last=NOW - timedelta(minutes=ago))

    assert settled(criterion, found, AWAY, NOW).breached is breached
    assert settled(criterion, found, AWAY, NOW + timedelta(minutes=2)).breached is True


def test_silence_of_a_time_in_which_nobody_looked_leaves_a_criterion_undecided() -> None:
    settling = settled(Criterion("missing", period=10), missing(timedelta(minutes=20)), AWAY, NOW)

    assert rules.met({"a": settling, "b": Verdict(False)}) is None
    assert rules.met({"a": settling, "b": Verdict(True)}) is True
