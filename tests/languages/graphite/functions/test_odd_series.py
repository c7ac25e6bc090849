"""Every function over series that nobody thinks of: none, empty, all gaps, one point, huge, infinite, not a number."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest

from chalicelib.languages.graphite import Context, GraphiteError, Series, TargetError, evaluate, kinds
from chalicelib.languages.graphite.aggregation import AGGREGATIONS
from chalicelib.languages.graphite.errors import Broken
from chalicelib.languages.graphite.registry import functions
from tests.cases import each
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
NAMES = sorted(functions())
PATTERNS = ("a.*.x", "a.one.x", "template(a.$1.x,'one')")
TEXTS = (
    *("'x'", "'%.x'", "'sumSeries(%.*)'", "'%'", "'(.*)'", r"'scale(\1,2)'", "'sumSeries'", "'asPercent'", "'one'"),
    *("'name'", "'now'", "'%d'", "'%.1f'", "'>'", "'max'", "'weeks3'", "'-1h'", "''"),
)
OF_KIND: dict[kinds.Kind, tuple[str, ...]] = {
    kinds.STRING: TEXTS,
    kinds.NUMBER: ("2", "-1", "0", "1.5", "50", "1e308", "inf"),
    kinds.INTEGER: ("2", "-1", "0", "1", "'3'", "1000000000"),
    kinds.BOOLEAN: ("true", "false", "1"),
    kinds.INTERVAL: ("'5min'", "'1h'", "'-30s'", "'7d'"),
    kinds.POINTS_OR_INTERVAL: ("2", "1.5", "0", "'5min'", "'1h'"),
    kinds.NODE_OR_TAG: ("0", "1", "-1", "9", "'name'"),
    kinds.AGGREGATION: tuple(f"'{name}'" for name in AGGREGATIONS),
}
ARGUMENTS = ("2", "-1", "0", "1.5", "'5min'", "'sum'", "'x'", "true", "none", "$1", "a.one.x", "'average'")
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
    "add(a.*.x,inf)",
    "exp(a.*.x)",
    "sin('a',inf)",
    "movingAverage(a.*.x,0.5)",
    "aliasQuery(a.*.x,'x','x','%99.99f')",
    "upper(a.*.x,-1000000000)",
    "substr(a.*.x,-1000000000,1000000000)",
    "applyByNode(a.*.x,-1000000000,'a%')",
    "applyByNode(a.*.x,1000000000,'%')",
    "reduceSeries(a.*.x,'sumSeries',-1000000000,'a')",
)
FORMS = [target for targets in TARGETS.values() for target in targets]


def context(values: list[float | None], *, step: int = 30, names: tuple[str, ...] = ("a.one.x", "a.two.x")) -> Context:
    """Whatever is asked for, these series are the answer, however long the window."""

    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        return [Series(name, start, end, step, list(values)) for name in names]

    return Context(START, START + 300, fetch)


@each("values", ODD.values())
def test_no_form_of_a_function_breaks_on_odd_series(values: list[float | None]) -> None:
    for target, step, names in product((*FORMS, *EXTREME), (30, 3_600), ((), ("a.one.x",), ("a.one.x", "b.two.x"))):
        _evaluated(target, context(values, step=step, names=names))


def _program(chance: random.Random, depth: int) -> str:
    """A call of any function, mostly with arguments of the kinds that it takes."""
    name = chance.choice(NAMES)
    arguments: list[str] = []
    for param in functions()[name].params:
        if not param.required and chance.random() < 0.4:
            break
        arguments += [_argument(chance, param.kind, depth) for _ in range(chance.randint(1, 3) if param.many else 1)]
    if chance.random() < 0.1:
        arguments.append(chance.choice(ARGUMENTS))
    return f"{name}({','.join(arguments)})"


def _argument(chance: random.Random, kind: kinds.Kind, depth: int) -> str:
    if chance.random() < 0.05:
        return chance.choice(ARGUMENTS)
    if kind is kinds.SERIES:
        return _program(chance, depth - 1) if depth and chance.random() < 0.8 else chance.choice(PATTERNS)
    return chance.choice(OF_KIND.get(kind, ARGUMENTS))


def test_no_function_breaks_on_what_another_made_of_odd_series() -> None:
    chance, done = random.Random(11), set[str]()
    for _ in range(10_000):
        target, values = _program(chance, chance.randint(0, 2)), chance.choice(list(ODD.values()))
        if _evaluated(target, context(values, step=chance.choice((30, 60, 300, 3_600)))):
            done.add(target.partition("(")[0])
    assert done == set(NAMES), "some were refused each time"


def _evaluated(target: str, where: Context) -> bool:
    try:
        evaluate(target, where)
    except Broken as error:
        raise AssertionError(f"{target}: {error}") from error
    except GraphiteError as refused:
        assert str(refused)
        return False
    return True


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
