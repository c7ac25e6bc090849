"""Silences: when they hold, when that ends, and how they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.core.silence import (
    HORIZON,
    Silence,
    SilencedUntil,
    from_document,
    merged,
    of_entity,
    parse_duration,
    silenced_until,
    spans,
    to_document,
)
from chalicelib.core.windows import Window
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def silence(start: datetime = NOW, end: datetime | None = None, window: Window | None = None) -> Silence:
    return Silence("s1", start, end, "maintenance", window)


def test_a_silence_holds_from_its_start_to_just_before_its_end() -> None:
    planned = [silence(NOW, NOW + HOUR)]
    assert silenced_until(planned, NOW - timedelta(microseconds=1)) is None
    assert silenced_until(planned, NOW) == SilencedUntil(NOW + HOUR)
    assert silenced_until(planned, NOW + HOUR) is None


def test_a_silence_without_an_end_is_endless() -> None:
    assert silenced_until([silence()], NOW + DAY) == SilencedUntil(None)


def test_silences_that_follow_each_other_are_one() -> None:
    chain = [silence(NOW + HOUR, NOW + 3 * HOUR), silence(NOW, NOW + HOUR), silence(NOW + 2 * HOUR, NOW + 4 * HOUR)]
    assert silenced_until(chain, NOW) == SilencedUntil(NOW + 4 * HOUR)
    assert silenced_until([*chain, silence(NOW + 4 * HOUR, None)], NOW) == SilencedUntil(None)


def test_a_window_holds_in_its_occurrences_between_start_and_end() -> None:
    nightly = silence(NOW, NOW + 2 * DAY, Window(120, 60))
    assert list(spans(nightly, NOW - 9 * DAY, NOW + 9 * DAY)) == [
        (NOW.replace(hour=2) + DAY, NOW.replace(hour=3) + DAY),
        (NOW.replace(hour=2) + 2 * DAY, NOW.replace(hour=3) + 2 * DAY),
    ]
    assert silenced_until([nightly], NOW.replace(hour=2, minute=30) + DAY) == SilencedUntil(NOW.replace(hour=3) + DAY)


def test_a_window_that_covers_every_minute_is_looked_at_no_further_than_the_horizon() -> None:
    always = silence(NOW - DAY, None, Window(0, 1440))
    assert silenced_until([always], NOW) == SilencedUntil(NOW + HORIZON)


def test_overlapping_occurrences_are_one_span() -> None:
    long = silence(NOW - 30 * DAY, None, Window(0, 2 * 1440))
    assert list(spans(long, NOW, NOW + DAY)) == [(NOW, NOW + DAY)]


def test_spans_of_several_silences_are_merged_and_clipped() -> None:
    found = merged([silence(NOW - HOUR, NOW + HOUR), silence(NOW, NOW + 2 * HOUR)], NOW, NOW + 9 * HOUR)
    assert found == [(NOW, NOW + 2 * HOUR)]


@pytest.mark.parametrize(
    "kept",
    [
        silence(),
        silence(NOW, NOW + HOUR),
        Silence("x", NOW, None, "mute", Window(860, 30, "UTC+2", (0, 6)), "cron", "backup"),
    ],
)
def test_a_silence_comes_back_from_its_document_as_it_was(kept: Silence) -> None:
    assert from_document(to_document(kept)) == kept


def test_what_a_later_version_added_to_a_document_is_left_alone() -> None:
    assert from_document({**to_document(silence()), "colour": "red"}) == silence()


@pytest.mark.parametrize(
    ("text", "length"),
    [("02:00", 2 * HOUR), ("0:01", HOUR / 60), ("25:00", 25 * HOUR), ("999:59", 999 * HOUR + 59 * HOUR / 60)],
)
def test_a_duration_is_hours_and_minutes(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@each("text", ["25:61", "-1", "", "0:00", "00:00", "1:5", "2", "02:00:00", "1000:00", 120, None, "٠٢:٠٠"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_duration(text)
    assert refused.value.field == "Duration"


def test_a_silence_of_an_entity_holds_for_its_instance_and_not_for_the_check() -> None:
    laid = Silence("d", NOW, NOW + HOUR, "downtime", entities=("web", "db"))
    whole = Silence("m", NOW, NOW + HOUR, "mute")
    assert silenced_until([laid], NOW) is None
    assert from_document(to_document(laid)) == laid
    assert [one.id for one in of_entity([laid, whole], "web")] == ["d", "m"]
    assert [one.id for one in of_entity([laid, whole], "mail")] == ["m"]
    assert silenced_until(of_entity([laid], "web"), NOW) == SilencedUntil(NOW + HOUR)
