"""Programs: texts that were read once, and their runs."""

from __future__ import annotations

import ast
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chalicelib.languages.conditions import calls, comprehensions, expressions, source, statements
from chalicelib.languages.conditions.budget import DEFAULT, HERE, Budget, Run, Surroundings
from chalicelib.languages.conditions.compiler import Code, compiled, weight
from chalicelib.languages.conditions.errors import CAUGHT, At, Escaped, Malformed, located
from chalicelib.languages.conditions.library import COMMANDS, CONDITIONS
from chalicelib.languages.conditions.plain import admitted
from chalicelib.languages.conditions.scopes import Frame, Scope, Text
from chalicelib.languages.conditions.source import Read
from chalicelib.languages.conditions.values import Invocable, Lazy, invoke, kind_of

# The modules that fill the table of parts.
_MAKERS = (calls, comprehensions, expressions, statements)
# Parts of all programs together that are kept ready: some tens of megabytes.
KEPT_PARTS = 200_000
_BEGIN: At = (1, 1)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that can be run any number of times. `reads` are the names that it takes from its surroundings and
    where it first does, `parts` its size."""

    text: str
    reads: Mapping[str, At]
    parts: int
    code: Code
    is_function: bool
    library: Mapping[str, Any]

    def unknown(self, names: Mapping[str, object] | set[str] | frozenset[str]) -> dict[str, At]:
        """The names that neither the language nor `names` has, and where they stand."""
        return {name: at for name, at in self.reads.items() if name not in self.library and name not in names}


class _Kept:
    """Programs by their texts; those that were used last stay. Errors are not kept."""

    def __init__(self, read: Callable[[str], Read], library: Mapping[str, Any]) -> None:
        self._read, self._library = read, library
        self._programs: OrderedDict[str, Program] = OrderedDict()
        self._parts = 0
        self._lock = threading.Lock()

    def program(self, text: str) -> Program:
        with self._lock:
            if text in self._programs:
                self._programs.move_to_end(text)
                return self._programs[text]
        made = built(text, self._read(text), self._library)
        with self._lock:
            self._keep(made)
        return made

    def _keep(self, made: Program) -> None:
        if made.text not in self._programs:
            self._programs[made.text] = made
            self._parts += made.parts
        while self._parts > KEPT_PARTS and len(self._programs) > 1:
            _, oldest = self._programs.popitem(last=False)
            self._parts -= oldest.parts


def built(text: str, read: Read, library: Mapping[str, Any]) -> Program:
    shared = Text(read.source)
    scope = Scope(shared)
    try:
        if isinstance(read.body, ast.FunctionDef):
            code = statements.definition(read.body, scope)
        else:
            code = compiled(read.body, scope)
    except RecursionError:
        raise Malformed("it is nested too deeply to be read") from None
    is_function = isinstance(read.body, ast.FunctionDef)
    parts = max(shared.nodes, weight(read.body))
    return Program(text, MappingProxyType(shared.reads), parts, code, is_function, library)


_COMMANDS = _Kept(source.command, COMMANDS)
_CONDITIONS = _Kept(source.condition, CONDITIONS)


def command(text: str) -> Program:
    """A check command: one expression or one function. Raises Malformed."""
    return _COMMANDS.program(text)


def condition(text: str) -> Program:
    """An alert condition, which may begin with the comparison, as in `> 5`. Raises Malformed."""
    return _CONDITIONS.program(text)


def run(
    program: Program,
    names: Mapping[str, object],
    budget: Budget = DEFAULT,
    surroundings: Surroundings = HERE,
    passing: tuple[type[Exception], ...] = (),
) -> Any:
    """The plain value that a program comes to.

    `names` are what its surroundings offer beside the language: plain values, functions, objects that are Exposed.
    A function's errors are the program's, but those of the types `passing`, which pass through it. Raises Failed,
    Exhausted, and what passes.
    """
    going = Run(names, program.library, budget, surroundings, passing, None)
    return evaluated(program, going, _answer)


def evaluated(program: Program, going: Run, answer: Callable[[Run, Any], Any]) -> Any:
    """What `answer` makes of the value of a program. A function is called, and so is a value that is one."""
    try:
        going.charge(program.parts)
        value = program.code(Frame(going, [], None))
        if program.is_function:
            value = invoke(going, value, (), {})
        if isinstance(value, Invocable):
            value = invoke(going, value, (), {})
        return answer(going, value)
    except Escaped as escaped:
        raise escaped.error from None
    except CAUGHT as error:
        raise located(error, _BEGIN) from None


def _answer(going: Run, value: Any) -> Any:
    if isinstance(value, Lazy):
        value = list(value.items)
    try:
        return admitted(going, value)
    except TypeError:
        raise TypeError(f"the result is or holds a {kind_of(value)}, which is no data") from None
