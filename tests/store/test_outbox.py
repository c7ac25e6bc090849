"""Where last words stand: what their subjects say, and which are still to be told."""

from __future__ import annotations

import pytest

from chalicelib.store import outbox
from tests.conftest import NOW, Story

CODES = ["k-1", "i#k-1#web1", "i#k-1#web-1[aws:123]"]


@pytest.mark.parametrize("code", CODES)
def test_the_channel_of_a_last_word_stands_in_its_subject_whatever_it_is_about(code: str) -> None:
    assert outbox.channel_of(outbox.of_closing("p-1", code, "c-1", NOW).subject) == "c-1"


def test_the_channels_that_are_to_hear_a_last_word_of_a_check_and_its_instances_are_known(story: Story) -> None:
    for number, code in enumerate([*CODES, "k-12", "i#k-12#web1"]):
        outbox.put(outbox.of_closing(story.project, code, f"c-{number}", NOW), "mark", NOW)
    outbox.put(outbox.of(story.project, "k-1"), "mark", NOW)
    assert sorted(outbox.words_of("k-1")) == ["c-0", "c-1", "c-2"]
