"""How the criteria of one alert combine: `a && b || c`, where && binds tighter than ||.

Source: Hosted Graphite Alerts API, Composite Alerts. Letters may be in any case. Parentheses and ! are our extension:

    either = both ("||" both)*      both = single ("&&" single)*      single = LETTER | "!" single | "(" either ")"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.core.errors import Invalid

# The letter of the criterion that every alert has.
FIRST = "a"
ADDITIONAL_MAX = 3
LENGTH_MAX = 500
DEPTH_MAX = 20

_TOKEN = re.compile(r"\s*(&&|\|\||[!()]|[A-Za-z]+)")
_FIELD = "expression"


@dataclass(frozen=True, slots=True)
class Letter:
    name: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Tree


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Tree, ...]


Tree = Letter | Not | Both | Either


@lru_cache(maxsize=2_048)
def parse(text: str) -> Tree:
    """The tree of an expression. Raises Invalid with the position, counted from 1, of what is wrong."""
    if len(text) > LENGTH_MAX:
        raise Invalid(_FIELD, f"must not be longer than {LENGTH_MAX} characters")
    parser = _Parser(text)
    tree = parser.either(0)
    if parser.token:
        raise parser.wrong()
    return tree


class _Parser:
    """Recursive descent, one token ahead; an empty token is the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.token, self.at = "", 0
        self.advance()

    def advance(self) -> str:
        """Takes the present token and looks at the next."""
        taken = self.token
        match = _TOKEN.match(self.text, self.end)
        if match:
            self.token, self.at, self.end = match[1], match.start(1), match.end()
            return taken
        rest = self.text[self.end :].lstrip()
        self.token, self.at = rest[:1], len(self.text) - len(rest)
        if rest:
            raise self.wrong()
        return taken

    def wrong(self) -> Invalid:
        found = repr(self.token) if self.token else "the end"
        return Invalid(_FIELD, f"cannot be understood at position {self.at + 1}, where {found} stands")

    def either(self, depth: int) -> Tree:
        parts = [self.both(depth)]
        while self.token == "||":
            self.advance()
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self, depth: int) -> Tree:
        parts = [self.single(depth)]
        while self.token == "&&":
            self.advance()
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def single(self, depth: int) -> Tree:
        if depth > DEPTH_MAX:
            raise Invalid(_FIELD, f"is nested deeper than {DEPTH_MAX} levels at position {self.at + 1}")
        if self.token == "!":
            self.advance()
            return Not(self.single(depth + 1))
        if self.token == "(":
            self.advance()
            tree = self.either(depth + 1)
            if self.token != ")":
                raise self.wrong()
            self.advance()
            return tree
        if len(self.token) == 1 and self.token.isalpha():
            return Letter(self.advance().lower())
        raise self.wrong()


def letters(tree: Tree) -> frozenset[str]:
    """The letters that an expression speaks of, in lower case."""
    if isinstance(tree, Letter):
        return frozenset({tree.name})
    if isinstance(tree, Not):
        return letters(tree.part)
    return frozenset().union(*map(letters, tree.parts))


def evaluate(tree: Tree, values: Mapping[str, bool | None]) -> bool | None:
    """What the expression comes to when some letters cannot be decided (None): Kleene's logic of three values. A letter
    without a value counts as undecided."""
    if isinstance(tree, Letter):
        return values.get(tree.name)
    if isinstance(tree, Not):
        value = evaluate(tree.part, values)
        return None if value is None else not value
    found = [evaluate(part, values) for part in tree.parts]
    # What settles the matter by itself: one False among "and", one True among "or".
    settles = isinstance(tree, Either)
    if settles in found:
        return settles
    return None if None in found else not settles


def check(expression: str, additional: Iterable[str]) -> Tree:
    """The tree of an expression that uses `a` and each of the `additional` letters, and no other. Raises Invalid."""
    given = [letter.lower() for letter in additional]
    _check_letters(given)
    tree = parse(expression)
    used, known = letters(tree), {FIRST, *given}
    for letter in sorted(used - known):
        raise Invalid(_FIELD, f"speaks of {letter}, for which there is no criterion")
    for letter in sorted(known - used):
        raise Invalid(_FIELD, f"must speak of {letter}, for which there is a criterion")
    return tree


def _check_letters(given: list[str]) -> None:
    field = "additional_criteria"
    if len(given) > ADDITIONAL_MAX:
        raise Invalid(field, f"must not be more than {ADDITIONAL_MAX}")
    if len(set(given)) < len(given):
        raise Invalid(field, "must not have a letter twice")
    for letter in given:
        if not (len(letter) == 1 and "a" < letter <= "z"):
            raise Invalid(field, "must be called by single letters from b to z")
