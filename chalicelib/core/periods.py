"""Periods of the calendar and the clock, such as Monday to Friday from 9 to 17, in any number of alternatives. Pure.

The wall clock of a zone rules: an hour that a change of clocks skips is in no period, one that comes twice is twice in
the same. `languages.timeperiod` reads the text in which people write a period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from chalicelib.core import spans
from chalicelib.core.spans import Span

# Both ends are in it; one whose second is less than its first goes round: 22 to 6, Friday to Monday.
Range = tuple[int, int]
Ranges = tuple[Range, ...]
# A span of a day, counted from midnight.
_Clock = tuple[timedelta, timedelta]

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# So far ahead a change is looked for: 29 February falls on a given weekday every 28 years, and every 40 about 2100.
HORIZON = timedelta(days=41 * 366)
_EMPTY: tuple[_Clock, ...] = ()
_FULL = ((timedelta(), DAY),)
_END = datetime(9998, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """What all of its scales hold of. A scale is one of its ranges; one without any holds always.

    `week` is that of the month, the first has the days from 1 to 7; `wday` is 1 for Sunday to 7 for Saturday.
    """

    year: Ranges = ()
    month: Ranges = ()
    week: Ranges = ()
    yday: Ranges = ()
    mday: Ranges = ()
    wday: Ranges = ()
    hour: Ranges = ()
    minute: Ranges = ()
    second: Ranges = ()

    def on(self, day: date) -> bool:
        """Whether it may hold at some time of a day."""
        return (
            _holds(self.year, day.year)
            and _holds(self.month, day.month)
            and _holds(self.mday, day.day)
            and _holds(self.wday, day.isoweekday() % 7 + 1)
            and _holds(self.week, (day.day - 1) // 7 + 1)
            and _holds(self.yday, day.timetuple().tm_yday)
        )

    def at(self, local: datetime) -> bool:
        return (
            _holds(self.hour, local.hour)
            and _holds(self.minute, local.minute)
            and _holds(self.second, local.second)
            and self.on(local.date())
        )

    def next_month(self, day: date) -> date | None:
        """The first of the next month or year, if it holds on no day of this one; None if it may."""
        if not _holds(self.year, day.year):
            return date(day.year + 1, 1, 1)
        if not _holds(self.month, day.month):
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return None


def _holds(ranges: Ranges, value: int) -> bool:
    if not ranges:
        return True
    return any(low <= value <= high if low <= high else value >= low or value <= high for low, high in ranges)


@dataclass(frozen=True, slots=True)
class Period:
    """It lasts whenever one of its alternatives holds: never without any."""

    alternatives: tuple[Times, ...]

    def covers(self, moment: datetime, zone: tzinfo = UTC) -> bool:
        local = moment.astimezone(zone)
        return any(one.at(local) for one in self.alternatives)

    def spans(self, low: datetime, high: datetime, zone: tzinfo = UTC) -> Iterator[Span]:
        """When it lasts within [low, high): ordered, disjoint, clipped; UTC."""
        return spans.union(self._pieces(low.astimezone(UTC), min(high.astimezone(UTC), _END), zone))

    def gaps(self, low: datetime, high: datetime, zone: tzinfo = UTC) -> Iterator[Span]:
        """When it does not last within [low, high): ordered, disjoint, clipped; UTC."""
        low, high = low.astimezone(UTC), min(high.astimezone(UTC), _END)
        return spans.gaps(self.spans(low, high, zone), low, high)

    def next_change(self, at: datetime, zone: tzinfo = UTC) -> datetime | None:
        """When it begins next, or ends if it lasts at `at`; None if it does neither before the HORIZON."""
        low = at.astimezone(UTC)
        horizon = low + min(HORIZON, max(_END - low, timedelta()))
        begin, end = next(self.spans(low, horizon, zone), (None, horizon))
        if begin is not None and begin > low:
            return begin
        return end if end < horizon else None

    def _pieces(self, begin: datetime, high: datetime, zone: tzinfo) -> Iterator[Span]:
        """1. Days which it fills, or leaves empty, are passed over, as many as follow each other.
        2. Of the others a day's time is looked at, and no further than to a change of clocks: in it local time goes on
           evenly, and belongs to two days of the calendar or three.
        """
        while begin < high:
            day = begin.astimezone(zone).date()
            end = min(self._monotonous(day, high), high)
            if begin < end:
                if self._in(day):
                    yield begin, end
            else:
                end, offset = _steady(begin, min(begin + DAY, high), zone)
                yield from self._in_steady(begin, end, offset)
            begin = end

    def _monotonous(self, day: date, high: datetime) -> datetime:
        """Up to when all is as on `day`, full or empty; a moment before that day if it is neither. No zone is so
        far from UTC that a day begins there 24 hours before it does in UTC."""
        first, last = self._in(day), high.date() + 2 * DAY
        if first in (_EMPTY, _FULL):
            while day < last and self._in(day) == first:
                day = self._next_month(day) or day + DAY
        return datetime.combine(day, datetime.min.time(), UTC) - DAY

    def _next_month(self, day: date) -> date | None:
        firsts = [one.next_month(day) for one in self.alternatives]
        known = [first for first in firsts if first is not None]
        return min(known) if known and len(known) == len(firsts) else None

    def _in(self, day: date) -> tuple[_Clock, ...]:
        return _in_day(tuple(one for one in self.alternatives if one.on(day)))

    def _in_steady(self, begin: datetime, end: datetime, offset: timedelta) -> Iterator[Span]:
        midnight = (begin + offset).replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight - offset < end:
            for low, high in self._in(midnight.date()):
                piece = max(midnight + low - offset, begin), min(midnight + high - offset, end)
                if piece[0] < piece[1]:
                    yield piece
            midnight += DAY


ALWAYS = Period((Times(),))
NEVER = Period(())


def _steady(begin: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, timedelta]:
    """Up to when, `end` at most, the clocks of a zone go on evenly from `begin`, and how far they are before UTC."""
    offset = _offset(begin, zone)
    if _offset(end, zone) == offset:
        return end, offset
    while end - begin > SECOND:
        middle = (begin + (end - begin) / 2).replace(microsecond=0)
        # Between two moments of the same second there is none whose microseconds are nought.
        if middle <= begin:
            break
        if _offset(middle, zone) == offset:
            begin = middle
        else:
            end = middle
    return end.replace(microsecond=0), offset


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@lru_cache(maxsize=1_024)
def _in_day(alternatives: tuple[Times, ...]) -> tuple[_Clock, ...]:
    """The spans of a day, counted from midnight, in which one of the alternatives holds."""
    runs = sorted(run for one in alternatives for run in _clock(one.hour, one.minute, one.second))
    found: list[list[int]] = []
    for low, high in runs:
        if found and low <= found[-1][1]:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return tuple((timedelta(seconds=low), timedelta(seconds=high)) for low, high in found)


def _clock(hour: Ranges, minute: Ranges, second: Ranges) -> Iterator[Range]:
    """The same of one, in seconds: by the hour or the minute where the smaller scales say nothing."""
    for this_hour in _values(hour, 24):
        if not minute and not second:
            yield 3_600 * this_hour, 3_600 * (this_hour + 1)
            continue
        for this_minute in _values(minute, 60):
            base = 3_600 * this_hour + 60 * this_minute
            if not second:
                yield base, base + 60
                continue
            for this_second in _values(second, 60):
                yield base + this_second, base + this_second + 1


def _values(ranges: Ranges, count: int) -> list[int]:
    return [value for value in range(count) if _holds(ranges, value)]
