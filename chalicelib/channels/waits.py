"""How long a receiver wants to be left alone, as its answer says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

# Who asks for longer, or for less, is not believed.
LONGEST, SHORTEST = 86_400.0, 1.0
# Larger numbers are no lengths of time, but moments: seconds since 1970.
_MOMENT = 1e9

# Fields that tell when a limit is over. They stand in every answer of some services, so they mean something only where
# the limit was passed. X-RateLimit-Reset-After is Discord's.
_RESETS = ("x-ratelimit-reset-after", "ratelimit-reset", "x-ratelimit-reset")


def told(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """The seconds for which an answer asks to be left alone, None if it does not. The names of `headers` are in lower
    case; `limited` says that the answer is one to too many requests.

    Retry-After is a number of seconds or a moment (RFC 9110, 10.2.3). A moment is measured from the answer's own Date,
    so that no clock but the receiver's counts; `now` stands in for it.
    """
    fields = ("retry-after", *_RESETS) if limited else ("retry-after",)
    now = _moment(headers.get("date", "")) or now
    found = (_seconds(headers.get(field, ""), now) for field in fields)
    seconds = next((one for one in found if one is not None), None)
    return None if seconds is None else min(max(seconds, SHORTEST), LONGEST)


def _seconds(text: str, now: datetime) -> float | None:
    """A field's value as seconds from `now`, None if it says nothing."""
    number = _number(text)
    if number is not None:
        return number - now.timestamp() if number >= _MOMENT else number
    moment = _moment(text)
    return (moment - now).total_seconds() if moment else None


def _number(text: str) -> float | None:
    text = text.strip()
    plain = text.isascii() and len(text) < 20 and text.replace(".", "", 1).isdigit()
    return float(text) if plain else None


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
