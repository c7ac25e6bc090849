"""Spans of time as ZMON writes them: 30s, 5m, 1h, 7d."""

from __future__ import annotations

import re

_SPAN = re.compile(r"\s*(\d{1,9})\s*([smhd])\s*", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def seconds(spec: str) -> int:
    """How long a span lasts. Raises ValueError."""
    match = _SPAN.fullmatch(spec)
    if match is None:
        raise ValueError(f"{spec[:40]!r} is no span of time such as 30s, 5m, 1h or 7d")
    return int(match[1]) * _SECONDS[match[2]]
