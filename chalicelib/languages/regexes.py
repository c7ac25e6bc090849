"""Regular expressions that somebody else wrote, bounded: Python's can take for ever over a short text.

Two rules keep them short. A repetition must not stand within another, so that the ways to match grow with a power of
the text's length and not exponentially; and that power, reckoned for the text at hand, must stay below a limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, ClassVar, TypeVar

from chalicelib.core.errors import TocsinError

LENGTH_MAX = 500
RESULT_MAX = 2_000
# Ways to match a text; this many take well below a second.
WORK_MAX = 2_000_000

# Python's own parser of regular expressions: a second one would be sure to differ from it.
_PARSER: Any = import_module("re._parser")
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


class Unusable(TocsinError):
    """A regular expression is malformed, or would take too long."""


class Regex:
    """A regular expression with the number of its repetitions and of the ways through its alternatives. A language that
    has errors or limits of its own makes a class of them."""

    __slots__ = ("_repeats", "_ways", "pattern")
    error: ClassVar[type[Unusable]] = Unusable
    work_max: ClassVar[int] = WORK_MAX

    def __init__(self, pattern: re.Pattern[str], repeats: int, ways: int) -> None:
        self.pattern, self._repeats, self._ways = pattern, repeats, ways

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere. Raises Unusable."""
        self.work(text)
        return bool(self.pattern.search(text))

    def sub(self, replacement: str, text: str) -> str:
        """The text with every match replaced, in which `\\1` stands for a group. Raises Unusable."""
        self.work(text)
        try:
            return self.pattern.sub(replacement, text)[:RESULT_MAX]
        except (re.error, IndexError) as error:
            raise self.error(str(error)) from None

    def work(self, text: str, *, anywhere: bool = True) -> int:
        """How many ways to match a text there may be, at its beginning or anywhere. Raises Unusable for too many."""
        # A search begins at every place, which is one more repetition.
        repeats = self._repeats + anywhere
        work = math.comb(len(text) + repeats, repeats) * self._ways
        if work > self.work_max:
            raise self.error("it could take too long: use fewer repetitions and alternatives")
        return work


_R = TypeVar("_R", bound=Regex)


def compiled(text: str, kind: type[_R], flags: int = 0) -> _R:
    """A regular expression, ready for use. Raises the `error` of its kind."""
    if len(text) > LENGTH_MAX:
        raise kind.error(f"it is longer than {LENGTH_MAX} characters")
    try:
        repeats, ways = _counted(_PARSER.parse(text, flags), within=False)
        return kind(re.compile(text, flags), repeats, ways)
    except (re.error, OverflowError, RecursionError, ValueError, _Nested, _Empty) as error:
        raise kind.error(str(error)) from None


class _Nested(Exception):
    """A repetition or a choice stands within a repetition."""

    def __init__(self) -> None:
        super().__init__("a repetition or a choice must not stand within a repetition")


class _Empty(Exception):
    """What may match nothing is to match so many times, which no text's end would stop."""

    def __init__(self) -> None:
        super().__init__("what may match nothing must not be repeated a number of times")


def _counted(parts: Iterable[Any], *, within: bool) -> tuple[int, int]:
    """How many repetitions there are and how many ways through choices; `within` a repetition, both are refused."""
    repeats, ways = 0, 1
    for operation, argument in parts:
        branches = len(argument[1]) if str(operation) == "BRANCH" else 1
        # What a group holds is compared character by character, each time.
        repeated = 2 if str(operation) == "GROUPREF" else 1
        if str(operation) in _REPEATS:
            low, high, _ = argument
            branches = 2 if (low, high) == (0, 1) else 1
            repeated = high if high > 1 else 1
        if within and (branches > 1 or repeated > 1):
            raise _Nested
        repeats += repeated > 1
        ways *= branches
        for inner in _inner(argument):
            more, through = _counted(inner, within=within or repeated > 1)
            repeats, ways = repeats + more, ways * through
        if str(operation) in _REPEATS and argument[0] > 1 and not argument[2].getwidth()[0]:
            raise _Empty
    return repeats, ways


def _inner(argument: Any) -> Iterable[Any]:
    """The parts of a regular expression within one of its parts, however that keeps them."""
    if isinstance(argument, _PARSER.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for part in argument:
            yield from _inner(part)
