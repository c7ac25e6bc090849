"""Every function over series that nobody thinks of: none, empty, all gaps, one point, huge, infinite, not a number."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest

from chalicelib.languages.graphite import Context, GraphiteError, Series, TargetError, evaluate
from chalicelib.languages.graphite.errors import Broken
from chalicelib.languages.graphite.registry import functions
from tests.languages.graphite.differential.targets import TARGETS

START = 1_600_000_020
N = None
ODD: dict[str, list[float | None]] = {
    "no values": [],
    "only gaps": [N] * 10,
    "one point": [7.0],
    "one point among gaps": [N, N, N, 5.0, N, N, N, N],
    "huge": [1e308, -1e308, 1e308, 1e308, 0.0, -1e308],
    "tiny": [5e-324, -5e-324, 0.0, 1e-320],
    "infinite": [math.inf, -math.inf, 1.0, math.inf],
    "not a number": [math.nan, 1.0, math.nan],
    "noughts": [0.0] * 8,
    "negative": [-1.0, -2.5, -3.0, N, -1.0],
    "whole": [1, 2, 3, 4, 5, 6],
}
ARGUMENTS = ("2", "-1", "0", "1.5", "'5min'", "'1h'", "'sum'", "'x'", "true", "a.one.x")
# Arguments that are taken for numbers too large to reckon with, or never end.
EXTREME = (
    "round(a.*.x,-1000000000)",
    "round(a.*.x,1000000000)",
    "nPercentile(a.*.x,inf)",
    "percentileOfSeries(a.*.x,1e308)",
    "averageOutsidePercentile(a.*.x,inf)",
    "removeBelowPercentile(a.*.x,-1e308)",
    "delay(a.*.x,-1000000000)",
    "scaleToSeconds(a.*.x,1e308)",
    "pow(a.*.x,1e308)",
)
FORMS = [target for targets in TARGETS.values() for target in targets]


def context(values: list[float | None], *, step: int = 30, names: tuple[str, ...] = ("a.one.x", "a.two.x")) -> Context:
    """Whatever is asked for, these series are the answer, however long the window."""

    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        return [Series(name, start, end, step, list(values)) for name in names]

    return Context(START, START + 300, fetch)


@pytest.mark.parametrize("values", ODD.values(), ids=ODD)
def test_no_form_of_a_function_breaks_on_odd_series(values: list[float | None]) -> None:
    for target, step, names in product((*FORMS, *EXTREME), (30, 3_600), ((), ("a.one.x",), ("a.one.x", "b.two.x"))):
        _evaluated(target, context(values, step=step, names=names))


def test_no_function_breaks_on_what_another_made_of_odd_series() -> None:
    chance = random.Random(11)
    names = sorted(functions())
    for _ in range(4_000):
        target = "a.*.x"
        for _ in range(chance.randint(1, 3)):
            arguments = [target, *chance.choices(ARGUMENTS, k=chance.randint(0, 2))]
            target = f"{chance.choice(names)}({','.join(arguments)})"
        _evaluated(target, context(chance.choice(list(ODD.values())), step=chance.choice((30, 60, 300, 3_600))))


def _evaluated(target: str, where: Context) -> None:
    try:
        evaluate(target, where)
    except Broken as error:
        raise AssertionError(f"{target}: {error}") from error
    except GraphiteError as refused:
        assert str(refused)


def test_what_goes_wrong_within_a_function_is_an_error_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> float:
        raise RecursionError

    monkeypatch.setattr("chalicelib.languages.graphite.functions.transform.abs", broken, raising=False)
    with pytest.raises(GraphiteError, match=r"absolute cannot be computed, for a fault .*RecursionError"):
        evaluate("absolute(a.*.x)", context([1.0]))


class Fault(Exception):
    pass


@pytest.mark.parametrize("target", ["a.b", "absolute(a.b)", "movingAverage(a.b,3)"])
def test_what_goes_wrong_in_fetching_is_no_error_of_the_target(target: str) -> None:
    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        if target.startswith("moving") and start == START:
            return [Series("a.b", start, end, 30, [1.0] * 10)]
        raise Fault

    with pytest.raises(Fault):
        evaluate(target, Context(START, START + 300, fetch))


def test_too_many_arguments_are_no_broken_function() -> None:
    with pytest.raises(TargetError):
        evaluate("absolute(a.b,1,2)", context([1.0]))
