"""Values as text: str, format, the % operator, strftime. No field reads an attribute, no width is large."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.plain import ATOMS, CONTAINERS, MOMENTS, NUMBERS, TABLES, measure
from chalicelib.languages.conditions.values import Problem, Value, allows, from_host, kind_of

WIDTH_MAX = 1_000
_NUMBER = re.compile(r"\d+")
_DIRECTIVE = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<how>[#0\- +]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?)[hlL]?(?P<kind>.|\Z)", re.DOTALL
)
# What strftime is asked for: letters alone, since a number between is a width, which may be of any size.
_MOMENT = re.compile(r"(?:[^%]|%[aAbBcdfGHIjmMpSuUVwWxXyYzZ%])*+")
_FIELD = re.compile(r"(?P<name>[^.\[\]{}]*+)(?P<items>(?:\[[^\[\]{}]*+\])*+)(?P<rest>.*)", re.DOTALL)
_ITEM = re.compile(r"\[([^\[\]]*)\]")


def written(run: Run, value: Any) -> str:
    """`str(value)`."""
    if type(value) is str:
        return value
    if type(value) in MOMENTS:
        return str(value)
    if isinstance(value, Problem):
        return value.error.message
    if allows(value, "__str__"):
        return str(from_host(run, "str", lambda: str(value)))
    return shown(run, value)


def shown(run: Run, value: Any) -> str:
    """`repr(value)`."""
    run.write(measure(run, value))
    text = _inner(value)
    # What cannot be printed is written as up to ten characters.
    run.write(len(text))
    return text


def _inner(value: Any) -> str:
    """The same of what has been measured."""
    kind = type(value)
    if kind in CONTAINERS:
        return _BRACKETS[kind](value) if value else _EMPTY[kind]
    plain = kind in ATOMS or kind in MOMENTS or kind is range or isinstance(value, Value)
    return repr(value) if plain else f"<{kind_of(value)}>"


def _listed(values: Any) -> str:
    return ", ".join(map(_inner, values))


def _pairs(value: Any) -> str:
    return ", ".join(f"{_inner(key)}: {_inner(one)}" for key, one in value.items())


_BRACKETS: dict[type, Callable[[Any], str]] = {
    list: lambda value: f"[{_listed(value)}]",
    tuple: lambda value: f"({_listed(value)})" if len(value) > 1 else f"({_listed(value)},)",
    set: lambda value: f"{{{_listed(value)}}}",
    frozenset: lambda value: f"frozenset({{{_listed(value)}}})",
    dict: lambda value: f"{{{_pairs(value)}}}",
    Counter: lambda value: f"Counter({{{_pairs(value)}}})",
}
_EMPTY: dict[type, str] = {list: "[]", tuple: "()", set: "set()", frozenset: "frozenset()", dict: "{}"}
_EMPTY[Counter] = "Counter()"


def narrow(spec: str) -> str:
    """A specification of a format, whose numbers are small. Raises Exhausted."""
    if any(len(digits) > 4 or int(digits) > WIDTH_MAX for digits in _NUMBER.findall(spec)):
        raise Exhausted(f"a format would be wider than {WIDTH_MAX:,} characters")
    return spec


def moment(value: Any, layout: str) -> str:
    """`value.strftime(layout)`. Raises ValueError for what is no letter that every system knows."""
    if not _MOMENT.fullmatch(layout):
        raise ValueError("the layout of a time holds a % with something else than a known letter behind it")
    text: str = value.strftime(layout)
    return text


def formatted(run: Run, value: Any, spec: str) -> str:
    """`format(value, spec)`."""
    if not spec:
        return written(run, value)
    if isinstance(value, date | datetime | time):
        return moment(value, spec)
    if type(value) in ATOMS and value is not None:
        return format(value, narrow(spec))
    raise TypeError(f"unsupported format string passed to {kind_of(value)}.__format__")


def fields(run: Run, template: str, args: Sequence[Any], named: Mapping[str, Any]) -> str:
    """`template.format(*args, **named)`. Raises ValueError for fields that read attributes."""
    text = "".join(_filled(run, template, args, named, _Numbers(), 0))
    run.write(len(text))
    return text


class _Numbers:
    """Which argument the next field without a name takes."""

    def __init__(self) -> None:
        self.taken = 0
        self.by_hand = False

    def next(self) -> int:
        if self.by_hand:
            raise ValueError("cannot switch from manual field specification to automatic field numbering")
        self.taken += 1
        return self.taken - 1

    def given(self, number: str) -> int:
        if self.taken:
            raise ValueError("cannot switch from automatic field numbering to manual field specification")
        self.by_hand = True
        return int(number[:9])


def _filled(
    run: Run, template: str, args: Sequence[Any], named: Mapping[str, Any], numbers: _Numbers, depth: int
) -> Iterator[str]:
    if depth > 1:
        raise ValueError("Max string recursion exceeded")
    run.charge(len(template) // 8)
    for literal, field, spec, conversion in string.Formatter().parse(template):
        yield literal
        if field is None:
            continue
        run.charge(1)
        value = _looked_up(run, field, args, named, numbers)
        inner = "".join(_filled(run, spec or "", args, named, numbers, depth + 1)) if spec else ""
        text = formatted(run, _converted(run, value, conversion), inner)
        run.write(len(text))
        yield text


def _looked_up(run: Run, field: str, args: Sequence[Any], named: Mapping[str, Any], numbers: _Numbers) -> Any:
    match = _FIELD.fullmatch(field)
    if match is None or match["rest"]:
        raise ValueError("a field of a format is a name or a number, perhaps with [keys], and reads no attribute")
    name = match["name"]
    if not name:
        value = _nth(args, numbers.next())
    elif name.isdecimal():
        value = _nth(args, numbers.given(name))
    else:
        value = named[name]
    for key in _ITEM.findall(match["items"]):
        value = _item(value, key)
    return value


def _nth(args: Sequence[Any], place: int) -> Any:
    if place >= len(args):
        raise IndexError(f"Replacement index {place} out of range for positional args tuple")
    return args[place]


def _item(value: Any, key: str) -> Any:
    if type(value) not in TABLES and type(value) not in (list, tuple, str):
        raise TypeError(f"'{kind_of(value)}' object is not subscriptable")
    return value[int(key[:9]) if key.isdecimal() else key]


def _converted(run: Run, value: Any, conversion: str | None) -> Any:
    if conversion == "r":
        return shown(run, value)
    if conversion == "a":
        return ascii(shown(run, value))[1:-1] if type(value) is not str else ascii(value)
    return written(run, value) if conversion == "s" else value


def percent(run: Run, template: str, values: Any) -> str:
    """`template % values`."""
    arguments = _Arguments(values)
    run.charge(len(template) // 8)

    def replace(match: re.Match[str]) -> str:
        run.charge(1)
        text = _directive(run, match, arguments)
        run.write(len(text))
        return text

    text = _DIRECTIVE.sub(replace, template)
    arguments.done()
    run.write(len(text))
    return text


class _Arguments:
    """What stands behind the % operator: one value, a tuple of them, or a table."""

    def __init__(self, values: Any) -> None:
        self.values = values
        self.left = list(values) if type(values) is tuple else [values]
        self.by_name = False

    def take(self, key: str | None) -> Any:
        if key is not None:
            if type(self.values) not in TABLES:
                raise TypeError("format requires a mapping")
            self.by_name = True
            return self.values[key]
        if not self.left:
            raise TypeError("not enough arguments for format string")
        return self.left.pop(0)

    def done(self) -> None:
        if self.left and not self.by_name and type(self.values) not in (*TABLES, list, range):
            raise TypeError("not all arguments converted during string formatting")


def _directive(run: Run, match: re.Match[str], arguments: _Arguments) -> str:
    kind, how = match["kind"], narrow(match["how"])
    if kind == "%":
        return "%"
    if "*" in how:
        raise ValueError("a width from among the arguments cannot be used")
    if kind not in "srcdiuoxXeEfFgG" or not kind:
        raise ValueError(f"unsupported format character {kind!r}" if kind else "incomplete format")
    value = arguments.take(match["key"])
    if kind in "sr":
        text = written(run, value) if kind == "s" else shown(run, value)
        return f"%{how}s" % (text,)
    if type(value) not in NUMBERS and not (kind == "c" and type(value) is str):
        raise TypeError(f"%{kind} format: a real number is required, not {kind_of(value)}")
    return f"%{how}{kind}" % (value,)
