"""The grammar of DynamoDB's expressions: from a text to a tree of tuples whose first member says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Node = tuple[Any, ...]

_TOKEN = re.compile(r"\s*([#:]\w+|[A-Za-z_]\w*|\d+|<>|<=|>=|[=<>(),.\[\]+-])")
_COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}


class Invalid(Exception):
    """The expression, or what it is applied to, is refused with a ValidationException."""


class Parser:
    """Recursive descent over one expression; nodes are tuples whose first member says what they are."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def expect(self, token: str) -> None:
        if self.take().upper() != token:
            raise Invalid(f"Syntax error; expected {token}")

    def word(self, *words: str) -> str:
        """The next token in upper case if it is one of these, which is then taken; else empty."""
        token = self.peek().upper()
        if token in words:
            self.take()
            return token
        return ""

    def end(self) -> None:
        if self.peek():
            raise Invalid(f"Syntax error; token: {self.peek()!r}")

    def condition(self) -> Node:
        node = self._conjunction()
        while self.word("OR"):
            node = ("or", node, self._conjunction())
        return node

    def _conjunction(self) -> Node:
        node = self._negation()
        while self.word("AND"):
            node = ("and", node, self._negation())
        return node

    def _negation(self) -> Node:
        if self.word("NOT"):
            return ("not", self._negation())
        if self.peek() == "(":
            self.take()
            node = self.condition()
            self.expect(")")
            return node
        return self._comparison()

    def _comparison(self) -> Node:
        if self.peek() in _FUNCTIONS:
            return self._function()
        left = self.operand()
        token = self.take()
        if token in _COMPARATORS:
            return ("compare", token, left, self.operand())
        if token.upper() == "BETWEEN":
            low = self.operand()
            self.expect("AND")
            return ("between", left, low, self.operand())
        if token.upper() == "IN":
            return ("in", left, self._arguments())
        raise Invalid(f"Syntax error; token: {token!r}")

    def _function(self) -> Node:
        name = self.take()
        arguments = self._arguments()
        if len(arguments) != _FUNCTIONS[name]:
            raise Invalid(f"Incorrect number of operands for {name}")
        return ("function", name, arguments)

    def _arguments(self) -> list[Node]:
        self.expect("(")
        found = [self.operand()]
        while self.word(","):
            found.append(self.operand())
        self.expect(")")
        return found

    def operand(self) -> Node:
        token = self.peek()
        if token.startswith(":"):
            return ("value", self.take())
        if token == "size":
            self.take()
            (argument,) = self._arguments()
            return ("size", argument)
        return ("path", self.path())

    def path(self) -> tuple[str | int, ...]:
        steps: list[str | int] = [self._name()]
        while self.peek() in (".", "["):
            if self.take() == ".":
                steps.append(self._name())
            else:
                steps.append(int(self.take()))
                self.expect("]")
        return tuple(steps)

    def _name(self) -> str:
        token = self.take()
        if not token or not (token[0] == "#" or token[0].isalpha() or token[0] == "_"):
            raise Invalid(f"Syntax error; token: {token!r}")
        return token

    def setting(self) -> Node:
        """What stands right of SET's equals sign."""
        left = self._settable()
        sign = self.word("+", "-")
        return ("sum", sign, left, self._settable()) if sign else left

    def _settable(self) -> Node:
        if self.peek() not in ("if_not_exists", "list_append"):
            return self.operand()
        name = self.take()
        self.expect("(")
        first = self._settable()
        self.expect(",")
        second = self._settable()
        self.expect(")")
        return (name, first, second)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Invalid(f"Invalid expression: {text[at:]!r}")
        yield match[1]
        at = match.end()
