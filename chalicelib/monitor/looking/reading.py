"""Reading series for rules: each series once, however many rules of a batch ask for it.

A plain target is a name, a name with wildcards, or either with a data view behind a colon; anything else is a Graphite
expression, whose fetches are shared as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chalicelib.core.criteria import BUCKET
from chalicelib.languages import graphite
from chalicelib.languages.graphite import Context, Series, TooMany
from chalicelib.languages.graphite.lines import meant
from chalicelib.store import series, series_ages, series_names

# A pattern that matches more series than this is refused: one rule must not read a whole project.
SERIES_MAX = 1_000
# A function may ask for what lies a week or a year before.
POINTS_MAX = 50_000
VIEW = "avg"

Buckets = list[float | None]


@dataclass(slots=True)
class Reader:
    """What one batch has read of a project so far. `until` is the end of the last bucket; `nudged` is when the
    points came that are why it reads (milliseconds since 1970), 0 when there are none."""

    project: str
    now: datetime
    consistent: bool = False
    nudged: int = 0
    _names: dict[str, list[str]] = field(default_factory=dict)
    _read: dict[tuple[str, str, int, int], dict[str, Buckets]] = field(default_factory=dict)
    _fetched: dict[tuple[str, int, int], list[Series]] = field(default_factory=dict)

    @property
    def until(self) -> int:
        return (int(self.now.timestamp()) // BUCKET + 1) * BUCKET

    def names(self, pattern: str) -> list[str]:
        """The series that a pattern means, at most SERIES_MAX; a plain name means itself, known or not. Raises
        TooMany."""
        if pattern not in self._names:
            found = self._find(pattern)
            if len(found) > SERIES_MAX:
                raise TooMany(f"{pattern} matches more than {SERIES_MAX} series")
            self._names[pattern] = found
        return self._names[pattern]

    def _find(self, pattern: str) -> list[str]:
        if not graphite.is_pattern(pattern):
            return [meant(pattern)]
        tagged = graphite.tag_query(pattern)
        if tagged is None:
            return series_names.find(self.project, meant(pattern), self.now, limit=SERIES_MAX + 1)
        name, fits = tagged
        return series_names.tagged(self.project, fits, self.now, limit=SERIES_MAX + 1, name=name)

    def is_known(self, name: str) -> bool:
        """Whether the series has ever had a point."""
        return series_names.get(self.project, name, self.now, consistent=self.consistent) is not None

    def plain(self, target: str, seconds: int) -> dict[str, Buckets]:
        """The last `seconds` of every series of a plain target, in buckets of 30 seconds."""
        pattern, view = split_view(target)
        start = self.until - seconds
        key = (pattern, view, start, BUCKET)
        if key not in self._read:
            self._read[key] = self.many(self.names(pattern), start, self.until, BUCKET, view)
        return self._read[key]

    def many(self, names: Iterable[str], start: int, end: int, step: int, view: str) -> dict[str, Buckets]:
        """Every one of these series in buckets of `step` seconds."""
        found = series.read_many(
            self.project, names, start, end, self.now, step=step, view=view, consistent=self.consistent
        )
        return {name: _finite(values) for name, values in found.items()}

    def evaluated(self, target: str, seconds: int) -> list[Series]:
        """The series that an expression makes of the last `seconds`. Raises what the language raises."""
        start = self.until - seconds
        return graphite.evaluate(target, Context(start, self.until, self._fetch))

    def rendered(self, target: str, start: int, end: int) -> list[Series]:
        return graphite.evaluate(target, Context(start, end, self._fetch))

    def _fetch(self, target: str, start: int, end: int) -> list[Series]:
        key = (target, start, end)
        if key not in self._fetched:
            pattern, view = split_view(target)
            step = series_ages.resolution(start, self.now)
            low, high = start // step * step, -(-end // step) * step
            if (high - low) // step > POINTS_MAX:
                raise TooMany(f"{target} is to be read over more than {POINTS_MAX} points")
            names = self.names(pattern)
            if not graphite.is_pattern(pattern):
                names = [name for name in names if self.is_known(name)]
            found = self.many(names, low, high, step, view)
            suffix = f":{view}" if view != VIEW else ""
            self._fetched[key] = [
                Series(
                    name=name + suffix, start=low, end=high, step=step, values=values, tags=series_names.tags_of(name)
                )
                for name, values in found.items()
            ]
        return [one.copy() for one in self._fetched[key]]


def split_view(target: str) -> tuple[str, str]:
    """A plain target as pattern and data view, the average where none is named (Hosted Graphite, Data Views)."""
    pattern, colon, view = target.rpartition(":")
    return (pattern, view) if colon and pattern and series.is_view(view) else (target, VIEW)


def means_many(target: str) -> bool:
    """Whether a target means whatever it finds: what it does not find is not waited for, as a name is."""
    if not graphite.is_plain(target):
        return True
    pattern = split_view(target)[0]
    return graphite.is_pattern(pattern) or graphite.tag_query(pattern) is not None


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a series is the one, or one of those, that a name, a pattern or a seriesByTag call means."""
    tagged = graphite.tag_query(pattern)
    if tagged:
        return lambda name: tagged[1](graphite.tags_of(name))
    return partial(graphite.matches, meant(pattern)) if graphite.is_pattern(pattern) else meant(pattern).__eq__


def buckets_of(found: Series, until: int, seconds: int) -> Buckets:
    """The last `seconds` of an evaluated series in buckets of 30 seconds: a longer step fills all that it covers."""
    moments = range(until - seconds, until, BUCKET)
    places = ((moment - found.start) // found.step for moment in moments)
    return _finite(found.values[place] if 0 <= place < len(found.values) else None for place in places)


def _finite(values: Iterable[float | None]) -> Buckets:
    """The values without those that arithmetic has made of numbers too large for it: they say nothing."""
    return [value if value is None or value - value == 0 else None for value in values]
