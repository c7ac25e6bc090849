"""Closures of the statements within a function. Each answers None, or what makes the ones around it stop."""

from __future__ import annotations

import ast
from typing import Any

from chalicelib.languages.conditions.assignments import store
from chalicelib.languages.conditions.calls import function
from chalicelib.languages.conditions.compiler import Code, closed, compiled, node, weight
from chalicelib.languages.conditions.errors import CAUGHT, Malformed, located
from chalicelib.languages.conditions.operators import truth
from chalicelib.languages.conditions.scopes import Frame, Scope, stored
from chalicelib.languages.conditions.sequences import iterated


class _Signal:
    """Ends a loop, one round of it, or a function."""

    __slots__ = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value


_BREAK, _CONTINUE = _Signal(), _Signal()


def _block(parts: list[ast.stmt], scope: Scope) -> Code:
    codes = [compiled(one, scope) for one in parts]

    def run(frame: Frame) -> Any:
        for code in codes:
            signal = code(frame)
            if signal is not None:
                return signal
        return None

    return run


@node(ast.FunctionDef)
def _function(part: ast.FunctionDef, scope: Scope) -> Code:
    """A function within a function: a variable of that."""
    make, keep = definition(part, scope), store(ast.Name(part.name, ast.Store()), scope)

    def define(frame: Frame) -> Any:
        keep(frame, make(frame))

    return define


def definition(part: ast.FunctionDef, scope: Scope) -> Code:
    """A closure that makes the function."""
    at, name = scope.text.at(part), closed(part.name, part, scope)
    if part.decorator_list or part.returns or getattr(part, "type_params", None):
        raise Malformed("a function has neither decorators nor annotations here", at)
    steps = sum(weight(one) for one in part.body)

    def body(inner: Scope) -> Code:
        block = _block(part.body, inner)

        def run(frame: Frame) -> Any:
            frame.run.charge(steps)
            signal = block(frame)
            return signal.value if signal is not None else None

        return run

    return function(name, part.args, scope, body, list(stored(part.body)))


@node(ast.Return)
def _return(part: ast.Return, scope: Scope) -> Code:
    if part.value is None:
        return lambda frame: _Signal()
    value = compiled(part.value, scope)
    return lambda frame: _Signal(value(frame))


@node(ast.Expr)
def _expression(part: ast.Expr, scope: Scope) -> Code:
    value = compiled(part.value, scope)

    def run(frame: Frame) -> Any:
        value(frame)

    return run


@node(ast.Assign)
def _assign(part: ast.Assign, scope: Scope) -> Code:
    value, stores = compiled(part.value, scope), [store(one, scope) for one in part.targets]

    def run(frame: Frame) -> Any:
        found = value(frame)
        for keep in stores:
            keep(frame, found)

    return run


@node(ast.If)
def _if(part: ast.If, scope: Scope) -> Code:
    test, then, otherwise = compiled(part.test, scope), _block(part.body, scope), _block(part.orelse, scope)
    return lambda frame: then(frame) if truth(test(frame)) else otherwise(frame)


@node(ast.For)
def _for(part: ast.For, scope: Scope) -> Code:
    at, source, keep = scope.text.at(part.iter), compiled(part.iter, scope), store(part.target, scope)
    scope.loops += 1
    body = _block(part.body, scope)
    scope.loops -= 1
    after, steps = _block(part.orelse, scope), 1 + sum(weight(one) for one in part.body)

    def run(frame: Frame) -> Any:
        value, charge = source(frame), frame.run.charge
        try:
            for one in iterated(frame.run, value):
                charge(steps)
                keep(frame, one)
                signal = body(frame)
                if signal is _BREAK:
                    return None
                if signal is not None and signal is not _CONTINUE:
                    return signal
        except CAUGHT as error:
            raise located(error, at) from None
        return after(frame)

    return run


@node(ast.Break, ast.Continue)
def _leave(part: ast.Break | ast.Continue, scope: Scope) -> Code:
    if not scope.loops:
        raise Malformed("break and continue stand in a loop only", scope.text.at(part))
    signal = _BREAK if isinstance(part, ast.Break) else _CONTINUE
    return lambda frame: signal


@node(ast.Pass)
def _pass(part: ast.Pass, scope: Scope) -> Code:
    return lambda frame: None
