"""Assertions on a JSON answer: a list of {"path": "items[0].state", "op": "eq", "value": "ok"}."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.errors import Invalid
from chalicelib.probes.base import Failed

FIELD = "json"
LIMIT = 20

# `a`, `.a`, `[0]`, and `["a.b"]` for a name that holds dots or brackets.
_STEP = re.compile(
    r"""(?:\.|^)(?P<name>[^.\[\]"']+)|\[(?P<index>-?\d{1,9})\]|\[(?P<quote>["'])(?P<quoted>[^"']+)(?P=quote)\]"""
)
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Assertion:
    path: str
    op: str
    value: Any


def clean(value: object) -> tuple[Assertion, ...]:
    """The assertions in one form. Raises Invalid."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Invalid(FIELD, "is not a list of assertions")
    if len(value) > LIMIT:
        raise Invalid(FIELD, f"holds too many assertions (at most {LIMIT})")
    return tuple(_clean_one(one) for one in value)


def _clean_one(one: object) -> Assertion:
    if not isinstance(one, dict) or not set(one) <= {"path", "op", "value"}:
        raise Invalid(FIELD, "holds an assertion that is not an object of path, op and value")
    path, op, value = one.get("path"), one.get("op", "eq"), one.get("value")
    if not isinstance(path, str) or len(path) > 200 or _steps(path) is None:
        raise Invalid(FIELD, """holds an assertion whose path is not of the form "a.b[0]" or "a['b.c']\"""")
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise Invalid(FIELD, f"holds an assertion whose op is not one of {', '.join(_OPERATIONS)}")
    if op in _ORDERED and (isinstance(value, bool) or not isinstance(value, (int, float, str))):
        raise Invalid(FIELD, f"holds an assertion whose value cannot be compared by {op}")
    if len(json.dumps(value, default=str)) > 1_000:
        raise Invalid(FIELD, "holds an assertion whose value is too long")
    return Assertion(path, op, value)


def judge(assertions: Iterable[Assertion], body: bytes) -> None:
    """Raises Failed with the first assertion that does not hold. It says the path, never what stood there."""
    try:
        document = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Failed("answer is not JSON") from None
    for one in assertions:
        found = _at(document, _steps(one.path) or [])
        if not _holds(one.op, found, one.value):
            raise Failed(f"JSON: {one.path or 'document'} is not as expected ({one.op})")


def _no_number(word: str) -> None:
    """NaN and Infinity are no JSON (RFC 8259, 6), though many a library writes them."""
    raise ValueError(word)


def _holds(op: str, found: object, value: object) -> bool:
    if op == "exists":
        return (found is not _NOTHING) == (value is not False)
    if found is _NOTHING:
        return op == "ne"
    try:
        return bool(_OPERATIONS[op](found, value))
    except TypeError:
        return False


def _steps(path: str) -> list[str | int] | None:
    """The path's names and indexes; None for what is no path. The empty path is the document itself, and so is the `$`
    with which JSONPath begins."""
    steps: list[str | int] = []
    at = 1 if path == "$" or path.startswith(("$.", "$[")) else 0
    while at < len(path):
        match = _STEP.match(path, at)
        if not match:
            return None
        steps.append(int(match["index"]) if match["index"] else match["name"] or match["quoted"])
        at = match.end()
    return steps


def _at(document: Any, steps: list[str | int]) -> object:
    for step in steps:
        if isinstance(step, int):
            there = isinstance(document, list) and -len(document) <= step < len(document)
        else:
            there = isinstance(document, dict) and step in document
        if not there:
            return _NOTHING
        document = document[step]
    return document


def _equal(found: Any, value: Any) -> bool:
    """1 is 1.0 but not true, however deep it stands."""
    if isinstance(found, list) and isinstance(value, list):
        return len(found) == len(value) and all(map(_equal, found, value))
    if isinstance(found, dict) and isinstance(value, dict):
        return found.keys() == value.keys() and all(_equal(found[name], value[name]) for name in found)
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Truth values are not numbers and have no order."""
    return lambda found, value: not isinstance(found, bool) and compare(found, value)


def _contains(found: Any, value: Any) -> bool:
    """A part of a text, a member of a list, a name of an object."""
    return any(_equal(one, value) for one in found) if isinstance(found, list) else value in found


_ORDERED = ("lt", "le", "gt", "ge")
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": _equal,
    "ne": lambda found, value: not _equal(found, value),
    "lt": _ordered(operator.lt),
    "le": _ordered(operator.le),
    "gt": _ordered(operator.gt),
    "ge": _ordered(operator.ge),
    "contains": _contains,
    "exists": lambda found, value: True,
}
