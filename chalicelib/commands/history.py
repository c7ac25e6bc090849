"""history(): what the check found on the entity before, and how far a value is from what is usual at this time of the
week."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, pstdev
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
    "dev": pstdev,
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
        """[moment, value] of every result from so long ago to so long ago, the oldest first. Spans are seconds or
        such as "5m", moments seconds since 1970."""
        return [[moment, value] for moment, value in self.between(time_from, time_to)]

    def get_one(self, time_from: object = FROM, time_to: object = TO) -> list[Any]:
        """The values alone."""
        return [value for _, value in self.between(time_from, time_to)]

    def get_aggregated(
        self, key: object, aggregator: object, time_from: object = FROM, time_to: object = TO
    ) -> float | None:
        """`key` is the path to a number in the values ("a.b"), empty where they are numbers; `aggregator` one of avg,
        dev, sum, min, max and count. None where there is no number."""
        if aggregator not in _AGGREGATORS:
            raise CommandError(f"aggregator must be one of {', '.join(_AGGREGATORS)}")
        path = text(key, "key", 200)
        values = _numbers((value for _, value in self.between(time_from, time_to)), path)
        return _AGGREGATORS[str(aggregator)](values) if values else None

    def get_avg(self, key: object = "", time_from: object = FROM, time_to: object = TO) -> float | None:
        return self.get_aggregated(key, "avg", time_from, time_to)

    def get_std_dev(self, key: object = "", time_from: object = FROM, time_to: object = TO) -> float | None:
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
        means = []
        path = text(dict_extractor_path, "dict_extractor_path", 200)
        for week in range(1, count + 1):
            low = begin - week * WEEK
            values = _numbers((value for _, value in self.read(low, low + size)), path)
            if values:
                means.append(fmean(values))
        return Distance(means, path)

    def between(self, time_from: object, time_to: object) -> list[tuple[float, Any]]:
        now = self._context.moment()
        return self.read(now - spans.seconds(time_from, "time_from"), now - spans.seconds(time_to, "time_to"))

    def read(self, low: float, high: float) -> list[tuple[float, Any]]:
        entity = str(self._context.entity["id"])
        found = list(self._context.readers.history(self._context.check, entity, low, high))
        if len(found) > POINTS:
            raise CommandError(f"there are more than {POINTS} results in this time")
        return found


def _numbers(values: Any, path: str) -> list[float]:
    found = (_at(value, path) for value in values)
    return [float(one) for one in found if isinstance(one, (int, float)) and not isinstance(one, bool)]


def _at(value: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value


class Distance(Exposed):
    """How far a value is from the means of the bins."""

    names: ClassVar[frozenset[str]] = frozenset({"absolute", "sigma", "bin_mean", "bin_standard_deviation"})

    def __init__(self, means: list[float], path: str) -> None:
        self._means, self._path = means, path

    def bin_mean(self) -> float:
        if not self._means:
            raise CommandError("there is no history at this time of the week")
        return fmean(self._means)

    def bin_standard_deviation(self) -> float:
        self.bin_mean()
        return pstdev(self._means)

    def absolute(self, value: object) -> float:
        """Above the mean is above 0."""
        return number(_at(value, self._path), "value") - self.bin_mean()

    def sigma(self, value: object) -> float:
        """The same in standard deviations: where they are 0, 0 at the mean and without end elsewhere."""
        away, deviation = self.absolute(value), self.bin_standard_deviation()
        if deviation == 0:
            return 0.0 if away == 0 else float("inf") if away > 0 else float("-inf")
        return away / deviation
