"""Where a reader has its series from: the store, or whatever a test gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chalicelib.languages import graphite
from chalicelib.languages.graphite.lines import meant
from chalicelib.store import directory, series, series_ages, series_names
from chalicelib.store.series_cells import Grid
from chalicelib.store.series_names import Name


class Source(Protocol):
    def find(self, pattern: str, limit: int) -> list[Name]:
        """The first series of the catalogue that a pattern or a seriesByTag call matches."""

    def get(self, names: Iterable[str]) -> dict[str, Name]:
        """Those of the series that have ever had a point."""

    def grids(self, names: Iterable[str], start: int, end: int, step: int, *, points: bool) -> dict[str, Grid]:
        """What is kept of each series from `start` to `end`, as `store.series.grids` says it."""

    def resolution(self, start: int) -> int:
        """The finest step, in seconds, in which everything from `start` on is still kept."""


@dataclass(slots=True)
class Stored:
    """The series of a project as the store has them at a moment."""

    project: str
    now: datetime
    consistent: bool = False
    _editions: dict[str, str] = field(default_factory=dict)
    _deletions: int | None = None

    def find(self, pattern: str, limit: int) -> list[Name]:
        tagged = graphite.tag_query(pattern)
        if tagged is None:
            return self._learnt(series_names.find(self.project, meant(pattern), self.now, limit=limit))
        name, fits = tagged
        return self._learnt(series_names.tagged(self.project, fits, self.now, limit=limit, name=name))

    def get(self, names: Iterable[str]) -> dict[str, Name]:
        found = series_names.get_many(self.project, names, self.now, consistent=self.consistent)
        self._learnt(found.values())
        return found

    def _learnt(self, found: Iterable[Name]) -> list[Name]:
        names = list(found)
        self._editions.update({name.series: name.edition for name in names})
        return names

    def grids(self, names: Iterable[str], start: int, end: int, step: int, *, points: bool) -> dict[str, Grid]:
        editions = self._of(list(names))
        return series.grids(
            self.project, editions, start, end, self.now, step=step, points=points, consistent=self.consistent
        )

    def _of(self, names: list[str]) -> dict[str, str | None]:
        """The series with their editions. Where some were ever deleted, the catalogue says which there are: what is
        left of others is still being deleted."""
        if self._deletions is None:
            self._deletions = directory.deletions(self.project, strongly=self.consistent)
        if not self._deletions:
            return dict.fromkeys(names, "")
        unknown = [name for name in names if name not in self._editions]
        if unknown:
            self.get(unknown)
        return {name: self._editions.get(name) for name in names}

    def resolution(self, start: int) -> int:
        return series_ages.resolution(start, self.now)
