"""What ZMON's conditions cost: reading them, and verdicts with a fresh context each, under the default budget."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from chalicelib.languages.conditions import Result, Situation, judge
from chalicelib.languages.conditions.library import CONDITIONS
from chalicelib.languages.conditions.program import built
from chalicelib.languages.conditions.source import condition as read

# Verdicts a second on one core; the original's worker gives 2,900 to 4,700 and 2,000 to 2,350 of the first two.
BUDGETS = {
    "value > 5": 100_000,
    "capture(x=value['a']) > y and timeseries_avg('5m', key=lambda v: v['a']) > 3": 25_000,
    "any([capture(load=v) > 9 for k, v in value.items()])": 0,
    "alert_series(lambda v: v['a'] > 5, 3)": 0,
}
ROUNDS = 20_000
PARSED = 500
_PARAMETERS = {"y": {"value": 1}}


def conditions(_arguments: argparse.Namespace) -> None:
    """Verdicts a second over ever other values, and the time to read a condition."""
    for text, budget in BUDGETS.items():
        simple = text == "value > 5"
        values: list[object] = [number % 11 if simple else {"a": number % 11, "b": 2} for number in range(ROUNDS)]
        history = [] if simple else [Result(1_000.0 - 60 * age, {"a": age}) for age in range(20)]
        parameters = None if simple else _PARAMETERS
        situations = [Situation(value, {"id": "e1"}, history, parameters) for value in values]
        rate = max(_rate(text, situations) for _ in range(3))
        goal = f" (budget {budget:,})" if budget else ""
        print(f"{rate:,.0f} verdicts a second{goal}: {text}; read in {1e6 * _parsing(text):.0f} us")


def _rate(text: str, situations: list[Situation]) -> float:
    for one in situations:
        one.captures = {}

    def all_of_them() -> None:
        for one in situations:
            judge(text, one)

    return len(situations) / _seconds(all_of_them)


def _parsing(text: str) -> float:
    def read_often() -> None:
        for _ in range(PARSED):
            built(text, read(text), CONDITIONS)

    return _seconds(read_often) / PARSED


def _seconds(do: Callable[[], None]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began
