"""Divisions and percentages."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {
    "a.x": [1.0, 6.0, N, 4.0],
    "a.y": [3.0, 2.0, 8.0, 0.0],
    "n.w1.cpu": [1.0],
    "n.w1.mem": [3.0],
    "n.w2.cpu": [5.0],
}
TOTAL = "sumSeries(n.*.*)"


@each(
    ("target", "found"),
    [
        ("divideSeries(a.x,a.y)", {"divideSeries(a.x,a.y)": [0.333333333, 3, N, N]}),
        (
            "divideSeries(a.*,a.y)",
            {"divideSeries(a.x,a.y)": [0.333333333, 3, N, N], "divideSeries(a.y,a.y)": [1, 1, 1, N]},
        ),
        ("divideSeries(alias(a.x,'p'),alias(a.y,'q'))", {"divideSeries(p,q)": [0.333333333, 3, N, N]}),
        ("divideSeries(a.x,b)", {"divideSeries(a.x,MISSING)": [N, N, N, N]}),
        ("divideSeriesLists(a.*,a.*)", {"divideSeries(a.x,a.x)": [1, 1, N, 1], "divideSeries(a.y,a.y)": [1, 1, 1, N]}),
        ("asPercent(a.x,a.y)", {"asPercent(a.x,a.y)": [33.333333333, 300, N, N]}),
        ("asPercent(a.x,8)", {"asPercent(a.x,8)": [12.5, 75, N, 50]}),
        ("asPercent(a.x,0)", {"asPercent(a.x,0)": [N, N, N, N]}),
        ("asPercent(a.x,total=2.5)", {"asPercent(a.x,2.5)": [40, 240, N, 160]}),
        (
            "asPercent(a.*)",
            {"asPercent(a.x,sumSeries(a.*))": [25, 75, N, 100], "asPercent(a.y,sumSeries(a.*))": [75, 25, 100, 0]},
        ),
        (
            "asPercent(a.*,a.{x,y})",
            {"asPercent(a.x,a.x)": [100, 100, N, 100], "asPercent(a.y,a.y)": [100, 100, 100, N]},
        ),
        ("asPercent(b,5)", {}),
        (
            "asPercent(n.*.*,None,1)",
            {
                f"asPercent(n.w1.cpu,{TOTAL})": [25],
                f"asPercent(n.w1.mem,{TOTAL})": [75],
                "asPercent(n.w2.cpu,n.w2.cpu)": [100],
            },
        ),
        (
            "asPercent(n.w1.*,n.*.cpu,1)",
            {
                "asPercent(n.w1.cpu,n.w1.cpu)": [100],
                "asPercent(n.w1.mem,n.w1.cpu)": [300],
                "asPercent(MISSING,n.w2.cpu)": [N],
            },
        ),
        ("asPercent(n.*.cpu,n.w2.cpu,1)", {"asPercent(n.w1.cpu,MISSING)": [N], "asPercent(n.w2.cpu,n.w2.cpu)": [100]}),
    ],
)
def test_series_are_set_in_proportion(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


@each(
    ("target", "message"),
    [
        ("divideSeries(a.x,a.*)", "divideSeries: divisorSeries must be one series, not 2 at position 18"),
        ("divideSeriesLists(a.*,a.x)", "divideSeriesLists: 2 series cannot be paired with 1 at position 23"),
        ("asPercent(n.*.*,a.*)", "asPercent: total must be a number, one series or 3 series, not 2 at position 17"),
        ("asPercent(a.x,'much')", "asPercent: total must be a number or a list of series at position 15"),
        (
            "asPercent(n.*.*,5,1)",
            "asPercent: total must be a list of series, or None, when there are nodes at position 17",
        ),
    ],
)
def test_what_cannot_be_set_in_proportion_is_refused(target: str, message: str) -> None:
    with pytest.raises(TargetError) as refused:
        made(target, STORED)
    assert str(refused.value) == message
