"""Windows, longer steps, other times and forecasts, by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.languages.graphite import TargetError, evaluate
from tests.cases import each
from tests.languages.graphite.scene import START, STEP, N, Values, made, world


@each(
    ("target", "values"),
    [
        ("movingAverage(a, 2)", [1, 1.5, 2.5, 3, 5]),
        ("movingSum(a, 2)", [1, 3, 5, 3, 5]),
        ("movingMax(a, 3)", [1, 2, 3, 3, 5]),
        ("movingMin(a, 3)", [1, 1, 1, 2, 3]),
        ("movingMedian(a, '2min')", [1, 1.5, 2.5, 3, 5]),
        ("movingWindow(a, 2, 'max')", [1, 2, 3, 3, 5]),
        ("movingSum(a, 2, 1)", [N, 3, 5, N, N]),
        ("movingSum(a, 2.9)", [1, 3, 5, 3, 5]),
        ("summarize(a, '2min', 'sum', true)", [3, 3, 5]),
        ("aggregateLine(a, 'max', true)", [5, 5, 5, 5, 5]),
        ("aggregateLine(a, 'max')", [5, 5, 5]),
        ("smartSummarize(a, '2min', 'max')", [2, 3, 5]),
        ("hitcount(a, '2min')", [60, 300, 300]),
        ("consolidateBy(a, 'max')", [1, 2, 3, N, 5]),
        ("interpolate(a)", [1, 2, 3, 4, 5]),
        ("minMax(a)", [0, 0.25, 0.5, N, 1]),
        ("linearRegression(a)", [1, 2, 3, 4, 5]),
        ("timeShift(a, '2min')", [N, N, 1, 2, 3]),
        ("nPercentile(a, 50)", [3, 3, 3, 3, 3]),
        ("removeAbovePercentile(a, 50)", [1, 2, 3, N, N]),
        ("removeBelowPercentile(a, 50)", [N, N, 3, N, 5]),
    ],
)
def test_values_are_made_of_others(target: str, values: Values) -> None:
    (found,) = made(target, {"a": [1, 2, 3, N, 5]}).values()
    assert found == pytest.approx(values)


@each(
    ("values", "compressed"),
    [
        ([N, 1, N, 0, N, 3, N], [1, 0, 3]),
        ([1, N, N, 2, N, N, 3, N, N, N, N, N, 5], [1, 2, 3, N, 5]),
        ([1, N, N, 2, N, N, N, N, N, 4], [1, N, N, 2, N, N, N, N, N, 4]),
        ([N, N, 1, N, 2, N, 3, 4, 5, N], [N, N, 1, N, 2, N, 3, 4, 5, N]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([1, N, N, 2], [1, N, N, 2]),
        ([N, N], [N, N]),
        ([], []),
    ],
)
def test_a_series_with_a_gap_after_every_value_gets_a_longer_step(values: Values, compressed: Values) -> None:
    (found,) = evaluate("compressPeriodicGaps(a)", world({"a": values}))
    assert (found.name, found.values) == ("compressPeriodicGaps(a)", compressed)
    assert found.end == found.start + found.step * len(found.values)
    assert {found.start + place * found.step for place, value in enumerate(compressed) if value is not None} == {
        START + place * STEP for place, value in enumerate(values) if value is not None
    }


@each(
    ("unit", "begins"),
    [
        ("weeks", "2020-09-07"),
        ("weeks1", "2020-09-07"),
        ("w7", "2020-09-13"),
        ("week6", "2020-09-12"),
        ("weeks5", "2020-09-11"),
        ("days", "2020-09-13"),
        ("d", "2020-09-13"),
        ("mon", "2020-09-01"),
        ("year", "2020-01-01"),
    ],
)
def test_spans_begin_with_a_week_or_another_unit(unit: str, begins: str) -> None:
    """The window begins on a Sunday, 2020-09-13."""
    (found,) = evaluate(f"smartSummarize(a, '1d', 'sum', '{unit}')", world({"a": [1.0]}))
    assert datetime.fromtimestamp(found.start, UTC).isoformat() == f"{begins}T00:00:00+00:00"


@each("unit", ["'m'", "'weeks8'", "'weeks0'", "'weeks11'", "'often'", "''", "5", "a"])
def test_a_unit_that_there_is_not_is_refused(unit: str) -> None:
    with pytest.raises(TargetError, match=r"smartSummarize: alignTo must be one of years, .*weeks1 \.\.\. weeks7"):
        evaluate(f"smartSummarize(a, '1d', 'sum', {unit})", world({"a": [1.0]}))


def test_merged_values_may_be_their_median() -> None:
    (found,) = evaluate("consolidateBy(a, 'median')", world({"a": [1, 9, 2, N, N, 4, 6, N]}))
    assert found.merged(3).values == [2, 4, 6]


def test_a_line_at_what_there_is_not_is_a_gap() -> None:
    stored: dict[str, Values] = {"a": [N, N, N]}
    assert made("aggregateLine(a)", stored) == {"aggregateLine(a, None)": [N, N, N]}
    assert made("aggregateLine(a, 'count')", stored) == {"aggregateLine(a, 0)": [0, 0, 0]}


def test_the_area_of_confidence_is_the_two_bands_of_one_series() -> None:
    where = world({"a": [float(place % 5) for place in range(60)], "b": [1.0]})
    spans = "2, '10min', '5min'"
    area = evaluate(f"holtWintersConfidenceArea(a, {spans})", where)
    bands = evaluate(f"holtWintersConfidenceBands(a, {spans})", where)
    assert [one.name for one in area] == ["holtWintersConfidenceArea(a)"] * 2
    assert [one.values for one in area] == [one.values for one in bands]
    with pytest.raises(TargetError, match="seriesList must be one series, not 2"):
        evaluate(f"holtWintersConfidenceArea(*, {spans})", where)


@pytest.mark.parametrize("target", ["movingSum(a, inf)", "movingSum(a, 1e300)", "movingSum(a, '1.5min')"])
def test_a_window_is_of_so_many_points_or_a_span(target: str) -> None:
    with pytest.raises(TargetError, match="windowSize must be a number of points or a span of time"):
        evaluate(target, world({"a": [1.0]}))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("averageOutsidePercentile(a, 101)", "n must be above 0 and at most 100"),
        ("removeBetweenPercentile(a, 0)", "n must be above 0 and at most 100"),
        ("nPercentile(a, -1)", "n must be above 0 and at most 100"),
        ("stdev(a, 0)", "points must be above 0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        evaluate(target, world({"a": [1.0]}))


def test_a_gap_longer_than_the_limit_stays() -> None:
    assert made("interpolate(a, 1)", {"a": [1, N, 3, N, N, 6]}) == {"interpolate(a)": [1, 2, 3, N, N, 6]}


def test_an_exponential_average_weighs_the_latest_most() -> None:
    (found,) = made("exponentialMovingAverage(a, 3)", {"a": [8, 8, 0]}).values()
    assert found == [0, 4, 6, 3]


def test_a_constant_line_is_as_long_as_the_request() -> None:
    assert list(made("constantLine(5)", {"a": [1, 2]})) == ["5.0"]
    assert list(made("threshold(5, 'limit')", {"a": [1, 2]})) == ["limit"]


def test_time_is_its_own_value() -> None:
    (found,) = made("time('now')", {"a": [1, 2, 3]}).values()
    assert len(found) == 0 or found[1] - found[0] == STEP  # type: ignore[operator]


def test_a_weighted_average_counts_every_weight() -> None:
    world: dict[str, Values] = {"a.x.v": [10, 20], "a.y.v": [30, N], "a.x.w": [1, 1], "a.y.w": [3, 3]}
    (found,) = made("weightedAverage(a.*.v, a.*.w, 1)", world).values()
    assert found == [25, 5]


def test_what_is_steady_is_forecast_as_it_is_and_is_no_aberration() -> None:
    (found,) = made("holtWintersForecast(a, '5min')", {"a": [5, 5, 5, 5]}).values()
    assert found[1:] == [5, 5, 5]
    (odd,) = made("holtWintersAberration(a, 3, '5min')", {"a": [5, 5, 5, 50]}).values()
    assert odd[1:3] == [0, 0]


def test_the_middle_of_many_series_is_left_out() -> None:
    world: dict[str, Values] = {name: [value] for name, value in zip("abcde", (1, 4, 5, 6, 9), strict=True)}
    assert list(made("removeBetweenPercentile(*, 70)", world)) == ["a", "b", "e"]
    assert list(made("averageOutsidePercentile(*, 70)", world)) == ["a", "b", "e"]
