"""Other times beside the present, lines, and gaps bridged. Source: Graphite, Functions (Transform, Special)."""

from __future__ import annotations

import math

from chalicelib.languages.graphite import intervals, moments
from chalicelib.languages.graphite.aggregation import aggregation
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.registry import (
    aggregation_name,
    boolean,
    function,
    integer,
    interval,
    number,
    series_list,
    string,
)
from chalicelib.languages.graphite.series import Series, Values


def _back(text: str) -> int:
    """The seconds of a shift; without a sign it means the past."""
    return intervals.seconds(text if text.strip()[:1] in ("+", "-") else f"-{text.strip()}")


@function(
    "timeShift",
    *(series_list(), interval("timeShift"), boolean("resetEnd", True), boolean("alignDST", False)),
)
def time_shift(frame: Frame, found: list[Series], text: str, _reset: bool, _align: bool) -> list[Series]:
    """What the series were so long before, or with a plus sign after, drawn over the present."""
    if not found:
        return []
    shown = text.strip() if text.strip()[:1] in ("+", "-") else f"-{text.strip()}"
    shift = _back(text)
    made = []
    for one in frame.again(frame.start + shift, frame.end + shift):
        # All of them begin where the first did not shifted.
        named = one.called(f'timeShift({one.name}, "{shown}")')
        made.append(named.like(start=found[0].start, end=found[0].end))
    return made


@function(
    "timeStack",
    series_list(),
    interval("timeShiftUnit", "1d"),
    integer("timeShiftStart", 0),
    integer("timeShiftEnd", 7),
)
def time_stack(frame: Frame, found: list[Series], text: str, first: int, last: int) -> list[Series]:
    """One series for each multiple of the shift from `first` to `last`."""
    if not found or abs(last - first) > 1_000:
        return []
    shown = text.strip() if text.strip()[:1] in ("+", "-") else f"-{text.strip()}"
    made = []
    for times in range(first, last):
        shift = _back(text) * times
        for one in frame.again(frame.start + shift, frame.end + shift):
            named = f"timeShift({one.name}, {shown}, {times})"
            made.append(one.called(named).like(start=one.start - shift, end=one.end - shift))
    return made


@function("timeSlice", series_list(), string("startSliceAt"), string("endSliceAt", "now"))
def time_slice(frame: Frame, found: list[Series], first: str, last: str) -> list[Series]:
    """Only what lies between two moments."""
    begin, end = _moment(frame, first, 1), _moment(frame, last, 2)
    made = []
    for one in found:
        values: Values = [
            value if begin <= one.start + place * one.step <= end else None for place, value in enumerate(one.values)
        ]
        made.append(one.called(f"timeSlice({one.name}, {begin}, {end})").like(values=values))
    return made


def _moment(frame: Frame, text: str, argument: int) -> int:
    now = frame.context.end if frame.context.now is None else frame.context.now
    try:
        return moments.seconds(text, now)
    except ValueError:
        raise frame.wrong("is not a moment such as -2h", argument) from None


@function("constantLine", number("value"))
def constant_line(frame: Frame, value: float) -> list[Series]:
    level = float(value)
    return [_level(frame, str(level), level, f"constantLine({level})")]


