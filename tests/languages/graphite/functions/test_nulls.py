"""Gaps filled, counted and made."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {
    "g": [N, 1.0, N, 2.0, N, N, 3.0, N],
    "r.one": [N, 1.0, 1.0, N, N, N, N, N],
    "r.two": [N, N, N, N, 1.0, N, N, N],
    "e": [N, N],
    "v": [1.0, 5.0, N, 3.0],
}


@each(
    ("target", "name", "values"),
    [
        ("isNonNull(g)", "isNonNull(g)", [0, 1, 0, 1, 0, 0, 1, 0]),
        ("transformNull(g)", "transformNull(g,0)", [0, 1, 0, 2, 0, 0, 3, 0]),
        ("transformNull(g,-1.5)", "transformNull(g,-1.5)", [-1.5, 1, -1.5, 2, -1.5, -1.5, 3, -1.5]),
        ("transformNull(g,9,r.*)", "transformNull(g,9,referenceSeries)", [N, 1, 9, 2, 9, N, 3, N]),
        ("transformNull(g,9,nothing)", "transformNull(g,9,referenceSeries)", [N, 1, N, 2, N, N, 3, N]),
        ("keepLastValue(g)", "keepLastValue(g)", [N, 1, 1, 2, 2, 2, 3, 3]),
        ("keepLastValue(g,inf)", "keepLastValue(g)", [N, 1, 1, 2, 2, 2, 3, 3]),
        ("keepLastValue(g,1)", "keepLastValue(g)", [N, 1, 1, 2, N, N, 3, 3]),
        ("keepLastValue(g,'1min')", "keepLastValue(g)", [N, 1, 1, 2, N, N, 3, 3]),
        ("keepLastValue(g,'2')", "keepLastValue(g)", [N, 1, 1, 2, 2, 2, 3, 3]),
        ("keepLastValue(g,0)", "keepLastValue(g)", [N, 1, N, 2, N, N, 3, N]),
        ("keepLastValue(e)", "keepLastValue(e)", [N, N]),
        ("removeAboveValue(v,3)", "removeAboveValue(v, 3)", [1, N, N, 3]),
        ("removeBelowValue(v,3)", "removeBelowValue(v, 3)", [N, 5, N, 3]),
    ],
)
def test_gaps_are_treated(target: str, name: str, values: Values) -> None:
    assert made(target, STORED) == {name: values}


@pytest.mark.parametrize("limit", ["'soon'", "true"])
def test_a_limit_that_is_neither_points_nor_a_span_is_refused(limit: str) -> None:
    with pytest.raises(TargetError, match="keepLastValue: limit must be a number of points or a span of time"):
        made(f"keepLastValue(g,{limit})", STORED)
