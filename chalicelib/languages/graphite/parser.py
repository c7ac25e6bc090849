"""Targets as text to trees: one regular expression for the tokens, recursive descent for the rest.

    target = source ("|" call)*            source = call | pattern | literal
    call = NAME "(" [argument ("," argument)*] ")"      argument = [NAME "="] target
    call = "template" "(" target ("," [NAME "="] literal)* ")"      where $NAME, or $1, stands for the literal

A pattern is a dotted name with `* ? [] {a,b}` and perhaps a data view behind a colon. Source: Graphite, The Render URL
API (paths and wildcards, functions, piping); Hosted Graphite, Data Views.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from chalicelib.languages.graphite.errors import TargetError
from chalicelib.languages.graphite.registry import checked, parameter, takes_series
from chalicelib.languages.graphite.tags import tag_tests
from chalicelib.languages.graphite.tree import Call, Literal, Node, Pattern, Scalar

LENGTH_MAX = 4_096
DEPTH_MAX = 50

# Possessive quantifiers: a token that does not fit is given up at once, whatever it holds.
_INNER = r"[^\s(){}'\"\\|]"
_PIECE = rf"(?:[^\s(){{}}\[\],'\"\\|=]|\{{(?:{_INNER}|\{{{_INNER}*+\}})*+\}}|\[[^\]\s(){{}},'\"\\|]*+\])"
_TOKEN = re.compile(
    rf"""\s*+(?:
        (?P<call>[A-Za-z_]\w*+)\s*+\(
      | (?P<key>[A-Za-z_]\w*+)\s*+=
      | (?P<string>'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")
      | (?P<path>{_PIECE}(?:{_PIECE}|=)*+)
      | (?P<mark>[(),|])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WHOLE_PATH = re.compile(rf"(?:{_PIECE}|=)++")
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "none": None, "inf": math.inf, "infinity": math.inf}
# Control characters, and halves of characters, which no text that was sent to us can hold.
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BY_TAG, TEMPLATE = "seriesByTag", "template"
# A text that `template` takes for a number.
_DIGITS = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)


@lru_cache(maxsize=2_048)
def parse(target: str) -> Node:
    """The tree of a target, whose functions exist and take the arguments that they are given. Raises TargetError."""
    if len(target) > LENGTH_MAX:
        raise TargetError(f"the target is longer than {LENGTH_MAX} characters")
    if odd := _ODD.search(target):
        raise TargetError("a control character stands", odd.start() + 1)
    parser = _Parser(target)
    tree = parser.target(0)
    if parser.kind != "end":
        raise parser.unexpected("the end")
    tree = parser.meant_as_series(tree)
    if isinstance(tree, Literal):
        raise TargetError("a target must name a series, not a value", tree.at)
    return tree


class _Parser:
    """Looks one token ahead: its kind, its text, where it begins and where the next one does."""

    __slots__ = ("at", "given", "kind", "next", "text", "token")

    def __init__(self, text: str) -> None:
        self.text = text
        self.next = 0
        # What stands for the words with a dollar sign, by these words.
        self.given: dict[str, Scalar] = {}
        self.advance()

    def advance(self) -> None:
        match = _TOKEN.match(self.text, self.next)
        if match is None:
            raise self.unreadable()
        self.kind = kind = match.lastgroup or "end"
        self.token = match[kind]
        self.at = match.start(kind) + 1
        self.next = match.end()

    def unreadable(self) -> TargetError:
        rest = self.text[self.next :].lstrip()
        at = len(self.text) - len(rest) + 1
        what = {"'": "a string", '"': "a string", "{": "a brace", "[": "a bracket"}.get(rest[0])
        return TargetError(f"{what} is not closed that begins" if what else f"{rest[0]!r} cannot stand", at)

    def unexpected(self, wanted: str) -> TargetError:
        found = "the end" if self.kind == "end" else repr(self.token)
        return TargetError(f"{wanted} is expected, but {found} stands", self.at)

    def target(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise TargetError(f"the target is nested deeper than {DEPTH_MAX} levels", self.at)
        node = self.source(depth)
        while self.token == "|" and self.kind == "mark":
            self.advance()
            depth += 1
            if depth > DEPTH_MAX or self.kind != "call" or self.token in (BY_TAG, TEMPLATE):
                raise self.unexpected("a function" if depth <= DEPTH_MAX else f"an end after {DEPTH_MAX} pipes")
            node = self.call(depth, node)
        return node

    def source(self, depth: int) -> Node:
        kind, token, at = self.kind, self.token, self.at
        if kind == "call":
            return self.template(depth) if token == TEMPLATE else self.call(depth)
        if kind == "path":
            self.advance()
            return self.named(token, at) if self.given else _named(token, at)
        if kind == "string":
            self.advance()
            return Literal(token[1:-1], at)
        if kind == "key" and (path := _WHOLE_PATH.match(self.text, at - 1)):
            self.next = path.end()
            self.advance()
            return Pattern(self.filled(path[0], at), at)
        raise self.unexpected("a series or a value")

    def call(self, depth: int, piped: Node | None = None) -> Node:
        name, at = self.token, self.at
        self.advance()
        args: list[Node] = [] if piped is None else [piped]
        named: list[tuple[str, Node]] = []
        if self.token != ")":
            self.argument(name, depth, args, named)
            while self.token == "," and self.kind == "mark":
                self.advance()
                self.argument(name, depth, args, named)
        if self.token != ")" or self.kind != "mark":
            raise self.unexpected(f"a comma or the closing parenthesis of {name}")
        end = self.next
        self.advance()
        if name == BY_TAG:
            return _by_tag(self.text[at - 1 : end], at)
        placed = [self.taken(node, takes_series(name, place)) for place, node in enumerate(args)]
        by_name = [(key, self.taken(node, takes_series(name, key))) for key, node in named]
        return checked(Call(name, at, tuple(placed), tuple(by_name)))

    def template(self, depth: int) -> Node:
        """What stands first in the parentheses, read with what stands behind it for the words with a dollar sign. A
        template within it has its own such words alone."""
        at, begin, around = self.at, self.next, self.given
        self.given = {}
        self.skip()
        given = self.literals(depth)
        end, self.next, self.given = self.next, begin, given
        self.advance()
        inner = self.meant_as_series(self.target(depth + 1))
        if self.kind != "mark" or self.token not in ",)":
            raise self.unexpected(f"a comma or the closing parenthesis of {TEMPLATE}")
        self.next, self.given = end, around
        self.advance()
        return checked(Call(TEMPLATE, at, (inner,)))

    def skip(self) -> None:
        """On to the comma or the closing parenthesis behind an argument."""
        inside = 0
        self.advance()
        while inside or self.kind != "mark" or self.token not in ",)":
            if self.kind == "end":
                raise self.unexpected(f"a comma or the closing parenthesis of {TEMPLATE}")
            inside += (self.kind == "call") or {"(": 1, ")": -1}.get(self.token if self.kind == "mark" else "", 0)
            self.advance()

    def literals(self, depth: int) -> dict[str, Scalar]:
        """The numbers and strings of a template up to its closing parenthesis, by the words that they stand for: those
        with a name first, as Graphite fills them in."""
        named: dict[str, Scalar] = {}
        placed: dict[str, Scalar] = {}
        while self.token == "," and self.kind == "mark":
            self.advance()
            if self.kind == "key":
                self.named_literal(depth, named)
            elif named:
                raise self.unexpected("an argument with a name")
            else:
                placed[f"${len(placed) + 1}"] = self.number_or_string(depth)
        if self.token != ")" or self.kind != "mark":
            raise self.unexpected(f"a comma or the closing parenthesis of {TEMPLATE}")
        return named | placed

    def named_literal(self, depth: int, known: dict[str, Scalar]) -> None:
        key = f"${self.token}"
        if key in known:
            raise TargetError(f"{self.token} is given twice", self.at)
        self.advance()
        known[key] = self.number_or_string(depth)

    def number_or_string(self, depth: int) -> Scalar:
        node = self.taken(self.source(depth), as_series=False)
        if not isinstance(node, Literal) or node.value is None or isinstance(node.value, bool):
            raise TargetError(f"{TEMPLATE} takes numbers and strings alone", node.at)
        return node.value

    def named(self, token: str, at: int) -> Node:
        """A word outside quotes as what it means, or as what stands for it in a template."""
        if "$" not in token:
            return _named(token, at)
        return self.literal(token, at) or Pattern(self.filled(token, at), at)

    def literal(self, token: str, at: int) -> Literal | None:
        """What stands for a whole word; a string of digits is a number."""
        value = self.given.get(token)
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            return Literal(float(value), at)
        return None if value is None else Literal(value, at)

    def filled(self, token: str, at: int) -> str:
        """A name with what stands for the words in it. Raises TargetError when that is no name, or has no end."""
        for word, value in self.given.items():
            if word in token:
                token = token.replace(word, str(value)) if len(token) <= LENGTH_MAX else token
        if len(token) > LENGTH_MAX or not _WHOLE_PATH.fullmatch(token):
            raise TargetError(f"{token[:60]!r} is no name of a series, which is filled in", at)
        return token

    def argument(self, function: str, depth: int, args: list[Node], named: list[tuple[str, Node]]) -> None:
        if self.kind != "key" or self.is_path(function, len(args)):
            if named:
                raise self.unexpected("an argument with a name")
            args.append(self.target(depth + 1))
            return
        key = self.token
        if any(key == known for known, _ in named):
            raise TargetError(f"{key} is given twice", self.at)
        self.advance()
        named.append((key, self.target(depth + 1)))

    def is_path(self, function: str, place: int) -> bool:
        """Whether `k=v.b` is a series and no argument by name: the function has no such parameter, but may take a
        series at this place."""
        return parameter(function, self.token) is None and takes_series(function, place, perhaps=True)

    def taken(self, node: Node, as_series: bool) -> Node:
        """An argument as its function takes it. Raises TargetError for a number that no float can hold."""
        if as_series:
            return self.meant_as_series(node)
        if isinstance(node, Literal) and node.value in (math.inf, -math.inf) and not self.word(node.at).isalpha():
            raise TargetError("the number is too large that begins", node.at)
        return node

    def meant_as_series(self, node: Node) -> Node:
        """`10.20` and `none` are series where a series is wanted, unless they stand in quotes."""
        if isinstance(node, Literal) and (word := self.word(node.at)):
            return Pattern(word, node.at)
        return node

    def word(self, at: int) -> str:
        """The word outside quotes that begins at a position, "" where none does."""
        token = _TOKEN.match(self.text, at - 1)
        path = (token["path"] or "") if token else ""
        return self.filled(path, at) if "$" in path and self.given else path


def _named(token: str, at: int) -> Node:
    """A word outside quotes: a number, one of the words for a value, or the name of a series."""
    if _NUMBER.fullmatch(token):
        number = int(token) if token.lstrip("+-").isdecimal() and len(token) < 19 else float(token)
        return Literal(number, at)
    word = token.lower()
    return Literal(_WORDS[word], at) if word in _WORDS else Pattern(token, at)


def _by_tag(text: str, at: int) -> Pattern:
    tag_tests(text, at)
    return Pattern(text, at)
