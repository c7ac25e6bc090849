"""Moments, seen from a Wednesday: 2026-09-23 10:20:30 UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.languages.graphite.moments import seconds
from tests.cases import each

NOW = datetime(2026, 9, 23, 10, 20, 30, tzinfo=UTC)


@each(
    ("text", "moment"),
    [
        ("now", "2026-09-23T10:20:30"),
        ("-2h", "2026-09-23T08:20:30"),
        ("now-2h", "2026-09-23T08:20:30"),
        ("now+30s", "2026-09-23T10:21:00"),
        ("1790156430", "2026-09-23T09:40:30"),
        ("midnight", "2026-09-23T00:00:00"),
        ("today", "2026-09-23T00:00:00"),
        ("noon", "2026-09-23T12:00:00"),
        ("teatime", "2026-09-23T16:00:00"),
        ("yesterday", "2026-09-22T00:00:00"),
        ("noon yesterday", "2026-09-22T12:00:00"),
        ("noon_tomorrow", "2026-09-24T12:00:00"),
        ("midnight+6h", "2026-09-23T06:00:00"),
        ("noon-1d", "2026-09-22T12:00:00"),
        ("8am", "2026-09-23T08:00:00"),
        ("12am", "2026-09-23T00:00:00"),
        ("8:30pm", "2026-09-23T20:30:00"),
        ("18:05", "2026-09-23T18:05:00"),
        ("6pm today", "2026-09-23T18:00:00"),
        ("20260921", "2026-09-21T00:00:00"),
        ("08:30_20260921", "2026-09-21T08:30:00"),
        ("09/21/26", "2026-09-21T00:00:00"),
        ("09/21/2026", "2026-09-21T00:00:00"),
        ("january 8", "2026-01-08T00:00:00"),
        ("6pm jan 8", "2026-01-08T18:00:00"),
        ("monday", "2026-09-21T00:00:00"),
        ("wednesday", "2026-09-23T00:00:00"),
        ("noon thursday", "2026-09-17T12:00:00"),
    ],
)
def test_a_moment_is_what_graphite_means_by_it(text: str, moment: str) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert datetime.fromtimestamp(seconds(text, int(NOW.timestamp())), UTC) == expected


@each(
    "text",
    ["", " ", "soon", "25:00", "13pm!", "february 30", "noon+", "now-2 parsecs", "99/99/99", "-", "9" * 13],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        seconds(text, int(NOW.timestamp()))
