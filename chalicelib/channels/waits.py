"""How long a receiver wants to be left alone, as its answer says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

# Who asks for longer, or for less, is not believed.
LONGEST, SHORTEST = 86_400.0, 1.0
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{0,15})?")
# Larger numbers are no lengths of time, but moments: seconds since 1970.
_MOMENT = 1e9

# Fields that tell when a limit is over. They stand in every answer of some services, so they mean something only where
# the limit was passed. X-RateLimit-Reset-After is Discord's.
_RESETS = ("x-ratelimit-reset-after", "ratelimit-reset", "x-ratelimit-reset")


def told(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """The seconds for which an answer asks to be left alone, None if it does not ask.

    The names of `headers` are in lower case. `limited` says that the answer refuses too many requests.

    Retry-After is a number of seconds or a moment (RFC 9110, 10.2.3). A moment is measured from the answer's own Date,
    so that no clock but the receiver's counts; `now` stands in for it.
    """
    now = _moment(headers.get("date", "")) or now
    fields = ["retry-after"]
    if limited:
        fields += _RESETS
    for field in fields:
        seconds = _seconds(headers.get(field, ""), now)
        if seconds is not None:
            return believed(seconds)
    return None


def believed(seconds: float) -> float:
    """The seconds that somebody asks for, as far as he is believed."""
    return min(max(seconds, SHORTEST), LONGEST)


def _seconds(text: str, now: datetime) -> float | None:
    """A field's value as seconds from `now`, None if it says nothing."""
    if _NUMBER.fullmatch(text.strip()):
        number = float(text)
        return number - now.timestamp() if number >= _MOMENT else number
    moment = _moment(text)
    if moment is None:
        return None
    return (moment - now).total_seconds()


def _moment(text: str) -> datetime | None:
    """A moment as HTTP writes it, or as ISO 8601 (Opsgenie)."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment.tzinfo:
            return moment
    return None
