"""The names that a program does not assign itself: what its run was given, and the functions of the language."""

from __future__ import annotations

from typing import Any

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.plain import admitted
from chalicelib.languages.conditions.values import Host, Value


def find(run: Run, name: str) -> Any:
    """The value of a name, which from then on is the run's own: what a program changes it changes for itself alone.
    Raises NameError."""
    value = _found(run, name)
    run.known[name] = value
    return value


def _found(run: Run, name: str) -> Any:
    if name in run.names:
        given = run.names[name]
        if isinstance(given, Value):
            return given
        if callable(given) and not isinstance(given, Exposed):
            return Host(name, given)
        return admitted(run, given)
    if name in run.library:
        return run.library[name]
    raise NameError(f"name '{name}' is not defined")
