"""Silences that are laid on a check and taken off it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.core.status import Silenced, decide

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_silence_from_now_on_that_takes_the_place_of_another_begins_with_that() -> None:
    check = replace(Check("p", "c", NOW), silences=(Silence("mute", NOW - HOUR, NOW + HOUR, "mute"),))
    change = decide(check, Silenced(NOW, Silence("mute", NOW, NOW + 2 * HOUR, "mute")))
    assert change is not None
    assert [(one.start, one.end) for one in change.after.silences] == [(NOW - HOUR, NOW + 2 * HOUR)]
