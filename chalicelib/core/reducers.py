"""Reducing the values of a series in a window to one (Grafana, alerting, the reducers of a condition). Pure.

What has no value is left out by all but `count`; where there is no value at all the result is None, which is no data.

To add a reducer: one function, and its name in REDUCERS.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

Values = Sequence[float | None]
Reducer = Callable[[Values], float | None]


def _of_known(reduce: Callable[[list[float]], float]) -> Reducer:
    """A reducer of the values that there are, None where there are none."""

    def reduced(values: Values) -> float | None:
        found = [value for value in values if value is not None]
        return reduce(found) if found else None

    return reduced


def _count(values: Values) -> float | None:
    return float(len(values)) if values else None


def _diff(found: list[float]) -> float:
    """The newest value less the oldest; 0 where there is one alone."""
    return found[-1] - found[0]


def _percent_diff(found: list[float]) -> float:
    """The difference in percent of the oldest value; of nothing it is infinite, unless nothing has changed."""
    difference, oldest = _diff(found), abs(found[0])
    if oldest:
        return difference / oldest * 100
    return math.copysign(math.inf, difference) if difference else 0.0


REDUCERS: dict[str, Reducer] = {
    "avg": _of_known(lambda found: math.fsum(found) / len(found)),
    "min": _of_known(min),
    "max": _of_known(max),
    "sum": _of_known(math.fsum),
    "count": _count,
    "last": _of_known(lambda found: found[-1]),
    "median": _of_known(statistics.median),
    "diff": _of_known(_diff),
    "diff_abs": _of_known(lambda found: abs(_diff(found))),
    "percent_diff": _of_known(_percent_diff),
    "percent_diff_abs": _of_known(lambda found: abs(_percent_diff(found))),
    "count_non_null": _of_known(lambda found: float(len(found))),
}
