"""Moments as Graphite writes them: `now`, a Unix time, `-2h`, `midnight`, `noon yesterday`, `08:30_20260921`, each with
a span behind it (`midnight+6h`). All in UTC.

Source: Graphite, The Render URL API, from / until.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from chalicelib.languages.graphite import intervals

_NAMED = {"midnight": (0, 0), "noon": (12, 0), "teatime": (16, 0)}
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_UNIX = re.compile(r"[0-9]{1,12}")
_WHOLE_DATE = re.compile(r"((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])")
_TIME = re.compile(r"([0-2]?[0-9])(?::([0-5][0-9]))?(am|pm)|([0-2]?[0-9]):([0-5][0-9])|midnight|noon|teatime")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})([0-9]{1,2})")


def seconds(text: str, now: int) -> int:
    """The Unix time of a moment, seen from `now`. Raises ValueError."""
    short = re.sub(r"[\s_,]", "", text.lower())
    if _UNIX.fullmatch(short) and not _WHOLE_DATE.fullmatch(short):
        return int(short)
    if not short:
        raise ValueError("nothing is not a moment")
    cut = next((place for place, sign in enumerate(short) if sign in "+-"), len(short))
    reference, span = short[:cut], short[cut:]
    moved = intervals.seconds(span) if span else 0
    if reference == "now" or (span and not reference):
        return now + moved
    try:
        return int(_reference(reference, datetime.fromtimestamp(now, UTC)).timestamp()) + moved
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:60]!r} is not a moment") from None


def _reference(text: str, now: datetime) -> datetime:
    """A time of day, a day, or both; a day alone begins at midnight, a time alone is today's."""
    hour, minute, day = _time(text)
    return _day(day, now).replace(hour=hour, minute=minute, second=0, microsecond=0)


def _time(text: str) -> tuple[int, int, str]:
    """The time of day that a reference begins with, and what stands behind it."""
    found = _TIME.match(text)
    if not found:
        return 0, 0, text
    rest = text[found.end() :]
    if found[0] in _NAMED:
        return *_NAMED[found[0]], rest
    if found[3]:
        return int(found[1]) % 12 + (12 if found[3] == "pm" else 0), int(found[2] or 0), rest
    return int(found[4]), int(found[5]), rest


def _full_year(year: int) -> int:
    """A year, of which two digits mean 1970 to 2069."""
    if year >= 100:
        return year
    return year + (2_000 if year < 70 else 1_900)


def _day(text: str, now: datetime) -> datetime:
    """The day that a reference ends with; a weekday is the last one."""
    if text in _DAYS or not text:
        return now + timedelta(days=_DAYS.get(text, 0))
    if whole := _WHOLE_DATE.fullmatch(text):
        return datetime(int(whole[1]), int(whole[2]), int(whole[3]), tzinfo=UTC)
    if american := _AMERICAN.fullmatch(text):
        return datetime(_full_year(int(american[3])), int(american[1]), int(american[2]), tzinfo=UTC)
    if (named := _MONTH_DAY.fullmatch(text)) and named[1][:3] in _MONTHS:
        return datetime(now.year, _MONTHS.index(named[1][:3]) + 1, int(named[2]), tzinfo=UTC)
    if text[:3] in _WEEKDAYS and text.isalpha():
        return now - timedelta(days=(now.weekday() - _WEEKDAYS.index(text[:3])) % 7)
    raise ValueError
