"""Parts of a program to closures: a table with one small function for each kind of part that programs may have.

What has no line in the table cannot be in a program. The closures of a program hold nothing of its runs, so one program
serves everybody.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.languages.conditions.errors import Malformed
from chalicelib.languages.conditions.scopes import Frame, Scope

Code = Callable[[Frame], Any]
Maker = Callable[[Any, Scope], Code]
_M = TypeVar("_M", bound=Maker)

NODES: dict[type[ast.AST], Maker] = {}
# What people might write, with what there is instead.
_REFUSED: dict[type[ast.AST], str] = {
    ast.ClassDef: "a class",
    ast.While: "while",
    ast.AsyncFor: "async",
    ast.AsyncFunctionDef: "async",
    ast.AsyncWith: "async",
    ast.Await: "await",
    ast.Try: "try (there is the function Try)",
    ast.With: "with",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.JoinedStr: "an f-string (there is format)",
    ast.NamedExpr: "an assignment within an expression",
    ast.AugAssign: "an assignment with an operator (write x = x + 1)",
    ast.AnnAssign: "an annotation",
    ast.Delete: "del",
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Match: "match",
}


def node(*kinds: type[ast.AST]) -> Callable[[_M], _M]:
    """Puts a function into the table for these kinds of parts."""

    def register(make: _M) -> _M:
        for kind in kinds:
            NODES[kind] = make
        return make

    return register


def compiled(part: ast.AST, scope: Scope) -> Code:
    """The closure of a part of a program. Raises Malformed."""
    make = NODES.get(type(part))
    if make is None:
        raise refused(part, scope)
    scope.text.enter(part)
    code = make(part, scope)
    scope.text.leave()
    return code


def refused(part: ast.AST, scope: Scope) -> Malformed:
    what = _REFUSED.get(type(part), type(part).__name__)
    return Malformed(f"{what} cannot be used here", scope.text.at(part))


def weight(*parts: ast.AST) -> int:
    """The steps that one evaluation of these parts takes at most, but for what it calls and repeats."""
    return sum(isinstance(inner, ast.expr | ast.stmt) for part in parts for inner in ast.walk(part))


def closed(name: str, part: ast.AST, scope: Scope) -> str:
    """A name that is written in a program, if it may be: what begins and ends with two underscores is Python's own."""
    if name.startswith("__"):
        raise Malformed(f"hidden names such as {name[:50]} cannot be used", scope.text.at(part))
    return name
