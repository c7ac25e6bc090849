"""What the values of a panel's queries mean together, as in Grafana's alerting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import panels, status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.kinds import panel
from chalicelib.core.reducers import Values
from chalicelib.core.specs import PanelCondition, PanelSpec, Place
from chalicelib.core.states import state_of
from chalicelib.core.watching import Judged

MADE = datetime(2026, 11, 21, 12, tzinfo=UTC)
ABOVE = PanelCondition("A", "load", 300, reducer="last", bounds=(5.0,))
SPEC = PanelSpec((ABOVE,))
LOADED: tuple[str, Values] = ("load", [9])
CALM: tuple[str, Values] = ("load", [1])
NULL: tuple[str, Values] = ("load", [None])


def test_each_evaluator_compares_as_its_name_says() -> None:
    for evaluator, bounds, met, unmet in (
        ("gt", (5.0,), [5.1, float("inf")], [5, -9, None]),
        ("lt", (5.0,), [4.9, float("-inf")], [5, 9, None]),
        ("within_range", (1.0, 3.0), [2], [1, 3, 0, None]),
        ("within_range", (3.0, 1.0), [2], [1, 3, 0, None]),
        ("outside_range", (1.0, 3.0), [0, 4], [1, 2, 3, None]),
        ("outside_range", (3.0, 1.0), [0, 4], [1, 2, 3, None]),
        ("no_value", (), [None], [0, 5]),
    ):
        one = replace(ABOVE, evaluator=evaluator, bounds=bounds)
        for value in [*met, *unmet]:
            found = panels.evaluate(one, [("load", [value])])
            assert found.met == (value in met), (evaluator, bounds, value)


def test_conditions_and_their_lack_of_data_are_joined_from_left_to_right() -> None:
    either = replace(ABOVE, operator="or")
    cases: list[tuple[list[tuple[PanelCondition, tuple[str, Values]]], bool, bool, str]] = [
        ([(ABOVE, LOADED)], True, False, "true = true"),
        ([(ABOVE, CALM), (either, LOADED)], True, False, "[false OR true] = true"),
        ([(ABOVE, LOADED), (either, CALM), (ABOVE, CALM)], False, False, "[[true OR false] AND false] = false"),
        ([(ABOVE, NULL), (ABOVE, CALM)], False, False, "[false AND false] = false"),
        ([(ABOVE, CALM), (either, NULL)], False, True, "[false OR false] = false"),
        ([(ABOVE, LOADED), (either, NULL)], True, True, "[true OR false] = true"),
    ]
    for conditions, firing, no_data, said in cases:
        verdict = panels.together([panels.evaluate(one, [series]) for one, series in conditions])
        assert (verdict.firing, verdict.no_data, verdict.said) == (firing, no_data, said)


class Alert:
    """The alert of a panel, judged every minute."""

    def __init__(self, **more: Any) -> None:
        self.now = MADE
        self.check = Check("p", "c", MADE, panel.name, spec=replace(SPEC, **more))
        self.known: Breaches = {}
        self.flips: list[str] = []

    def judge(self, *series: tuple[str, Values], error: str = "") -> str:
        self.now += timedelta(minutes=1)
        if error:
            judged = panels.failure(self.check, self.known, self.now, error)
        else:
            verdict = panels.together([panels.evaluate(ABOVE, series)])
            judged = panels.judgement(self.check, self.known, self.now, verdict)
        return self.after(judged)

    def after(self, judged: Judged) -> str:
        change = status.decide(self.check, judged)
        if change:
            self.check = change.after
            self.known = change.series.now if change.series else self.known
            self.flips = [*self.flips, *(flip.new for flip in change.flips)]
        return state_of(self.check, self.now)


def test_what_has_to_last_is_pending_until_it_has() -> None:
    alert = Alert(pending=120)
    assert [alert.judge(one) for one in (CALM, LOADED, LOADED, LOADED, CALM, LOADED, CALM)] == [
        *("ok", "pending", "pending", "alerting", "ok", "pending", "ok")
    ]
    assert alert.flips == ["up", "down", "up"]


def test_from_alerting_to_no_data_and_back_nothing_flips() -> None:
    alert = Alert(pending=60)
    assert [alert.judge(one) for one in (LOADED, LOADED, NULL, LOADED, NULL, CALM)] == [
        *("pending", "alerting", "no_data", "alerting", "no_data", "ok")
    ]
    assert alert.flips == ["down", "up"]
    assert Alert(pending=60).judge(NULL) == "no_data", "it does not have to last"


def test_what_keeps_its_state_keeps_what_is_pending_and_what_breaches() -> None:
    alert = Alert(pending=120, no_data="keep_state", on_error="keep_state")
    assert [alert.judge(one) for one in (NULL, LOADED, NULL, LOADED)] == ["unknown", "pending", "pending", "alerting"]
    assert [alert.judge(NULL), alert.judge(error="wrong")] == ["alerting", "alerting"]
    assert (alert.check.error, alert.check.breaching.first) == ("wrong", ("load",))
    assert (alert.judge(CALM), alert.check.error) == ("ok", "")


def test_an_error_is_what_its_owner_wants() -> None:
    for on_error, state in (("alerting", "alerting"), ("ok", "ok"), ("keep_state", "unknown")):
        alert = Alert(on_error=on_error)
        assert (alert.judge(error="wrong"), alert.check.error) == (state, "wrong")
    assert Alert(pending=60).judge(error="wrong") == "pending"


def test_a_value_beyond_all_numbers_meets_a_condition_and_is_not_told() -> None:
    verdict = panels.together([panels.evaluate(ABOVE, [("load", [float("inf")])])])
    judged = panels.judgement(Check("p", "c", MADE, panel.name, spec=SPEC), {}, MADE, verdict)
    assert (judged.firing, judged.triggered, judged.reason) == (
        True,
        {"load": None},
        "last of load over 5 minutes is above 5",
    )


def test_a_spec_is_kept_with_all_that_it_says() -> None:
    place = Place(1, "uid", "shop", "Shop", ("a",), 2)
    other = PanelCondition("B", "sum(a)", 600, 60, "avg", "within_range", (1.0, 2.0), "or")
    spec = PanelSpec((ABOVE, other), place, 60, "ok", "keep_state", {"team": "x"})
    for one in (SPEC, spec):
        assert PanelSpec.of(one.document()) == one
    words = "last of load over 5 minutes above 5, or avg of sum(a) over 9 minutes until 1 minute ago within 1 to 2"
    assert panels.worded(spec) == f"{words} for 1 minute"
