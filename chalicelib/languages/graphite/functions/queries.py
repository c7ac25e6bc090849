"""Targets made of the names of series, and what they give. Source: Graphite, Functions.

Each is read and evaluated as if somebody had written it, within the limits of the target that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.aggregation import greatest, last
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.errors import GraphiteError, TargetError
from chalicelib.languages.graphite.functions.aliases import substituted
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.parser import LENGTH_MAX, parse
from chalicelib.languages.graphite.registry import Makes, function, integer, number, series_list, string
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tree import Call, Literal, Node, Pattern

# One conversion of C's printf. A width or a precision has two digits at most, or a name could be of any length.
_CONVERSION = re.compile(r"%(?:%|[-+ #0]*\d{0,2}(?:\.\d{0,2})?[hlL]?([diouxXeEfFgGsra]))")


def _evaluated(frame: Frame, text: str) -> list[Series]:
    """The series of a target that was made of a name. Raises TargetError, in which the target stands, and TooMany."""
    context, trees = frame.context.deeper(), frame.context.spent.trees
    try:
        # Kept, because what is known of a tree is known by its identity.
        tree = trees.setdefault(text, parse(text))
        value = frame.evaluate(tree, context)
    except TargetError as error:
        raise frame.wrong(f"it makes {text[:100]!r}, which is wrong: {error.message}") from None
    return value if isinstance(value, list) else []


def _filled(frame: Frame, template: str, prefix: str) -> str:
    """A text with a prefix for every percent sign. Raises TargetError where it would be too long for a target."""
    if len(template) + template.count("%") * len(prefix) > LENGTH_MAX:
        raise frame.wrong(f"what it makes of {prefix[:60]} is longer than {LENGTH_MAX} characters")
    return template.replace("%", prefix)


def _prefix(name: str, place: int) -> str:
    return ".".join(name.split(".")[: place + 1])


def _like(template: str, name: str) -> Node | None:
    """What a template makes of a name, if that is a target."""
    try:
        return parse(template.replace("%", name)) if template.count("%") * len(name) <= LENGTH_MAX else None
    except GraphiteError:
        return None


def _first_pattern(node: Node | None) -> str | None:
    """The pattern that the names of a target's series speak of first."""
    while isinstance(node, Call):
        node = next(iter((*node.args, *(part for _, part in node.named))), None)
    return node.text if isinstance(node, Pattern) else None


def _by_prefix(args: Sequence[Node | None]) -> Node | None:
    pattern, place, template = _first_pattern(args[0]), args[1], args[2]
    if pattern is None or not isinstance(place, Literal) or not isinstance(template, Literal):
        return None
    return _like(str(template.value), _prefix(pattern, int(place.value or 0)))


@function(
    "applyByNode",
    *(series_list(), integer("nodeNum"), string("templateFunction"), string("newName", "")),
    makes=_by_prefix,
)
def apply_by_node(frame: Frame, found: list[Series], place: int, template: str, name: str) -> list[Series]:
    """What a target makes of each of the beginnings of the names up to a node, which stands in it as `%`."""
    made = []
    for prefix in sorted({_prefix(one.name, place) for one in found}):
        for one in _evaluated(frame, _filled(frame, template, prefix)):
            called = _filled(frame, name, prefix) if name else one.name
            made.append(one.like(called, path_expression=prefix))
    return made


def _searching(place: int) -> Makes:
    """For a function whose argument at `place` is a regular expression, with what replaces it behind."""

    def makes(args: Sequence[Node | None]) -> Node | None:
        pattern, search, replacement = _first_pattern(args[0]), args[place], args[place + 1]
        if pattern is None or not isinstance(search, Literal) or not isinstance(replacement, Literal):
            return None
        try:
            return parse(regexes.compiled(str(search.value)).sub(str(replacement.value), pattern))
        except GraphiteError:
            return None

    return makes


@function("aliasQuery", series_list(), string("search"), string("replace"), string("newName"), makes=_searching(1))
def alias_query(frame: Frame, found: list[Series], search: str, replacement: str, name: str) -> list[Series]:
    """Names with the last value of another series in them, in the place of `%d`, say. The other is what `search` and
    `replace` make of the name."""
    made = []
    for one, text in zip(found, substituted(frame, found, search, replacement, 1), strict=True):
        value = next((last(other.values) for other in _evaluated(frame, text)), None)
        if value is None:
            raise frame.wrong(f"{text[:100]!r} has no value to call {one.name[:100]} by", 2)
        made.append(one.called(_formatted(frame, name, value)))
    return made


def _formatted(frame: Frame, name: str, value: float) -> str:
    """As C's printf with one value. Raises TargetError."""
    conversions = [found[1] for found in _CONVERSION.finditer(name)]
    if len(conversions) - conversions.count(None) != 1 or "%" in _CONVERSION.sub("", name):
        raise frame.wrong("newName must have one conversion for the value, such as %d or %.2f", 3)
    try:
        return name % value
    except (TypeError, ValueError, OverflowError) as error:
        raise frame.wrong(f"newName cannot show {short(value)}: {error}", 3) from None


@function(
    "useSeriesAbove",
    *(series_list(), number("value"), string("search"), string("replace")),
    makes=_searching(2),
)
def use_series_above(frame: Frame, found: list[Series], value: float, search: str, replacement: str) -> list[Series]:
    """For every series that is ever above the value, those that `search` and `replace` make of its name."""
    above = [one for one in found if (most := greatest(one.values)) is not None and most > value]
    texts = substituted(frame, above, search, replacement, 2)
    return [one for text in texts for one in _evaluated(frame, text) if one.values]


@function("template", series_list())
def template(frame: Frame, found: list[Series]) -> list[Series]:
    """A target with names and numbers filled in where `$1` or `$name` stands, which whoever parses it has done."""
    return found
