"""What programs may read and call of values: a table of methods and fields for each type, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.values import (
    Host,
    Kind,
    Method,
    Module,
    Named,
    Problem,
    Record,
    called,
    from_host,
    invoke,
    kind_of,
)

_F = TypeVar("_F", bound=Callable[..., Any])

# Methods are called with the run and the value before their arguments; fields with the value.
METHODS: dict[type, dict[str, Callable[..., Any]]] = {}
FIELDS: dict[type, dict[str, Callable[[Any], Any]]] = {}


def method(owner: type, *names: str) -> Callable[[_F], _F]:
    """Gives the values of a type a method, under these names."""

    def register(function: _F) -> _F:
        for name in names:
            METHODS.setdefault(owner, {})[name] = function
        return function

    return register


def read(run: Run, owner: Any, name: str) -> Any:
    """`owner.name`. Raises AttributeError."""
    function = METHODS.get(type(owner), _NONE).get(name)
    if function is not None:
        return Method(name, function, owner)
    field = FIELDS.get(type(owner), _NONE).get(name)
    if field is not None:
        return field(owner)
    for kind, look in _OWN:
        if isinstance(owner, kind) and (found := look(run, owner, name)) is not _ABSENT:
            return found
    if isinstance(owner, Exposed) and name in type(owner).names:
        return _exposed(run, owner, name)
    raise AttributeError(f"'{kind_of(owner)}' object has no attribute '{name}'")


def call(run: Run, owner: Any, name: str, args: Sequence[Any], named: Named) -> Any:
    """`owner.name(*args, **named)`."""
    function = METHODS.get(type(owner), _NONE).get(name)
    if function is not None:
        return called(run, name, function, owner, args, named)
    return invoke(run, read(run, owner, name), args, named)


_NONE: Mapping[str, Any] = {}
_ABSENT = object()


def _of_module(run: Run, owner: Module, name: str) -> Any:
    return owner.members.get(name, _ABSENT)


def _of_record(run: Run, owner: Record, name: str) -> Any:
    if name in owner.methods:
        return Method(name, owner.methods[name], owner)
    return owner.fields.get(name, _ABSENT)


def _of_kind(run: Run, owner: Kind, name: str) -> Any:
    """A method of a type, which takes the value as its first argument: `str.strip`, `dict.values`."""
    function = METHODS.get(owner.types[0], _NONE).get(name) if owner.types else None
    return Unbound(name, function, owner.types[0]) if function else _ABSENT


def _of_problem(run: Run, owner: Problem, name: str) -> Any:
    return {"message": owner.error.message, "args": (owner.error.message,)}.get(name, _ABSENT)


class Unbound(Method):
    """A method of a type, without a value."""

    __slots__ = ()

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        if not args or type(args[0]) is not self.owner:
            raise TypeError(f"{self.name}() needs a {self.owner.__name__} before its arguments")
        return called(run, self.name, self.function, args[0], args[1:], named)


_OWN: tuple[tuple[type, Callable[[Run, Any, str], Any]], ...] = (
    (Module, _of_module),
    (Record, _of_record),
    (Kind, _of_kind),
    (Problem, _of_problem),
)


def _exposed(run: Run, owner: Exposed, name: str) -> Any:
    """An attribute of an object of the host; a method is bound to it."""
    if callable(getattr(type(owner), name, None)):
        return Host(name, getattr(owner, name))
    return from_host(run, name, lambda: getattr(owner, name))
