"""The functions that conditions alone have: captures, what the check found before, and what it found elsewhere.

Source: ZMON, Alert Functions Reference. What the manual says works, also where the original's worker did not do it.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from chalicelib.core import texts
from chalicelib.languages.conditions import operators
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import Failed
from chalicelib.languages.conditions.library import functional
from chalicelib.languages.conditions.library.distance import History
from chalicelib.languages.conditions.library.kinds import attempted
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.library.registry import FUNCTIONS as COMMON
from chalicelib.languages.conditions.library.registry import native
from chalicelib.languages.conditions.library.texts import text
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.plain import admitted
from chalicelib.languages.conditions.sequences import listed
from chalicelib.languages.conditions.spans import seconds
from chalicelib.languages.conditions.values import invoke, kind_of

FUNCTIONS: dict[str, Any] = {}
_CAPTURES_MAX = 500
_NAME_MAX = 200
_subtract = operators.binary(ast.Sub)
_less = operators.COMPARISONS[ast.Lt]
_most = operators.COMPARISONS[ast.LtE]
_NOTHING: Any = object()


@native("capture", into=FUNCTIONS)
def _capture(run: Run, value: Any = _NOTHING, /, **named: Any) -> Any:
    """Keeps a value under a name, which is made where none is given, and gives it back."""
    captures = run.scene.captures
    if len(named) > 1 or (named and value is not _NOTHING):
        raise ValueError("Only one named capture supported")
    if not named and value is _NOTHING:
        raise TypeError("capture() needs a value")
    name, kept = next(iter(named.items())) if named else (_unnamed(captures), value)
    _keep(run, name, kept)
    return kept


def _unnamed(captures: dict[str, Any]) -> str:
    number = 1
    while f"capture_{number}" in captures:
        number += 1
    return f"capture_{number}"


def _keep(run: Run, name: str, value: Any) -> None:
    captures, name = run.scene.captures, texts.sound(name)
    if len(name) > _NAME_MAX:
        raise ValueError(f"the name of a capture has more than {_NAME_MAX} characters")
    if name not in captures and len(captures) >= _CAPTURES_MAX:
        raise ValueError(f"there are more than {_CAPTURES_MAX} captures")
    try:
        captures[name] = admitted(run, value)
    except TypeError:
        raise TypeError(f"a {kind_of(value)} cannot be captured") from None


def _newest(run: Run, number: int) -> list[Any]:
    """The last results as (time, value), the newest first."""
    return [(one.ts, admitted(run, one.value)) for one in run.scene.newest_first()[: max(number, 0)]]


@native("value_series", into=FUNCTIONS)
def _value_series(run: Run, n: Any = 1) -> Any:
    return [value for _, value in _newest(run, integer(n))]


@native("alert_series", into=FUNCTIONS)
def _alert_series(run: Run, f: Any, n: Any = 1) -> Any:
    """Whether a function finds each of the last n values true, or raises for it, but not for all."""
    values = [value for _, value in _newest(run, integer(n))]
    errors: list[str] = []
    active = 0
    for value in values:
        answer, failed = attempted(run, f, value)
        if failed is not None:
            errors.append(f"{failed.kind}: {failed.message}")
        active += failed is not None or truth(answer)
    if len(errors) == len(values):
        raise Failed("Exception", f"All alert evaluations failed! [{', '.join(errors)}]")
    return active == len(values)


@native("monotonic", into=FUNCTIONS)
def _monotonic(run: Run, count: Any = 2, increasing: Any = True, strictly: Any = False, data: Any = None) -> Any:
    """Whether the last values, or those given with the newest first, only ever rise, or fall."""
    given = listed(run, data) if data is not None else []
    values = given or [value for _, value in _newest(run, integer(count))]
    if not values:
        raise IndexError("list index out of range")
    wrong = _most if truth(strictly) else _less
    pairs = pairwise(values)
    if truth(increasing):
        return not any(wrong(run, newer, older) for newer, older in pairs)
    return not any(wrong(run, older, newer) for newer, older in pairs)


@native("entity_results", into=FUNCTIONS)
def _entity_results(run: Run) -> Any:
    """The latest result of each entity of the alert."""
    return admitted(run, list(run.scene.entity_results))


@native("entity_values", into=FUNCTIONS)
def _entity_values(run: Run) -> Any:
    return [admitted(run, one["value"]) for one in run.scene.entity_results]


@native("history", into=FUNCTIONS)
def _history(run: Run) -> Any:
    scene = run.scene
    now = scene.now if scene.now is not None else run.surroundings.now()
    return History([(one.ts, one.value) for one in scene.past or scene.history], now)


def _within(run: Run, spec: Any) -> list[Any]:
    """The values of the last while, the oldest first. It is counted from the newest result, whose time is in it."""
    span = seconds(text(spec))
    found = list(reversed(run.scene.newest_first()))
    times = [one.ts for one in found]
    first = bisect_left(times, times[-1] - span) if times else 0
    return [admitted(run, one.value) for one in found[first:]]


def _delta(run: Run, values: list[Any]) -> Any:
    return _subtract(run, values[-1], values[0]) if values else 0


def _of_some(compute: Callable[[Run, list[Any]], Any]) -> Callable[[Run, list[Any]], Any]:
    """None of no values."""
    return lambda run, values: compute(run, values) if values else None


def _function(name: str) -> Callable[[Run, list[Any]], Any]:
    """A function that every program has."""
    known: Callable[[Run, list[Any]], Any] = COMMON[name].function
    return known


_AGGREGATES: dict[str, Callable[[Run, list[Any]], Any]] = {
    "avg": _of_some(functional.average),
    "delta": _delta,
    "first": _of_some(lambda run, values: values[0]),
    "median": _of_some(functional.median),
    "_max": _of_some(_function("max")),
    "_min": _of_some(_function("min")),
    "sum": _function("sum"),
}


def _timeseries(label: str, compute: Callable[[Run, list[Any]], Any]) -> None:
    """A function of the values of the last while. Its result is captured as `avg(5m)`, those of min and max as
    `_min(5m)` and `_max(5m)`."""

    @native(f"timeseries_{label.lstrip('_')}", into=FUNCTIONS)
    def aggregate(run: Run, time_spec: Any, *, key: Any = None) -> Any:
        return _captured(run, label, time_spec, compute(run, _keyed(run, time_spec, key)))


def _keyed(run: Run, spec: Any, key: Any) -> list[Any]:
    values = _within(run, spec)
    return values if key is None else [invoke(run, key, (one,), {}) for one in values]


def _captured(run: Run, label: str, spec: str, value: Any) -> Any:
    _keep(run, f"{label}({spec})", value)
    return value


for _label, _compute in _AGGREGATES.items():
    _timeseries(_label, _compute)


@native("timeseries_percentile", into=FUNCTIONS)
def _percentile(run: Run, time_spec: Any, percent: Any, *, key: Any = None) -> Any:
    value = functional.percentile(run, _keyed(run, time_spec, key), percent)
    return _captured(run, "percentile", time_spec, value)
