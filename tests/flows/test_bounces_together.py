"""Several mails of one check come back, one after the other, in any order."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from chalicelib.monitor.managing import checks as manage
from chalicelib.store import cursors
from tests.conftest import Story
from tests.flows.conftest import Heartbeat
from tests.flows.mailing import Scene, begin

FULL = {"kind": "Transient", "subtype": "MailboxFull"}


@pytest.fixture
def scene(story: Story, heartbeat: Heartbeat) -> Scene:
    return begin(story, heartbeat)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_who_read_of_an_outage_hears_its_end_although_more_was_told_and_came_back_since(
    scene: Scene, order: tuple[int, ...]
) -> None:
    scene.fail()
    scene.story.clock.move(minutes=1)
    scene.succeed()
    scene.story.clock.move(seconds=1)
    scene.fail()
    assert scene.story.sent.subjects == ["DOWN | Backups", "UP | Backups", "DOWN | Backups"]

    scene.hear(*(scene.post.bounce(number=number, **FULL) for number in order))
    assert cursors.of(scene.heartbeat.code)[scene.channel.code].state == "down"
    manage.delete(scene.story.services, scene.heartbeat.now)
    scene.story.queues.work()

    assert scene.story.sent.subjects[3:] == ["NOT WATCHED | Backups"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_could_read_nothing_of_an_outage_hears_no_last_word(scene: Scene, order: tuple[int, ...]) -> None:
    scene.fail()
    scene.story.clock.move(minutes=1)
    scene.succeed()
    scene.hear(*(scene.post.bounce(number=number, **FULL) for number in order))
    assert scene.owed == [scene.heartbeat.code]

    scene.story.clock.move(seconds=1)
    manage.delete(scene.story.services, scene.heartbeat.now)
    scene.story.queues.work()

    assert len(scene.post.mails) == 2


def test_what_waits_to_be_tried_again_keeps_its_time_when_an_earlier_message_comes_back(scene: Scene) -> None:
    scene.fail()
    scene.story.clock.move(minutes=1)
    scene.succeed()
    scene.story.clock.move(seconds=1)
    scene.fail()
    scene.hear(scene.post.bounce(number=2, **FULL))
    before = cursors.of(scene.heartbeat.code)[scene.channel.code]

    scene.hear(scene.post.bounce(number=1, **FULL))

    after = cursors.of(scene.heartbeat.code)[scene.channel.code]
    assert (before.state, after.state, after.attempt) == ("up", "down", before.attempt)
    assert [line.state for line in scene.log] == ["retry", "failed", "sent"]
    scene.story.sweep_for(1)
    assert scene.story.sent.subjects[3:] == ["DOWN AGAIN | Backups"]


def test_of_an_earlier_message_that_comes_back_from_some_the_others_have_read_it(scene: Scene) -> None:
    scene.address("a@example.org, b@example.org")
    scene.fail()
    scene.story.clock.move(minutes=1)
    scene.succeed()
    scene.hear(scene.post.bounce(number=0, **FULL))
    assert [line.state for line in scene.log] == ["sent", "sent"]

    scene.hear(scene.post.bounce(number=1, **FULL))

    assert [line.state for line in scene.log] == ["sent", "failed"]


def test_bounces_in_the_wrong_order_leave_the_last_news_owed(scene: Scene) -> None:
    scene.fail()
    scene.story.clock.move(seconds=30)
    scene.succeed()
    assert len(scene.post.mails) == 2

    scene.hear(scene.post.bounce(number=1), scene.post.bounce(number=0))
    assert scene.owed == [scene.heartbeat.code]
    scene.story.clock.move(minutes=1)
    scene.address("ops@example.org")
    scene.story.queues.work()

    assert (scene.story.sent.subjects[-1], scene.owed) == ("UP | Backups", [])


def test_a_lost_last_word_shows_and_is_not_told_again(scene: Scene) -> None:
    scene.fail()
    manage.delete(scene.story.services, scene.heartbeat.now)
    scene.story.queues.work()
    assert len(scene.post.mails) == 2
    scene.hear(scene.post.bounce())
    scene.wait(minutes=3)
    assert "no such mailbox" in scene.channel.trouble
    assert (scene.log[0].new, scene.log[0].state) == ("ended", "failed")
    assert len(scene.post.mails) == 2


@pytest.mark.parametrize("leaves", [False, True], ids=["deleted", "left"])
def test_an_end_that_comes_back_when_nobody_has_to_be_told_any_more_shows_and_is_not_told_again(
    scene: Scene, *, leaves: bool
) -> None:
    scene.fail()
    scene.story.clock.move(minutes=1)
    scene.succeed()
    if leaves:
        manage.change(scene.story.services, scene.heartbeat.now, {"channels": ()})
    else:
        manage.delete(scene.story.services, scene.heartbeat.now)
    scene.story.queues.work()

    scene.hear(scene.post.bounce(number=1, **FULL))
    scene.story.sweep_for(3)

    assert "the mailbox is full" in scene.channel.trouble
    assert [line.state for line in scene.log] == ["failed", "sent"]
    assert (len(scene.post.mails), scene.owed) == (2, [])


def test_a_full_mailbox_is_tried_again_with_growing_pauses_and_not_without_end(scene: Scene) -> None:
    scene.fail()
    sent = []
    for _ in range(4):
        sent.append(scene.story.clock.now)
        count = len(scene.post.mails)
        scene.hear(scene.post.bounce(kind="Transient", subtype="MailboxFull"))
        assert "the mailbox is full" in scene.channel.trouble
        assert (scene.log[0].state, len(scene.post.mails)) == ("retry", count)
        while len(scene.post.mails) == count:
            scene.story.clock.move(seconds=30)
            scene.story.queues.until(scene.story.clock.now)
            scene.story.sweep_for(1)
    pauses = [(later - before) // timedelta(minutes=1) for before, later in itertools.pairwise(sent)]
    assert pauses == sorted(pauses) and pauses[-1] >= 10

    while scene.log[0].state != "failed":
        scene.hear(scene.post.bounce(kind="Transient", subtype="MailboxFull"))
        scene.story.clock.move(hours=1)
        scene.story.sweep_for(1)
    assert len(scene.post.mails) < 40
    assert scene.owed == [scene.heartbeat.code]


def test_after_a_full_mailbox_the_next_news_brings_what_is_owed(scene: Scene) -> None:
    other = manage.create(
        scene.story.services, scene.story.keyring.project, {"name": "Other", "channels": (scene.channel.code,)}
    )
    scene.fail()
    scene.hear(scene.post.bounce(kind="Transient", subtype="ContentRejected"))
    assert (scene.log[0].state, scene.owed) == ("failed", [scene.heartbeat.code])
    scene.story.clock.move(minutes=5)
    scene.heartbeat.code, code = other.code, scene.heartbeat.code
    scene.fail()
    scene.heartbeat.code = code

    assert scene.story.sent.subjects == ["DOWN | Backups", "DOWN | Other", "DOWN | Backups"]
    assert (scene.channel.trouble, scene.owed) == ("", [])


def test_accepted_mails_do_not_feed_a_storm_to_a_mailbox_from_which_they_come_back(scene: Scene) -> None:
    """Each news that is accepted could be reason to tell everything again that is owed."""
    scene.fail()
    others = [
        manage.create(
            scene.story.services, scene.story.keyring.project, {"name": f"N{n}", "channels": (scene.channel.code,)}
        )
        for n in range(10)
    ]
    heard = 0
    for other in others:
        scene.story.clock.move(minutes=2)
        scene.heartbeat.code = other.code
        scene.fail()
        while heard < len(scene.post.mails):
            scene.hear(scene.post.bounce(kind="Transient", subtype="ContentRejected", number=heard))
            heard += 1
    assert len(scene.post.mails) <= 13
