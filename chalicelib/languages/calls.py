"""Calls in Python's syntax whose arguments are written out: `send_mail('ops@example.org', repeat=600)`.

They are read and never run. Source: ZMON, the notifications of an alert definition.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from chalicelib.languages.conditions import Malformed, source
from chalicelib.languages.conditions.errors import At
from chalicelib.languages.conditions.source import Source


@dataclass(frozen=True, slots=True)
class Argument:
    """A value of JSON, with tuples as lists, and where it stands (line and column, counted from 1)."""

    value: Any
    at: At


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple[Argument, ...]
    named: Mapping[str, Argument]

    def at(self, name: str) -> At:
        """Where a named argument stands; the beginning if it is not there."""
        return self.named[name].at if name in self.named else (1, 1)


def parse(text: str) -> Call:
    """The call that a text is. Raises Malformed."""
    read = source.command(text)
    call = read.body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise Malformed("a call of one function is expected", read.source.at(call))
    args = tuple(_argument(read.source, one) for one in call.args)
    return Call(call.func.id, args, _named(read.source, call.keywords))


def _named(text: Source, keywords: list[ast.keyword]) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for one in keywords:
        if one.arg is None:
            raise Malformed("** cannot stand here: every argument has its name", text.at(one))
        if one.arg in found:
            raise Malformed(f"the argument {one.arg[:80]} stands twice", text.at(one))
        found[one.arg] = _argument(text, one.value)
    return found


def _argument(text: Source, node: ast.expr) -> Argument:
    return Argument(_value(text, node), text.at(node))


def _value(text: Source, node: ast.expr | None) -> Any:
    match node:
        case ast.Constant(value=value) if _is_plain(value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if _is_number(value):
            return -value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(text, part) for part in parts]
        case ast.Dict(keys=keys, values=values):
            return {_key(text, key): _value(text, value) for key, value in zip(keys, values, strict=True)}
    raise Malformed("a text, a number, True, False, None or a list or table of these is expected", _at(text, node))


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bool) or _is_number(value)


def _is_number(value: object) -> TypeGuard[int | float]:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _key(text: Source, node: ast.expr | None) -> str:
    value = _value(text, node)
    if not isinstance(value, str):
        raise Malformed("the names of a table are texts", _at(text, node))
    return value


def _at(text: Source, node: ast.expr | None) -> At:
    return text.at(node) if node is not None else (1, 1)
