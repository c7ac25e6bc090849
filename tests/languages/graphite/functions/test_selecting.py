"""Choosing among series and ordering them, by hand."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import GraphiteError
from tests.cases import each
from tests.languages.graphite.scene import N, made

WORLD: dict[str, list[float | None]] = {"a": [1, 2, 3], "b": [9, 9, N], "c": [N, N, N], "d": [5, 0, 4]}


@each(
    ("target", "names"),
    [
        ("highestMax(*, 2)", ["b", "d"]),
        ("highestCurrent(*, 1)", ["b"]),
        ("highestAverage(*)", ["b"]),
        ("lowestAverage(*, 2)", ["c", "a"]),
        ("lowestCurrent(*, 2)", ["c", "a"]),
        ("highest(*, 1, 'sum')", ["b"]),
        ("lowest(*, 9, 'min')", ["c", "d", "a", "b"]),
        ("limit(*, 2)", ["a", "b"]),
        ("limit(*, 0)", []),
        ("limit(*, -1)", ["a", "b", "c"]),
        ("highestMax(*, -3)", ["b"]),
        ("mostDeviant(*, -2)", ["d"]),
        ("sortBy(*, 'max')", ["c", "a", "d", "b"]),
        ("sortByMinima(*)", ["d", "a", "b"]),
        ("sortByName(*, false, true)", ["d", "c", "b", "a"]),
        ("mostDeviant(*, 1)", ["d"]),
        ("exclude(*, '[ab]')", ["c", "d"]),
        ("grep(*, '[ab]')", ["a", "b"]),
        ("filterSeries(*, 'last', '=', 4)", ["d"]),
        ("filterSeries(*, 'count', '=', 0)", ["c"]),
        ("currentAbove(*, 3)", ["b", "d"]),
        ("currentBelow(*, 3)", ["a", "c"]),
        ("maximumAbove(*, 5)", ["b"]),
        ("minimumBelow(*, 1)", ["a", "c", "d"]),
        ("averageAbove(*, 2)", ["b", "d"]),
        ("removeEmptySeries(*)", ["a", "b", "d"]),
        ("removeEmptySeries(*, 0.9)", ["a", "d"]),
        ("fallbackSeries(nothing, a)", ["a"]),
        ("fallbackSeries(b, a)", ["b"]),
        ("unique(a, *)", ["a", "b", "c", "d"]),
    ],
)
def test_series_are_chosen(target: str, names: list[str]) -> None:
    assert list(made(target, WORLD)) == names


def test_natural_order_puts_two_before_ten() -> None:
    assert list(made("sortByName(*, true)", {"w10": [1], "w2": [1], "w1": [1]})) == ["w1", "w2", "w10"]


def test_an_operator_that_is_none_is_refused_where_it_stands() -> None:
    with pytest.raises(GraphiteError, match="operator must be one of"):
        made("filterSeries(*, 'last', '~', 4)", WORLD)
