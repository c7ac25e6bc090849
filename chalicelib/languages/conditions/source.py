"""Texts to Python's syntax trees: commands as they stand, conditions with the `value` that the original puts before.

A text that does not parse is read once more inside parentheses: conditions are written over several lines.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

from chalicelib.languages.conditions.errors import At, Malformed, advice_taken_off

LENGTH_MAX = 16_384
VALUE = "value "
# The original's rule, `[<>!=\[]|i[ns] `, and `not in`; no expression can begin with one of these words.
_SHORT = re.compile(r"[<>!=\[]|(?:in|is|not\s+in)\b")
_BREAK = re.compile(r"\r\n|\r|\n")
# Python's own reader stops at these, without saying where; halves of characters cannot be sent to us.
_ODD = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# A call and not a pair of parentheses, which would leave no trace in the tree: `1) or (2` must not pass.
_OPEN, _CLOSE = "_(", "\n)"
_WARNINGS = threading.Lock()


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return _BREAK.split(text)


@dataclass(frozen=True, slots=True)
class Source:
    """A text as it was parsed, and how many characters were put into each of its lines, counted from 1."""

    text: str
    added: dict[int, int] = field(default_factory=dict)

    def at(self, node: ast.AST) -> At:
        """Where a part of the tree begins in the text that was written."""
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        if not self.text.isascii():
            offset = len(_lines(self.text)[line - 1].encode()[:offset].decode(errors="ignore"))
        return self.moved(line, offset + 1)

    def moved(self, line: int, column: int) -> At:
        return line, max(column - self.added.get(line, 0), 1)

    def before(self, line: int, words: str) -> Source:
        """The same with words before a line."""
        lines = _BREAK.split(self.text)
        lines[line - 1] = words + lines[line - 1]
        added = {**self.added, line: self.added.get(line, 0) + len(words)}
        return Source("\n".join(lines), added)

    def enclosed(self) -> Source:
        return Source(f"{self.before(1, _OPEN).text}{_CLOSE}", self.before(1, _OPEN).added)


@dataclass(frozen=True, slots=True)
class Read:
    """The one statement of a program, an expression or a function, and the text that its positions are in."""

    source: Source
    body: ast.expr | ast.FunctionDef


def command(text: str) -> Read:
    """The tree of a check command. Raises Malformed."""
    return _read(_checked(text), "a command")


def condition(text: str) -> Read:
    """The tree of an alert condition. Raises Malformed."""
    source = _checked(text)
    blank = len(text) - len(text.lstrip())
    short = _SHORT.match(text, blank)
    if not short:
        return _read(source, "a condition")
    with_value = source.before(len(_BREAK.split(text[:blank])), VALUE)
    try:
        return _read(with_value, "a condition")
    except Malformed:
        # A comprehension or an empty list can follow no name; a list of indices can, and the original reads it so.
        if short[0] == "[" and (read := _otherwise(source)):
            return read
        raise


def _otherwise(source: Source) -> Read | None:
    try:
        return _read(source, "a condition")
    except Malformed:
        return None


def _checked(text: str) -> Source:
    if len(text) > LENGTH_MAX:
        raise Malformed(f"it is longer than {LENGTH_MAX:,} characters")
    if odd := _ODD.search(text):
        lines = _BREAK.split(text[: odd.start()])
        raise Malformed("a control character stands", (len(lines), len(lines[-1]) + 1))
    return Source(text)


def _read(source: Source, what: str) -> Read:
    try:
        return Read(source, _only(_parsed(source), source, what))
    except _Unreadable as first:
        enclosed = source.enclosed()
        try:
            inner = _inside(_parsed(enclosed))
        except _Unreadable:
            inner = None
        if inner is None:
            raise first.malformed from None
        return Read(enclosed, inner)


class _Unreadable(Exception):
    """Python does not take the text for a program."""

    def __init__(self, malformed: Malformed) -> None:
        super().__init__()
        self.malformed = malformed


def _parsed(source: Source) -> ast.Module:
    # Python warns of odd escapes and comparisons while it reads; the filters are the whole process's.
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source.text, "<program>")
        except SyntaxError as error:
            at = source.moved(error.lineno or 1, error.offset or 1)
            raise _Unreadable(Malformed(advice_taken_off(error.msg), at)) from None
        except (MemoryError, RecursionError, ValueError):
            raise _Unreadable(Malformed("it is nested too deeply to be read")) from None


def _only(module: ast.Module, source: Source, what: str) -> ast.expr | ast.FunctionDef:
    """The one statement that the text may hold."""
    if not module.body:
        raise Malformed(f"{what} is one expression or one function, and nothing is written")
    if len(module.body) > 1:
        raise Malformed(f"{what} is one expression or one function, and another begins", source.at(module.body[1]))
    statement = module.body[0]
    if isinstance(statement, ast.Expr):
        return statement.value
    if isinstance(statement, ast.FunctionDef):
        return statement
    raise Malformed(f"{what} is one expression or one function, and a statement stands", source.at(statement))


def _inside(module: ast.Module) -> ast.expr | None:
    """What was enclosed, if it is one expression that ends where the enclosing does."""
    match module.body:
        case [ast.Expr(value=ast.Call(func=ast.Name(col_offset=0), args=[inner], keywords=[]))]:
            return None if isinstance(inner, ast.Starred) else inner
    return None
