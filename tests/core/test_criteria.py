"""Criteria: what is refused and by which field, and what values mean to each type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.criteria import Criterion, Verdict, criterion_of, document_of, judge, window
from chalicelib.core.errors import Invalid

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNDECIDED = Verdict(None, None)


def verdict(criterion: Criterion, *buckets: float | None) -> Verdict:
    return judge(criterion, buckets, NOW)


@pytest.mark.parametrize(
    ("document", "criterion"),
    [
        ({"type": "missing", "time_period": 10}, Criterion("missing", period=10)),
        ({"type": "above", "above_value": 5.6}, Criterion("above", above=5.6)),
        (
            {"type": "outside_bounds", "above_value": 5.6, "below_value": 2.1},
            Criterion("outside_bounds", above=5.6, below=2.1),
        ),
        (
            {"type": "outside_bounds", "above_value": 5.6, "below_value": 2.1, "time_period": 10},
            Criterion("outside_bounds", above=5.6, below=2.1, period=10),
        ),
        ({"time_period": 3, "type": "below", "below_value": 6}, Criterion("below", below=6, period=3)),
    ],
)
def test_the_published_examples_are_understood_and_said_again(document: dict[str, Any], criterion: Criterion) -> None:
    assert criterion_of(document) == criterion
    assert document_of(criterion) == document


def test_numbers_may_come_as_text_and_what_is_empty_is_absent() -> None:
    document = {"type": "above", "above_value": " 5.5e1", "below_value": "", "time_period": "2", "metric": "a.b"}
    assert criterion_of(document) == Criterion("above", above=55, period=2)
    assert criterion_of({"type": "above", "above_value": 0, "below_value": None, "time_period": None}).period == 0


def test_a_bound_that_the_type_does_not_use_is_kept_and_says_nothing() -> None:
    criterion = criterion_of({"type": "above", "above_value": 1, "below_value": 7})
    assert criterion.below == 7
    assert verdict(criterion, 0.5).breached is False


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"above_value": 5}, "type"),
        ({"type": None, "above_value": 5}, "type"),
        ({"type": "threshold", "above_value": 5}, "type"),
        ({"type": ["above"], "above_value": 5}, "type"),
        ({"type": "above"}, "above_value"),
        ({"type": "below", "above_value": 5}, "below_value"),
        ({"type": "outside_bounds", "above_value": 5}, "below_value"),
        ({"type": "outside_bounds", "below_value": 5}, "above_value"),
        ({"type": "outside_bounds", "above_value": 1, "below_value": 5}, "above_value"),
        ({"type": "missing"}, "time_period"),
        ({"type": "above", "above_vale": 5}, "above_vale"),
        ({"type": "above", "above_value": 5, "period": 2}, "period"),
        ({"type": "above", "above_value": float("nan")}, "above_value"),
        ({"type": "above", "above_value": float("inf")}, "above_value"),
        ({"type": "above", "above_value": "NaN"}, "above_value"),
        ({"type": "above", "above_value": "1e999"}, "above_value"),
        ({"type": "above", "above_value": "1_0"}, "above_value"),
        ({"type": "above", "above_value": 10**400}, "above_value"),
        ({"type": "above", "above_value": True}, "above_value"),
        ({"type": "above", "above_value": [5]}, "above_value"),
        ({"type": "above", "above_value": 5, "below_value": "low"}, "below_value"),
        ({"type": "above", "above_value": 5, "time_period": 0}, "time_period"),
        ({"type": "above", "above_value": 5, "time_period": -1}, "time_period"),
        ({"type": "above", "above_value": 5, "time_period": 2.5}, "time_period"),
        ({"type": "above", "above_value": 5, "time_period": 525_600}, "time_period"),
        ({"type": "above", "above_value": 5, "time_period": "soon"}, "time_period"),
        ("above", ""),
        (None, ""),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(document: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        criterion_of(document)
    assert refused.value.field == field


def test_bounds_may_meet() -> None:
    criterion = criterion_of({"type": "outside_bounds", "above_value": 5, "below_value": 5})
    assert [verdict(criterion, value).breached for value in (4, 5, 6)] == [True, False, True]


@pytest.mark.parametrize(
    ("criterion", "breaching"),
    [
        (Criterion("above", above=5), {4.9: False, 5.0: False, 5.1: True}),
        (Criterion("below", below=5), {4.9: True, 5.0: False, 5.1: False}),
        (
            Criterion("outside_bounds", above=5, below=2),
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


def test_without_a_period_a_value_older_than_five_minutes_decides_nothing() -> None:
    criterion = Criterion("above", above=5)
    assert verdict(criterion, 9, *[None] * 9) == Verdict(True, 9)
    assert verdict(criterion, 9, *[None] * 10) == UNDECIDED


def test_with_a_period_every_value_of_it_must_breach() -> None:
    criterion = Criterion("above", above=5, period=2)
    assert verdict(criterion, 6, 7, 8, 9) == Verdict(True, 9)
    assert verdict(criterion, 6, 7, 5, 9) == Verdict(False, 5)


def test_what_lies_before_the_period_says_nothing() -> None:
    assert verdict(Criterion("above", above=5, period=2), 1, 6, 7, 8, 9, 10) == Verdict(True, 10)
    assert window(Criterion("above", above=5, period=2)) == 150


def test_with_a_period_gaps_are_passed_over() -> None:
    criterion = Criterion("below", below=5, period=2)
    assert verdict(criterion, 1, None, None, None) == Verdict(True, 1)
    assert verdict(criterion, 1, None, 6, None) == Verdict(False, 6)


def test_one_value_back_inside_recovers_at_that_value() -> None:
    assert verdict(Criterion("above", above=5, period=2), 9, 4, 3, 9) == Verdict(False, 3)


@pytest.mark.parametrize("period", [0, 2, 1440])
def test_no_values_decide_nothing(period: int) -> None:
    criterion = Criterion("outside_bounds", above=5, below=2, period=period)
    assert verdict(criterion) == UNDECIDED
    assert verdict(criterion, *[None] * 20) == UNDECIDED


def missing(last: timedelta | None, since: timedelta | None = None) -> Verdict:
    """Judges a series whose last value came that long ago, and which is waited for since so long."""
    moments = {"last": last, "since": since}
    known = {name: NOW - ago for name, ago in moments.items() if ago is not None}
    return judge(Criterion("missing", period=10), (), NOW, **known)


def test_a_series_is_missing_when_no_value_came_for_the_period() -> None:
    assert missing(timedelta(minutes=9, seconds=59)).breached is False
    assert missing(timedelta(minutes=10)) == Verdict(True)
    assert missing(timedelta(minutes=-1)).breached is False


def test_a_series_that_is_not_missing_yet_says_when_it_will_be() -> None:
    assert missing(timedelta(minutes=4)).due == NOW + timedelta(minutes=6)
    assert missing(timedelta(minutes=10)).due is None


def test_a_series_that_was_never_seen_is_missing_from_when_it_is_waited_for() -> None:
    assert missing(None, timedelta(minutes=9)) == Verdict(False, due=NOW + timedelta(minutes=1))
    assert missing(None, timedelta(minutes=10)) == Verdict(True)
    assert missing(None) == UNDECIDED


def test_the_last_value_counts_even_when_it_came_before_the_waiting_began() -> None:
    assert missing(timedelta(hours=2), timedelta(0)) == Verdict(True)
