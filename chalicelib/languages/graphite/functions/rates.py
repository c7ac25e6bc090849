"""What becomes of a series from one value to the next: differences, rates, sums so far. Source: Graphite, Functions.

A difference needs both of its values: after a gap, there is none.
"""

from __future__ import annotations

from itertools import pairwise

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.registry import function, integer, interval, number, series_list
from chalicelib.languages.graphite.series import Series, Values


@function("derivative", series_list())
def derivative(frame: Frame, found: list[Series]) -> list[Series]:
    return [one.like(f"derivative({one.name})", _differences(one.values)) for one in found]


def _differences(values: Values) -> Values:
    pairs = pairwise([None, *values])
    return [None if before is None or value is None else value - before for before, value in pairs]


@function("nonNegativeDerivative", series_list(), number("maxValue", None), number("minValue", None))
def non_negative_derivative(frame: Frame, found: list[Series], most: float | None, least: float | None) -> list[Series]:
    """The growth of a counter, which may begin again from its least value, after its greatest where that is known."""
    return [one.like(f"nonNegativeDerivative({one.name})", _growth(one.values, most, least)) for one in found]


@function("perSecond", series_list(), number("maxValue", None), number("minValue", None))
def per_second(frame: Frame, found: list[Series], most: float | None, least: float | None) -> list[Series]:
    """The growth of a counter a second, to a millionth."""
    made = []
    for one in found:
        growth = _growth(one.values, most, least)
        values = [None if value is None else round(value / one.step, 6) for value in growth]
        made.append(one.like(f"perSecond({one.name})", values))
    return made


def _growth(values: Values, most: float | None, least: float | None) -> Values:
    """Differences of a counter. Values outside its bounds count as gaps."""
    inside: Values = [
        None if value is None or (most is not None and value > most) or (least is not None and value < least) else value
        for value in values
    ]
    return [
        _step(before, value, most, least) if before is not None and value is not None else None
        for before, value in pairwise([None, *inside])
    ]


def _step(before: float, value: float, most: float | None, least: float | None) -> float | None:
    if value >= before:
        return value - before
    if most is not None:
        return (most - before) + (value - (least or 0)) + 1
    return None if least is None else value - least


@function("delay", series_list(), integer("steps"))
def delay(frame: Frame, found: list[Series], steps: int) -> list[Series]:
    """The same values so many steps later, or earlier; nothing is read for the gap that this leaves."""
    return [one.like(f"delay({one.name},{steps})", _moved(one.values, steps)) for one in found]


def _moved(values: Values, steps: int) -> Values:
    gap: Values = [None] * min(abs(steps), len(values))
    return gap + values[: len(values) - len(gap)] if steps >= 0 else values[len(gap) :] + gap


@function("integral", series_list())
def integral(frame: Frame, found: list[Series]) -> list[Series]:
    """The sum of all values so far; a gap stays one."""
    return [one.like(f"integral({one.name})", _sums(one.values)) for one in found]


def _sums(values: Values) -> Values:
    made: Values = []
    total = 0.0
    for value in values:
        total += value or 0.0
        made.append(None if value is None else total)
    return made


@function("integralByInterval", series_list(), interval("intervalUnit"))
def integral_by_interval(frame: Frame, found: list[Series], unit: str) -> list[Series]:
    """The sum so far of intervals that follow on one another from the beginning of the window; gaps count as nought."""
    length = abs(intervals.seconds(unit))
    if not length:
        raise frame.wrong("intervalUnit must not be nothing", 1)
    return [
        one.like(f"integralByInterval({one.name},'{unit}')", _sums_by_interval(one, frame.start, length))
        for one in found
    ]


def _sums_by_interval(series: Series, start: int, length: int) -> Values:
    made: Values = []
    total, current = 0.0, None
    for place, value in enumerate(series.values):
        number_of = (series.start + place * series.step - start) // length
        if number_of != current:
            total, current = 0.0, number_of
        total += value or 0.0
        made.append(total)
    return made


@function("changed", series_list())
def changed(frame: Frame, found: list[Series]) -> list[Series]:
    """1 where a value is not the one before it, gaps set aside; else 0."""
    return [one.like(f"changed({one.name})", _changes(one.values)) for one in found]


def _changes(values: Values) -> Values:
    made: Values = []
    before = None
    for value in values:
        made.append(int(value is not None and before is not None and value != before))
        before = before if value is None else value
    return made
