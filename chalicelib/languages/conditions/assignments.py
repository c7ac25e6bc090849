"""Where values go: variables, several at once, items of lists and tables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import operators
from chalicelib.languages.conditions.compiler import closed, compiled
from chalicelib.languages.conditions.errors import CAUGHT, Malformed, located
from chalicelib.languages.conditions.scopes import Frame, Scope
from chalicelib.languages.conditions.sequences import taken

Store = Callable[[Frame, Any], None]


def store(target: ast.expr, scope: Scope) -> Store:
    """A closure that gives a value to a target. Raises Malformed."""
    make = _TARGETS.get(type(target))
    if make is None:
        raise Malformed("nothing can be assigned to this", scope.text.at(target))
    scope.text.enter(target)
    made = make(target, scope)
    scope.text.leave()
    return made


def _name(target: ast.Name, scope: Scope) -> Store:
    place = scope.names[closed(target.id, target, scope)]

    def keep(frame: Frame, value: Any) -> None:
        frame.cells[place] = value

    return keep


def _several(target: ast.Tuple | ast.List, scope: Scope) -> Store:
    at, parts = scope.text.at(target), target.elts
    stars = [place for place, one in enumerate(parts) if isinstance(one, ast.Starred)]
    if len(stars) > 1:
        raise Malformed("only one name can have a star", at)
    star = stars[0] if stars else None
    stores = [store(one.value if isinstance(one, ast.Starred) else one, scope) for one in parts]

    def keep(frame: Frame, value: Any) -> None:
        try:
            found = taken(frame.run, value, len(stores), star)
        except CAUGHT as error:
            raise located(error, at) from None
        for put, one in zip(stores, found, strict=True):
            put(frame, one)

    return keep


def _item(target: ast.Subscript, scope: Scope) -> Store:
    at, whole, index = scope.text.at(target), compiled(target.value, scope), compiled(target.slice, scope)

    def keep(frame: Frame, value: Any) -> None:
        owner, key = whole(frame), index(frame)
        try:
            operators.put(frame.run, owner, key, value)
        except CAUGHT as error:
            raise located(error, at) from None

    return keep


_TARGETS: dict[type[ast.expr], Callable[[Any, Scope], Store]] = {
    ast.Name: _name,
    ast.Tuple: _several,
    ast.List: _several,
    ast.Subscript: _item,
}
