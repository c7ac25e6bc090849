"""From the tree of a target to series."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.languages.graphite.context import Context, Frame, Spent, Value
from chalicelib.languages.graphite.errors import Broken, GraphiteError, TargetError, TooMany
from chalicelib.languages.graphite.parser import parse
from chalicelib.languages.graphite.registry import bound, functions
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tree import Call, Literal, Node, Pattern


def evaluate(target: str | Node, context: Context) -> list[Series]:
    """The series that a target makes of its window. Raises TargetError, TooMany, and Broken, which wraps whatever goes
    wrong within a function; what fetching raises passes through."""
    tree = parse(target) if isinstance(target, str) else target
    value = _value(tree, replace(context, spent=Spent()))
    if not isinstance(value, list):
        raise TargetError("a target must name series, not a value", tree.at)
    return value


def _value(node: Node, context: Context) -> Value:
    if isinstance(node, Literal):
        return node.value
    # A function that needs more than its window evaluates its argument again: what is known already serves.
    key = (id(node), context.start, context.end)
    found = context.spent.results.get(key)
    if found is None:
        found = _fetched(node, context) if isinstance(node, Pattern) else _called(node, context)
        context.count(found)
        context.spent.results[key] = found
    return list(found)


def _fetched(pattern: Pattern, context: Context) -> list[Series]:
    try:
        found = context.fetch(pattern.text, context.start, context.end)
    except Exception as error:
        context.spent.fault = error
        raise
    if len(found) > context.series_max:
        raise TooMany(f"{pattern.text} matches more than {context.series_max} series")
    return [one.like(path_expression=pattern.text) for one in found]


def _called(call: Call, context: Context) -> list[Series]:
    found = functions()[call.name]
    args = [_value(node, context) for node in call.args]
    named = [_value(node, context) for _, node in call.named]
    values = bound(found, call, args, named)
    try:
        return found.run(Frame(context, call, _value), *values)
    except GraphiteError:
        raise
    except Exception as error:
        if error is context.spent.fault:
            raise
        # A function met series that nobody thought of. The query fails with its name, and whoever asked is told.
        raise Broken(f"{call.name} cannot be computed, for a fault in this service ({type(error).__name__})") from error
