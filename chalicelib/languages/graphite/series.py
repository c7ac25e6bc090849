"""A series of values at even steps, and how several are brought to one step. Times and steps are seconds since 1970.

Whoever has a series may keep it: nothing changes one that it was given, and every function makes its own with `like`.
Source: Graphite, The Render URL API (consolidation, xFilesFactor).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from chalicelib.languages.graphite.aggregation import CONSOLIDATIONS
from chalicelib.languages.graphite.errors import TooMany
from chalicelib.languages.graphite.tags import tags_of

PATHS_MAX = 250_000

Values = list[float | None]
Row = Sequence[float | None]


@dataclass(slots=True)
class Series:
    """`values[i]` is of the moment `start + i * step`; `end` is the first moment after them, as a rule.

    `path_expression` is what other functions call the series when they name their result after what they were given;
    `consolidate` says how values are merged into longer steps; `xff` is the share of values that a merged one needs.
    """

    name: str
    start: int
    end: int
    step: int
    values: Values
    tags: dict[str, str] = field(default_factory=dict)
    path_expression: str = ""
    consolidate: str = "average"
    xff: float = 0.0

    def __post_init__(self) -> None:
        if not self.tags:
            self.tags = tags_of(self.name)
        if not self.path_expression:
            self.path_expression = self.name

    def copy(self) -> Series:
        """One that can be given away: values and tags are its own."""
        return replace(self, values=list(self.values), tags=dict(self.tags))

    def like(self, name: str | None = None, values: Values | None = None, **changes: Any) -> Series:
        """The same with changes. One that gets a new name is known to other functions by it, unless a
        `path_expression` is among the changes."""
        if name is not None:
            changes = {"name": name, "path_expression": name, **changes}
        if values is not None:
            changes["values"] = values
        return replace(self, **changes)

    def called(self, name: str) -> Series:
        """The same under a name for people: other functions still know it as before."""
        return replace(self, name=name)

    def merged(self, factor: int) -> Series:
        """Each `factor` values in one, as `consolidate` and `xff` say; the last may be of fewer."""
        if factor <= 1:
            return self
        merge, values = CONSOLIDATIONS[self.consolidate], self.values
        made: Values = []
        for first in range(0, len(values), factor):
            part = values[first : first + factor]
            known = len(part) - part.count(None)
            made.append(merge(part) if known and known / factor >= self.xff else None)
        return replace(self, values=made, step=self.step * factor)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Series that have been brought to one step, and the span of all of them together."""

    series: tuple[Series, ...]
    start: int
    end: int
    step: int

    def rows(self) -> Iterable[Row]:
        """The values of each moment, None for a series that has no more."""
        return zip_longest(*[one.values for one in self.series])


def aligned(found: Sequence[Series]) -> Aligned:
    """Brings series (at least one) to the least common multiple of their steps. Their first values are of one moment,
    as in Graphite, wherever each of them begins."""
    step = math.lcm(*(one.step for one in found))
    start = min(one.start for one in found)
    end = max(one.end for one in found)
    return Aligned(tuple(one.merged(step // one.step) for one in found), start, end - (end - start) % step, step)


def paths(found: Iterable[Series]) -> str:
    """What series are called together within the name of a result: their path expressions in order, each once. Raises
    TooMany."""
    named = ",".join(dict.fromkeys(one.path_expression for one in found))
    if len(named) > PATHS_MAX:
        raise TooMany(f"the name of what several series make together would have more than {PATHS_MAX} letters")
    return named
