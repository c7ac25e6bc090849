"""Ways to make one value out of several, where None is no value. A result that there is not is None.

Source: Graphite, aggregation functions (aggregate, consolidateBy).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from chalicelib.languages.graphite.errors import GraphiteError

Row = Sequence[float | None]
Aggregation = Callable[[Row], float | None]


def known(row: Row) -> Sequence[float]:
    """The values without the gaps."""
    if None in row:
        return [value for value in row if value is not None]
    return cast(Sequence[float], row)


def total(row: Row) -> float | None:
    values = known(row)
    return sum(values) if values else None


def average(row: Row) -> float | None:
    values = known(row)
    return sum(values) / len(values) if values else None


def average_with_zeros(row: Row) -> float | None:
    """The average in which a gap counts as nought."""
    return sum(known(row)) / len(row) if row else None


def median(row: Row) -> float | None:
    values = sorted(known(row))
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def least(row: Row) -> float | None:
    return min(known(row), default=None)


def greatest(row: Row) -> float | None:
    return max(known(row), default=None)


def difference(row: Row) -> float | None:
    """The first value that there is, less all that follow."""
    values = known(row)
    return values[0] - sum(values[1:]) if values else None


def deviation(row: Row) -> float | None:
    """The standard deviation of the values as a whole population."""
    values = known(row)
    if not values:
        return None
    mean = sum(values) / len(values)
    # Multiplied, not raised: what is too large becomes infinite instead of an error.
    return math.sqrt(sum((value - mean) * (value - mean) for value in values) / len(values))


def span(row: Row) -> float | None:
    values = known(row)
    return max(values) - min(values) if values else None


def product(row: Row) -> float | None:
    """All multiplied; a single gap leaves nothing."""
    if not row or None in row:
        return None
    return float(math.prod(known(row)))


def count(row: Row) -> float | None:
    """Of values there is always a number, nought where there are none."""
    return len(known(row))


def first(row: Row) -> float | None:
    return next((value for value in row if value is not None), None)


def last(row: Row) -> float | None:
    return next((value for value in reversed(row) if value is not None), None)


def percentile(row: Row, percent: float, *, interpolate: bool = False) -> float | None:
    """The value below which `percent` of a hundred lie (0 < percent <= 100): the next one above, or with `interpolate`
    what lies between the two. Raises GraphiteError for an infinite one."""
    if math.isinf(percent):
        raise GraphiteError("a percentile must be finite")
    values = sorted(known(row))
    if not values:
        return None
    place = percent / 100 * (len(values) + 1)
    rank = int(place) if interpolate else math.ceil(place)
    if rank < 1:
        return values[0]
    if rank >= len(values):
        return values[-1]
    low = values[rank - 1]
    return low + (place - rank) * (values[rank] - low) if interpolate else low


AGGREGATIONS: Mapping[str, Aggregation] = {
    "average": average,
    "avg": average,
    "avg_zero": average_with_zeros,
    "count": count,
    "current": last,
    "diff": difference,
    "first": first,
    "last": last,
    "max": greatest,
    "median": median,
    "min": least,
    "multiply": product,
    "range": span,
    "rangeOf": span,
    "stddev": deviation,
    "sum": total,
    "total": total,
}

# How values merge into longer steps: what consolidateBy takes.
CONSOLIDATIONS: Mapping[str, Aggregation] = {
    name: AGGREGATIONS[name] for name in ("average", "avg", "avg_zero", "first", "last", "max", "median", "min", "sum")
}


def aggregation(name: str) -> Aggregation | None:
    """The aggregation of that name; `sumSeries` is `sum`, as in older targets."""
    return AGGREGATIONS.get(name) or AGGREGATIONS.get(name.removesuffix("Series"))
