"""Gaps: filled, counted, or made of values that are not wanted.

Source: Graphite, Functions (Filter Data, Transform).
"""

from __future__ import annotations

import math
from itertools import groupby

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.registry import anything, function, number, series_list
from chalicelib.languages.graphite.series import Series, Values


@function("isNonNull", series_list())
def is_non_null(frame: Frame, found: list[Series]) -> list[Series]:
    """1 where there is a value, else 0."""
    return [one.like(f"isNonNull({one.name})", [int(value is not None) for value in one.values]) for one in found]


@function("transformNull", series_list(), number("default", 0), series_list("referenceSeries", required=False))
def transform_null(frame: Frame, found: list[Series], default: float, references: list[Series] | None) -> list[Series]:
    """A value for every gap; with reference series, for those at whose moment one of these has a value."""
    rest = "" if references is None else ",referenceSeries"
    known = _moments(references or [])
    made = []
    for one in found:
        moments = range(one.start, one.start + one.step * len(one.values), one.step)
        values = [
            default if value is None and (references is None or moment in known) else value
            for moment, value in zip(moments, one.values, strict=True)
        ]
        made.append(one.like(f"transformNull({one.name},{short(default)}{rest})", values))
    return made


def _moments(found: list[Series]) -> set[int]:
    return {
        one.start + place * one.step for one in found for place, value in enumerate(one.values) if value is not None
    }


@function("keepLastValue", series_list(), anything("limit", math.inf))
def keep_last_value(frame: Frame, found: list[Series], limit: object) -> list[Series]:
    """Fills gaps with the value before them, but none that is longer than `limit`, a number of points or a span."""
    return [one.like(f"keepLastValue({one.name})", _kept(one.values, _points(frame, limit, one.step))) for one in found]


def _points(frame: Frame, limit: object, step: int) -> float:
    try:
        return float(str(limit))
    except ValueError:
        pass
    try:
        return intervals.seconds(str(limit)) / step
    except ValueError:
        raise frame.wrong("limit must be a number of points or a span of time such as '5min'", 1) from None


def _kept(values: Values, limit: float) -> Values:
    made: Values = []
    for is_gap, run in groupby(values, lambda value: value is None):
        part = list(run)
        made += [made[-1]] * len(part) if is_gap and made and len(part) <= limit else part
    return made


@function("removeAboveValue", series_list(), number("n"))
def remove_above_value(frame: Frame, found: list[Series], n: float) -> list[Series]:
    name = f"removeAboveValue(%s, {short(n)})"
    return [
        one.like(name % one.name, [None if value is None or value > n else value for value in one.values])
        for one in found
    ]


@function("removeBelowValue", series_list(), number("n"))
def remove_below_value(frame: Frame, found: list[Series], n: float) -> list[Series]:
    name = f"removeBelowValue(%s, {short(n)})"
    return [
        one.like(name % one.name, [None if value is None or value < n else value for value in one.values])
        for one in found
    ]
