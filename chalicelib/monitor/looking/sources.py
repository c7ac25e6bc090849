"""Where a reader has its series from: the store, or whatever a test gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.languages import graphite
from chalicelib.languages.graphite.lines import meant
from chalicelib.store import series, series_ages, series_names
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


@dataclass(frozen=True, slots=True)
class Stored:
    """The series of a project as the store has them at a moment."""

    project: str
    now: datetime
    consistent: bool = False

    def find(self, pattern: str, limit: int) -> list[Name]:
        tagged = graphite.tag_query(pattern)
        if tagged is None:
            return series_names.find(self.project, meant(pattern), self.now, limit=limit)
        name, fits = tagged
        return series_names.tagged(self.project, fits, self.now, limit=limit, name=name)

    def get(self, names: Iterable[str]) -> dict[str, Name]:
        return series_names.get_many(self.project, names, self.now, consistent=self.consistent)

    def grids(self, names: Iterable[str], start: int, end: int, step: int, *, points: bool) -> dict[str, Grid]:
        return series.grids(
            self.project, names, start, end, self.now, step=step, points=points, consistent=self.consistent
        )

    def resolution(self, start: int) -> int:
        return series_ages.resolution(start, self.now)
