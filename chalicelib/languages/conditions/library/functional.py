"""Functions of several values, and functions that take functions. What Python 3 makes an iterator of is a list, as it
was in the original's Python: `filter(...)` as a condition must be false where nothing is found."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.languages.conditions import operators
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.library.kinds import attempted, catches
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.library.registry import native
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.plain import ATOMS, CONTAINERS, NUMBERS, TABLES, bounded, compared, measure
from chalicelib.languages.conditions.sequences import items, listed, stepwise
from chalicelib.languages.conditions.values import Fault, Lazy, Problem, allows, from_host, invoke, kind_of

_add = operators.binary(ast.Add)
_less = operators.COMPARISONS[ast.Lt]
_equal = operators.COMPARISONS[ast.Eq]
_NOTHING: Any = object()


@native("len")
def _len(run: Run, value: Any, /) -> Any:
    if type(value) in CONTAINERS or type(value) in (str, range):
        return len(value)
    if allows(value, "__len__"):
        return from_host(run, "len", lambda: len(value))
    raise TypeError(f"object of type '{kind_of(value)}' has no len()")


@native("empty")
def _empty(run: Run, v: Any) -> Any:
    return not truth(v)


@native("all")
def _all(run: Run, iterable: Any, /) -> Any:
    return all(truth(one) for one in items(run, iterable))


@native("any")
def _any(run: Run, iterable: Any, /) -> Any:
    return any(truth(one) for one in items(run, iterable))


@native("sum")
def _sum(run: Run, iterable: Any, /, start: Any = 0) -> Any:
    if type(start) is str:
        raise TypeError("sum() can't sum strings [use ''.join(seq) instead]")
    total = start
    for one in items(run, iterable):
        quick = type(one) in NUMBERS and type(total) in NUMBERS
        total = bounded(total + one) if quick else _add(run, total, one)
    return total


def sort(run: Run, values: list[Any], key: Any, reverse: Any) -> list[Any]:
    """The values in order. What is compared is measured first; a sort takes more steps than there are values."""
    keys = values if key is None else [invoke(run, key, (one,), {}) for one in values]
    rounds = max(len(keys), 1).bit_length()
    for one in keys:
        if isinstance(one, Exposed) and not allows(one, "__lt__"):
            raise TypeError(f"'<' not supported between instances of '{kind_of(one)}'")
        compared(run, one, rounds)
        if type(one) not in ATOMS:
            for _ in range(rounds):
                measure(run, one)
    run.charge(len(keys) * rounds // 4)
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=truth(reverse))
    return [values[place] for place in order]


@native("sorted")
def _sorted(run: Run, iterable: Any, /, *, key: Any = None, reverse: Any = False) -> Any:
    return sort(run, listed(run, iterable), key, reverse)


@native("reversed")
def _reversed(run: Run, sequence: Any, /) -> Any:
    if type(sequence) in (set, frozenset) or isinstance(sequence, Lazy):
        raise TypeError(f"'{kind_of(sequence)}' object is not reversible")
    return listed(run, sequence)[::-1]


def _extreme(name: str, better: Callable[[Run, Any, Any], bool]) -> None:
    @native(name)
    def extreme(run: Run, *values: Any, key: Any = None, default: Any = _NOTHING) -> Any:
        if not values:
            raise TypeError(f"{name} expected at least 1 argument, got 0")
        if len(values) > 1 and default is not _NOTHING:
            raise TypeError(f"Cannot specify a default for {name}() with multiple positional arguments")
        best = best_key = default
        for place, one in enumerate(items(run, values if len(values) > 1 else values[0])):
            its = one if key is None else invoke(run, key, (one,), {})
            if not place or better(run, its, best_key):
                best, best_key = one, its
        if best is _NOTHING:
            raise ValueError(f"{name}() iterable argument is empty")
        return best


def _strictly(run: Run, left: Any, right: Any) -> bool:
    """An ordering that raises for None, where the operator answers False: there is no greatest of 1 and None."""
    if left is None or right is None:
        raise TypeError(f"'<' not supported between instances of '{kind_of(left)}' and '{kind_of(right)}'")
    return bool(_less(run, left, right))


_extreme("min", _strictly)
_extreme("max", lambda run, left, right: _strictly(run, right, left))


@native("range", "xrange")
def _range(run: Run, *limits: Any) -> Any:
    if not 1 <= len(limits) <= 3:
        raise TypeError(f"range expected 1 to 3 arguments, got {len(limits)}")
    return range(*map(integer, limits))


@native("enumerate")
def _enumerate(run: Run, iterable: Any, start: Any = 0) -> Any:
    return list(enumerate(listed(run, iterable), integer(start)))


@native("zip")
def _zip(run: Run, *iterables: Any, strict: Any = False) -> Any:
    return _rows(run, iterables, strict=truth(strict))


def _rows(run: Run, iterables: Iterable[Any], *, strict: bool = False) -> list[tuple[Any, ...]]:
    """What lies side by side, up to the end of the shortest."""
    rows: list[tuple[Any, ...]] = []
    columns = [items(run, one) for one in iterables]
    for row in zip(*columns, strict=strict):
        run.charge(len(row))
        rows.append(row)
    run.hold(len(rows))
    return rows


@native("map")
def _map(run: Run, function: Any, /, *iterables: Any) -> Any:
    if not iterables:
        raise TypeError("map() must have at least two arguments.")
    if len(iterables) == 1:
        made = [invoke(run, function, (one,), {}) for one in stepwise(run, iterables[0])]
    else:
        made = [invoke(run, function, row, {}) for row in _rows(run, iterables)]
    run.hold(len(made))
    return made


@native("filter")
def _filter(run: Run, function: Any, iterable: Any, /) -> Any:
    """The items that a function, or None for their own truth, finds true."""
    wanted = truth if function is None else lambda one: truth(invoke(run, function, (one,), {}))
    found = [one for one in stepwise(run, iterable) if wanted(one)]
    run.hold(len(found))
    return found


@native("reduce")
def _reduce(run: Run, function: Any, iterable: Any, initial: Any = _NOTHING, /) -> Any:
    total = initial
    for one in stepwise(run, iterable):
        total = one if total is _NOTHING else invoke(run, function, (total, one), {})
    if total is _NOTHING:
        raise TypeError("reduce() of empty iterable with no initial value")
    return total


@native("chain")
def _chain(run: Run, *iterables: Any) -> Any:
    found: list[Any] = []
    for iterable in iterables:
        found.extend(listed(run, iterable))
        run.room(len(found))
    return found


@native("groupby")
def _groupby(run: Run, iterable: Any, key: Any = None) -> Any:
    """Neighbours of one key, as pairs of the key and a list."""
    groups: list[tuple[Any, list[Any]]] = []
    for one in stepwise(run, iterable):
        its = one if key is None else invoke(run, key, (one,), {})
        if groups and _equal(run, groups[-1][0], its):
            groups[-1][1].append(one)
        else:
            groups.append((its, [one]))
    run.hold(len(groups))
    return groups


@native("Try")
def _try(run: Run, try_call: Any, except_call: Any, exc_cls: Any = None) -> Any:
    """What the first function gives, or the second makes of its error."""
    wanted = [Fault(Exception)] if exc_cls is None else list(exc_cls) if type(exc_cls) is tuple else [exc_cls]
    if not all(isinstance(one, Fault) for one in wanted):
        raise TypeError("Try() takes a type of errors, such as Exception, as its third argument")
    value, failed = attempted(run, try_call)
    if failed is None:
        return value
    if not any(catches(one, failed) for one in wanted):
        raise failed
    return invoke(run, except_call, (Problem(failed),), {})


@native("json")
def _json(run: Run, text: Any, /) -> Any:
    """The value that a text in JSON describes."""
    if type(text) is not str:
        raise TypeError(f"the JSON object must be str, not {kind_of(text)}")
    run.charge(len(text) // 2)
    try:
        value = json.loads(text)
    except RecursionError:
        raise Exhausted("the text in JSON is nested too deeply") from None
    measure(run, value)
    return value


@native("filter_metric")
def _filter_metric(run: Run, metric: Any, keep: Any) -> Any:
    """A table with these keys alone."""
    return {key: value for key, value in _table(run, metric).items() if operators.contains(run, key, keep)}


@native("filter_metrics")
def _filter_metrics(run: Run, metrics: Any, keep: Any) -> Any:
    """Tables in a table, each with these keys alone."""
    return {key: _filter_metric(run, value, keep) for key, value in _table(run, metrics).items()}


def _table(run: Run, value: Any) -> Any:
    if type(value) not in TABLES:
        raise TypeError(f"a dict is required, not {kind_of(value)}")
    run.charge(len(value))
    return value


def average(run: Run, values: list[Any]) -> Any:
    total = _sum(run, values)
    return total / len(values)


@native("avg")
def _avg(run: Run, sequence: Any) -> Any:
    values = listed(run, sequence)
    return average(run, values) if values else 0


@native("median")
def median(run: Run, results: Any) -> Any:
    return percentile(run, results, 0.5)


@native("percentile")
def percentile(run: Run, results: Any, percent: Any) -> Any:
    """Between two neighbours by their distance; None of nothing. `percent` runs from 0 to 1."""
    values = sort(run, listed(run, results), None, False)
    if type(percent) not in NUMBERS or not 0 <= percent <= 1:
        raise ValueError("the percentile must be a number from 0 to 1")
    if not values:
        return None
    place = (len(values) - 1) * percent
    low, high = math.floor(place), math.ceil(place)
    if low == high:
        return values[low]
    return values[low] * (high - place) + values[high] * (place - low)
