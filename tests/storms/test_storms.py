"""Storms of mails through a sender that throttles: who is told, how often, and when."""

from __future__ import annotations

import pytest

from tests.storms.scenes import SCENES
from tests.storms.senders import Bucket
from tests.walk.test_walk import walked

# A process is longer in starting than in passing through a small storm.
SMALL = ("sandbox", "recovery", "texts")
SILENT = ("silent",)
OTHERS = tuple(name for name in SCENES if name not in (*SMALL, *SILENT))


def test_a_small_storm_of_mails_is_told_once_each_and_as_fast_as_the_sender_allows() -> None:
    walked("tests.storms", *SMALL)


def test_hosts_that_fall_silent_are_told_down_in_time_and_hold_nobody_up() -> None:
    walked("tests.storms", *SILENT)


@pytest.mark.long
@pytest.mark.parametrize("scene", OTHERS)
def test_another_storm_passes_as_it_must(scene: str) -> None:
    walked("tests.storms", scene)


def test_the_stand_in_for_a_sender_takes_as_many_in_a_second_as_its_rate() -> None:
    now = [0.0]
    bucket = Bucket(2, lambda: now[0])
    taken = [bucket.takes() for _ in range(3)]
    now[0] = 0.5
    assert (taken, bucket.takes(), bucket.takes()) == ([True, True, False], True, False)
