"""Moving windows: each value made of those before it, of which the first lie before the request.

Source: Graphite, Functions (Calculate). A window is a number of points or a span of time, the moment itself among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.aggregation import Aggregation, aggregation, average
from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.errors import TooMany
from chalicelib.languages.graphite.registry import (
    aggregation_name,
    function,
    integer,
    number,
    points_or_interval,
    series_list,
)
from chalicelib.languages.graphite.series import Series, Values

Size = float | str

# Values that are looked at for one series: every moment looks at its whole window.
WORK_MAX = 2_000_000


def _reach(args: Sequence[Value], step: int) -> int:
    size = args[1] if len(args) > 1 else 0
    if isinstance(size, str) and not size.lstrip("+-").isdecimal():
        return abs(intervals.seconds(size))
    return abs(int(size)) * step if isinstance(size, float | int | str) else 0


def _earlier(frame: Frame, found: list[Series], size: Size) -> list[Series]:
    """The argument again, from so long before the request as the window is."""
    if not found:
        return []
    longest = max(one.step for one in found)
    seconds = abs(intervals.seconds(size)) if isinstance(size, str) else abs(int(size)) * longest
    return frame.again(frame.start - seconds)


def _points(one: Series, size: Size) -> int:
    """Of a number of points with a fraction, the whole ones count."""
    return abs(intervals.seconds(size)) // one.step if isinstance(size, str) else abs(int(size))


def _shown(size: Size) -> str:
    return f'"{size}"' if isinstance(size, str) else str(size)


def _windowed(
    frame: Frame, found: list[Series], size: Size, how: Aggregation, word: str, share: float | None
) -> list[Series]:
    made = []
    for one in _earlier(frame, found, size):
        points = _points(one, size)
        ends = range(points + 1, len(one.values) + 1)
        if points * len(ends) > WORK_MAX:
            raise TooMany(f"{word} over {points} points at {len(ends)} moments is more than can be reckoned")
        needed = one.xff if share is None else share
        values = [_made(how, one.values[end - points : end], needed) for end in ends]
        start = one.start + points * one.step
        made.append(one.like(f"{word}({one.name},{_shown(size)})", values, start=start))
    return made


def _made(how: Aggregation, window: Values, share: float) -> float | None:
    """Of the values that there are, if they are enough."""
    known = [value for value in window if value is not None]
    return how(known) if known and len(known) / len(window) >= share else None


@function(
    "movingWindow",
    *(series_list(), points_or_interval("windowSize"), aggregation_name("func", "average")),
    number("xFilesFactor", None),
    reach=_reach,
)
def moving_window(frame: Frame, found: list[Series], size: Size, name: str, share: float | None) -> list[Series]:
    how = aggregation(name)
    assert how is not None, "the kind of the argument has seen to that"
    return _windowed(frame, found, size, how, f"moving{name.capitalize()}", share)


def _moving(word: str, name: str) -> None:
    """Registers `word`, which is a moving window with the aggregation of that name."""
    how = aggregation(name)
    assert how is not None

    @function(word, series_list(), points_or_interval("windowSize"), number("xFilesFactor", None), reach=_reach)
    def moving(frame: Frame, found: list[Series], size: Size, share: float | None) -> list[Series]:
        return _windowed(frame, found, size, how, word, share)


for _word, _name in (
    ("movingAverage", "average"),
    ("movingMedian", "median"),
    ("movingMax", "max"),
    ("movingMin", "min"),
    ("movingSum", "sum"),
):
    _moving(_word, _name)


@function("exponentialMovingAverage", series_list(), points_or_interval("windowSize"), reach=_reach)
def exponential_moving_average(frame: Frame, found: list[Series], size: Size) -> list[Series]:
    """Each value weighs 2 / (points + 1), all before it the rest; it begins with the plain average of a window."""
    made = []
    for one in _earlier(frame, found, size):
        points = _points(one, size)
        # A span weighs by its seconds, a number of points by itself.
        weight = 2 / ((abs(intervals.seconds(size)) if isinstance(size, str) else points) + 1)
        values = _smoothed(one.values[points:], average(one.values[:points]) or 0.0, weight)
        start = one.start + points * one.step
        made.append(one.like(f"exponentialMovingAverage({one.name},{_shown(size)})", values, start=start))
    return made


def _smoothed(values: Values, mean: float, weight: float) -> Values:
    made: Values = [round(mean, 6)]
    for value in values:
        if value is not None:
            mean = weight * value + (1 - weight) * mean
        made.append(None if value is None else round(mean, 6))
    return made


@function("stdev", series_list(), integer("points"), number("windowTolerance", 0.1))
def stdev(frame: Frame, found: list[Series], points: int, tolerance: float) -> list[Series]:
    """The deviation of the last `points` values, the moment's own among them, where enough of them are known."""
    if points < 1:
        raise frame.wrong("points must be above 0", 1)
    make: Callable[[Values], float | None] = lambda window: _deviation(window, points, tolerance)  # noqa: E731
    made = []
    for one in found:
        values = [make(one.values[max(end - points, 0) : end]) for end in range(1, len(one.values) + 1)]
        made.append(one.like(f"stdev({one.name},{points})", values))
    return made


def _deviation(window: Values, points: int, tolerance: float) -> float | None:
    known = [value for value in window if value is not None]
    if not known or len(known) / points < tolerance:
        return None
    mean = sum(known) / len(known)
    return math.sqrt(max(sum(value * value for value in known) / len(known) - mean * mean, 0.0))
