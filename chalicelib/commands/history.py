"""history(): what the check found on the entity before, and how far a value is from what is usual at this time of the
week (ZMON, Alert Functions Reference, History distance functionality).

The values of the bins of all weeks are taken together: the original adds up the variances of the weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from statistics import fmean, stdev
from typing import Any, ClassVar

from chalicelib.commands import spans
from chalicelib.commands.base import CommandError, Context, number, text, whole
from chalicelib.languages.conditions.exposed import Exposed

WEEK = 7 * 86_400
WEEKS_MAX = 52
# What ZMON reads unless it is told otherwise: five minutes, a week ago.
FROM, TO = WEEK + 300, WEEK
POINTS = 20_000

_AGGREGATORS: dict[str, Callable[[list[float]], float]] = {
    "avg": fmean,
    "dev": lambda values: _deviation(values),
    "sum": sum,
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
}


def make(context: Context) -> Callable[..., History]:
    def history(url: object = None) -> History:
        """`url` told the original where its history was; there is one alone here."""
        return History(context)

    return history


class History(Exposed):
    names: ClassVar[frozenset[str]] = frozenset(
        {"result", "get_one", "get_aggregated", "get_avg", "get_std_dev", "distance"}
    )

    def __init__(self, context: Context) -> None:
        self._context = context

    def result(self, time_from: object = FROM, time_to: object = TO) -> list[list[Any]]:
        """The same as get_one()."""
        return self.get_one(time_from, time_to)

    def get_one(self, time_from: object = FROM, time_to: object = TO) -> list[list[Any]]:
        """[moment in milliseconds, value] of every result from so long ago to so long ago, the oldest first. The spans
        are seconds, or such as "5m"."""
        return [[round(1e3 * moment), value] for moment, value in self._between(time_from, time_to)]

    def get_aggregated(
        self, key: object, aggregator: object, time_from: object = FROM, time_to: object = TO
    ) -> list[float]:
        """One number in a list, which is empty where there are no values. `key` is the path to a number in the values
        ("a.b"), empty where they are numbers; `aggregator` one of avg, dev, sum, min, max and count."""
        if aggregator not in _AGGREGATORS:
            raise CommandError(f"aggregator must be one of {', '.join(_AGGREGATORS)}")
        values = _numbers(self._between(time_from, time_to), text(key, "key", 200))
        return [_AGGREGATORS[str(aggregator)](values)] if values else []

    def get_avg(self, key: object = "", time_from: object = FROM, time_to: object = TO) -> list[float]:
        return self.get_aggregated(key, "avg", time_from, time_to)

    def get_std_dev(self, key: object = "", time_from: object = FROM, time_to: object = TO) -> list[float]:
        return self.get_aggregated(key, "dev", time_from, time_to)

    def distance(
        self,
        weeks: object = 4,
        snap_to_bin: object = True,
        bin_size: object = "1h",
        dict_extractor_path: object = "",
    ) -> Distance:
        """From the same span of the `weeks` before: the one of `bin_size` that holds this moment, or that ends with
        it."""
        size = spans.seconds(bin_size, "bin_size")
        if size < 1:
            raise CommandError("bin_size must be a second or more")
        count, now = whole(weeks, "weeks", 1, WEEKS_MAX), self._context.moment()
        begin = now // size * size if snap_to_bin else now - size
        path, values = text(dict_extractor_path, "dict_extractor_path", 200), list[float]()
        for week in range(1, count + 1):
            low = begin - week * WEEK
            values += _numbers(self._read(low, low + size), path)
        return Distance(values, path)

    def _between(self, time_from: object, time_to: object) -> list[tuple[float, Any]]:
        now = self._context.moment()
        return self._read(now - spans.seconds(time_from, "time_from"), now - spans.seconds(time_to, "time_to"))

    def _read(self, low: float, high: float) -> list[tuple[float, Any]]:
        entity = str(self._context.entity["id"])
        found = list(self._context.readers.history(self._context.check, entity, low, high))
        if len(found) > POINTS:
            raise CommandError(f"there are more than {POINTS} results in this time")
        return found


def _numbers(results: Iterable[tuple[float, Any]], path: str) -> list[float]:
    found = (_at(value, path) for _, value in results)
    return [float(one) for one in found if isinstance(one, (int, float)) and not isinstance(one, bool)]


def _at(value: Any, path: str) -> Any:
    """What lies under a path such as a.b in dicts; the value itself where that is none."""
    if not isinstance(value, Mapping) or not path or path in value:
        return value[path] if path and isinstance(value, Mapping) else value
    name, _, rest = path.partition(".")
    return _at(value.get(name), rest)


def _deviation(values: list[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0


class Distance(Exposed):
    """How far a value is from others."""

    names: ClassVar[frozenset[str]] = frozenset({"absolute", "sigma", "bin_mean", "bin_standard_deviation"})

    def __init__(self, values: list[float], path: str) -> None:
        self._values, self._path = values, path

    def bin_mean(self) -> float:
        if not self._values:
            raise CommandError("there is no history at this time of the week")
        return fmean(self._values)

    def bin_standard_deviation(self) -> float:
        self.bin_mean()
        return _deviation(self._values)

    def absolute(self, value: object) -> float:
        """Above the mean is above 0."""
        return number(_at(value, self._path), "value") - self.bin_mean()

    def sigma(self, value: object) -> float:
        """The same in standard deviations: where they are 0, 0 at the mean and without end elsewhere."""
        away, deviation = self.absolute(value), self.bin_standard_deviation()
        if deviation == 0:
            return 0.0 if away == 0 else float("inf") if away > 0 else float("-inf")
        return away / deviation
