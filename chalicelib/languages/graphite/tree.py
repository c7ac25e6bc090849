"""The tree of a Graphite target. Immutable, so that one tree serves everybody who asks for the same target.

`at` is the position in the target, counted from 1. A pipe `a|f(1)` is the call `f(a, 1)`.
"""

from __future__ import annotations

from typing import NamedTuple

Scalar = None | bool | int | float | str


class Pattern(NamedTuple):
    """A metric name, with or without wildcards and a data view, or a seriesByTag call as it is written."""

    text: str
    at: int


class Literal(NamedTuple):
    value: Scalar
    at: int


class Call(NamedTuple):
    name: str
    at: int
    args: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


Node = Pattern | Literal | Call
