"""How far back a target reads."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.languages.graphite import intervals, reach, registry
from chalicelib.languages.graphite.context import Value
from chalicelib.languages.graphite.registry import Function, points_or_interval, series_list


@pytest.fixture(autouse=True)
def before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that reads so many points, or such a span, before its window."""

    def own(values: Sequence[Value], step: int) -> int:
        return values[1] * step if isinstance(values[1], int) else intervals.seconds(str(values[1]))

    params = (series_list(), points_or_interval("window"))
    monkeypatch.setitem(
        registry.FUNCTIONS, "before", Function("before", params, lambda frame, found, window: found, own)
    )


@pytest.mark.parametrize(
    ("target", "seconds"),
    [
        ("a.*", 0),
        ("scale(a,2)", 0),
        ("before(a,'5min')", 300),
        ("before(a,10)", 600),
        ("before(a,window=10)", 600),
        ("before(before(a,10),'5min')|scale(2)", 900),
        ("sumSeries(before(a,10),before(b,'1h'),c)", 3_600),
        ("asPercent(a,total=before(b,'1h'))", 3_600),
    ],
)
def test_a_target_reads_as_far_back_as_its_longest_way(target: str, seconds: int) -> None:
    assert reach(target) == seconds


def test_points_count_as_steps() -> None:
    assert reach("before(a,10)", step=30) == 300
