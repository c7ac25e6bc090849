"""Spans of time."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite.intervals import seconds
from tests.cases import each

DAY = 86_400


@each(
    ("text", "length"),
    [
        ("30s", 30),
        ("5sec", 5),
        ("1second", 1),
        ("5min", 300),
        ("5minutes", 300),
        ("5m", 300),
        ("1h", 3_600),
        ("2hours", 7_200),
        ("1d", DAY),
        ("7days", 7 * DAY),
        ("2w", 14 * DAY),
        ("1mon", 30 * DAY),
        ("1month", 30 * DAY),
        ("1y", 365 * DAY),
        ("-1h", -3_600),
        ("+1h", 3_600),
        ("1d12h", 36 * 3_600),
        ("-1d12h", -36 * 3_600),
        ("1D", DAY),
        (" 5 min ", 300),
        ("0s", 0),
    ],
)
def test_a_span_has_its_length_in_seconds(text: str, length: int) -> None:
    assert seconds(text) == length


@each("text", ["", "5", "min", "5 parsecs", "5min and more", "1.5h", "h1", "--1h", "9999999999s", "-"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        seconds(text)
