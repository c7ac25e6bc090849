"""The types: int, str, list ... They make values, and isinstance knows them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalicelib.languages.conditions import formats
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import Failed, advice_taken_off
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.library.registry import FUNCTIONS, kind, native
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.plain import ATOMS, TABLES, bounded, hashable
from chalicelib.languages.conditions.sequences import items, listed, stepwise, taken
from chalicelib.languages.conditions.values import Fault, Kind, Problem, invoke, kind_of

# Python reads no more digits of a number by itself.
_DIGITS_MAX = 4_000
_SHOWN = 60


@kind("int", "long", types=(int,))
def _int(run: Run, x: Any = 0, /, base: Any = None) -> Any:
    _short(x)
    if base is not None:
        return bounded(int(x, integer(base)) if type(x) is str else _no_text(x))
    if type(x) not in ATOMS or x is None:
        raise TypeError(f"int() argument must be a string or a real number, not '{kind_of(x)}'")
    return bounded(int(x))


def _no_text(x: Any) -> int:
    raise TypeError("int() can't convert non-string with explicit base")


@kind("float", types=(float,))
def _float(run: Run, x: Any = 0.0, /) -> Any:
    _short(x)
    if type(x) not in ATOMS or x is None:
        raise TypeError(f"float() argument must be a string or a real number, not '{kind_of(x)}'")
    return float(x)


def _short(x: Any) -> None:
    if type(x) is str and len(x) > _DIGITS_MAX:
        raise ValueError(f"a number is written with at most {_DIGITS_MAX:,} characters, not like {x[:_SHOWN]!r}...")


@kind("bool", types=(bool,))
def _bool(run: Run, x: Any = False, /) -> Any:
    return truth(x)


@kind("str", "unicode", "basestring", types=(str,))
def _str(run: Run, object: Any = "") -> Any:
    return formats.written(run, object)


@kind("list", types=(list,))
def _list(run: Run, iterable: Any = (), /) -> Any:
    return listed(run, iterable)


@kind("tuple", types=(tuple,))
def _tuple(run: Run, iterable: Any = (), /) -> Any:
    return tuple(listed(run, iterable))


@kind("set", types=(set,))
def _set(run: Run, iterable: Any = (), /) -> Any:
    return {hashable(run, one) for one in stepwise(run, iterable)}


@kind("frozenset", types=(frozenset,))
def _frozenset(run: Run, iterable: Any = (), /) -> Any:
    return frozenset(_set(run, iterable))


@kind("dict", types=(dict,))
def _dict(run: Run, iterable: Any = (), /, **named: Any) -> Any:
    found: dict[Any, Any] = {}
    update(run, found, iterable, named)
    return found


def update(run: Run, found: dict[Any, Any], more: Any, named: dict[str, Any]) -> None:
    """Puts a table, or pairs, and what is named into a table."""
    if type(more) in TABLES:
        run.hold(len(found) + len(more))
        found.update(dict(more))
    else:
        for pair in items(run, more):
            key, value = taken(run, pair, 2, None)
            found[hashable(run, key)] = value
    run.room(len(found) + len(named))
    found.update(named)


@kind("Counter", types=(Counter,))
def _counter(run: Run, iterable: Any = (), /) -> Any:
    """How often each item comes; a table as it stands."""
    if type(iterable) in TABLES:
        run.hold(len(iterable))
        return Counter(dict(iterable))
    found: Counter[Any] = Counter()
    for one in stepwise(run, () if iterable is None else iterable):
        found[hashable(run, one)] += 1
    return found


@native("isinstance")
def _isinstance(run: Run, value: Any, kinds: Any, /) -> Any:
    waiting, found = [kinds], False
    while waiting:
        run.charge(1)
        one = waiting.pop()
        if type(one) is tuple:
            waiting.extend(one)
        elif isinstance(one, Fault):
            found = found or (isinstance(value, Problem) and catches(one, value.error))
        elif isinstance(one, Kind):
            found = found or isinstance(value, one.types)
        else:
            raise TypeError("isinstance() arg 2 must be a type or a tuple of types")
    return found


def catches(fault: Fault, failed: Failed) -> bool:
    """Whether an error is of this type, or has its name: those of the host are known by their names alone."""
    python = PYTHON.get(failed.kind)
    known = python is not None and issubclass(python, fault.error)
    return known or fault.error is Exception or isinstance(failed.error, fault.error)


def attempted(run: Run, function: Any, *args: Any) -> tuple[Any, Failed | None]:
    """What a function gives, or the error that it meets. Where the budget is used up, nothing helps."""
    try:
        return invoke(run, function, args, {}), None
    except RecursionError:
        raise
    except Failed as failed:
        return None, failed
    except _CATCHABLE as error:
        return None, Failed(type(error).__name__, advice_taken_off(str(error)), error=error)


_CATCHABLE = (ArithmeticError, AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError)


PYTHON: dict[str, type[Exception]] = {
    one.__name__: one
    for one in (
        *(Exception, ArithmeticError, AttributeError, IndexError, KeyError, LookupError, NameError, OverflowError),
        *(RuntimeError, TypeError, ValueError, ZeroDivisionError),
    )
}
FUNCTIONS.update({name: Fault(error) for name, error in PYTHON.items()})


@native("chr", "unichr")
def _chr(run: Run, i: Any, /) -> Any:
    made = chr(integer(i))
    if "\ud800" <= made <= "\udfff":
        raise ValueError("chr() arg is half of a character")
    return made


@native("ord")
def _ord(run: Run, c: Any, /) -> Any:
    if type(c) is not str or len(c) != 1:
        raise TypeError(f"ord() expected a character, but {kind_of(c)} found")
    return ord(c)


@native("repr")
def _repr(run: Run, value: Any, /) -> Any:
    return formats.shown(run, value)


@native("format")
def _format(run: Run, value: Any, format_spec: Any = "", /) -> Any:
    if type(format_spec) is not str:
        raise TypeError(f"format() argument 2 must be str, not {kind_of(format_spec)}")
    text = formats.formatted(run, value, format_spec)
    run.write(len(text))
    return text
