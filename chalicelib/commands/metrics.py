"""metrics(): the series that were sent to this project, by targets of Graphite's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import ClassVar

from chalicelib.commands import spans
from chalicelib.commands.base import CommandError, Context, text
from chalicelib.languages.conditions.exposed import Exposed

SERIES_MAX = 1_000
SPAN = "5m"

Points = Sequence[tuple[float, float | None]]


def make(context: Context) -> Callable[..., Series]:
    def metrics(target: object) -> Series:
        """`target` is a name, a pattern or a call of Graphite's functions."""
        return Series(context, text(target, "target"))

    return metrics


class Series(Exposed):
    """Each method answers a value for each series, by its name. `span` is how far it looks back; a series without a
    value in it is not there."""

    names: ClassVar[frozenset[str]] = frozenset({"points", "last", "avg", "sum", "min", "max"})

    def __init__(self, context: Context, target: str) -> None:
        self._context, self._target = context, target

    def points(self, span: object = SPAN) -> dict[str, list[list[float]]]:
        """[moment, value] of each point, the oldest first."""
        return {name: [[at, value] for at, value in found] for name, found in self._read(span).items()}

    def last(self, span: object = SPAN) -> dict[str, float]:
        return self._each(lambda values: values[-1], span)

    def avg(self, span: object = SPAN) -> dict[str, float]:
        return self._each(fmean, span)

    def sum(self, span: object = SPAN) -> dict[str, float]:
        return self._each(lambda values: sum(values), span)

    def min(self, span: object = SPAN) -> dict[str, float]:
        return self._each(lambda values: min(values), span)

    def max(self, span: object = SPAN) -> dict[str, float]:
        return self._each(lambda values: max(values), span)

    def _each(self, judge: Callable[[list[float]], float], span: object) -> dict[str, float]:
        return {name: judge([value for _, value in found]) for name, found in self._read(span).items()}

    def _read(self, span: object) -> dict[str, list[tuple[float, float]]]:
        now = self._context.moment()
        found = self._context.readers.metrics(self._target, now - spans.seconds(span, "span"), now)
        if len(found) > SERIES_MAX:
            raise CommandError(f"there are more than {SERIES_MAX} such series")
        known = {name: [(at, value) for at, value in points if value is not None] for name, points in found.items()}
        return {name: points for name, points in known.items() if points}
