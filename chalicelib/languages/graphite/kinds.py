"""Kinds of arguments: what each takes, in words for an error and as a reading that raises ValueError or TypeError.

As in Graphite, a number may be written as a string, and true as 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.aggregation import aggregation

INTEGER_MAX = 1_000_000_000


class Kind(NamedTuple):
    words: str
    read: Callable[[Any], Any]


def _series(value: Any) -> Any:
    if not isinstance(value, list):
        raise TypeError
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise TypeError
    return str(value)


def _number(value: Any) -> int | float:
    if isinstance(value, bool):
        return int(value)
    found = value if isinstance(value, int | float) else float(value)
    if found != found:
        raise ValueError
    return found


def _integer(value: Any) -> int:
    if isinstance(value, float):
        raise TypeError
    found = int(value)
    if abs(found) > INTEGER_MAX:
        raise ValueError
    return found


def _boolean(value: Any) -> bool:
    found = {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())
    if found is None:
        raise ValueError
    return found


def _interval(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    intervals.seconds(value)
    return value


def _points_or_interval(value: Any) -> float | str:
    if isinstance(value, str) and not value.strip().lstrip("+-").isdecimal():
        return _interval(value)
    if isinstance(value, float) and abs(value) <= INTEGER_MAX:
        return value
    return _integer(value)


def _node_or_tag(value: Any) -> int | str:
    return value if isinstance(value, str) else _integer(value)


def _aggregation(value: Any) -> str:
    if not isinstance(value, str) or aggregation(value) is None:
        raise ValueError
    return value


SERIES = Kind("a list of series", _series)
STRING = Kind("a string", _string)
NUMBER = Kind("a number", _number)
INTEGER = Kind("a whole number", _integer)
BOOLEAN = Kind("true or false", _boolean)
INTERVAL = Kind("a span of time such as '5min'", _interval)
POINTS_OR_INTERVAL = Kind("a number of points or a span of time such as '5min'", _points_or_interval)
NODE_OR_TAG = Kind("the number of a node or the name of a tag", _node_or_tag)
AGGREGATION = Kind("the name of an aggregation, such as 'sum'", _aggregation)
ANYTHING = Kind("a value", lambda value: value)
