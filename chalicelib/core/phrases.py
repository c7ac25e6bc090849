"""Texts and lengths of time for people to read. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
# Controls, directional overrides and lone surrogates: what is not there to be looked at.
_HARMFUL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+")


def harmless(text: str) -> str:
    """`text` with its lines and tabs, but nothing else in it that is more than a character to look at."""
    return _HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, limit: int) -> str:
    """`text` on one line that cannot end early (a subject, a title), cut to `limit` characters."""
    return shortened(harmless(_BREAKS.sub(" ", text)).strip(), limit)


def shortened(text: str, limit: int, end: str = "…") -> str:
    return text if len(text) <= limit else text[: limit - len(end)].rstrip() + end


def span(length: timedelta, units: int = 2) -> str:
    """A length of time in its largest units: "1 hour, 5 minutes"."""
    left, parts = int(length.total_seconds()), []
    for name, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return ", ".join(parts[:units]) or "less than a second"


def every(seconds: int) -> str:
    """A period: "every minute", "every 5 minutes"."""
    told = span(timedelta(seconds=seconds), 4)
    return f"every {told if ',' in told else told.removeprefix('1 ')}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def absence(since: str, until: str) -> str:
    """That nobody looked between two moments, as the details of a flip keep them."""
    first, last = (moment(datetime.fromisoformat(text)) for text in (since, until))
    return f"The monitor was away from {first} to {last}."
