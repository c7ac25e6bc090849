"""Two lists of series, the first of one with the first of the other, and so on.

Source: Graphite, Functions (Combine).
"""

from __future__ import annotations

from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.functions.combine import combined
from chalicelib.languages.graphite.functions.ratios import divided
from chalicelib.languages.graphite.registry import Implementation, aggregation_name, function, number, series_list
from chalicelib.languages.graphite.series import Series

_FIRST, _SECOND = series_list("seriesListFirstPos"), series_list("seriesListSecondPos")


def _pairs(frame: Frame, firsts: list[Series], seconds: list[Series]) -> list[tuple[Series, Series]]:
    if len(firsts) != len(seconds):
        raise frame.wrong(f"{len(firsts)} series cannot be paired with {len(seconds)}", 1)
    return list(zip(firsts, seconds, strict=True))


@function("aggregateSeriesLists", _FIRST, _SECOND, aggregation_name("func"), number("xFilesFactor", 0))
def aggregate_series_lists(
    frame: Frame, firsts: list[Series], seconds: list[Series], by: str, xff: float
) -> list[Series]:
    word = by.removesuffix("Series")
    return [
        one.called(f"{word}Series({first.name},{second.name})")
        for first, second in _pairs(frame, firsts, seconds)
        for one in combined([first, second], by, xff)
    ]


def _pairing(by: str) -> Implementation:
    def pair(frame: Frame, firsts: list[Series], seconds: list[Series]) -> list[Series]:
        return aggregate_series_lists(frame, firsts, seconds, by, 0)

    return pair


function("sumSeriesLists", _FIRST, _SECOND)(_pairing("sum"))
function("diffSeriesLists", _FIRST, _SECOND)(_pairing("diff"))
function("multiplySeriesLists", _FIRST, _SECOND)(_pairing("multiply"))


@function("divideSeriesLists", series_list("dividendSeriesList"), series_list("divisorSeriesList"))
def divide_series_lists(frame: Frame, dividends: list[Series], divisors: list[Series]) -> list[Series]:
    return [divided(*pair) for pair in _pairs(frame, dividends, divisors)]
