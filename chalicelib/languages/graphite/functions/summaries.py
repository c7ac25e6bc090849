"""Longer steps: values brought together by the hour, the day or any span. Source: Graphite, Functions (Transform)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice

from chalicelib.languages.graphite import intervals
from chalicelib.languages.graphite.aggregation import CONSOLIDATIONS, Aggregation, aggregation, last
from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.registry import (
    aggregation_name,
    anything,
    boolean,
    function,
    interval,
    number,
    series_list,
    string,
)
from chalicelib.languages.graphite.series import Series, Values

SPANS_MAX = 100_000
# From coarse to fine, with as much of each as is enough.
_UNITS = ("y", "years"), ("mon", "months"), ("d", "days"), ("h", "hours"), ("min", "minutes"), ("s", "seconds")
# With the day that they begin with, of which Monday is the first.
_WEEKS = re.compile(r"w(?:eeks?)?([1-7])?")
_DAY = 86_400


def _named(name: str) -> Aggregation:
    how = aggregation(name)
    assert how is not None, "the kind of the argument has seen to that"
    return how


def _span(frame: Frame, text: str) -> int:
    seconds = abs(intervals.seconds(text))
    if not seconds:
        raise frame.wrong("an interval of no length", 1)
    return seconds


def _buckets(frame: Frame, one: Series, start: int, span: int, count: int, how: Aggregation) -> Values:
    """The values of a series in `count` spans from `start` on, each made one."""
    if count > SPANS_MAX:
        raise frame.wrong(f"the interval is too short: there would be more than {SPANS_MAX} values", 1)
    filled: list[Values] = [[] for _ in range(count)]
    for place, value in enumerate(one.values):
        bucket = (one.start + place * one.step - start) // span
        if 0 <= bucket < count:
            filled[bucket].append(value)
    return [_merged(values, how, one.xff * span / one.step) for values in filled]


def _merged(values: Values, how: Aggregation, needed: float) -> float | None:
    """A span that is not whole has the fewer values; as many are needed all the same."""
    known = len(values) - values.count(None)
    return how(values) if known and known >= needed else None


@function(
    "summarize",
    *(series_list(), interval("intervalString"), aggregation_name("func", "sum"), boolean("alignToFrom", False)),
)
def summarize(frame: Frame, found: list[Series], text: str, name: str, from_start: bool) -> list[Series]:
    """Spans begin at even times, or with `alignToFrom` where the series does."""
    span, how, made = _span(frame, text), _named(name), []
    for one in found:
        last = one.start + len(one.values) * one.step
        start = one.start if from_start else one.start - one.start % span
        # One span more than is needed where the series ends as a span does.
        end = start - (start - last) // span * span if from_start else last - last % span + span
        count = (end - start) // span
        rest = ", true" if from_start else ""
        values = _buckets(frame, one, start, span, count, how)
        named = f'summarize({one.name}, "{text}", "{name}"{rest})'
        made.append(one.like(named, values, start=start, end=end, step=span))
    return made


@function(
    "smartSummarize",
    *(series_list(), interval("intervalString"), aggregation_name("func", "sum"), anything("alignTo", None)),
)
def smart_summarize(frame: Frame, found: list[Series], text: str, name: str, unit: Value) -> list[Series]:
    """Spans begin where the request does, or with `alignTo` where the minute, hour, day, week, month or year of that
    does; `weeks3` begin with a Wednesday. True and false, which older targets have there, say nothing."""
    span, how, made = _span(frame, text), _named(name), []
    if unit is not None and not isinstance(unit, bool):
        found = frame.again(_beginning(frame, unit))
    for one in found:
        last = one.start + len(one.values) * one.step
        count = -(-(last - one.start) // span)
        values = _buckets(frame, one, one.start, span, count, how)
        named = f'smartSummarize({one.name}, "{text}", "{name}")'
        made.append(one.like(named, values, end=one.start + count * span, step=span))
    return made


def _beginning(frame: Frame, unit: Value) -> int:
    """The beginning of the second, minute ... year in which the request begins; UTC."""
    moment, text = datetime.fromtimestamp(frame.start, UTC), unit if isinstance(unit, str) else ""
    if week := _WEEKS.fullmatch(text):
        days = (moment.isoweekday() - int(week[1] or 1)) % 7
        return frame.start - frame.start % _DAY - days * _DAY
    units = enumerate(_UNITS)
    place = next((place for place, (short, long) in units if text.startswith(short) and long.startswith(text)), None)
    if place is None:
        words = ", ".join(word for _, word in _UNITS)
        raise frame.wrong(f"alignTo must be one of {words}, weeks, weeks1 ... weeks7", 3)
    known = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    year, month, day, hour, minute, second = (*known[: place + 1], *(1, 1, 1, 0, 0, 0)[place + 1 :])
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


@function("compressPeriodicGaps", series_list())
def compress_periodic_gaps(frame: Frame, found: list[Series]) -> list[Series]:
    """Where every second, third ... moment alone has a value: a longer step, which leaves out the gaps between."""
    return [_compressed(frame, one).like(f"compressPeriodicGaps({one.name})") for one in found]


def _compressed(frame: Frame, one: Series) -> Series:
    """The step is guessed by the first three values. A series that has none of its own stays as it is."""
    known = list(islice((place for place, value in enumerate(one.values) if value is not None), 2))
    if len(known) < 2 or known[1] - known[0] < 2:
        return one
    first, every = known[0], known[1] - known[0]
    third = one.values[known[1] + every - 1 : known[1] + every + 2]
    if [value is None for value in third] != [True, False, True]:
        return one
    start, span = one.start + first * one.step, every * one.step
    count = -(-(len(one.values) - first) // every)
    values = _buckets(frame, one, start, span, count, last)
    return one.like(values=values, start=start, end=start + count * span, step=span)


@function("hitcount", series_list(), interval("intervalString"), boolean("alignToInterval", False))
def hitcount(frame: Frame, found: list[Series], text: str, align: bool) -> list[Series]:
    """How many there were in each span, of values that say how many a second: a value that lies across a border counts
    on both sides of it. The last span ends where the series does, or the first begins with a minute, hour or day."""
    span, made = _span(frame, text), []
    if align and found:
        unit = next(length for length in (86_400, 3_600, 60, 1) if span >= length)
        found = frame.again(frame.start - frame.start % unit)
    for one in found:
        last = one.start + len(one.values) * one.step
        count = (last - one.start) // span + 1 if align else -(-(last - one.start) // span)
        if count > SPANS_MAX:
            raise frame.wrong(f"the interval is too short: there would be more than {SPANS_MAX} values", 1)
        start = one.start if align else last - count * span
        end = start + count * span
        rest = ", true" if align else ""
        named = f'hitcount({one.name}, "{text}"{rest})'
        made.append(one.like(named, _hits(one, start, span, count), start=start, end=end, step=span))
    return made


def _hits(one: Series, start: int, span: int, count: int) -> Values:
    made: Values = [None] * count
    for place, value in enumerate(one.values):
        if value is None:
            continue
        begin = one.start + place * one.step
        end = begin + one.step
        while begin < end:
            bucket = (begin - start) // span
            until = min(end, start + (bucket + 1) * span)
            made[bucket] = (made[bucket] or 0) + value * (until - begin)
            begin = until
    return made


@function("consolidateBy", series_list(), string("consolidationFunc"))
def consolidate_by(frame: Frame, found: list[Series], name: str) -> list[Series]:
    """How values are to be merged wherever that is needed later."""
    if name not in CONSOLIDATIONS:
        raise frame.wrong(f"consolidationFunc must be one of {', '.join(CONSOLIDATIONS)}", 1)
    return [one.like(f'consolidateBy({one.name},"{name}")', consolidate=name) for one in found]


@function("cumulative", series_list())
def cumulative(frame: Frame, found: list[Series]) -> list[Series]:
    return consolidate_by(frame, found, "sum")


@function("setXFilesFactor", "xFilesFactor", series_list(), number("xFilesFactor"))
def set_x_files_factor(frame: Frame, found: list[Series], share: float) -> list[Series]:
    """So large a part of the values must be known for a merged one."""
    return [one.like(xff=share) for one in found]
