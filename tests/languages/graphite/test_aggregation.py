"""Aggregations, above all of what there is little of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.languages.graphite.aggregation import AGGREGATIONS, aggregation, percentile
from tests.cases import each
from tests.languages.graphite.scene import N, Values


@each("name", sorted(set(AGGREGATIONS) - {"count"}))
def test_nothing_comes_of_nothing(name: str) -> None:
    assert AGGREGATIONS[name]([]) is None
    if name != "avg_zero":
        assert AGGREGATIONS[name]([N, N]) is None


def test_of_nothing_there_are_none() -> None:
    assert AGGREGATIONS["count"]([]) == AGGREGATIONS["count"]([N, N]) == 0


@each("name", sorted(set(AGGREGATIONS) - {"count", "stddev", "range", "rangeOf"}))
def test_a_single_value_is_itself(name: str) -> None:
    assert AGGREGATIONS[name]([5.0]) == 5.0


def test_an_aggregation_has_its_name_and_its_older_one() -> None:
    assert aggregation("sumSeries") is aggregation("sum") is AGGREGATIONS["total"]
    assert aggregation("nothing") is None


@each(
    ("values", "percent", "plain", "between"),
    [
        ([11.0, 22.0, 89.0], 50, 22, 22),
        ([15.0, 30.0], 50, 30, 22.5),
        ([15.0, N, 30.0], 33.3, 15, 15),
        ([11.0, 22.0, 89.0], 33.3, 22, 14.652),
        ([1.0, 2.0, 3.0, 4.0, 5.0], 100, 5, 5),
        ([7.0], 90, 7, 7),
    ],
)
def test_a_percentile_is_a_value_or_lies_between_two(
    values: Values, percent: float, plain: float, between: float
) -> None:
    assert percentile(values, percent) == plain
    assert percentile(values, percent, interpolate=True) == pytest.approx(between)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0.001, 100), st.booleans())
def test_a_percentile_is_among_the_values(values: list[float], percent: float, interpolate: bool) -> None:
    found = percentile(values, percent, interpolate=interpolate)
    assert found is not None
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6
