"""Several series in one, value by value: sums, averages and the like.

Source: Graphite, Functions. A moment at which no series has a value has none in the result.
"""

from __future__ import annotations

from itertools import chain

from chalicelib.languages.graphite.aggregation import Aggregation, total
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.registry import function, series_lists
from chalicelib.languages.graphite.series import Series, aligned, paths


def combined(found: list[Series], word: str, aggregation: Aggregation) -> list[Series]:
    """One series, called `word(what it was made of)`; none of none."""
    if not found:
        return []
    all_of = aligned(found)
    values = [aggregation(row) for row in all_of.rows()]
    name = f"{word}({paths(found)})"
    return [Series(name, all_of.start, all_of.end, all_of.step, values)]


@function("sumSeries", "sum", series_lists())
def sum_series(frame: Frame, *lists: list[Series]) -> list[Series]:
    return combined(list(chain(*lists)), "sumSeries", total)
