"""Going through values one by one, and giving names to several at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.plain import CONTAINERS
from chalicelib.languages.conditions.values import Lazy, allows, from_host, kind_of


def iterated(run: Run, value: Any) -> Any:
    """The items of a value; whoever takes them charges for each. Raises TypeError."""
    kind = type(value)
    if kind in CONTAINERS or kind is str or kind is range:
        return value
    if isinstance(value, Lazy):
        return value.items
    if allows(value, "__iter__"):
        return _of_host(run, value)
    raise TypeError(f"'{kind_of(value)}' object is not iterable")


def _of_host(run: Run, value: Any) -> Iterator[Any]:
    """What an object of the host iterates over, which may have no end."""
    left = from_host(run, "iteration", lambda: list(islice(value, run.size)))
    for one in left:
        run.charge(1)
        yield one


def items(run: Run, value: Any) -> Any:
    """The items of a value, all of them charged for, or each as it is taken. Raises TypeError, Exhausted."""
    found = iterated(run, value)
    if isinstance(found, range):
        run.charge(_length(found))
    elif not isinstance(value, Lazy) and hasattr(found, "__len__"):
        run.charge(len(found))
    return found


def stepwise(run: Run, value: Any) -> Iterator[Any]:
    """The items, each charged for as it is taken, since what is done with it may take long, or make more of them."""
    for one in iterated(run, value):
        run.charge(1)
        yield one


def listed(run: Run, value: Any) -> list[Any]:
    """A new list of the items of a value."""
    found: list[Any] = []
    for one in items(run, value):
        found.append(one)
        if len(found) > run.size:
            run.room(len(found))
    run.hold(len(found))
    return found


def _length(found: range) -> int:
    try:
        return len(found)
    except OverflowError:
        raise Exhausted("there are more items in the range than steps") from None


def taken(run: Run, value: Any, number: int, starred: int | None) -> list[Any]:
    """The items of a value for so many names, of which the one at `starred` takes what is left. Raises ValueError."""
    found: list[Any] = []
    for one in iterated(run, value):
        run.charge(1)
        found.append(one)
        if starred is None and len(found) > number:
            raise ValueError(f"too many values to unpack (expected {number})")
    if starred is None:
        if len(found) < number:
            raise ValueError(f"not enough values to unpack (expected {number}, got {len(found)})")
        return found
    after = number - starred - 1
    if len(found) < number - 1:
        raise ValueError(f"not enough values to unpack (expected at least {number - 1}, got {len(found)})")
    end = len(found) - after
    run.hold(len(found))
    return [*found[:starred], found[starred:end], *found[end:]]
