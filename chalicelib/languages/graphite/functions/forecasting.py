"""What a series should be by its own past, with the season of a day or so, and how far it strays from that.

Source: Graphite, Functions (Calculate): the Holt-Winters method of three exponential smoothings, for level, trend and
season. It learns from what lies before the window, a week unless another span is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.registry import Param, function, interval, number, series_list
from chalicelib.languages.graphite.series import Series, Values

# How much the newest value weighs against all before it.
LEVEL = SEASON = 0.1
TREND = 0.0035


@dataclass(slots=True)
class _Model:
    """What has been learnt so far; `season` is the number of points after which things repeat themselves."""

    season: int
    level: float | None = None
    trend: float = 0.0
    expected: float | None = None
    seasonals: list[float] = field(default_factory=list)
    deviations: list[float] = field(default_factory=list)

    def learn(self, value: float | None) -> float | None:
        """Takes the next value in; what had been expected instead, None where a gap comes before."""
        first = not self.seasonals
        expected = value if first else self.expected
        if value is None:
            self._skip()
        else:
            self._take(value, expected)
        return expected

    def _skip(self) -> None:
        """After a gap the level begins anew."""
        self.level, self.trend, self.expected = None, 0.0, None
        self.seasonals.append(0.0)
        self.deviations.append(0.0)

    def _take(self, value: float, expected: float | None) -> None:
        before = value if self.level is None else self.level
        seasonal = self._ago(self.seasonals, self.season)
        following = self._ago(self.seasonals, self.season - 1)
        strayed = self._ago(self.deviations, self.season)
        self.level = _mixed(LEVEL, value - seasonal, before + self.trend)
        self.trend = _mixed(TREND, self.level - before, self.trend)
        self.seasonals.append(_mixed(SEASON, value - self.level, seasonal))
        self.deviations.append(_mixed(SEASON, abs(value - (expected or 0.0)), strayed))
        self.expected = self.level + self.trend + following

    @staticmethod
    def _ago(past: list[float], points: int) -> float:
        """What was so many points before the one that comes next; nought before the beginning."""
        return past[-points] if 0 < points <= len(past) else 0.0


def _mixed(weight: float, newest: float, before: float) -> float:
    return weight * newest + (1 - weight) * before


@dataclass(frozen=True, slots=True)
class _Forecast:
    """A series with what it should be, and how far it usually strays, at each moment of the window."""

    series: Series
    start: int
    expected: Values
    deviations: list[float]

    def like(self, word: str, values: Values) -> Series:
        name = f"{word}({self.series.name})"
        return self.series.like(name, values, start=self.start, consolidate="average")

    def edge(self, delta: float) -> Values:
        """So many usual deviations above what is expected."""
        return [
            None if value is None else value + delta * strayed
            for value, strayed in zip(self.expected, self.deviations, strict=True)
        ]


def _forecasts(frame: Frame, bootstrap: str, seasonality: str) -> list[_Forecast]:
    return [_forecast(frame, one, _span(bootstrap), _span(seasonality)) for one in _learnt_from(frame, bootstrap)]


def _learnt_from(frame: Frame, bootstrap: str) -> list[Series]:
    return frame.again(frame.start - _span(bootstrap))


def _forecast(frame: Frame, series: Series, before: int, season: int) -> _Forecast:
    if season < 2 * series.step:
        raise frame.wrong("seasonality must be at least two points of the series")
    model = _Model(season // series.step)
    expected = [model.learn(value) for value in series.values]
    skipped = before // series.step
    return _Forecast(series, series.start + before, expected[skipped:], model.deviations[skipped:])


def _span(text: str) -> int:
    return abs(intervals.seconds(text))


_DELTA = number("delta", 3)
_SPANS: tuple[Param, ...] = (interval("bootstrapInterval", "7d"), interval("seasonality", "1d"))


def _bootstrap_reach(values: Sequence[Value], step: int) -> int:
    """The first span that is given is the one to learn from, whichever function it is."""
    return _span(next((value for value in values if isinstance(value, str)), "7d"))


@function("holtWintersForecast", series_list(), *_SPANS, reach=_bootstrap_reach)
def holt_winters_forecast(frame: Frame, found: list[Series], bootstrap: str, seasonality: str) -> list[Series]:
    return [one.like("holtWintersForecast", one.expected) for one in _forecasts(frame, bootstrap, seasonality)]


@function("holtWintersConfidenceBands", series_list(), _DELTA, *_SPANS, reach=_bootstrap_reach)
def holt_winters_confidence_bands(
    frame: Frame, found: list[Series], delta: float, bootstrap: str, seasonality: str
) -> list[Series]:
    """Two series for each: `delta` usual deviations below and above what is expected."""
    made = []
    for one in _forecasts(frame, bootstrap, seasonality):
        for word, sign in (("holtWintersConfidenceLower", -1), ("holtWintersConfidenceUpper", 1)):
            band = one.like(word, one.edge(sign * delta))
            made.append(band.like(path_expression=one.series.path_expression))
    return made


@function("holtWintersConfidenceArea", series_list(), _DELTA, *_SPANS, reach=_bootstrap_reach)
def holt_winters_confidence_area(
    frame: Frame, found: list[Series], delta: float, bootstrap: str, seasonality: str
) -> list[Series]:
    """The bands of one series, both under the name of the area between them."""
    if len(found) > 1:
        raise frame.wrong(f"seriesList must be one series, not {len(found)}", 0)
    bands = holt_winters_confidence_bands(frame, found, delta, bootstrap, seasonality)
    return [one.like(f"holtWintersConfidenceArea({one.path_expression})") for one in bands]


@function("holtWintersAberration", series_list(), _DELTA, *_SPANS, reach=_bootstrap_reach)
def holt_winters_aberration(
    frame: Frame, found: list[Series], delta: float, bootstrap: str, seasonality: str
) -> list[Series]:
    """How far each value is outside its bands, nought within them and in gaps."""
    made = []
    for one in _forecasts(frame, bootstrap, seasonality):
        # The values that were learnt from, whose step the forecast has: what lies long ago is kept more coarsely.
        values = one.series.values[len(one.series.values) - len(one.expected) :]
        edges = zip(values, one.edge(-delta), one.edge(delta), strict=True)
        made.append(one.like("holtWintersAberration", [_outside(*three) for three in edges]))
    return made


def _outside(value: float | None, low: float | None, high: float | None) -> float:
    if value is None or low is None or high is None:
        return 0.0
    return max(value - high, 0.0) or min(value - low, 0.0)
