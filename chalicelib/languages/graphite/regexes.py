"""Regular expressions that somebody else wrote, bounded: Python's can take for ever over a short text.

Two rules keep them short. A repetition must not stand within another, so that the ways to match grow with a power of
the text's length and not exponentially; and that power, reckoned for the text at hand, must stay below a limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

from chalicelib.languages.graphite.errors import GraphiteError

LENGTH_MAX = 500
RESULT_MAX = 2_000
# Ways to match a text; this many take well below a second.
WORK_MAX = 2_000_000

# Python's own parser of regular expressions: a second one would be sure to differ from it.
_PARSER: Any = import_module("re._parser")
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


class Unusable(GraphiteError):
    """A regular expression is malformed, or would take too long."""


class Regex:
    """A regular expression with the number of its repetitions and of the ways through its alternatives."""

    __slots__ = ("_pattern", "_repeats", "_ways")

    def __init__(self, pattern: re.Pattern[str], repeats: int, ways: int) -> None:
        self._pattern, self._repeats, self._ways = pattern, repeats, ways

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere. Raises Unusable."""
        self._judge(text)
        return bool(self._pattern.search(text))

    def sub(self, replacement: str, text: str) -> str:
        """The text with every match replaced, in which `\\1` stands for a group. Raises Unusable."""
        self._judge(text)
        try:
            return self._pattern.sub(replacement, text)[:RESULT_MAX]
        except (re.error, IndexError) as error:
            raise Unusable(str(error)) from None

    def _judge(self, text: str) -> None:
        # A search begins at every place, which is one more repetition.
        if math.comb(len(text) + self._repeats + 1, self._repeats + 1) * self._ways > WORK_MAX:
            raise Unusable("it could take too long: use fewer repetitions and alternatives")


@lru_cache(maxsize=1_024)
def compiled(text: str) -> Regex:
    """A regular expression, ready for use. Raises Unusable."""
    if len(text) > LENGTH_MAX:
        raise Unusable(f"it is longer than {LENGTH_MAX} characters")
    try:
        repeats, ways = _counted(_PARSER.parse(text), within=False)
        return Regex(re.compile(text), repeats, ways)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unusable(str(error)) from None


def _counted(parts: Iterable[Any], *, within: bool) -> tuple[int, int]:
    """How many repetitions there are and how many ways through choices; `within` a repetition, both are refused."""
    repeats, ways = 0, 1
    for operation, argument in parts:
        branches = len(argument[1]) if str(operation) == "BRANCH" else 1
        repeated = 1
        if str(operation) in _REPEATS:
            low, high, _ = argument
            branches = 2 if (low, high) == (0, 1) else 1
            repeated = high if high > 1 else 1
        if within and (branches > 1 or repeated > 1):
            raise Unusable("a repetition or a choice must not stand within a repetition")
        repeats += repeated > 1
        ways *= branches
        for inner in _inner(argument):
            more, through = _counted(inner, within=within or repeated > 1)
            repeats, ways = repeats + more, ways * through
    return repeats, ways


def _inner(argument: Any) -> Iterable[Any]:
    """The parts of a regular expression within one of its parts, however that keeps them."""
    if isinstance(argument, _PARSER.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for part in argument:
            yield from _inner(part)
