"""Windows, longer steps, other times and forecasts, by hand."""

from __future__ import annotations

import pytest

from tests.languages.graphite.scene import STEP, N, Values, made


@pytest.mark.parametrize(
    ("target", "values"),
    [
        ("movingAverage(a, 2)", [1, 1.5, 2.5, 3, 5]),
        ("movingSum(a, 2)", [1, 3, 5, 3, 5]),
        ("movingMax(a, 3)", [1, 2, 3, 3, 5]),
        ("movingMin(a, 3)", [1, 1, 1, 2, 3]),
        ("movingMedian(a, '2min')", [1, 1.5, 2.5, 3, 5]),
        ("movingWindow(a, 2, 'max')", [1, 2, 3, 3, 5]),
        ("movingSum(a, 2, 1)", [N, 3, 5, N, N]),
        ("summarize(a, '2min', 'sum', true)", [3, 3, 5]),
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
