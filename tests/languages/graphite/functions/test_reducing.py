"""Series that are brought together by a function of several lists."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {
    "web1.disk.used": [1.0, N],
    "web1.disk.total": [4.0, 4.0],
    "web2.disk.used": [3.0, 6.0],
    "web2.disk.total": [6.0, 6.0],
    "web3.disk.total": [9.0, 9.0],
}


@each(
    ("target", "found"),
    [
        (
            "reduceSeries(mapSeries(*.disk.*,0),'asPercent',2,'used','total')",
            {"web1.disk.reduce.asPercent": [25, N], "web2.disk.reduce.asPercent": [50, 100]},
        ),
        (
            "reduce(map(*.disk.*,0),'diffSeries',-1,'total','used')",
            {"web1.disk.reduce.diffSeries": [3, 4], "web2.disk.reduce.diffSeries": [3, 0]},
        ),
        (
            "reduceSeries(*.disk.total,'maxSeries',0,'web1','web3')",
            {".reduce.maxSeries": [9, 9]},
        ),
        ("reduceSeries(*.disk.*,'sumSeries',7,'used')", {}),
        ("reduceSeries(*.disk.*,'group',2,'none')", {}),
        ("sumSeries(mapSeries(web2.disk.*,2))", {"sumSeries(web2.disk.*)": [9, 12]}),
    ],
)
def test_series_are_reduced(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


def test_mapped_series_stand_by_what_they_have_in_common() -> None:
    assert list(made("mapSeries(web{1,2}.disk.*,2)", STORED)) == [
        *("web1.disk.used", "web2.disk.used", "web1.disk.total", "web2.disk.total")
    ]


@each(
    ("function", "message"),
    [
        ("nothing", "reduceFunction must be a function of series at the present at position 20"),
        ("movingAverage", "reduceFunction must be a function of series at the present at position 20"),
        ("scale", "factor must be a number at position 1"),
        ("absolute", "absolute takes no more than 1 arguments at position 1"),
        ("reduceSeries", "reduceFunction must be a string at position 1"),
    ],
)
def test_what_cannot_reduce_is_refused(function: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        made(f"reduceSeries(*.*.*,'{function}',2,'used','total')", STORED)


def test_a_function_that_asks_for_another_window_is_given_the_same_series() -> None:
    assert made("reduceSeries(web2.*.*,'linearRegression',2,'used')", STORED) == {
        "web2.disk.reduce.linearRegression": [3, 6]
    }
