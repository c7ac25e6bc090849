"""Forecasts by Holt and Winters: level, slope and season of a series, each smoothed exponentially.

Source: Graphite, Functions (Calculate): holtWintersForecast and what is made of it. The smoothing begins `bootstrap`
before the request, and the season is a day unless another is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.registry import function, interval, number, series_list
from chalicelib.languages.graphite.series import Series, Values

LEVEL, SLOPE, SEASON = 0.1, 0.0035, 0.1
BOOTSTRAP, DAY = "7d", "1d"


def _reach(args: Sequence[Value], _step: int, place: int = 1) -> int:
    text = args[place] if len(args) > place else None
    return abs(intervals.seconds(text if isinstance(text, str) else BOOTSTRAP))


def _reach_with_delta(args: Sequence[Value], step: int) -> int:
    return _reach(args, step, 2)


@dataclass(slots=True)
class _State:
    """What is known after some values; season and deviation for each moment so far."""

    level: float | None = None
    slope: float = 0.0
    expected: float | None = None
    seasons: list[float] = field(default_factory=list)
    deviations: list[float] = field(default_factory=list)


def _analysed(values: Values, season: int) -> tuple[Values, list[float]]:
    """What was expected of each value before it came, and how far off that usually was."""
    state, forecasts = _State(), []
    for place, value in enumerate(values):
        before = _of_last_season(state.seasons, place, season)
        following = _of_last_season(state.seasons, place + 1, season)
        off = _of_last_season(state.deviations, place, season)
        if value is None:
            # A gap ends what was known of level and slope, and leaves none for the next season.
            forecasts.append(state.expected)
            state.level, state.slope, state.expected = None, 0.0, None
            state.seasons.append(0.0)
            state.deviations.append(0.0)
            continue
        expected = value if place == 0 else state.expected
        level = value if state.level is None else state.level
        new = LEVEL * (value - before) + (1 - LEVEL) * (level + state.slope)
        state.slope = SLOPE * (new - level) + (1 - SLOPE) * state.slope
        state.seasons.append(SEASON * (value - new) + (1 - SEASON) * before)
        missed = 0.0 if expected is None else abs(value - expected)
        state.deviations.append(SEASON * missed + (1 - SEASON) * off)
        state.level, state.expected = new, new + state.slope + following
        forecasts.append(expected)
    return forecasts, state.deviations


def _of_last_season(known: list[float], place: int, season: int) -> float:
    return known[place - season] if 0 <= place - season < len(known) else 0.0


@dataclass(frozen=True, slots=True)
class _Forecast:
    """For a series of the request, what was expected of it and the usual deviation from that."""

    source: Series
    expected: Values
    deviations: list[float]

    @property
    def label(self) -> str:
        return self.source.name


def _forecasts(frame: Frame, found: list[Series], bootstrap: str, seasonality: str) -> list[_Forecast]:
    if not found:
        return []
    made = []
    earlier = {one.name: one for one in frame.again(frame.start - abs(intervals.seconds(bootstrap)))}
    for one in found:
        whole = earlier.get(one.name, one)
        season = max(abs(intervals.seconds(seasonality)) // one.step, 1)
        expected, deviations = _analysed(whole.values, season)
        count = len(one.values)
        made.append(_Forecast(one, expected[-count:], deviations[-count:]))
    return made


@function(
    "holtWintersForecast",
    *(series_list(), interval("bootstrapInterval", BOOTSTRAP), interval("seasonality", DAY)),
    reach=_reach,
)
def forecast(frame: Frame, found: list[Series], bootstrap: str, season: str) -> list[Series]:
    return [
        one.source.like(f"holtWintersForecast({one.label})", one.expected)
        for one in _forecasts(frame, found, bootstrap, season)
    ]


def _bands(one: _Forecast, delta: float) -> tuple[Values, Values]:
    """Below and above what is expected, by so many deviations."""
    pairs = list(zip(one.expected, one.deviations, strict=True))
    lower: Values = [None if value is None else value - delta * off for value, off in pairs]
    upper: Values = [None if value is None else value + delta * off for value, off in pairs]
    return lower, upper


@function(
    "holtWintersConfidenceBands",
    *(series_list(), number("delta", 3)),
    *(interval("bootstrapInterval", BOOTSTRAP), interval("seasonality", DAY)),
    reach=_reach_with_delta,
)
def confidence_bands(frame: Frame, found: list[Series], delta: float, bootstrap: str, season: str) -> list[Series]:
    made = []
    for one in _forecasts(frame, found, bootstrap, season):
        lower, upper = _bands(one, delta)
        made.append(one.source.like(f"holtWintersConfidenceLower({one.label})", lower))
        made.append(one.source.like(f"holtWintersConfidenceUpper({one.label})", upper))
    return made


@function(
    "holtWintersAberration",
    *(series_list(), number("delta", 3)),
    *(interval("bootstrapInterval", BOOTSTRAP), interval("seasonality", DAY)),
    reach=_reach_with_delta,
)
def aberration(frame: Frame, found: list[Series], delta: float, bootstrap: str, season: str) -> list[Series]:
    """How far each value is outside the bands, 0 within them."""
    made = []
    for one in _forecasts(frame, found, bootstrap, season):
        bands = zip(one.source.values, *_bands(one, delta), strict=True)
        values: Values = [_outside(value, low, high) for value, low, high in bands]
        made.append(one.source.like(f"holtWintersAberration({one.label})", values))
    return made


def _outside(value: float | None, low: float | None, high: float | None) -> float:
    if value is None or low is None or high is None:
        return 0.0
    return value - high if value > high else value - low if value < low else 0.0
