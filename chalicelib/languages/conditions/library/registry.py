"""Functions of the language by their names. A function is called with the run before its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.languages.conditions.values import Kind, Native

_F = TypeVar("_F", bound=Callable[..., Any])

FUNCTIONS: dict[str, Any] = {}


def native(*names: str, into: dict[str, Any] = FUNCTIONS) -> Callable[[_F], _F]:
    """Registers a function under its names."""

    def register(function: _F) -> _F:
        for name in names:
            into[name] = Native(name, function)
        return function

    return register


def kind(*names: str, types: tuple[type, ...]) -> Callable[[_F], _F]:
    """Registers a type under its names; the function makes a value of it, `types` is what isinstance looks for."""

    def register(function: _F) -> _F:
        for name in names:
            FUNCTIONS[name] = Kind(name, function, types)
        return function

    return register
