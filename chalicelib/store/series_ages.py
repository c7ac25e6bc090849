"""How old a point may be, and in which forms the store still has an hour: all points, sums of minutes, sums of hours.

Hours and days are called by the second since 1970 at which they begin.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.store import limits
from chalicelib.store.series_cells import HOUR

DAY = 86_400
# An hour closes this long after its end, so that what is a little late needs no second roll-up.
GRACE = 300
# It is rolled up this long after its end: who wrote as if it were open has done so by then.
SLACK = 2 * GRACE
# Points are kept somewhat longer than they are asked for, so that a late one never meets an hour that is half gone.
_SPARE = 3 * DAY


def owner_of(project: str, series: str, edition: str = "") -> str:
    """The partition of a series. One that was made again after it was deleted has another than before, by its
    edition."""
    return f"{project}#{series} {edition}" if edition else f"{project}#{series}"


def resolution(start: int, now: datetime) -> int:
    """The finest step, in seconds, in which everything from `start` on is still there: 30, 60 or 3600."""
    age = now.timestamp() - start
    if age <= limits.kept.raw.total_seconds():
        return 30
    return 60 if age <= limits.kept.minutes.total_seconds() else HOUR


def oldest(now: datetime) -> datetime:
    """From when on points are taken: later ones still find the sums of minutes that they belong to."""
    return now - limits.kept.minutes + timedelta(seconds=2 * DAY)


def is_closed(start: int, length: int, now: datetime) -> bool:
    """Whether the hour or day of that length is over: what comes for it now is late."""
    return start + length + GRACE <= now.timestamp()


def is_ripe(start: int, length: int, now: datetime) -> bool:
    """Whether the hour or day of that length may be rolled up."""
    return start + length + SLACK <= now.timestamp()


def is_whole(hour: int, now: datetime) -> bool:
    """Whether points that come for that hour are kept one by one."""
    return hour + HOUR + limits.kept.raw.total_seconds() + _SPARE / 2 > now.timestamp()


def is_there(hour: int, now: datetime) -> bool:
    """Whether the points that were kept one by one still are: longer, so that whatever was missed can be rolled up."""
    return raw_expiry(hour) > now.timestamp()


def raw_expiry(hour: int) -> int:
    return hour + HOUR + int(limits.kept.raw.total_seconds()) + _SPARE


def minutes_expiry(hour: int) -> int:
    return hour + HOUR + int(limits.kept.minutes.total_seconds())


def hours_expiry(day: int) -> int:
    return day + DAY + int(limits.kept.hours.total_seconds())
