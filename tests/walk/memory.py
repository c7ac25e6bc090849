"""What a process of the app remembers between two invocations, found without knowing where.

Memory is what was empty when the app had just been imported and is not for ever: dictionaries, lists and sets at the
top of its modules, of their classes and of the objects that hang there. Each is emptied and filled in place.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from typing import Any

PACKAGE = "chalicelib"
_CONTAINERS = (dict, list, set, OrderedDict, defaultdict, deque)
_DEPTH = 3


class Memory:
    def __init__(self, *roots: Any) -> None:
        self._roots = roots
        self._found: dict[int, Any] = {}
        self._seen: set[str] = set()
        self.look()

    def look(self) -> None:
        """Finds the memory of modules that were imported since; they must not have been used yet."""
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE and name not in self._seen]:
            self._seen.add(name)
            self._search(vars(sys.modules[name]), name, 0)
        for root in self._roots:
            self._search(_parts(root), PACKAGE, 0)

    def _search(self, members: dict[str, Any], module: str, depth: int) -> None:
        for name, value in list(members.items()):
            if name.startswith("__"):
                continue
            if type(value) in _CONTAINERS:
                if not value:
                    self._found[id(value)] = value
            elif isinstance(value, type):
                if value.__module__ == module:
                    self._search(dict(vars(value)), module, depth + 1)
            elif type(value).__module__.split(".")[0] == PACKAGE and depth < _DEPTH:
                self._search(_parts(value), module, depth + 1)

    def taken(self) -> dict[int, Any]:
        """What is remembered now."""
        return {key: value.copy() for key, value in self._found.items() if value}

    def put(self, kept: dict[int, Any] | None) -> None:
        """Makes this what is remembered; None is a fresh process."""
        for key, value in self._found.items():
            if value:
                value.clear()
            if kept and key in kept:
                (value.extend if isinstance(value, list | deque) else value.update)(kept[key])


def _parts(value: Any) -> dict[str, Any]:
    """The attributes of an object, whether it keeps them in a dictionary or in slots."""
    slots = list(_slots(type(value)))
    return {**getattr(value, "__dict__", {}), **{name: getattr(value, name) for name in slots if hasattr(value, name)}}


def _slots(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        found = base.__dict__.get("__slots__", ())
        yield from (found,) if isinstance(found, str) else found
