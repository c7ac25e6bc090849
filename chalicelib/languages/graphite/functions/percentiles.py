"""Percentiles of series, and of what several have at a moment. Source: Graphite, Functions (Calculate, Filter)."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.languages.graphite.aggregation import Row, average, percentile
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.registry import function, number, series_list
from chalicelib.languages.graphite.series import Series, aligned


@function("nPercentile", series_list(), number("n"))
def n_percentile(frame: Frame, found: list[Series], percent: float) -> list[Series]:
    """Every series as a line at its own percentile; one without values is left out."""
    _require(frame, percent)
    made = []
    for one in found:
        value = percentile(one.values, percent)
        if value is not None:
            made.append(one.like(f"nPercentile({one.name}, {short(percent)})", [value] * len(one.values)))
    return made


def _require(frame: Frame, percent: float) -> None:
    if not 0 < percent <= 100:
        raise frame.wrong("n must be above 0 and at most 100", 1)


@function("removeAbovePercentile", series_list(), number("n"))
def remove_above_percentile(frame: Frame, found: list[Series], percent: float) -> list[Series]:
    return _without(frame, found, "removeAbovePercentile", percent, lambda value, bound: value > bound)


@function("removeBelowPercentile", series_list(), number("n"))
def remove_below_percentile(frame: Frame, found: list[Series], percent: float) -> list[Series]:
    return _without(frame, found, "removeBelowPercentile", percent, lambda value, bound: value < bound)


def _without(
    frame: Frame, found: list[Series], word: str, percent: float, unwanted: Callable[[float, float], bool]
) -> list[Series]:
    """Every series without its values beyond its own percentile."""
    _require(frame, percent)
    made = []
    for one in found:
        bound = percentile(one.values, percent)
        values = [None if value is None or bound is None or unwanted(value, bound) else value for value in one.values]
        made.append(one.like(f"{word}({one.name}, {short(percent)})", values))
    return made


def _bounds(row: Row, percent: float) -> tuple[float | None, float | None]:
    percent = 100 - percent if percent < 50 else percent
    return percentile(row, 100 - percent), percentile(row, percent)


@function("averageOutsidePercentile", series_list(), number("n"))
def average_outside_percentile(frame: Frame, found: list[Series], percent: float) -> list[Series]:
    """The series whose average is not within the middle `n` percent of all averages."""
    _require(frame, percent)
    averages = [average(one.values) for one in found]
    low, high = _bounds(averages, percent)
    return [one for one, mean in zip(found, averages, strict=True) if not _within(mean, low, high)]


def _within(value: float | None, low: float | None, high: float | None) -> bool:
    return value is not None and low is not None and high is not None and low < value < high


@function("removeBetweenPercentile", series_list(), number("n"))
def remove_between_percentile(frame: Frame, found: list[Series], percent: float) -> list[Series]:
    """The series that at any moment are outside the middle `n` percent of what all have then."""
    _require(frame, percent)
    if not found:
        return []
    together = aligned(found)
    bounds = [_bounds(row, percent) for row in together.rows()]
    return [
        one
        for one, even in zip(found, together.series, strict=True)
        if not all(_within(value, *bound) for value, bound in zip(even.values, bounds, strict=False))
    ]
