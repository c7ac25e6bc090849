"""Closures of expressions: constants, names, attributes, items, operators, literals."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import attributes, operators
from chalicelib.languages.conditions.compiler import Code, closed, compiled, node, refused
from chalicelib.languages.conditions.errors import CAUGHT, At, Failed, Malformed, located
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.plain import ATOMS, INT_MAX, NUMBERS, hashable
from chalicelib.languages.conditions.scopes import UNSET, Frame, Scope
from chalicelib.languages.conditions.sequences import iterated
from chalicelib.languages.conditions.surroundings import find
from chalicelib.languages.conditions.values import kind_of


@node(ast.Constant)
def _constant(part: ast.Constant, scope: Scope) -> Code:
    value = part.value
    if type(value) not in ATOMS:
        raise Malformed(f"a constant of type {type(value).__name__} cannot be used", scope.text.at(part))
    if type(value) is int and value >= INT_MAX:
        raise Malformed("the number is too large", scope.text.at(part))
    return lambda frame: value


@node(ast.Name)
def _name(part: ast.Name, scope: Scope) -> Code:
    name, at = closed(part.id, part, scope), scope.text.at(part)
    place = scope.find(name)
    if place is None:
        scope.text.reads.setdefault(name, at)
        return _of_surroundings(name, at)
    return _variable(name, at, *place)


def _of_surroundings(name: str, at: At) -> Code:
    def read(frame: Frame) -> Any:
        known = frame.run.known
        if name in known:
            return known[name]
        try:
            return find(frame.run, name)
        except CAUGHT as error:
            raise located(error, at) from None

    return read


def _variable(name: str, at: At, hops: int, place: int) -> Code:
    def read(frame: Frame) -> Any:
        for _ in range(hops):
            frame = frame.outer  # type: ignore[assignment]
        value = frame.cells[place]
        if value is UNSET:
            raise unset(name, at)
        return value

    def near(frame: Frame) -> Any:
        value = frame.cells[place]
        if value is UNSET:
            raise unset(name, at)
        return value

    return read if hops else near


def unset(name: str, at: At) -> Failed:
    return Failed("NameError", f"name '{name}' has no value yet", at)


@node(ast.Attribute)
def _attribute(part: ast.Attribute, scope: Scope) -> Code:
    name, at = attribute_name(part, scope), scope.text.at(part)
    value = compiled(part.value, scope)

    def read(frame: Frame) -> Any:
        owner = value(frame)
        try:
            return attributes.read(frame.run, owner, name)
        except CAUGHT as error:
            raise located(error, at) from None

    return read


def attribute_name(part: ast.Attribute, scope: Scope) -> str:
    if part.attr.startswith("_"):
        raise Malformed(f"hidden attributes such as {part.attr[:50]} cannot be used", scope.text.at(part))
    return part.attr


@node(ast.Subscript)
def _subscript(part: ast.Subscript, scope: Scope) -> Code:
    whole, index, at = compiled(part.value, scope), compiled(part.slice, scope), scope.text.at(part)

    def read(frame: Frame) -> Any:
        owner, key = whole(frame), index(frame)
        try:
            return operators.item(frame.run, owner, key)
        except CAUGHT as error:
            raise located(error, at) from None

    return read


@node(ast.Slice)
def _slice(part: ast.Slice, scope: Scope) -> Code:
    low, high, step = (_optional(one, scope) for one in (part.lower, part.upper, part.step))
    return lambda frame: slice(low(frame), high(frame), step(frame))


def _optional(part: ast.expr | None, scope: Scope) -> Code:
    return compiled(part, scope) if part else lambda frame: None


@node(ast.List, ast.Tuple)
def _sequence(part: ast.List | ast.Tuple, scope: Scope) -> Code:
    for one in part.elts:
        if isinstance(one, ast.Slice):
            raise Malformed("a slice stands among several indices", scope.text.at(one))
    make = list if isinstance(part, ast.List) else tuple
    return _collected(part, part.elts, scope, make)


@node(ast.Set)
def _set(part: ast.Set, scope: Scope) -> Code:
    at = scope.text.at(part)
    gather = _collected(part, part.elts, scope, list)

    def made(frame: Frame) -> Any:
        items = gather(frame)
        try:
            return {hashable(frame.run, one) for one in items}
        except CAUGHT as error:
            raise located(error, at) from None

    return made


def _collected(part: ast.expr, parts: list[ast.expr], scope: Scope, make: Callable[[list[Any]], Any]) -> Code:
    if any(isinstance(one, ast.Starred) for one in parts):
        gather = spread(parts, scope)
        return lambda frame: make(gather(frame))
    codes = [compiled(one, scope) for one in parts]
    return lambda frame: make([code(frame) for code in codes])


def spread(parts: list[ast.expr], scope: Scope) -> Callable[[Frame], list[Any]]:
    """The values of parts, of which some have a star before them."""
    codes = [_starred(one, scope) for one in parts]

    def gather(frame: Frame) -> list[Any]:
        found: list[Any] = []
        for code in codes:
            code(frame, found)
        return found

    return gather


def _starred(part: ast.expr, scope: Scope) -> Callable[[Frame, list[Any]], None]:
    if not isinstance(part, ast.Starred):
        code = compiled(part, scope)
        return lambda frame, found: found.append(code(frame))
    inner, at = compiled(part.value, scope), scope.text.at(part)

    def add_all(frame: Frame, found: list[Any]) -> None:
        value = inner(frame)
        try:
            for one in iterated(frame.run, value):
                frame.run.charge(1)
                found.append(one)
            frame.run.hold(len(found))
        except CAUGHT as error:
            raise located(error, at) from None

    return add_all


@node(ast.Starred)
def _star(part: ast.Starred, scope: Scope) -> Code:
    raise Malformed("a star stands where nothing can be spread", scope.text.at(part))


@node(ast.Dict)
def _dict(part: ast.Dict, scope: Scope) -> Code:
    pairs = [_pair(key, value, scope) for key, value in zip(part.keys, part.values, strict=True)]

    def made(frame: Frame) -> Any:
        found: dict[Any, Any] = {}
        for put in pairs:
            put(frame, found)
        return found

    return made


def _pair(key: ast.expr | None, value: ast.expr, scope: Scope) -> Callable[[Frame, dict[Any, Any]], None]:
    """One pair of a table, or a table with two stars before it."""
    at, of_value = scope.text.at(value), compiled(value, scope)
    of_key = compiled(key, scope) if key else None

    def put(frame: Frame, found: dict[Any, Any]) -> None:
        name = of_key(frame) if of_key else None
        one = of_value(frame)
        try:
            if of_key:
                found[hashable(frame.run, name)] = one
            else:
                found.update(merged(frame, len(found), one))
        except CAUGHT as error:
            raise located(error, at) from None

    return put


def merged(frame: Frame, size: int, more: Any) -> dict[Any, Any]:
    """A table whose pairs are to be put to `size` others. Raises TypeError, Exhausted."""
    if not isinstance(more, dict):
        raise TypeError(f"'{kind_of(more)}' object is not a mapping")
    frame.run.hold(size + len(more))
    return more


@node(ast.IfExp)
def _if(part: ast.IfExp, scope: Scope) -> Code:
    test, then, otherwise = (compiled(one, scope) for one in (part.test, part.body, part.orelse))
    return lambda frame: then(frame) if truth(test(frame)) else otherwise(frame)


@node(ast.BoolOp)
def _bool(part: ast.BoolOp, scope: Scope) -> Code:
    codes = [compiled(one, scope) for one in part.values]
    settles = isinstance(part.op, ast.Or)

    def decide(frame: Frame) -> Any:
        for code in codes:
            value = code(frame)
            if truth(value) is settles:
                return value
        return value

    return decide


@node(ast.UnaryOp)
def _unary(part: ast.UnaryOp, scope: Scope) -> Code:
    inner, at = compiled(part.operand, scope), scope.text.at(part)
    if isinstance(part.op, ast.Not):
        return lambda frame: not truth(inner(frame))
    compute = operators.unary(type(part.op))

    def negate(frame: Frame) -> Any:
        value = inner(frame)
        try:
            return compute(frame.run, value)
        except CAUGHT as error:
            raise located(error, at) from None

    return negate


@node(ast.BinOp)
def _binary(part: ast.BinOp, scope: Scope) -> Code:
    left, right, at = compiled(part.left, scope), compiled(part.right, scope), scope.text.at(part)
    if type(part.op) not in operators.BINARY:
        raise refused(part.op, scope)
    compute = operators.binary(type(part.op))
    tame = operators.TAME.get(type(part.op))

    def operate(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        try:
            if tame and type(one) in NUMBERS and type(other) in NUMBERS:
                value = tame(one, other)
                if -INT_MAX < value < INT_MAX or type(value) is float:
                    return value
            return compute(frame.run, one, other)
        except CAUGHT as error:
            raise located(error, at) from None

    return operate


@node(ast.Compare)
def _compare(part: ast.Compare, scope: Scope) -> Code:
    at, left = scope.text.at(part), compiled(part.left, scope)
    tests = [_test(type(sign), compiled(one, scope), at) for sign, one in zip(part.ops, part.comparators, strict=True)]
    if len(tests) == 1:
        (test,) = tests
        return lambda frame: test(frame, left(frame))[0]

    def compare(frame: Frame) -> Any:
        value = left(frame)
        for test in tests:
            answer, value = test(frame, value)
            if not answer:
                return answer
        return answer

    return compare


def _test(sign: type[ast.cmpop], right: Code, at: At) -> Callable[[Frame, Any], tuple[Any, Any]]:
    """One comparison: its answer, and the value on its right, which the next one compares."""
    careful, quick = operators.COMPARISONS[sign], operators.OF_NUMBERS.get(sign)

    def test(frame: Frame, one: Any) -> tuple[Any, Any]:
        other = right(frame)
        if quick and type(one) in NUMBERS and type(other) in NUMBERS:
            return quick(one, other), other
        try:
            return careful(frame.run, one, other), other
        except CAUGHT as error:
            raise located(error, at) from None

    return test
