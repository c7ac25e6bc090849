"""Closures of comprehensions and generators. Each has variables of its own, as in Python 3."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.languages.conditions.assignments import Store, store
from chalicelib.languages.conditions.compiler import Code, compiled, node, weight
from chalicelib.languages.conditions.errors import CAUGHT, At, Exhausted, Malformed, located
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.plain import hashable
from chalicelib.languages.conditions.scopes import Frame, Scope, stored
from chalicelib.languages.conditions.sequences import iterated
from chalicelib.languages.conditions.values import Lazy

LEVELS_MAX = 20
# Goes through the items of a value and sets the variables; yields once for each item that is wanted.
Walk = Callable[[Frame, Any], Iterator[None]]


class Loop:
    """The loops of one comprehension: where its items come from, and how to walk them."""

    def __init__(self, part: Any, scope: Scope, *results: ast.expr) -> None:
        self.first = compiled(part.generators[0].iter, scope)
        self.scope = scope.inner(stored(one.target for one in part.generators))
        self.walk = _walk(part.generators, self.scope, weight(*results))
        self.results = [compiled(one, self.scope) for one in results]

    def begin(self, frame: Frame) -> tuple[Frame, Iterator[None]]:
        return self.over(frame, self.first(frame))

    def over(self, frame: Frame, value: Any) -> tuple[Frame, Iterator[None]]:
        inner = Frame(frame.run, self.scope.empty(), frame)
        return inner, self.walk(inner, value)


def _walk(loops: list[ast.comprehension], scope: Scope, steps: int) -> Walk:
    loop, *others = loops
    if loop.is_async:
        raise Malformed("async cannot be used here", scope.text.at(loop.iter))
    at, keep = scope.text.at(loop.iter), store(loop.target, scope)
    tests = [compiled(one, scope) for one in loop.ifs]
    steps_each = 1 + weight(loop.target, *loop.ifs) + (0 if others else steps)
    if not others:
        return _innermost(at, keep, tests, steps_each)
    source, inner = compiled(others[0].iter, scope), _walk(others, scope, steps)

    def walk(frame: Frame, value: Any) -> Iterator[None]:
        for _ in _innermost(at, keep, tests, steps_each)(frame, value):
            yield from inner(frame, source(frame))

    return walk


def _innermost(at: At, keep: Store, tests: list[Code], steps: int) -> Walk:
    def walk(frame: Frame, value: Any) -> Iterator[None]:
        charge = frame.run.charge
        try:
            for one in iterated(frame.run, value):
                charge(steps)
                keep(frame, one)
                if all(truth(test(frame)) for test in tests):
                    yield
        except CAUGHT as error:
            raise located(error, at) from None

    return walk


@node(ast.ListComp)
def _list(part: ast.ListComp, scope: Scope) -> Code:
    loop = Loop(part, scope, part.elt)
    (element,) = loop.results

    def made(frame: Frame) -> Any:
        inner, walk = loop.begin(frame)
        found = [element(inner) for _ in walk]
        frame.run.hold(len(found))
        return found

    return made


@node(ast.SetComp)
def _set(part: ast.SetComp, scope: Scope) -> Code:
    loop, at = Loop(part, scope, part.elt), scope.text.at(part)
    (element,) = loop.results

    def made(frame: Frame) -> Any:
        inner, walk = loop.begin(frame)
        try:
            found = {hashable(frame.run, element(inner)) for _ in walk}
        except CAUGHT as error:
            raise located(error, at) from None
        frame.run.hold(len(found))
        return found

    return made


@node(ast.DictComp)
def _dict(part: ast.DictComp, scope: Scope) -> Code:
    loop, at = Loop(part, scope, part.key, part.value), scope.text.at(part)
    key, value = loop.results

    def made(frame: Frame) -> Any:
        inner, walk = loop.begin(frame)
        try:
            found = {hashable(frame.run, key(inner)): value(inner) for _ in walk}
        except CAUGHT as error:
            raise located(error, at) from None
        frame.run.hold(len(found))
        return found

    return made


@node(ast.GeneratorExp)
def _generator(part: ast.GeneratorExp, scope: Scope) -> Code:
    loop, at, at_source = Loop(part, scope, part.elt), scope.text.at(part), scope.text.at(part.generators[0].iter)
    (element,) = loop.results

    def items(frame: Frame, walk: Iterator[None]) -> Iterator[Any]:
        for _ in walk:
            yield element(frame)

    def made(frame: Frame) -> Any:
        value = loop.first(frame)
        try:
            iterated(frame.run, value)
        except CAUGHT as error:
            raise located(error, at_source) from None
        level = value.level + 1 if isinstance(value, Lazy) else 0
        if level > LEVELS_MAX:
            raise Exhausted(f"generators are nested deeper than {LEVELS_MAX} levels", at)
        return Lazy(items(*loop.over(frame, value)), level)

    return made
