"""Plain values: which there are, how large they are, and copies of those that come from outside.

Whatever is compared, hashed or written out by Python's own code is measured first, since that code cannot be stopped:
a list that holds another twice, that another twice, and so on, is small in memory and endless to look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.languages.conditions.budget import BITS_MAX, CHARACTERS_A_STEP, NESTING_MAX, Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.exposed import Exposed

NUMBERS = frozenset({int, float, bool})
ATOMS = frozenset({int, float, bool, str, type(None)})
MOMENTS = frozenset({datetime, date, time, timedelta})
SERIES = frozenset({list, tuple, set, frozenset})
TABLES = frozenset({dict, Counter})
CONTAINERS = SERIES | TABLES
PLAIN = ATOMS | MOMENTS | CONTAINERS | {range}
INT_MAX = 1 << BITS_MAX
# Integers below hash to themselves, so that different ones differ.
_HASHES_TO_ITSELF = (1 << 61) - 1
# Bits of a number that is written out at once, and characters of two texts that are compared so.
_BITS_SHORT = 128
COMPARED_A_STEP = 1_024


def measure(run: Run, value: Any) -> int:
    """How many values and characters a value holds, counted as often as it holds them; charges for them. Raises
    Exhausted where they are too many, or lie too deep."""
    kind = type(value)
    if kind is str:
        run.charge(len(value) // CHARACTERS_A_STEP)
        return len(value)
    if kind is int:
        return _written_out(run, value)
    if kind not in CONTAINERS:
        return 1
    return _measured(run, value)


def _measured(run: Run, value: Any) -> int:
    total, waiting = 0, [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if depth > NESTING_MAX:
            raise Exhausted(f"a value is nested deeper than {NESTING_MAX} levels")
        run.charge(1 + len(found))
        total += 2 + 2 * len(found)
        for one in _parts(found):
            kind = type(one)
            if kind is str:
                total += len(one)
                run.charge(len(one) // CHARACTERS_A_STEP)
            elif kind is int:
                total += _written_out(run, one) - 1
            elif kind in CONTAINERS:
                waiting.append((one, depth + 1))
    return total


def _written_out(run: Run, number: int) -> int:
    """About as many characters as a number is written with, or one for a short one. The work for them grows with the
    square of their number."""
    bits = number.bit_length()
    if bits < _BITS_SHORT:
        return 1
    run.charge(bits // _BITS_SHORT)
    return bits // 3


def compared(run: Run, text: Any, times: int) -> None:
    """Charges for comparing a text with so many others: a list can hold a long one a million times."""
    if type(text) is str and len(text) >= COMPARED_A_STEP:
        run.charge(times * (len(text) // COMPARED_A_STEP))


def _parts(value: Any) -> Any:
    if type(value) in TABLES:
        return [part for pair in value.items() for part in pair]
    return value


def hashable(run: Run, key: Any) -> Any:
    """The key, if it may be looked for in a table or a set. Raises Exhausted; what cannot be hashed is Python's to
    tell."""
    kind = type(key)
    if kind is str:
        compared(run, key, 1)
        return key
    if kind is bool or (kind is int and -_HASHES_TO_ITSELF < key < _HASHES_TO_ITSELF):
        return key
    if kind in CONTAINERS:
        _measured(run, key)
    if kind is slice:
        # Python 3.12 would hash it, with all that it holds.
        raise TypeError("unhashable type: 'slice'")
    if kind in PLAIN and key is not None:
        run.count_hash(key)
    return key


def bounded(value: Any) -> Any:
    """A number that was computed. Raises Exhausted if it is too large, ValueError if it is complex."""
    if type(value) is int and not -INT_MAX < value < INT_MAX:
        raise Exhausted(f"a number would have more than {BITS_MAX:,} bits")
    if type(value) is complex:
        raise ValueError("the result would be a complex number")
    return value


def admitted(run: Run, value: Any, depth: int = 0) -> Any:
    """A copy of a value that comes from outside, of plain types alone, so that no program changes what it shares with
    others. Raises TypeError, Exhausted."""
    kind = type(value)
    if kind in ATOMS:
        if kind is str:
            run.write(len(value))
        return bounded(value)
    if depth > NESTING_MAX:
        raise Exhausted(f"a value is nested deeper than {NESTING_MAX} levels")
    copy = _COPIES.get(kind)
    if copy is not None:
        return copy(run, value, depth + 1)
    if isinstance(value, Exposed):
        return value
    return _plainer(run, value, depth)


def _series(run: Run, value: Any, depth: int) -> Any:
    run.hold(1 + len(value))
    return type(value)([admitted(run, one, depth) for one in value])


def _table(run: Run, value: Any, depth: int) -> Any:
    run.hold(1 + len(value))
    copy = type(value)()
    for key, one in value.items():
        copy[admitted(run, key, depth)] = admitted(run, one, depth)
    return copy


def _itself(run: Run, value: Any, depth: int) -> Any:
    return value


_COPIES: dict[type, Callable[[Run, Any, int], Any]] = {
    **dict.fromkeys(SERIES, _series),
    **dict.fromkeys(TABLES, _table),
    **dict.fromkeys(MOMENTS, _itself),
    range: _itself,
}
# What a library makes of a plain type counts as that type; bool comes before int, and datetime before date.
_ANCESTORS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (Mapping, dict),
    (list, list),
    (tuple, tuple),
    (set, set),
    (frozenset, frozenset),
)


def _plainer(run: Run, value: Any, depth: int) -> Any:
    for ancestor, plain in _ANCESTORS:
        if isinstance(value, ancestor):
            return admitted(run, plain(value), depth)
    raise TypeError(f"a value of type {type(value).__name__} cannot be used in a program")
