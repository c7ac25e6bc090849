"""Uptime: how a span of time divides into up, down, maintenance and unknown, to the second. Pure.

Computed from flips and silences, never from single results (Alertra REST API, Get Uptime Statistics). A second is
unknown while the check is new or paused, whatever else covers it, for nobody looked; else maintenance while a silence
covers it; else down from the first failed look of a confirmed outage on, which is where its flip stands; else up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.check import Flip, Status
from chalicelib.core.moments import to_seconds
from chalicelib.core.silence import Silence, merged
from chalicelib.core.spans import Span


@dataclass(frozen=True, slots=True)
class Uptime:
    """Whole seconds that add up to the span's, and how many outages touch it."""

    up: int
    down: int
    maintenance: int
    unknown: int
    outages: int


@dataclass(frozen=True, slots=True)
class Outage:
    """A check was down within a span. `began` may lie before the span, `ended` is None while it lasts; `seconds` are
    those within the span, `counted` those of them that no silence covers."""

    began: datetime
    ended: datetime | None
    flip: Flip | None
    seconds: int
    counted: int


def uptime(
    flips: Sequence[Flip], before: Status, silences: Iterable[Silence], start: datetime, end: datetime
) -> Uptime:
    """How [start, end) divides. `flips` are the check's, oldest first; `before` is its status at `start`."""
    quiet = merged(silences, start, end)
    sums = {"up": 0, "down": 0, "maintenance": 0, "unknown": 0}
    for status, begin, until in _segments(flips, before, start, end):
        whole, covered = _seconds(begin, until), _covered(quiet, begin, until)
        if status in ("up", "down"):
            sums["maintenance"] += covered
            sums[status] += whole - covered
        else:
            sums["unknown"] += whole
    outages = sum(outage.counted > 0 or not outage.seconds for outage in _outages(flips, before, quiet, start, end))
    return Uptime(**sums, outages=outages)


def outages_within(
    flips: Sequence[Flip],
    before: Flip | None,
    silences: Iterable[Silence],
    start: datetime,
    end: datetime,
) -> list[Outage]:
    """The outages that touch [start, end), oldest first; `before` is the last flip at or before `start`."""
    quiet = merged(silences, start, end)
    status: Status = before.new if before else "new"
    found = _outages(flips, status, quiet, start, end)
    if found and found[0].flip is None and before:
        first = found[0]
        found[0] = Outage(before.at, first.ended, before, first.seconds, first.counted)
    return found


def _outages(flips: Sequence[Flip], before: Status, quiet: list[Span], start: datetime, end: datetime) -> list[Outage]:
    found: list[Outage] = []
    causes: list[Flip | None] = [None, *_within(flips, start, end)]
    for cause, (status, begin, until) in zip(causes, _segments(flips, before, start, end, empty=True), strict=True):
        if status != "down" or (cause is None and begin == until):
            continue
        whole = _seconds(begin, until)
        ended = until if until < end else None
        found.append(Outage(begin, ended, cause, whole, whole - _covered(quiet, begin, until)))
    return found


def _within(flips: Sequence[Flip], start: datetime, end: datetime) -> list[Flip]:
    return [flip for flip in flips if start <= flip.at < end]


def _segments(
    flips: Sequence[Flip], before: Status, start: datetime, end: datetime, *, empty: bool = False
) -> Iterator[tuple[Status, datetime, datetime]]:
    """(status, begin, end) of every stretch between two flips; `empty` ones too where asked for."""
    status, begin = before, start
    for flip in _within(flips, start, end):
        if empty or flip.at > begin:
            yield status, begin, flip.at
        status, begin = flip.new, flip.at
    if empty or begin < end:
        yield status, begin, end


def _covered(quiet: list[Span], begin: datetime, end: datetime) -> int:
    return sum(_seconds(max(low, begin), min(high, end)) for low, high in quiet if low < end and high > begin)


def _seconds(begin: datetime, end: datetime) -> int:
    """Whole seconds between two moments, each taken down to its second, so that the parts of a span add up."""
    return to_seconds(end) - to_seconds(begin)
