"""Conditions whose verdicts and captures were measured on the original's worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chalicelib.languages.conditions import Result, Situation, judge
from tests.cases import each

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "zmon_conditions.json").read_text())
# What is meant to be otherwise here, with the reason.
DEVIATIONS = {
    "5 / 2 == 2": "division is Python 3's",
    "y": "the text False is false as a parameter of type bool",
    "len(params)": "params is there without parameters too",
    "alert_series(lambda v: v > 5)": "n is 1 where it is not given, as the manual says",
}


def situation(vector: dict[str, Any]) -> Situation:
    history = [
        Result(1_000_000 - vector["step_s"] * age, one) for age, one in enumerate(vector["history_newest_first"])
    ]
    latest = [{"value": one.value, "ts": one.ts, "td": 0.1} for one in history[:1] for _ in vector["entities_of_alert"]]
    return Situation(vector["value"], vector["entity"], history, vector["parameters"], latest)


@each("vector", VECTORS)
def test_a_condition_has_the_originals_verdict_and_captures(vector: dict[str, Any]) -> None:
    verdict = judge(vector["condition"], situation(vector))
    found, wanted = dict(verdict.captures), dict(vector["captures"])
    failed, had_to_fail = found.pop("exception", None), wanted.pop("exception", None)
    same = (verdict.is_alert, bool(failed)) == (vector["is_alert"], bool(had_to_fail))
    assert found == wanted
    assert same == (vector["condition"] not in DEVIATIONS)


@each("vector", VECTORS)
def test_no_exception_tells_of_our_own_code(vector: dict[str, Any]) -> None:
    text = judge(vector["condition"], situation(vector)).captures.get("exception", "")
    assert "Traceback" not in text
    assert ".py" not in text
