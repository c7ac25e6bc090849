"""What a target will read, told without evaluating it."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.languages.graphite.context import TEXTS_DEPTH, Value
from chalicelib.languages.graphite.parser import parse
from chalicelib.languages.graphite.registry import functions
from chalicelib.languages.graphite.tree import Call, Literal, Node, Pattern

# The distance between two points where a window is given as a number of them.
STEP = 60


def is_plain(target: str) -> bool:
    """Whether a target is a name or a pattern, or seriesByTag alone, without functions. Raises TargetError."""
    return isinstance(parse(target), Pattern)


def patterns(tree: str | Node) -> tuple[str, ...]:
    """The names and patterns that a target reads, each once, in the order in which they stand."""
    return tuple(dict.fromkeys(pattern.text for pattern in _patterns(parse(tree) if isinstance(tree, str) else tree)))


def _patterns(node: Node, depth: int = 0) -> Iterator[Pattern]:
    if isinstance(node, Pattern):
        yield node
    for part in _parts(node):
        yield from _patterns(part, depth)
    for made in _made(node, depth):
        yield from _patterns(made, depth + 1)


def _parts(node: Node) -> tuple[Node, ...]:
    return (*node.args, *(part for _, part in node.named)) if isinstance(node, Call) else ()


def _made(node: Node, depth: int) -> Iterator[Node]:
    """The like of the targets that a function makes of names, as far as it can be told."""
    makes = functions()[node.name].makes if isinstance(node, Call) and depth < TEXTS_DEPTH else None
    made = makes(_arguments(node)) if isinstance(node, Call) and makes else None
    if made is not None:
        yield made


def _arguments(call: Call) -> list[Node | None]:
    """What is written for each parameter, in their order."""
    named = dict(call.named)
    names = [param.name for param in functions()[call.name].params]
    return [*call.args, *(named.get(name) for name in names[len(call.args) :])]


def reach(tree: str | Node, step: int = STEP) -> int:
    """How many seconds before its window a target reads at most; `step` is the seconds between two points."""
    return _reach(parse(tree) if isinstance(tree, str) else tree, step, 0)


def _reach(node: Node, step: int, depth: int) -> int:
    before = max((_reach(part, step, depth) for part in _parts(node)), default=0)
    beside = max((_reach(made, step, depth + 1) for made in _made(node, depth)), default=0)
    if not isinstance(node, Call) or (own := functions()[node.name].reach) is None:
        return max(before, beside)
    return before + own([_written(part) for part in _arguments(node)], step)


def _written(node: Node | None) -> Value:
    if node is None or isinstance(node, Literal):
        return node.value if node else None
    return []
