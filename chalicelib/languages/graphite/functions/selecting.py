"""Choosing among series by their values or names, and putting them in order.

Source: Graphite, Functions (Filter Series, Sorting). A series without a value counts as less than any other.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from itertools import chain

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.aggregation import (
    Aggregation,
    aggregation,
    average,
    deviation,
    greatest,
    last,
    least,
)
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.registry import (
    aggregation_name,
    boolean,
    function,
    integer,
    number,
    series_list,
    series_lists,
    string,
)
from chalicelib.languages.graphite.series import Series

_DIGITS = re.compile(r"[0-9]+")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def _by(how: Aggregation) -> Callable[[Series], float]:
    def key(one: Series) -> float:
        value = how(one.values)
        return -math.inf if value is None else value

    return key


def _named(name: str) -> Aggregation:
    how = aggregation(name)
    assert how is not None, "the kind of the argument has seen to that"
    return how


def _ordered(found: list[Series], how: Aggregation, *, down: bool = False) -> list[Series]:
    return sorted(found, key=_by(how), reverse=down)


@function("highest", series_list(), integer("n", 1), aggregation_name("func", "average"))
def highest(frame: Frame, found: list[Series], number: int, name: str) -> list[Series]:
    """The first `number` in falling order; all but the last so many where it is negative, here as elsewhere."""
    return _ordered(found, _named(name), down=True)[:number]


@function("lowest", series_list(), integer("n", 1), aggregation_name("func", "average"))
def lowest(frame: Frame, found: list[Series], number: int, name: str) -> list[Series]:
    return _ordered(found, _named(name))[:number]


@function("highestMax", series_list(), integer("n", 1))
def highest_max(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return highest(frame, found, number, "max")


@function("highestCurrent", series_list(), integer("n", 1))
def highest_current(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return highest(frame, found, number, "current")


@function("highestAverage", series_list(), integer("n", 1))
def highest_average(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return highest(frame, found, number, "average")


@function("lowestAverage", series_list(), integer("n", 1))
def lowest_average(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return lowest(frame, found, number, "average")


@function("lowestCurrent", series_list(), integer("n", 1))
def lowest_current(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return lowest(frame, found, number, "current")


@function("limit", series_list(), integer("n"))
def limit(frame: Frame, found: list[Series], number: int) -> list[Series]:
    return found[:number]


@function("sortBy", series_list(), aggregation_name("func", "average"), boolean("reverse", False))
def sort_by(frame: Frame, found: list[Series], name: str, reverse: bool) -> list[Series]:
    return _ordered(found, _named(name), down=reverse)


@function("sortByTotal", series_list())
def sort_by_total(frame: Frame, found: list[Series]) -> list[Series]:
    return _ordered(found, _named("sum"), down=True)


@function("sortByMaxima", series_list())
def sort_by_maxima(frame: Frame, found: list[Series]) -> list[Series]:
    return _ordered(found, greatest, down=True)


@function("sortByMinima", series_list())
def sort_by_minima(frame: Frame, found: list[Series]) -> list[Series]:
    """Those that rise above nought, by their least value."""
    return _ordered([one for one in found if (greatest(one.values) or 0) > 0], least)


@function("sortByName", series_list(), boolean("natural", False), boolean("reverse", False))
def sort_by_name(frame: Frame, found: list[Series], natural: bool, reverse: bool) -> list[Series]:
    """`natural` puts web2 before web10."""
    return sorted(found, key=lambda one: _padded(one.name) if natural else one.name, reverse=reverse)


def _padded(name: str) -> str:
    """Numbers to ten digits, so that text order is their order."""
    return _DIGITS.sub(lambda match: match[0].zfill(10), name)


@function("mostDeviant", series_list(), integer("n"))
def most_deviant(frame: Frame, found: list[Series], number: int) -> list[Series]:
    varied = [one for one in found if deviation(one.values) is not None]
    return _ordered(varied, deviation, down=True)[:number]


@function("exclude", series_list(), string("pattern"))
def exclude(frame: Frame, found: list[Series], pattern: str) -> list[Series]:
    fits = regexes.compiled(pattern)
    return [one for one in found if not fits.found_in(one.name)]


@function("grep", series_list(), string("pattern"))
def grep(frame: Frame, found: list[Series], pattern: str) -> list[Series]:
    fits = regexes.compiled(pattern)
    return [one for one in found if fits.found_in(one.name)]


@function("filterSeries", series_list(), aggregation_name("func"), string("operator"), number("threshold"))
def filter_series(frame: Frame, found: list[Series], name: str, sign: str, threshold: float) -> list[Series]:
    if sign not in _OPERATORS:
        raise frame.wrong(f"operator must be one of {', '.join(_OPERATORS)}", 2)
    return _filtered(found, _named(name), _OPERATORS[sign], threshold)


def _filtered(
    found: list[Series], how: Aggregation, fits: Callable[[float, float], bool], threshold: float
) -> list[Series]:
    """Those whose value fits; none is less than any."""
    key = _by(how)
    return [one for one in found if fits(key(one), threshold)]


@function("currentAbove", series_list(), number("n"))
def current_above(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, last, operator.gt, threshold)


@function("currentBelow", series_list(), number("n"))
def current_below(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, last, operator.le, threshold)


@function("maximumAbove", series_list(), number("n"))
def maximum_above(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, greatest, operator.gt, threshold)


@function("maximumBelow", series_list(), number("n"))
def maximum_below(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, greatest, operator.le, threshold)


@function("minimumAbove", series_list(), number("n"))
def minimum_above(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, least, operator.gt, threshold)


@function("minimumBelow", series_list(), number("n"))
def minimum_below(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, least, operator.le, threshold)


@function("averageAbove", series_list(), number("n"))
def average_above(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, average, operator.gt, threshold)


@function("averageBelow", series_list(), number("n"))
def average_below(frame: Frame, found: list[Series], threshold: float) -> list[Series]:
    return _filtered(found, average, operator.le, threshold)


@function("removeEmptySeries", series_list(), number("xFilesFactor", None))
def remove_empty_series(frame: Frame, found: list[Series], share: float | None) -> list[Series]:
    """Without a share, what has any value stays; with one, what has at least so large a part of its values."""
    return [one for one in found if _is_filled(one, share)]


def _is_filled(one: Series, share: float | None) -> bool:
    known = len(one.values) - one.values.count(None)
    return known > 0 and known / len(one.values) >= (share or 0)


@function("fallbackSeries", series_list(), series_list("fallback"))
def fallback_series(frame: Frame, found: list[Series], fallback: list[Series]) -> list[Series]:
    return found or fallback


@function("unique", series_lists())
def unique(frame: Frame, *lists: list[Series]) -> list[Series]:
    """The first of each name."""
    kept: dict[str, Series] = {}
    for one in chain(*lists):
        kept.setdefault(one.name, one)
    return list(kept.values())
