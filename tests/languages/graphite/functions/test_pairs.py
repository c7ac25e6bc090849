"""Two lists of series, pair by pair; and powers of series."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {"a.x": [1.0, 2.0, N], "a.y": [5.0, N, N], "b.x": [10.0, 20.0, 3.0], "b.y": [2.0, 4.0, N]}


@each(
    ("target", "found"),
    [
        ("sumSeriesLists(a.*,b.*)", {"sumSeries(a.x,b.x)": [11, 22, 3], "sumSeries(a.y,b.y)": [7, 4, N]}),
        ("diffSeriesLists(b.*,a.*)", {"diffSeries(b.x,a.x)": [9, 18, 3], "diffSeries(b.y,a.y)": [-3, 4, N]}),
        (
            "multiplySeriesLists(a.*,b.*)",
            {"multiplySeries(a.x,b.x)": [10, 40, N], "multiplySeries(a.y,b.y)": [10, N, N]},
        ),
        ("divideSeriesLists(a.*,b.*)", {"divideSeries(a.x,b.x)": [0.1, 0.1, N], "divideSeries(a.y,b.y)": [2.5, N, N]}),
        ("aggregateSeriesLists(a.x,b.x,'maxSeries')", {"maxSeries(a.x,b.x)": [10, 20, 3]}),
        ("aggregateSeriesLists(a.x,b.x,'avg',1)", {"avgSeries(a.x,b.x)": [5.5, 11, N]}),
        ("sumSeriesLists(no.x,no.y)", {}),
        ("scale(sumSeriesLists(a.x,b.x),2)", {"scale(sumSeries(a.x,b.x),2)": [22, 44, 6]}),
        ("powSeries(b.x,a.x)", {"powSeries(b.x,a.x)": [10, 400, N]}),
        ("powSeries(a.*)", {"powSeries(a.x,a.y)": [1, N, N]}),
        ("powSeries(b.y,b.y,a.x)", {"powSeries(b.y,b.y,a.x)": [4, 65_536, N]}),
        ("powSeries(a.x)", {"powSeries(a.x)": [1, 2, N]}),
        ("powSeries(no.x)", {}),
    ],
)
def test_pairs_are_brought_together(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


@pytest.mark.parametrize("name", ["sumSeriesLists", "diffSeriesLists", "multiplySeriesLists", "divideSeriesLists"])
def test_lists_of_different_lengths_are_refused(name: str) -> None:
    with pytest.raises(TargetError, match=f"^{name}: 2 series cannot be paired with 1 at position {len(name) + 6}$"):
        made(f"{name}(a.*,b.x)", STORED)
