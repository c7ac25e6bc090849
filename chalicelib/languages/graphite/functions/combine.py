"""Several series in one, value by value: sums, averages and the like.

Source: Graphite, Functions (Combine). A moment at which no series has a value has none in the result.
"""

from __future__ import annotations

from functools import partial, reduce
from itertools import chain

from chalicelib.languages.graphite.aggregation import AGGREGATIONS, Aggregation, percentile
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.functions.transform import power
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.registry import (
    Implementation,
    aggregation_name,
    boolean,
    function,
    number,
    series_list,
    series_lists,
)
from chalicelib.languages.graphite.series import Row, Series, aligned, paths

# Those that make a value of gaps alone.
_OF_GAPS = ("avg_zero", "count")


def combined(found: list[Series], by: str, xff: float = 0.0) -> list[Series]:
    """One series by the aggregation of that name, `sumSeries(what it was made of)`; none of none. A moment at which
    less than the share `xff` of the series have a value gets none. It keeps the tags that all have in common."""
    word, xff = by.removesuffix("Series"), xff or max((one.xff for one in found), default=0.0)
    aggregation, name = AGGREGATIONS[word], f"{word}Series({paths(found)})"
    judged = _with_share(aggregation, xff) if xff or word in _OF_GAPS else aggregation
    return [
        one.like(tags={"name": name, **_common_tags(found), "aggregatedBy": word})
        for one in merged(found, name, judged)
    ]


def merged(found: list[Series], name: str, aggregation: Aggregation) -> list[Series]:
    """One series by any aggregation, under a name of its own; none of none."""
    if not found:
        return []
    all_of = aligned(found)
    return [Series(name, all_of.start, all_of.end, all_of.step, list(map(aggregation, all_of.rows())), {"name": name})]


def _with_share(aggregation: Aggregation, xff: float) -> Aggregation:
    def judged(row: Row) -> float | None:
        known = len(row) - row.count(None)
        return aggregation(row) if known and known / len(row) >= xff else None

    return judged


def _common_tags(found: list[Series]) -> dict[str, str]:
    first, *others = found
    return {tag: value for tag, value in first.tags.items() if all(one.tags.get(tag) == value for one in others)}


def _power(base: float | None, exponent: float | None) -> float | None:
    return None if base is None or exponent is None else power(base, exponent)


def _combining(by: str) -> Implementation:
    def combine(frame: Frame, *lists: list[Series]) -> list[Series]:
        return combined(list(chain(*lists)), by)

    return combine


function("sumSeries", "sum", series_lists())(_combining("sum"))
function("averageSeries", "avg", series_lists())(_combining("average"))
function("maxSeries", series_lists())(_combining("max"))
function("minSeries", series_lists())(_combining("min"))
function("diffSeries", series_lists())(_combining("diff"))
function("medianSeries", series_lists())(_combining("median"))
function("stddevSeries", series_lists())(_combining("stddev"))
function("rangeOfSeries", series_lists())(_combining("rangeOf"))


@function("multiplySeries", series_lists())
def multiply_series(frame: Frame, *lists: list[Series]) -> list[Series]:
    """A list of a single series stays as it is, with its name."""
    found = list(chain(*lists))
    return found if len(lists) == len(found) == 1 else combined(found, "multiply")


@function("powSeries", series_lists("seriesList"))
def pow_series(frame: Frame, *lists: list[Series]) -> list[Series]:
    """The first to the power of the second, that to the power of the third, and so on."""
    found = list(chain(*lists))
    return merged(found, f"powSeries({','.join(one.name for one in found)})", partial(reduce, _power))


@function("countSeries", series_lists())
def count_series(frame: Frame, *lists: list[Series]) -> list[Series]:
    """How many series there are, whether or not they have values."""
    found = list(chain(*lists))
    return merged(found, f"countSeries({paths(found)})", len)


@function("percentileOfSeries", series_list(), number("n"), boolean("interpolate", False))
def percentile_of_series(frame: Frame, found: list[Series], percent: float, interpolate: bool) -> list[Series]:
    if not 0 < percent <= 100:
        raise frame.wrong("n must be above 0 and at most 100", 1)
    name = f"percentileOfSeries({found[0].path_expression},{short(percent)})" if found else ""
    return merged(found, name, partial(percentile, percent=percent, interpolate=interpolate))


@function("aggregate", series_list(), aggregation_name("func"), number("xFilesFactor", 0))
def aggregate(frame: Frame, found: list[Series], by: str, xff: float) -> list[Series]:
    return combined(found, by, xff)
