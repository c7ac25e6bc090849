"""Which variable a name stands for, settled when a program is read and not each time that it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import At, Malformed
from chalicelib.languages.conditions.source import Source

NODES_MAX = 5_000
DEPTH_MAX = 80
# Stands in a variable that has no value yet.
UNSET: Any = type("Unset", (), {"__slots__": ()})()


class Frame:
    """The variables of one call, or of one comprehension, and the frame of what is around it."""

    __slots__ = ("cells", "outer", "run")

    def __init__(self, run: Run, cells: list[Any], outer: Frame | None) -> None:
        self.run, self.cells, self.outer = run, cells, outer


class Text:
    """What all scopes of one program share: its text, and the names that it asks its surroundings for."""

    __slots__ = ("depth", "nodes", "reads", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.reads: dict[str, At] = {}
        self.depth = 0
        self.nodes = 0

    def at(self, node: ast.AST) -> At:
        return self.source.at(node)

    def enter(self, node: ast.AST) -> None:
        """Counts a part of the program. Raises Malformed."""
        self.depth += 1
        self.nodes += 1
        if self.depth > DEPTH_MAX:
            raise Malformed(f"it is nested deeper than {DEPTH_MAX} levels", self.at(node))
        if self.nodes > NODES_MAX:
            raise Malformed(f"it has more than {NODES_MAX:,} parts", self.at(node))

    def leave(self) -> None:
        self.depth -= 1


class Scope:
    """The variables of a function or a comprehension, by their places in its frames."""

    __slots__ = ("loops", "names", "outer", "text", "within_function")

    def __init__(self, text: Text, names: Iterable[str] = (), outer: Scope | None = None) -> None:
        self.text = text
        self.names = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self.outer = outer
        self.within_function = False
        self.loops = 0

    def inner(self, names: Iterable[str]) -> Scope:
        return Scope(self.text, names, self)

    def find(self, name: str) -> tuple[int, int] | None:
        """How many frames out a variable lies, and its place there; None for a name of the surroundings."""
        hops, scope = 0, self
        while name not in scope.names:
            if scope.outer is None:
                return None
            hops, scope = hops + 1, scope.outer
        return hops, scope.names[name]

    def empty(self) -> list[Any]:
        return [UNSET] * len(self.names)


def stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that are assigned among these parts, not counting functions and comprehensions within, which have
    variables of their own."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif not isinstance(node, _OWN_VARIABLES):
            waiting.extend(ast.iter_child_nodes(node))


_OWN_VARIABLES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
