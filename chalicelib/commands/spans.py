"""Spans of time as commands give them: "5m", 300, or a dict of two."""

from __future__ import annotations

import re

from chalicelib.commands.base import CommandError

LONGEST = 400 * 86_400

_SPAN = re.compile(r"(\d{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}


def seconds(value: object, name: str) -> float:
    """Raises CommandError."""
    found = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        found = float(int(match[1]) * _SECONDS[match[2]])
    if not 0 <= found <= LONGEST or (not match and isinstance(value, str)):
        raise CommandError(f'{name} must be a span of at most 400 days such as "5m", or seconds')
    return found
