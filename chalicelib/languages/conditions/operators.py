"""Operators on values: Python 3's, within the budget, on plain values and on what the host exposes.

One rule is not Python's: an ordering with None on either side is False, as `timeseries_avg('5m') > 3` without results
must alarm nobody.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import formats
from chalicelib.languages.conditions.budget import BITS_MAX, Run
from chalicelib.languages.conditions.errors import Exhausted, Failed
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.plain import (
    ATOMS,
    CONTAINERS,
    PLAIN,
    TABLES,
    admitted,
    bounded,
    compared,
    hashable,
    measure,
)
from chalicelib.languages.conditions.values import Lazy, Value, allows, from_host, kind_of

Binary = Callable[[Run, Any, Any], Any]
_SEQUENCES = frozenset({str, list, tuple})


def truth(value: Any) -> bool:
    """Whether a value counts as true; whatever is not plain does, unless the host says otherwise."""
    kind = type(value)
    if kind in PLAIN:
        return bool(value)
    if not allows(value, "__bool__") and not allows(value, "__len__"):
        return True
    try:
        return bool(value)
    except Exception as error:
        # An object of the host may raise anything. The program fails with its name, and the cause is kept for whoever
        # runs it.
        raise Failed(type(error).__name__, str(error), error=error) from error


def _sized(run: Run, left: Any, right: Any) -> None:
    """Charges for what an operator makes of two plain values."""
    if type(left) in CONTAINERS or type(left) is str:
        run.charge(len(left))
    if type(right) in CONTAINERS or type(right) is str:
        run.charge(len(right))


def _add(run: Run, left: Any, right: Any) -> Any:
    if type(left) is type(right) and type(left) in _SEQUENCES:
        grow = run.write if type(left) is str else run.hold
        grow(len(left) + len(right))
    elif type(left) in TABLES:
        _sized(run, left, right)
    return left + right


def _multiply(run: Run, left: Any, right: Any) -> Any:
    for one, times in ((left, right), (right, left)):
        if type(one) in _SEQUENCES and type(times) in (int, bool):
            grow = run.write if type(one) is str else run.hold
            grow(len(one) * max(times, 0))
    return left * right


def _power(run: Run, left: Any, right: Any) -> Any:
    whole = type(left) in (int, bool) and type(right) in (int, bool)
    if whole and left not in (0, 1, -1) and left.bit_length() * right > 2 * BITS_MAX:
        raise Exhausted(f"a number would have more than {BITS_MAX:,} bits")
    return left**right


def _shift(run: Run, left: Any, right: Any) -> Any:
    if type(right) is int and right > BITS_MAX:
        raise Exhausted(f"a number would have more than {BITS_MAX:,} bits")
    return left << right


def _remainder(run: Run, left: Any, right: Any) -> Any:
    if type(left) is str:
        return formats.percent(run, left, right)
    return left % right


def _merge(python: Callable[[Any, Any], Any]) -> Binary:
    """An operator that sets and tables know too."""

    def merge(run: Run, left: Any, right: Any) -> Any:
        _sized(run, left, right)
        return python(left, right)

    return merge


def _plain(python: Callable[[Any, Any], Any]) -> Binary:
    return lambda run, left, right: python(left, right)


# For each operator its sign, Python's function, its special name, and the careful form of it.
BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any], str, Binary]] = {
    ast.Add: ("+", operator.add, "__add__", _add),
    ast.Sub: ("-", operator.sub, "__sub__", _merge(operator.sub)),
    ast.Mult: ("*", operator.mul, "__mul__", _multiply),
    ast.Div: ("/", operator.truediv, "__truediv__", _plain(operator.truediv)),
    ast.FloorDiv: ("//", operator.floordiv, "__floordiv__", _plain(operator.floordiv)),
    ast.Mod: ("%", operator.mod, "__mod__", _remainder),
    ast.Pow: ("** or pow()", operator.pow, "__pow__", _power),
    ast.LShift: ("<<", operator.lshift, "__lshift__", _shift),
    ast.RShift: (">>", operator.rshift, "__rshift__", _plain(operator.rshift)),
    ast.BitOr: ("|", operator.or_, "__or__", _merge(operator.or_)),
    ast.BitXor: ("^", operator.xor, "__xor__", _merge(operator.xor)),
    ast.BitAnd: ("&", operator.and_, "__and__", _merge(operator.and_)),
}


def binary(kind: type[ast.operator]) -> Binary:
    """An operator of two values. Raises what Python raises, and Exhausted."""
    sign, python, special, careful = BINARY[kind]

    def compute(run: Run, left: Any, right: Any) -> Any:
        if type(left) in PLAIN and type(right) in PLAIN:
            return bounded(careful(run, left, right))
        if careful is _remainder and type(left) is str:
            return formats.percent(run, left, right)
        if allows(left, special):
            return asked(run, f"operator {sign}", python, left, right)
        raise TypeError(f"unsupported operand type(s) for {sign}: '{kind_of(left)}' and '{kind_of(right)}'")

    return compute


UNARY: dict[type[ast.unaryop], tuple[str, Callable[[Any], Any]]] = {
    ast.USub: ("-", operator.neg),
    ast.UAdd: ("+", operator.pos),
    ast.Invert: ("~", operator.invert),
}


def asked(run: Run, name: str, python: Callable[[Any, Any], Any], owner: Any, other: Any) -> Any:
    """What an operator makes of an object of the host."""
    given = admitted(run, other)
    return from_host(run, name, lambda: python(owner, given))


def unary(kind: type[ast.unaryop]) -> Callable[[Run, Any], Any]:
    sign, python = UNARY[kind]

    def compute(run: Run, value: Any) -> Any:
        # Python 3.12 warns of ~True.
        if type(value) is bool:
            return python(int(value))
        if type(value) in PLAIN:
            if type(value) in TABLES:
                run.hold(len(value))
            return python(value)
        raise TypeError(f"bad operand type for unary {sign}: '{kind_of(value)}'")

    return compute


def _same(python: Callable[[Any, Any], Any], special: str) -> Binary:
    def compare(run: Run, left: Any, right: Any) -> Any:
        if isinstance(left, Exposed) or isinstance(right, Exposed):
            if allows(left, special):
                return bool(asked(run, "comparison", python, left, right))
            return python(id(left), id(right))
        if type(left) not in ATOMS and type(right) not in ATOMS:
            measure(run, left)
            measure(run, right)
        return bool(python(left, right))

    return compare


def _ordered(python: Callable[[Any, Any], Any], special: str, sign: str) -> Binary:
    def compare(run: Run, left: Any, right: Any) -> Any:
        if left is None or right is None:
            return False
        if type(left) in PLAIN and type(right) in PLAIN:
            measure(run, left)
            measure(run, right)
            return python(left, right)
        if allows(left, special):
            return asked(run, f"operator {sign}", python, left, right)
        raise TypeError(f"'{sign}' not supported between instances of '{kind_of(left)}' and '{kind_of(right)}'")

    return compare


def contains(run: Run, item: Any, whole: Any) -> bool:
    """Whether a value is in another."""
    kind = type(whole)
    if kind is str:
        run.charge(len(whole) // 8)
        return item in whole
    if kind is range:
        return _in_range(item, whole)
    if kind in (list, tuple):
        run.charge(len(whole))
        compared(run, item, len(whole))
        if type(item) not in ATOMS:
            measure(run, item)
            measure(run, whole)
        return item in whole
    if kind in CONTAINERS:
        # Python takes a set for a frozenset where it looks for one in a set.
        wanted = frozenset(item) if type(item) is set and kind not in TABLES else item
        return hashable(run, wanted) in whole
    if isinstance(whole, Lazy):
        return any(_equal(run, one, item) for one in whole.items)
    if allows(whole, "__contains__"):
        return bool(asked(run, "operator in", operator.contains, whole, item))
    raise TypeError(f"argument of type '{kind_of(whole)}' is not iterable")


def _in_range(item: Any, whole: range) -> bool:
    """Python counts through the range for what is no integer."""
    if type(item) is float and item.is_integer():
        item = int(item)
    return type(item) in (int, bool) and item in whole


def _equal(run: Run, left: Any, right: Any) -> bool:
    return bool(COMPARISONS[ast.Eq](run, left, right))


COMPARISONS: dict[type[ast.cmpop], Binary] = {
    ast.Eq: _same(operator.eq, "__eq__"),
    ast.NotEq: _same(operator.ne, "__eq__"),
    ast.Lt: _ordered(operator.lt, "__lt__", "<"),
    ast.LtE: _ordered(operator.le, "__le__", "<="),
    ast.Gt: _ordered(operator.gt, "__gt__", ">"),
    ast.GtE: _ordered(operator.ge, "__ge__", ">="),
    ast.In: lambda run, item, whole: contains(run, item, whole),
    ast.NotIn: lambda run, item, whole: not contains(run, item, whole),
    ast.Is: lambda run, left, right: left is right,
    ast.IsNot: lambda run, left, right: left is not right,
}
# Comparisons of two numbers, which need no care.
OF_NUMBERS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
# Operators of two numbers whose result cannot be much larger than they are.
TAME: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    kind: BINARY[kind][1] for kind in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
}


def item(run: Run, whole: Any, index: Any) -> Any:
    """`whole[index]`."""
    kind = type(whole)
    if kind in (list, tuple, str, range):
        found = whole[index]
        if kind is range:
            return _narrow(found)
        if type(index) is slice:
            (run.write if kind is str else run.hold)(len(found))
        return found
    if kind in TABLES:
        return whole[hashable(run, index)]
    if isinstance(whole, Value) and (ask := getattr(whole, "item", None)):
        return ask(run, index)
    if allows(whole, "__getitem__"):
        return asked(run, "[]", operator.getitem, whole, index)
    raise TypeError(f"'{kind_of(whole)}' object is not subscriptable")


def _narrow(found: Any) -> Any:
    """A number of a range, or a part of it, whose step may be a product of two. Raises Exhausted."""
    for one in (found.start, found.stop, found.step) if type(found) is range else ():
        bounded(one)
    return found


def put(run: Run, whole: Any, index: Any, value: Any) -> None:
    """`whole[index] = value`."""
    if type(whole) is list and type(index) is not slice:
        whole[index] = value
    elif type(whole) in TABLES:
        run.room(len(whole) + 1)
        run.charge(1)
        whole[hashable(run, index)] = value
    elif type(whole) is list:
        raise TypeError("a part of a list cannot be assigned: make a new list")
    else:
        raise TypeError(f"'{kind_of(whole)}' object does not support item assignment")
