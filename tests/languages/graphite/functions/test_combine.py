"""Several series in one: values reckoned by hand, gaps, names, tags, and steps that differ."""

from __future__ import annotations

import math

import pytest

from chalicelib.languages.graphite import Context, Series, TargetError, evaluate
from tests.cases import each
from tests.languages.graphite.scene import START, N, Values, made, world

STORED: dict[str, Values] = {"a.x": [1.0, 5.0, N, N], "a.y": [3.0, N, 8.0, N], "a.z": [8.0, 1.0, N, N]}


@each(
    ("target", "name", "values"),
    [
        ("sumSeries(a.*)", "sumSeries(a.*)", [12, 6, 8, N]),
        ("sum(a.*)", "sumSeries(a.*)", [12, 6, 8, N]),
        ("averageSeries(a.*)", "averageSeries(a.*)", [4, 3, 8, N]),
        ("avg(a.*)", "averageSeries(a.*)", [4, 3, 8, N]),
        ("maxSeries(a.*)", "maxSeries(a.*)", [8, 5, 8, N]),
        ("minSeries(a.*)", "minSeries(a.*)", [1, 1, 8, N]),
        ("diffSeries(a.*)", "diffSeries(a.*)", [-10, 4, 8, N]),
        ("medianSeries(a.*)", "medianSeries(a.*)", [3, 3, 8, N]),
        ("rangeOfSeries(a.*)", "rangeOfSeries(a.*)", [7, 4, 0, N]),
        ("stddevSeries(a.*)", "stddevSeries(a.*)", [round(math.sqrt(26 / 3), 9), 2, 0, N]),
        ("multiplySeries(a.*)", "multiplySeries(a.*)", [24, N, N, N]),
        ("countSeries(a.*)", "countSeries(a.*)", [3, 3, 3, 3]),
        ("percentileOfSeries(a.*,50)", "percentileOfSeries(a.*,50)", [3, 5, 8, N]),
        ("percentileOfSeries(a.*,50,true)", "percentileOfSeries(a.*,50)", [3, 3, 8, N]),
        ("percentileOfSeries(a.*,62.5,interpolate=true)", "percentileOfSeries(a.*,62.5)", [5.5, 4.5, 8, N]),
        ("percentileOfSeries(a.*,1)", "percentileOfSeries(a.*,1)", [1, 1, 8, N]),
        ("percentileOfSeries(a.*,100)", "percentileOfSeries(a.*,100)", [8, 5, 8, N]),
    ],
)
def test_series_become_one_value_by_value(target: str, name: str, values: Values) -> None:
    assert made(target, STORED) == {name: values}


@each(
    ("by", "name", "values"),
    [
        ("sum", "sumSeries(a.*)", [12, 6, 8, N]),
        ("sumSeries", "sumSeries(a.*)", [12, 6, 8, N]),
        ("total", "totalSeries(a.*)", [12, 6, 8, N]),
        ("average", "averageSeries(a.*)", [4, 3, 8, N]),
        ("avg", "avgSeries(a.*)", [4, 3, 8, N]),
        ("avg_zero", "avg_zeroSeries(a.*)", [4, 2, round(8 / 3, 9), N]),
        ("count", "countSeries(a.*)", [3, 2, 1, N]),
        ("last", "lastSeries(a.*)", [8, 1, 8, N]),
        ("current", "currentSeries(a.*)", [8, 1, 8, N]),
        ("rangeOf", "rangeOfSeries(a.*)", [7, 4, 0, N]),
        ("median", "medianSeries(a.*)", [3, 3, 8, N]),
    ],
)
def test_aggregate_takes_the_aggregation_by_its_name(by: str, name: str, values: Values) -> None:
    assert made(f"aggregate(a.*,'{by}')", STORED) == {name: values}


def test_aggregate_leaves_out_moments_of_which_too_few_series_know() -> None:
    assert made("aggregate(a.*,'sum',0.5)", STORED) == {"sumSeries(a.*)": [12, 6, N, N]}
    assert made("aggregate(a.*,'sum',xFilesFactor=0.7)", STORED) == {"sumSeries(a.*)": [12, N, N, N]}


def test_a_result_is_called_by_what_was_asked_for_in_order_and_once_each() -> None:
    found = made("sumSeries(a.z,a.{y,x},a.z)", STORED)
    assert found == {"sumSeries(a.z,a.{y,x})": [20, 7, 8, N]}


def test_a_result_names_the_function_that_its_part_is_of_but_no_alias() -> None:
    assert list(made("sumSeries(scale(a.x,2),alias(a.y,'why'))", STORED)) == ["sumSeries(scale(a.x,2),a.y)"]


def test_of_no_series_there_is_no_result() -> None:
    for target in ("sumSeries(b.*)", "aggregate(b.*,'max')", "percentileOfSeries(b.*,9)", "countSeries(b.*)"):
        assert made(target, STORED) == {}


def test_a_series_that_multiplies_alone_stays_as_it_is() -> None:
    assert made("multiplySeries(a.x)", STORED) == {"a.x": [1, 5, N, N]}


@pytest.mark.parametrize("n", ["0", "-5", "101"])
def test_a_percentile_that_there_is_not_is_refused(n: str) -> None:
    with pytest.raises(TargetError, match="n must be above 0 and at most 100 at position 24"):
        made(f"percentileOfSeries(a.*,{n})", STORED)


def test_a_deviation_of_huge_values_is_infinite_and_no_error() -> None:
    assert made("stddevSeries(a,b)", {"a": [1e300], "b": [-1e300]}) == {"stddevSeries(a,b)": [math.inf]}


def test_tags_that_all_have_in_common_are_kept() -> None:
    stored: dict[str, Values] = {"u;dc=1;host=a": [1.0], "u;dc=1;host=b": [2.0]}
    (found,) = evaluate("seriesByTag('name=u')|sumSeries()", world(stored))
    assert found.tags == {"name": "u", "dc": "1", "aggregatedBy": "sum"}
    assert found.name == "sumSeries(seriesByTag('name=u'))"


def test_series_of_different_steps_are_brought_to_the_least_common_multiple() -> None:
    stored = {
        "a": Series("a", START, START + 360, 60, [1.0, 3.0, N, 5.0, N, N]),
        "b": Series("b", START, START + 360, 90, [10.0, 20.0, 30.0, N]),
        "c": Series("c", START, START + 360, 60, [1.0, 3.0, 2.0, 9.0, N, N], consolidate="max"),
    }
    context = Context(START, START + 360, lambda pattern, start, end: [stored[pattern]])
    (found,) = evaluate("sumSeries(a,b,c)", context)
    assert (found.start, found.end, found.step) == (START, START + 360, 180)
    assert found.values == [2 + 15 + 3, 5 + 30 + 9]
