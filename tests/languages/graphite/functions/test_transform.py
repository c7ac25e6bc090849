"""Functions of each value by itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.languages.graphite import TargetError, evaluate
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made, world

STORED: dict[str, Values] = {"a": [1.0, -4.0, N, 0.0, 2.5], "b": [9.0, N, 16.0], "e": [N, N], "huge": [1e308, -1e308]}


@each(
    ("target", "name", "values"),
    [
        ("scale(a,2)", "scale(a,2)", [2, -8, N, 0, 5]),
        ("scale(a,'0.50')", "scale(a,0.5)", [0.5, -2, N, 0, 1.25]),
        ("scale(a,1234567.0)", "scale(a,1.23457e+06)", [1234567, -4938268, N, 0, 3086417.5]),
        ("scale(huge,10)", "scale(huge,10)", [math.inf, -math.inf]),
        ("offset(a,-1.5)", "offset(a,-1.5)", [-0.5, -5.5, N, -1.5, 1]),
        ("add(a,-1.5)", "add(a,-1)", [-0.5, -5.5, N, -1.5, 1]),
        ("add(b,inf)", "add(b,inf)", [math.inf, N, math.inf]),
        ("exp(a)", "exp(a)", [round(math.e, 9), round(math.exp(-4), 9), N, 1, round(math.exp(2.5), 9)]),
        ("exp(huge)", "exp(huge)", [N, 0]),
        ("sigmoid(huge)", "sigmoid(huge)", [1, 0]),
        ("sigmoid(scale(a,0))", "sigmoid(scale(a,0))", [0.5, 0.5, N, 0.5, 0.5]),
        ("logit(a)", "logit(a)", [N, N, N, N, N]),
        ("logit(scale(b,0.05))", "logit(scale(b,0.05))", [round(math.log(0.45 / 0.55), 9), N, round(math.log(4), 9)]),
        ("offsetToZero(a)", "offsetToZero(a)", [5, 0, N, 4, 6.5]),
        ("offsetToZero(e)", "offsetToZero(e)", [N, N]),
        ("absolute(a)", "absolute(a)", [1, 4, N, 0, 2.5]),
        ("invert(a)", "invert(a)", [1, -0.25, N, N, 0.4]),
        ("pow(a,2)", "pow(a,2)", [1, 16, N, 0, 6.25]),
        ("pow(a,-1)", "pow(a,-1)", [1, -0.25, N, N, 0.4]),
        ("pow(huge,2)", "pow(huge,2)", [N, N]),
        ("squareRoot(b)", "squareRoot(b)", [3, N, 4]),
        ("squareRoot(a)", "squareRoot(a)", [1, N, N, 0, round(math.sqrt(2.5), 9)]),
        ("log(b)", "log(b, 10)", [round(math.log10(9), 9), N, round(math.log10(16), 9)]),
        ("logarithm(b,base=4)", "log(b, 4)", [round(math.log(9, 4), 9), N, 2]),
        ("log(a)", "log(a, 10)", [0, N, N, N, round(math.log10(2.5), 9)]),
        ("round(a)", "round(a)", [1, -4, N, 0, 2]),
        ("round(scale(b,0.123),2)", "round(scale(b,0.123),2)", [1.11, N, 1.97]),
        ("round(scale(b,10),-2)", "round(scale(b,10),-2)", [100, N, 200]),
        ("scaleToSeconds(b,1)", "scaleToSeconds(b,1)", [0.15, N, 0.266667]),
        ("scaleToSeconds(e,2592000)", "scaleToSeconds(e,2592000)", [N, N]),
        ("scaleToSeconds(e,1.5)", "scaleToSeconds(e,1)", [N, N]),
        ("scaleToSeconds(e,inf)", "scaleToSeconds(e,inf)", [N, N]),
        ("scaleToSeconds(b,3600)", "scaleToSeconds(b,3600)", [540, N, 960]),
    ],
)
def test_each_value_is_changed(target: str, name: str, values: Values) -> None:
    assert made(target, STORED) == {name: values}


@pytest.mark.parametrize("base", ["0", "1", "-2", "inf"])
def test_a_logarithm_to_a_base_that_there_is_not_is_refused(base: str) -> None:
    with pytest.raises(TargetError, match="log: base must be above 0 and not 1 at position 7"):
        made(f"log(a,{base})", STORED)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=5))
def test_logit_undoes_sigmoid(values: list[float]) -> None:
    (found,) = made("logit(sigmoid(a))", {"a": list(values)}).values()
    assert found == pytest.approx(values, rel=1e-3, abs=1e-3)


@given(st.lists(st.floats() | st.none(), min_size=1, max_size=5))
def test_a_sigmoid_lies_between_nought_and_one(values: Values) -> None:
    found = evaluate("sigmoid(a)", world({"a": values}))[0].values
    assert [value is None for value in found] == [value is None for value in values]
    assert all(0 <= value <= 1 for value in found if value is not None and not math.isnan(value))
