"""What a target will read, told without evaluating it."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.languages.graphite.context import Value
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


def _patterns(node: Node) -> Iterator[Pattern]:
    if isinstance(node, Pattern):
        yield node
    for part in _parts(node):
        yield from _patterns(part)


def _parts(node: Node) -> tuple[Node, ...]:
    return (*node.args, *(part for _, part in node.named)) if isinstance(node, Call) else ()


def reach(tree: str | Node, step: int = STEP) -> int:
    """How many seconds before its window a target reads at most; `step` is the seconds between two points."""
    node = parse(tree) if isinstance(tree, str) else tree
    before = max((reach(part, step) for part in _parts(node)), default=0)
    if not isinstance(node, Call) or (own := functions()[node.name].reach) is None:
        return before
    given: list[Value] = [part.value if isinstance(part, Literal) else [] for part in node.args]
    named = {key: part.value for key, part in node.named if isinstance(part, Literal)}
    names = [param.name for param in functions()[node.name].params]
    return before + own([*given, *(named.get(name) for name in names[len(given) :])], step)
