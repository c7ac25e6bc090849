"""history(): what the check found on the entity before. Conditions have the same, of the language's library; a command
reads no more of it than it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from chalicelib.commands import spans
from chalicelib.commands.base import CommandError, Context, text, whole
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.library.distance import WEEK, Distance, History, Point

WEEKS_MAX = 52
# What ZMON reads unless it is told otherwise: five minutes, a week ago.
FROM, TO = WEEK + 300, WEEK
POINTS = 20_000


def make(context: Context) -> Callable[..., Past]:
    def history(url: object = None) -> Past:
        """`url` told the original where its history was; there is one alone here."""
        return Past(context)

    return history


class Past(Exposed):
    """Spans are counted back from now, in seconds or such as "5m"."""

    names: ClassVar[frozenset[str]] = History.names | {"result"}

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.moment()

    def result(self, time_from: object = FROM, time_to: object = TO) -> list[list[Any]]:
        """The same as get_one()."""
        return self.get_one(time_from, time_to)

    def get_one(self, time_from: object = FROM, time_to: object = TO) -> list[list[Any]]:
        """[moment in milliseconds, value] of every result, the oldest first."""
        begin, end = _span(time_from, time_to)
        return self._between(begin, end).get_one(begin, end)

    def get_aggregated(
        self, key: object, aggregator: object, time_from: object = FROM, time_to: object = TO
    ) -> list[float]:
        """One number in a list, which is empty where there are no values. `key` is the path to a number in the values
        ("a.b"), empty where they are numbers; `aggregator` one of avg, dev, sum, min, max and count."""
        begin, end = _span(time_from, time_to)
        wanted = text(key, "key", 200), text(aggregator, "aggregator", 20)
        return self._between(begin, end).get_aggregated(*wanted, begin, end)

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
        count, size = whole(weeks, "weeks", 1, WEEKS_MAX), text(bin_size, "bin_size", 20)
        length = spans.seconds(size, "bin_size")
        points: list[Point] = []
        for week in range(1, count + 1):
            middle = self._now - week * WEEK
            points += self._read(middle - length, middle + length)
        path = text(dict_extractor_path, "dict_extractor_path", 200)
        return History(points, self._now).distance(count, bool(snap_to_bin), size, path)

    def _between(self, begin: float, end: float) -> History:
        return History(self._read(self._now - begin, self._now - end), self._now)

    def _read(self, low: float, high: float) -> list[Point]:
        entity = str(self._context.entity["id"])
        found = list(self._context.readers.history(self._context.check, entity, low, high))
        if len(found) > POINTS:
            raise CommandError(f"there are more than {POINTS} results in this time")
        return found


def _span(time_from: object, time_to: object) -> tuple[float, float]:
    return spans.seconds(time_from, "time_from"), spans.seconds(time_to, "time_to")
