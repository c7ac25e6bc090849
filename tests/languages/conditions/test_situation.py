"""Captures, the functions over what was found before, parameters; and names that are filled with captures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chalicelib.languages.conditions import Situation, clashes, filled, judge
from tests.cases import each
from tests.languages.conditions.scene import captures, judged

SERIES = (6, 13, 14, 12, 5)


def test_captures_without_a_name_are_numbered() -> None:
    assert captures("capture(1) + capture(2) + capture(x=3)") == {"capture_1": 1, "capture_2": 2, "x": 3}


@pytest.mark.parametrize("call", ["capture()", "capture(a=1, b=2)", "capture(1, a=2)", "capture(a=lambda: 1)"])
def test_a_capture_is_one_value(call: str) -> None:
    verdict = judged(call)
    assert verdict.is_alert
    assert verdict.error


def test_what_was_captured_before_an_error_is_kept_beside_it() -> None:
    found = captures("capture(a=1) and 1 / 0")
    assert found == {"a": 1, "exception": "ZeroDivisionError: division by zero (line 1, column 18)"}


def test_a_capture_is_a_copy() -> None:
    assert captures("def f():\n    x = capture(x=[1])\n    x.append(2)\n    return True") == {"x": [1]}


@each(
    ("call", "capture", "value"),
    [
        ("timeseries_avg('5m')", "avg(5m)", 10.0),
        ("timeseries_avg('2m')", "avg(2m)", 11.0),
        ("timeseries_median('5m')", "median(5m)", 12),
        ("timeseries_median('3m')", "median(3m)", 12.5),
        ("timeseries_percentile('5m', 0.3)", "percentile(5m)", 7.2),
        ("timeseries_percentile('5m', percent=0.25)", "percentile(5m)", 6),
        ("timeseries_sum('5m')", "sum(5m)", 50),
        ("timeseries_min('5m')", "_min(5m)", 5),
        ("timeseries_max('5m')", "_max(5m)", 14),
        ("timeseries_first('5m')", "first(5m)", 5),
        ("timeseries_delta('5m')", "delta(5m)", 1),
        ("timeseries_delta('3m')", "delta(3m)", -6),
        ("timeseries_sum('1h', key=lambda x: x * 2)", "sum(1h)", 100),
    ],
)
def test_the_values_of_the_last_while_are_summed_up_and_captured(call: str, capture: str, value: Any) -> None:
    assert captures(f"{call} == {value}", history=SERIES) == {capture: value}
    assert judged(f"{call} == {value}", history=SERIES).is_alert


@each("name", ["avg", "median", "min", "max", "first"])
def test_of_no_values_there_is_none_and_no_alert(name: str) -> None:
    verdict = judged(f"timeseries_{name}('5m') > 3 or timeseries_{name}('5m') < 3")
    assert (verdict.is_alert, list(verdict.captures.values())) == (False, [None])


@each("spec", ["", "5", "m", "5w", "-5m", "5m5", "1.5h"])
def test_a_span_of_time_is_a_number_and_a_unit(spec: str) -> None:
    assert "no span of time" in captures(f"timeseries_avg({spec!r}) > 3", history=SERIES)["exception"]


def test_at_most_twenty_results_are_looked_back_on_the_newest_first() -> None:
    assert judged(
        "value_series(100) == range(20) or value_series(99) == list(range(20))", history=tuple(range(30))
    ).is_alert
    assert judged("value_series() == [0] and value_series(-1) == []", history=tuple(range(30))).is_alert


@each(
    ("call", "alert"),
    [
        ("alert_series(lambda v: v > 4, 5)", True),
        ("alert_series(lambda v: v > 5, 5)", False),
        ("alert_series(lambda v: v > 5, 4)", True),
        ("alert_series(lambda v: v > 5)", True),
        ("alert_series(lambda v: v > 5, n=100)", False),
        ("alert_series(lambda v: 1 / (v - 13) or True, 3)", True),
        ("monotonic()", False),
        ("monotonic(3, increasing=False)", True),
        ("monotonic(4, increasing=False)", False),
        ("monotonic(increasing=False, strictly=True)", True),
        ("monotonic(data=[3, 2, 2])", True),
        ("monotonic(data=[3, 2, 2], strictly=True)", False),
        ("monotonic(data=[1, 2, 2], increasing=False)", True),
        ("monotonic(data=[1, 2, 2], increasing=False, strictly=True)", False),
    ],
)
def test_series_are_judged_from_the_newest_back(call: str, alert: bool) -> None:
    verdict = judged(call, history=SERIES)
    assert (verdict.is_alert, verdict.error) == (alert, None)


def test_a_budget_that_is_used_up_is_no_error_of_one_interval() -> None:
    assert "BudgetError" in captures("alert_series(lambda v: sum(range(10**9)), 5)", history=SERIES)["exception"]


def test_the_latest_results_of_all_entities_can_be_asked_for() -> None:
    latest = [{"value": 1, "ts": 5.0, "td": 0.1}, {"value": 2, "ts": 6.0, "td": 0.2}]
    assert judged("entity_values() == [1, 2]", entity_results=latest).is_alert
    assert judged("entity_results()[1]['td'] == 0.2", entity_results=latest).is_alert


@each(
    ("kind", "value", "test"),
    [
        ("int", "3", "p == 3"),
        ("float", "3", "isinstance(p, float)"),
        ("str", 3, "p == '3'"),
        ("bool", "False", "p == False"),
        ("bool", "true", "p == True"),
        ("bool", 1, "p is True"),
        ("datetime", "2014-07-03T22:00:00.000Z", "p.hour == 22 and p.strftime('%Y') == '2014'"),
        ("date", "2014-07-03T22:00:00.000Z", "p.day == 3 and p.isoformat() == '2014-07-03'"),
        (None, [1], "p == [1] and params == {'p': [1]}"),
    ],
)
def test_parameters_have_their_types(kind: str | None, value: Any, test: str) -> None:
    given = {"value": value, "type": kind} if kind else {"value": value}
    verdict = judged(test, parameters={"p": given})
    assert (verdict.is_alert, verdict.captures) == (True, {"p": value})


@each(("kind", "value"), [("int", "x"), ("int", None), ("bool", "perhaps"), ("date", 5), ("list", 1)])
def test_a_parameter_that_does_not_fit_its_type_is_an_alert(kind: str, value: Any) -> None:
    verdict = judged("False", parameters={"p": {"value": value, "type": kind}})
    assert verdict.is_alert
    assert str(verdict.error) == f"ValueError: the parameter p is no {kind}"


def test_a_parameter_cannot_have_a_name_that_is_taken() -> None:
    assert judged("False", parameters={"len": {"value": 1}}).is_alert
    assert clashes(["value", "len", "capture", "limit"]) == ["value", "len", "capture"]


def test_captures_win_over_parameters() -> None:
    assert captures("capture(p=5) and p", parameters={"p": {"value": 1}}) == {"p": 5}


def test_params_is_there_without_parameters() -> None:
    assert judged("params == {}").is_alert


def test_functions_from_outside_are_offered_too() -> None:
    assert judge("twice(value) == 12", Situation(6), {"twice": lambda x: 2 * x}).is_alert


CAPTURES: list[dict[str, Any]] = [
    {"x": 1.005, "n": 7, "s": "up", "d": {"a": 1}, "_max(5m)": 3},
    {"x": 2.5, "n": 7, "s": "down"},
]


@each(
    ("template", "text"),
    [
        ("on {entities}", "on e1, e2"),
        ("{n}", "7"),
        ("{s}", "down, up"),
        ("{x:.2f}", "1.01, 2.50"),
        ("{x:.0f}", "1, 3"),
        ("{d}", '{"a": 1}'),
        ("{max(5m)} {_max(5m)}", "3 3"),
        ("{s:.2f}", "{s:.2f}"),
        ("{unknown} {x.real} {x[0]} {x!r} {x:>9} {} {{n}}", "{unknown} {x.real} {x[0]} {x!r} {x:>9} {} {7}"),
        ("{d.__class__}", "{d.__class__}"),
    ],
)
def test_a_name_is_filled_with_captures(template: str, text: str) -> None:
    assert filled(template, CAPTURES, ["e1", "e2"]) == text


@each(
    ("number", "text"),
    [
        (123.456789, "123.46"),
        (2.675, "2.68"),
        (-2.675, "-2.68"),
        (0.125, "0.13"),
        (1e300, "1" + "0" * 300 + ".00"),
        (5, "5.00"),
        (True, "{x:.2f}"),
        (float("nan"), "{x:.2f}"),
        (float("inf"), "{x:.2f}"),
        ("5", "{x:.2f}"),
    ],
)
def test_numbers_are_rounded_half_up(number: Any, text: str) -> None:
    assert filled("{x:.2f}", [{"x": number}], []) == text


def test_a_long_capture_is_cut() -> None:
    assert len(filled("{x}", [{"x": "a" * 10_000}], [])) < 1_100


def test_a_moment_can_be_captured_and_shown() -> None:
    assert filled("{x}", [{"x": [datetime(2026, 1, 2)]}], []) == '["2026-01-02 00:00:00"]'  # noqa: DTZ001


HALVES = "'\\ud800'"


def test_no_half_of_a_character_gets_into_what_is_kept_or_sent() -> None:
    assert list(captures(f"capture(**{{{HALVES}: 1}})")) == ["?"]
    assert filled("{x}", [captures(f"capture(x={HALVES} + '!')")], []) == "?!"
    assert filled("{x}", [captures(f"capture(x=({HALVES},))")], []) == '["?"]'
    assert "'?'" in captures(f"(lambda: 1)(**{{{HALVES}: 1}})")["exception"]


def test_an_error_of_a_series_gives_no_advice_for_the_interpreter() -> None:
    said = captures("alert_series(json, 1)", history=("1" * 5_000,))["exception"]
    assert "4300 digits" in said
    assert "sys." not in said
