"""Criteria as the dialect writes them: what is refused and by which field."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api.hostedgraphite.criteria import read, written
from chalicelib.core.criteria import Criterion
from chalicelib.core.errors import Invalid
from tests.cases import each


@each(
    ("document", "criterion"),
    [
        ({"type": "missing", "time_period": 10}, Criterion("missing", period=10)),
        ({"type": "above", "above_value": 5.6}, Criterion("above", above=5.6)),
        (
            {"type": "outside_bounds", "above_value": 5.6, "below_value": 2.1},
            Criterion("outside", above=5.6, below=2.1),
        ),
        (
            {"type": "outside_bounds", "above_value": 5.6, "below_value": 2.1, "time_period": 10},
            Criterion("outside", above=5.6, below=2.1, period=10),
        ),
        ({"time_period": 3, "type": "below", "below_value": 6}, Criterion("below", below=6, period=3)),
    ],
)
def test_the_published_examples_are_understood_and_said_again(document: dict[str, Any], criterion: Criterion) -> None:
    assert read(document, beside=("metric",)) == criterion
    assert written(criterion) == document


def test_numbers_may_come_as_text_and_what_is_empty_is_absent() -> None:
    document = {"type": "above", "above_value": " 5.5e1", "below_value": "", "time_period": "2", "metric": "a.b"}
    assert read(document, beside=("metric",)) == Criterion("above", above=55, period=2)
    assert read({"type": "above", "above_value": 0, "below_value": None, "time_period": None}).period == 0


def test_a_bound_that_the_type_does_not_use_is_kept() -> None:
    criterion = read({"type": "above", "above_value": 1, "below_value": 7})
    assert criterion.below == 7


@each(
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
        read(document, beside=("metric",))
    assert refused.value.field == field
