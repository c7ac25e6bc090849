"""Spans of time as commands give them: "5m", or 300 seconds."""

from __future__ import annotations

from chalicelib.commands.base import CommandError
from chalicelib.languages.conditions import spans

LONGEST = 400 * 86_400


def seconds(value: object, name: str) -> float:
    """Raises CommandError."""
    try:
        found = spans.seconds(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found <= LONGEST:
        raise CommandError(f'{name} must be a span of at most 400 days such as "5m", or seconds')
    return float(found)
