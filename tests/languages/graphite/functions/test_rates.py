"""From one value to the next."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {
    "c": [60.0, 120.0, 30.0, N, 90.0, 90.0],
    "wrap": [10.0, 14.0, 2.0],
    "gaps": [N, 1.0, 2.0, N, 2.0, N, 5.0],
    "e": [N, N],
}


@each(
    ("target", "name", "values"),
    [
        ("derivative(c)", "derivative(c)", [N, 60, -90, N, N, 0]),
        ("nonNegativeDerivative(c)", "nonNegativeDerivative(c)", [N, 60, N, N, N, 0]),
        ("nonNegativeDerivative(wrap,15)", "nonNegativeDerivative(wrap)", [N, 4, 1 + 2 + 1]),
        ("nonNegativeDerivative(wrap,15,1)", "nonNegativeDerivative(wrap)", [N, 4, 1 + 1 + 1]),
        ("nonNegativeDerivative(wrap,minValue=1)", "nonNegativeDerivative(wrap)", [N, 4, 1]),
        ("nonNegativeDerivative(wrap,12)", "nonNegativeDerivative(wrap)", [N, N, N]),
        ("nonNegativeDerivative(wrap,None,5)", "nonNegativeDerivative(wrap)", [N, 4, N]),
        ("nonNegativeDerivative(gaps,9)", "nonNegativeDerivative(gaps)", [N, N, 1, N, N, N, N]),
        ("perSecond(c)", "perSecond(c)", [N, 1, N, N, N, 0]),
        ("perSecond(wrap,15)", "perSecond(wrap)", [N, 0.066667, 0.066667]),
        ("delay(c,2)", "delay(c,2)", [N, N, 60, 120, 30, N]),
        ("delay(c,-2)", "delay(c,-2)", [30, N, 90, 90, N, N]),
        ("delay(c,0)", "delay(c,0)", [60, 120, 30, N, 90, 90]),
        ("delay(c,99)", "delay(c,99)", [N, N, N, N, N, N]),
        ("integral(c)", "integral(c)", [60, 180, 210, N, 300, 390]),
        ("integralByInterval(c,'2min')", "integralByInterval(c,'2min')", [60, 180, 30, 30, 90, 180]),
        ("integralByInterval(c,'90s')", "integralByInterval(c,'90s')", [60, 180, 30, 0, 90, 90]),
        ("changed(c)", "changed(c)", [0, 1, 1, 0, 1, 0]),
        ("changed(gaps)", "changed(gaps)", [0, 0, 1, 0, 0, 0, 1]),
        ("changed(e)", "changed(e)", [0, 0]),
    ],
)
def test_values_are_reckoned_from_those_before_them(target: str, name: str, values: Values) -> None:
    assert made(target, STORED) == {name: values}


def test_an_interval_of_no_length_is_refused() -> None:
    with pytest.raises(TargetError, match="integralByInterval: intervalUnit must not be nothing at position 22"):
        made("integralByInterval(c,'0s')", STORED)
