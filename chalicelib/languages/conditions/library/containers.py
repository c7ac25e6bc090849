"""Methods of lists, tuples, tables and sets. keys, values and items are lists, as they were in the original's Python:
`d.keys()[0]` is what its manual shows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import operators
from chalicelib.languages.conditions.attributes import method
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.library.functional import sort
from chalicelib.languages.conditions.library.kinds import update
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.plain import TABLES, hashable, measure
from chalicelib.languages.conditions.sequences import listed, stepwise
from chalicelib.languages.conditions.values import Native

_NOTHING: Any = object()
_plus = operators.binary(ast.Add)


@method(list, "append")
def _append(run: Run, owner: Any, value: Any, /) -> Any:
    run.room(len(owner) + 1)
    run.charge(1)
    owner.append(value)


@method(list, "extend")
def _extend(run: Run, owner: Any, values: Any, /) -> Any:
    more = listed(run, values)
    run.room(len(owner) + len(more))
    owner.extend(more)


@method(list, "insert")
def _insert(run: Run, owner: Any, place: Any, value: Any, /) -> Any:
    run.hold(len(owner) + 1)
    owner.insert(integer(place), value)


@method(list, "pop")
def _pop(run: Run, owner: Any, place: Any = -1, /) -> Any:
    run.charge(1 + len(owner) // 8)
    return owner.pop(integer(place))


@method(list, "remove")
def _remove(run: Run, owner: Any, value: Any, /) -> Any:
    _compared(run, owner, value)
    owner.remove(value)


@method(list, "reverse")
def _reverse(run: Run, owner: Any) -> Any:
    run.charge(len(owner))
    owner.reverse()


@method(list, "sort")
def _sort(run: Run, owner: Any, *, key: Any = None, reverse: Any = False) -> Any:
    owner[:] = sort(run, listed(run, owner), key, reverse)


@method(list, "index")
@method(tuple, "index")
def _index(run: Run, owner: Any, value: Any, start: Any = 0, stop: Any = None, /) -> Any:
    _compared(run, owner, value)
    end = len(owner) if stop is None else integer(stop)
    return owner.index(value, integer(start), end)


@method(list, "count")
@method(tuple, "count")
def _count(run: Run, owner: Any, value: Any, /) -> Any:
    _compared(run, owner, value)
    return owner.count(value)


def _compared(run: Run, owner: Any, value: Any) -> None:
    measure(run, value)
    measure(run, owner)


@method(list, "copy")
@method(set, "copy")
@method(frozenset, "copy")
@method(dict, "copy")
@method(Counter, "copy")
def _copy(run: Run, owner: Any) -> Any:
    run.hold(len(owner))
    return type(owner)(owner)


@method(list, "clear")
@method(set, "clear")
@method(dict, "clear")
@method(Counter, "clear")
def _clear(run: Run, owner: Any) -> Any:
    owner.clear()


def _of_tables(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives tables of both types a method."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for table in TABLES:
            method(table, *names)(function)
        return function

    return register


@_of_tables("keys", "iterkeys", "viewkeys")
def _keys(run: Run, owner: Any) -> Any:
    run.hold(len(owner))
    return list(owner)


@_of_tables("values", "itervalues", "viewvalues")
def _values(run: Run, owner: Any) -> Any:
    run.hold(len(owner))
    return list(owner.values())


@_of_tables("items", "iteritems", "viewitems")
def _items(run: Run, owner: Any) -> Any:
    run.hold(len(owner))
    run.charge(len(owner))
    return list(owner.items())


@_of_tables("get")
def _get(run: Run, owner: Any, key: Any, default: Any = None, /) -> Any:
    return owner.get(hashable(run, key), default)


@_of_tables("has_key")
def _has_key(run: Run, owner: Any, key: Any, /) -> Any:
    return operators.contains(run, key, owner)


@_of_tables("pop")
def _pop_key(run: Run, owner: Any, key: Any, default: Any = _NOTHING, /) -> Any:
    hashable(run, key)
    return owner.pop(key) if default is _NOTHING else owner.pop(key, default)


@_of_tables("popitem")
def _popitem(run: Run, owner: Any) -> Any:
    return owner.popitem()


@_of_tables("setdefault")
def _setdefault(run: Run, owner: Any, key: Any, default: Any = None, /) -> Any:
    run.room(len(owner) + 1)
    run.charge(1)
    return owner.setdefault(hashable(run, key), default)


@method(dict, "update")
def _update(run: Run, owner: Any, more: Any = (), /, **named: Any) -> Any:
    update(run, owner, more, named)


@method(Counter, "update")
def _count_more(run: Run, owner: Any, more: Any = (), /) -> Any:
    for one in stepwise(run, more):
        owner[one] = _plus(run, owner[hashable(run, one)], more[one] if type(more) in TABLES else 1)


@method(Counter, "most_common")
def _most_common(run: Run, owner: Any, n: Any = None) -> Any:
    run.hold(len(owner))
    pairs = sort(run, list(owner.items()), Native("count", lambda run, pair: pair[1]), True)
    return pairs if n is None else pairs[: max(integer(n), 0)]


@method(set, "add")
def _add(run: Run, owner: Any, value: Any, /) -> Any:
    run.room(len(owner) + 1)
    run.charge(1)
    owner.add(hashable(run, value))


@method(set, "discard")
def _discard(run: Run, owner: Any, value: Any, /) -> Any:
    owner.discard(hashable(run, value))


@method(set, "remove")
def _remove_member(run: Run, owner: Any, value: Any, /) -> Any:
    owner.remove(hashable(run, value))


@method(set, "pop")
def _pop_member(run: Run, owner: Any) -> Any:
    return owner.pop()


@method(set, "update")
def _add_all(run: Run, owner: Any, *others: Any) -> Any:
    for other in others:
        members = _members(run, other)
        run.room(len(owner) + len(members))
        owner.update(members)


def _members(run: Run, values: Any) -> set[Any]:
    return {hashable(run, one) for one in stepwise(run, values)}


def _with_others(name: str) -> None:
    """A method of sets that takes any number of other collections."""

    @method(set, name)
    @method(frozenset, name)
    def combine(run: Run, owner: Any, *others: Any) -> Any:
        run.charge(len(owner))
        made = getattr(owner, name)(*[_members(run, one) for one in others])
        run.hold(len(made))
        return made


def _with_another(name: str) -> None:
    """A method of sets that takes one other collection."""

    @method(set, name)
    @method(frozenset, name)
    def combine(run: Run, owner: Any, other: Any, /) -> Any:
        run.charge(len(owner))
        return getattr(owner, name)(_members(run, other))


for _name in ("union", "intersection", "difference"):
    _with_others(_name)
for _name in ("symmetric_difference", "issubset", "issuperset", "isdisjoint"):
    _with_another(_name)
