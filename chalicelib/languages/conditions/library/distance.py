"""history(): how far a value is from what was usual at this time of the week.

Source: ZMON, Alert Functions Reference (history distance functionality). The values of the bins of all weeks are
taken together: the original adds the weeks' variances up, by which four ordinary weeks count as twice as unsteady.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.spans import seconds

_DAY = 86_400
WEEK = 7 * _DAY
_FIVE_MINUTES = 300
_WEEKS_MAX = 520
# A time in seconds since 1970, and the value that was found then.
Point = tuple[float, Any]
Span = float | str


class History(Exposed):
    """What a check found before. Times are counted back from now, in seconds, as in the original, or as 5m."""

    names = frozenset({"distance", "get_aggregated", "get_avg", "get_one", "get_std_dev", "result"})

    def __init__(self, points: Sequence[Point], now: float) -> None:
        self._points = sorted(points, key=lambda point: point[0])
        self._now = now

    def result(self, time_from: Span = WEEK + _FIVE_MINUTES, time_to: Span = WEEK) -> list[list[Any]]:
        """The same as get_one()."""
        return self.get_one(time_from, time_to)

    def get_one(self, time_from: Span = WEEK + _FIVE_MINUTES, time_to: Span = WEEK) -> list[list[Any]]:
        """The points of a span, each a list of its time in milliseconds and its value."""
        begin, end = self._back(time_from), self._back(time_to)
        return [[round(1_000 * at), value] for at, value in self._points if begin <= at < end]

    def get_aggregated(
        self, key: str, aggregator: str, time_from: Span = WEEK + _FIVE_MINUTES, time_to: Span = WEEK
    ) -> list[float]:
        """One number for a span, in a list, which is empty where there are no values."""
        if aggregator not in _AGGREGATORS:
            raise ValueError(f"the aggregator must be one of {', '.join(_AGGREGATORS)}")
        values = self.values(key, self._back(time_from), self._back(time_to))
        return [_AGGREGATORS[aggregator](values)] if values else []

    def get_avg(self, key: str = "", time_from: Span = WEEK + _FIVE_MINUTES, time_to: Span = WEEK) -> list[float]:
        return self.get_aggregated(key, "avg", time_from, time_to)

    def get_std_dev(self, key: str = "", time_from: Span = WEEK + _FIVE_MINUTES, time_to: Span = WEEK) -> list[float]:
        return self.get_aggregated(key, "dev", time_from, time_to)

    def distance(
        self, weeks: int = 4, snap_to_bin: bool = True, bin_size: str = "1h", dict_extractor_path: str = ""
    ) -> Distance:
        if not 1 <= weeks <= _WEEKS_MAX:
            raise ValueError(f"weeks must be a number from 1 to {_WEEKS_MAX}")
        size = seconds(bin_size)
        if not 1 <= size <= WEEK:
            raise ValueError("bin_size must be from 1s to 7d")
        begin = self._bin(size) if snap_to_bin else self._now - size
        values = [
            value
            for week in range(1, weeks + 1)
            for value in self.values(dict_extractor_path, begin - week * WEEK, begin + size - week * WEEK)
        ]
        return Distance(values, dict_extractor_path)

    def _back(self, span: Span) -> float:
        return self._now - (seconds(span) if isinstance(span, str) else span)

    def _bin(self, size: int) -> float:
        """Where the bin of now begins; bins are counted from midnight, UTC."""
        midnight = self._now // _DAY * _DAY
        return midnight + (self._now - midnight) // size * size

    def values(self, path: str, begin: float, end: float) -> list[float]:
        """The numbers under a path, of the points of `[begin, end)` that have one there."""
        found = [_under(value, path) for at, value in self._points if begin <= at < end]
        return [one for one in found if type(one) in (int, float)]


class Distance(Exposed):
    """How far a value is from others."""

    names = frozenset({"absolute", "bin_mean", "bin_standard_deviation", "sigma"})

    def __init__(self, values: Sequence[float], path: str) -> None:
        self._values, self._path = values, path

    def bin_mean(self) -> float:
        return statistics.fmean(self._known())

    def bin_standard_deviation(self) -> float:
        return _deviation(self._known())

    def absolute(self, value: Any) -> float:
        """The difference from the mean, negative below it."""
        if isinstance(value, Mapping) and not self._path:
            raise ValueError("dict_extractor_path must say which part of the value is meant")
        number = _under(value, self._path)
        if type(number) not in (int, float):
            raise ValueError(f"there is no number under {self._path[:80]!r} in the value")
        return float(number - self.bin_mean())

    def sigma(self, value: Any) -> float:
        """The same in standard deviations; infinite where the values never differed."""
        distance, deviation = self.absolute(value), self.bin_standard_deviation()
        if deviation:
            return distance / deviation
        return math.copysign(math.inf, distance) if distance else 0.0

    def _known(self) -> Sequence[float]:
        if not self._values:
            raise ValueError("there is no history at this time of the week")
        return self._values


def _under(value: Any, path: str) -> Any:
    """What lies under a path such as a.b.c in tables; the value itself where that is no table."""
    if not isinstance(value, Mapping) or not path:
        return value
    if path in value:
        return value[path]
    name, _, rest = path.partition(".")
    return _under(value[name], rest) if name in value else None


def _deviation(values: Sequence[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0


_AGGREGATORS: Mapping[str, Any] = {
    "avg": statistics.fmean,
    "count": len,
    "dev": _deviation,
    "max": max,
    "min": min,
    "sum": math.fsum,
}
