"""A few series in memory for the tests of Graphite's functions: one value a minute from START."""

from __future__ import annotations

import math
from collections.abc import Mapping

from chalicelib.languages.graphite import Context, Series, evaluate, matches, patterns, tag_query, tags_of

START = 1_600_000_020
STEP = 60
N = None
Values = list[float | None]


def world(stored: Mapping[str, Values], *, step: int = STEP, length: int = 0) -> Context:
    """A context whose window has `length` values, else as many as the longest series."""

    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        tagged = tag_query(pattern)
        found = []
        for name, values in stored.items():
            if tagged[1](tags_of(name)) if tagged else matches(pattern, name):
                places = range((start - START) // step, (end - START) // step)
                cut = [values[place] if 0 <= place < len(values) else None for place in places]
                found.append(Series(name, start, end, step, cut))
        return found

    length = length or max((len(values) for values in stored.values()), default=0)
    return Context(START, START + length * step, fetch)


def made(target: str, stored: Mapping[str, Values], *, step: int = STEP) -> dict[str, Values]:
    """The values that a target makes, by the names of its series, over a window as long as the series that it reads."""
    read = [name for name in stored if any(matches(pattern, name) for pattern in patterns(target))]
    found = evaluate(target, world(stored, step=step, length=max((len(stored[name]) for name in read), default=0)))
    assert len({one.name for one in found}) == len(found), "two series of one name"
    return {one.name: [rounded(value) for value in one.values] for one in found}


def rounded(value: float | None) -> float | None:
    return None if value is None else value if math.isinf(value) else round(value, 9)
