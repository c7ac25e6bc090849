"""Recurring windows: so long, from this time of day on these weekdays, by the clocks of this zone. Pure.

The wall clock rules where a window begins, real time how long it lasts. A time that a change of clocks skips begins at
the first moment after the gap; one that comes twice begins once, the first time; a day that does not exist has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any

from chalicelib.core import zones
from chalicelib.core.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
NOON = time(12)
DURATION_MAX = 7 * 24 * 60

_FIXED = re.compile(r"UTC(?:([+ -])([0-9]{1,2}))?")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Window:
    """`at` in minutes after midnight, `duration` in minutes, `tz` an IANA name or UTC-12 to UTC+14, `days` from 0 for
    Monday; none means every day."""

    at: int
    duration: int
    tz: str = "UTC"
    days: tuple[int, ...] = ()


def of_document(document: Mapping[str, Any]) -> Window:
    """The window in a document; what this version does not know in it is left alone."""
    return Window(document["at"], document["duration"], document.get("tz", "UTC"), tuple(document.get("days", ())))


def zone_of(name: str) -> tzinfo:
    """The zone called `name`. Raises ValueError."""
    fixed = _FIXED.fullmatch(name)
    if fixed is None:
        return zones.zone(name)
    hours = int(fixed[2] or 0) * (-1 if fixed[1] == "-" else 1)
    if not -12 <= hours <= 14:
        raise ValueError("not a valid timezone")
    return timezone(timedelta(hours=hours))


def window_of(at: object, duration: object, tz: object = "UTC", days: object = ()) -> Window:
    """The window that a caller described. Raises Invalid naming at, duration, timezone or days."""
    minutes = _TIME.fullmatch(at) if isinstance(at, str) else None
    if minutes is None:
        raise Invalid("at", "must be a time of day such as 14:20")
    if isinstance(duration, bool) or not isinstance(duration, int) or not 1 <= duration <= DURATION_MAX:
        raise Invalid("duration", f"must be a whole number of minutes from 1 to {DURATION_MAX}")
    return Window(int(minutes[1]) * 60 + int(minutes[2]), duration, _zone_name(tz), _days(days))


def _zone_name(tz: object) -> str:
    """A plus sign that a query string has turned into a space is put back."""
    name = tz.replace("UTC ", "UTC+") if isinstance(tz, str) else ""
    try:
        zone_of(name)
    except ValueError:
        raise Invalid("timezone", "is not a time zone such as Europe/Stockholm or UTC+2") from None
    return name


def _days(days: object) -> tuple[int, ...]:
    if not isinstance(days, list | tuple):
        raise Invalid("days", "must be a list of weekdays, mon to sun")
    return tuple(sorted({_day(day) for day in days}))


def _day(day: object) -> int:
    if isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6:
        return day
    if isinstance(day, str) and day.lower()[:3] in DAYS and len(day) >= 3:
        return DAYS.index(day.lower()[:3])
    raise Invalid("days", "must be a list of weekdays, mon to sun")


def occurrences(window: Window, low: datetime, high: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The (begin, end) of every occurrence that overlaps [low, high), in order of their beginnings; UTC, unclipped."""
    zone, length = zone_of(window.tz), timedelta(minutes=window.duration)
    day = (low - length).astimezone(zone).date() - DAY
    last = high.astimezone(zone).date() + DAY
    while day <= last:
        begin = _begin(window, zone, day) if not window.days or day.weekday() in window.days else None
        if begin and begin < high and begin + length > low:
            yield begin, begin + length
        day += DAY


def next_occurrence(window: Window, after: datetime) -> tuple[datetime, datetime]:
    """The first occurrence that begins at `after` or later."""
    found = occurrences(window, after, after + timedelta(days=10))
    return next((begin, end) for begin, end in found if begin >= after)


def _begin(window: Window, zone: tzinfo, day: date) -> datetime | None:
    local = datetime.combine(day, time(), zone) + timedelta(minutes=window.at)
    if _exists(local, zone):
        return local.astimezone(UTC)
    # A gap before midnight ends on the day after.
    return _end_of_gap(local, zone) if _exists(datetime.combine(day, NOON, zone), zone) else None


def _exists(local: datetime, zone: tzinfo) -> bool:
    """Whether clocks ever show this time; no change of clocks but that of a whole day skips a noon."""
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


@lru_cache(maxsize=256)
def _end_of_gap(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clocks jumped over `local`, to the second."""
    low, high = local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC)
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
