"""Spans of time as Graphite writes them: `30s`, `5min`, `-1h`, `1d12h`.

Source: Graphite, The Render URL API, from / until.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(r"\s*([+-]?)\s*(\d{1,9})\s*([A-Za-z]+)")
_DAY = 86_400
# The first that a unit begins with counts; months and years are of fixed length.
_UNITS = (
    ("s", 1),
    ("min", 60),
    ("h", 3_600),
    ("d", _DAY),
    ("w", 7 * _DAY),
    ("mon", 30 * _DAY),
    ("m", 60),
    ("y", 365 * _DAY),
)


@lru_cache(maxsize=1_024)
def seconds(text: str) -> int:
    """The length of a span in seconds, with its sign. Raises ValueError."""
    total, at, sign = 0, 0, 1
    while match := _PART.match(text, at):
        sign = {"-": -1, "+": 1}.get(match[1], sign)
        total += sign * int(match[2]) * _unit(match[3])
        at = match.end()
    if not at or text[at:].strip():
        raise ValueError(f"{text!r} is not a span of time")
    return total


def _unit(text: str) -> int:
    for begin, length in _UNITS:
        if text.lower().startswith(begin):
            return length
    raise ValueError(f"{text!r} is not a unit of time")
