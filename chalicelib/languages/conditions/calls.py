"""Closures of calls, and functions that programs make."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.languages.conditions import attributes
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.compiler import Code, closed, compiled, node, weight
from chalicelib.languages.conditions.errors import CAUGHT, At, Malformed, located
from chalicelib.languages.conditions.expressions import attribute_name, merged, spread
from chalicelib.languages.conditions.scopes import UNSET, Frame, Scope
from chalicelib.languages.conditions.values import Invocable, Named, invoke

_NOTHING: Mapping[str, Any] = {}
Arguments = Callable[[Frame], list[Any]]
Keywords = Callable[[Frame], Mapping[str, Any]]


@node(ast.Call)
def _call(part: ast.Call, scope: Scope) -> Code:
    at = scope.text.at(part)
    args, named = _arguments(part.args, scope), _keywords(part.keywords, scope, at)
    if isinstance(part.func, ast.Attribute):
        return _method(part.func, args, named, at, scope)
    function = compiled(part.func, scope)

    def call(frame: Frame) -> Any:
        target, given, by_name = function(frame), args(frame), named(frame)
        try:
            return invoke(frame.run, target, given, by_name)
        except CAUGHT as error:
            raise located(error, at) from None

    return call


def _method(part: ast.Attribute, args: Arguments, named: Keywords, at: At, scope: Scope) -> Code:
    """A call of a method, without a value for the method between."""
    name, value = attribute_name(part, scope), compiled(part.value, scope)

    def call(frame: Frame) -> Any:
        owner, given, by_name = value(frame), args(frame), named(frame)
        try:
            return attributes.call(frame.run, owner, name, given, by_name)
        except CAUGHT as error:
            raise located(error, at) from None

    return call


def _arguments(parts: list[ast.expr], scope: Scope) -> Arguments:
    if any(isinstance(one, ast.Starred) for one in parts):
        return spread(parts, scope)
    codes = [compiled(one, scope) for one in parts]
    if len(codes) == 1:
        (code,) = codes
        return lambda frame: [code(frame)]
    return lambda frame: [code(frame) for code in codes]


def _keywords(parts: list[ast.keyword], scope: Scope, at: At) -> Keywords:
    if not parts:
        return lambda frame: _NOTHING
    codes = [(one.arg, compiled(one.value, scope)) for one in parts]

    def gather(frame: Frame) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for name, code in codes:
            value = code(frame)
            try:
                for key, one in [(name, value)] if name else merged(frame, len(found), value).items():
                    _give(found, key, one)
            except CAUGHT as error:
                raise located(error, at) from None
        return found

    return gather


def _give(found: dict[str, Any], name: Any, value: Any) -> None:
    if type(name) is not str:
        raise TypeError("keywords must be strings")
    if name in found:
        raise TypeError(f"got multiple values for keyword argument '{name[:50]}'")
    found[name] = value


class Signature:
    """The parameters of a function that a program makes."""

    __slots__ = ("by_name_only", "default_names", "many", "more", "names", "positional")

    def __init__(self, part: ast.arguments, scope: Scope) -> None:
        both = [*part.posonlyargs, *part.args]
        self.names = [_parameter(one, scope) for one in both]
        self.positional = {one.arg for one in part.posonlyargs}
        self.by_name_only = [_parameter(one, scope) for one in part.kwonlyargs]
        self.many = _parameter(part.vararg, scope) if part.vararg else None
        self.more = _parameter(part.kwarg, scope) if part.kwarg else None
        defaulted = self.names[len(self.names) - len(part.defaults) :]
        pairs = zip(self.by_name_only, part.kw_defaults, strict=True)
        self.default_names = [*defaulted, *(name for name, default in pairs if default)]

    def all(self) -> list[str]:
        """Every parameter, in the order of the cells."""
        return [*self.names, *self.by_name_only, *(name for name in (self.many, self.more) if name)]

    def bind(self, name: str, args: Sequence[Any], named: Named, defaults: Mapping[str, Any]) -> list[Any]:
        """A value for each parameter. Raises TypeError."""
        if len(args) == len(self.names) and not named and not self.by_name_only and not self.many and not self.more:
            return list(args)
        given = dict(zip(self.names, args, strict=False))
        more: dict[str, Any] = {}
        for key, value in named.items():
            self._take(name, key, value, given, more)
        if self.many:
            given[self.many] = tuple(args[len(self.names) :])
        elif len(args) > len(self.names):
            raise TypeError(f"{name}() takes {len(self.names)} positional arguments but {len(args)} were given")
        if self.more:
            given[self.more] = more
        missing = [one for one in self.all() if one not in given and one not in defaults]
        if missing:
            raise TypeError(f"{name}() is missing an argument: '{missing[0]}'")
        return [given[one] if one in given else defaults[one] for one in self.all()]

    def _take(self, name: str, key: str, value: Any, given: dict[str, Any], more: dict[str, Any]) -> None:
        known = key in self.by_name_only or (key in self.names and key not in self.positional)
        if known and key in given:
            raise TypeError(f"{name}() got multiple values for argument '{key}'")
        if known:
            given[key] = value
        elif self.more:
            more[key] = value
        else:
            raise TypeError(f"{name}() got an unexpected keyword argument '{key[:50]}'")


def _parameter(part: ast.arg, scope: Scope) -> str:
    if part.annotation:
        raise Malformed("an annotation cannot be used here", scope.text.at(part))
    return closed(part.arg, part, scope)


class Function(Invocable):
    """A function of a program, with the variables around it."""

    __slots__ = ("body", "defaults", "frame", "name", "signature", "spare", "steps")

    def __init__(self, made: Made, frame: Frame, defaults: Mapping[str, Any]) -> None:
        self.name, self.signature, self.body = made.name, made.signature, made.body
        self.spare, self.steps = made.spare, made.steps
        self.frame, self.defaults = frame, defaults

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        cells = self.signature.bind(self.name, args, named, self.defaults)
        run.enter(self.steps)
        try:
            return self.body(Frame(run, cells + self.spare, self.frame))
        finally:
            run.leave()


class Made:
    """What all functions that one part of a program makes have in common."""

    __slots__ = ("body", "name", "signature", "spare", "steps")

    def __init__(self, name: str, signature: Signature, body: Code, spare: int, steps: int) -> None:
        self.name, self.signature, self.body = name, signature, body
        self.spare, self.steps = [UNSET] * spare, steps


def function(name: str, part: ast.arguments, scope: Scope, body: Callable[[Scope], Code], assigned: list[str]) -> Code:
    """A closure that makes a function; `body` compiles what it does, in its scope."""
    signature = Signature(part, scope)
    inner = scope.inner([*signature.all(), *assigned])
    inner.within_function = True
    given = [one for one in [*part.defaults, *part.kw_defaults] if one]
    codes = [(key, compiled(one, scope)) for key, one in zip(signature.default_names, given, strict=True)]
    code = body(inner)
    made = Made(name, signature, code, len(inner.names) - len(signature.all()), 1)
    return lambda frame: Function(made, frame, {key: one(frame) for key, one in codes})


@node(ast.Lambda)
def _lambda(part: ast.Lambda, scope: Scope) -> Code:
    steps = weight(part.body)

    def body(inner: Scope) -> Code:
        code = compiled(part.body, inner)

        def evaluate(frame: Frame) -> Any:
            frame.run.charge(steps)
            return code(frame)

        return evaluate

    return function("<lambda>", part.args, scope, body, [])