def _level(frame: Frame, name: str, value: float | None, path: str) -> Series:
    step = max((frame.end - frame.start) // 2, 1)
    return Series(name, frame.start, frame.end, step, [value] * 3, path_expression=path)


@function("aggregateLine", series_list(), aggregation_name("func", "average"), boolean("keepStep", False))
def aggregate_line(frame: Frame, found: list[Series], by: str, keep_step: bool) -> list[Series]:
    """Every series as a line at what an aggregation makes of it, over the window or at the steps that it has."""
    how, made = aggregation(by), []
    assert how is not None, "the kind of the argument has seen to that"
    for one in found:
        value = how(one.values)
        name = f"aggregateLine({one.name}, {value if value is None else short(value)})"
        kept = one.like(name, [value] * len(one.values)) if keep_step else _level(frame, name, value, name)
        made.append(kept)
    return made


@function("threshold", number("value"), string("label", ""), string("color", ""))
def threshold(frame: Frame, value: float, label: str, _colour: str) -> list[Series]:
    (line,) = constant_line(frame, value)
    return [line.called(label) if label else line]


@function("time", "timeFunction", string("name"), integer("step", 60))
def time_(frame: Frame, name: str, step: int) -> list[Series]:
    """The moment itself as a value."""
    if step < 1 or (frame.end - frame.start) // step > 100_000:
        raise frame.wrong("step is too short", 1)
    values: Values = [float(moment) for moment in range(frame.start, frame.end, step)]
    return [Series(name, frame.start, frame.start + step * len(values), step, values)]


@function("sin", "sinFunction", string("name"), number("amplitude", 1), integer("step", 60))
def sin(frame: Frame, name: str, amplitude: float, step: int) -> list[Series]:
    """A wave to try things with: the sine of the moment."""
    return [
        one.like(values=[math.sin(moment) * amplitude for moment in one.values if moment is not None])
        for one in time_(frame, name, step)
    ]


@function("identity", string("name"))
def identity(frame: Frame, name: str) -> list[Series]:
    return [one.like(path_expression=f'identity("{name}")') for one in time_(frame, name, 60)]


@function("interpolate", series_list(), number("limit", math.inf))
def interpolate(frame: Frame, found: list[Series], limit: float) -> list[Series]:
    """A straight line over every gap between two values that has at most `limit` points."""
    return [one.like(f"interpolate({one.name})", _bridged(one.values, limit)) for one in found]


def _bridged(values: Values, limit: float) -> Values:
    made, before = list(values), None
    for place, value in enumerate(values):
        if value is None:
            continue
        gap = place - before - 1 if before is not None else 0
        if before is not None and 0 < gap <= limit:
            begin = values[before] or 0.0
            for number_ in range(1, gap + 1):
                made[before + number_] = begin + number_ * (value - begin) / (gap + 1)
        before = place
    return made


@function("minMax", series_list())
def min_max(frame: Frame, found: list[Series]) -> list[Series]:
    """Every series between 0, its least value, and 1, its greatest."""
    made = []
    for one in found:
        known = [value for value in one.values if value is not None]
        low, high = min(known, default=0.0), max(known, default=0.0)
        values: Values = [None if value is None else _scaled(value, low, high) for value in one.values]
        made.append(one.like(f"minMax({one.name})", values))
    return made


def _scaled(value: float, low: float, high: float) -> float:
    """Where a value lies between `low`, which is 0, and `high`, which is 1; a series that stands still lies at 0."""
    return (value - low) / (high - low) if high > low else 0.0


@function("linearRegression", series_list(), string("startSourceAt", ""), string("endSourceAt", ""))
def linear_regression(frame: Frame, found: list[Series], first: str, last: str) -> list[Series]:
    """The straight line that fits best, drawn over the request; it may be fitted to another span."""
    if not found:
        return []
    begin = _moment(frame, first, 1) if first else frame.start
    end = _moment(frame, last, 2) if last else frame.end
    made = []
    for one, source in zip(found, frame.again(begin, end), strict=False):
        line = _line(source)
        if line is None:
            continue
        factor, shift = line
        values: Values = [shift + (one.start + place * one.step) * factor for place in range(len(one.values))]
        made.append(one.like(f"linearRegression({source.name}, {begin}, {end})", values))
    return made


def _line(one: Series) -> tuple[float, float] | None:
    """Slope a second and value at 1970 of the line of least squares."""
    known = [(place, value) for place, value in enumerate(one.values) if value is not None]
    count = len(known)
    places, squares = sum(place for place, _ in known), sum(place * place for place, _ in known)
    denominator = count * squares - places * places
    if not denominator:
        return None
    total, crossed = sum(value for _, value in known), sum(place * value for place, value in known)
    factor = (count * crossed - places * total) / denominator / one.step
    return factor, (squares * total - places * crossed) / denominator - factor * one.start
