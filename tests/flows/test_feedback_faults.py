"""AWS answers an error, or the process dies, once, at every call in turn while a mail comes back: it is owed all the
same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.check import PingKind
from chalicelib.monitor.managing import channels
from chalicelib.monitor.telling import feedback
from chalicelib.store import cursors, definitions, notifications, outbox
from chalicelib.store.faults import StoreFault
from tests.coming_back import Post
from tests.conftest import Story
from tests.flows.conftest import Heartbeat, Killed, strikes, trouble, unavailable

# Hearing of a bounce makes so many calls; a test holds the number.
CALLS = 6


@pytest.mark.parametrize("fault", [unavailable, Killed])
@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_fault_while_a_mail_comes_back_loses_nothing(
    story: Story, heartbeat: Heartbeat, fault: Callable[[], BaseException], call: int, after: bool
) -> None:
    post = Post(story.services)
    heartbeat.ping("fail")
    story.queues.work()
    event = post.bounce()
    with trouble(call, fault, after=after), suppress(StoreFault, ClientError, Killed):
        feedback.hear(story.services, event)

    feedback.hear(story.services, event)
    story.sweep_for(2)

    channel = definitions.channel(heartbeat.project, heartbeat.channel.code)
    assert "no such mailbox" in channel.trouble
    assert [code for _, code in notifications.debts(channel.code)] == [heartbeat.code]
    assert (cursors.of(heartbeat.code)[channel.code].state, len(post.mails)) == ("up", 1)
    assert list(outbox.all_waiting()) == []
    channels.change(story.services, channel, {"settings": {"address": "mended@example.org"}})
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Backups", "DOWN | Backups"]


@pytest.mark.parametrize("fault", [unavailable, Killed])
@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_fault_while_an_earlier_mail_comes_back_leaves_nothing_half_done(
    story: Story, heartbeat: Heartbeat, fault: Callable[[], BaseException], call: int, after: bool
) -> None:
    post = Post(story.services)
    kinds: tuple[PingKind, ...] = ("fail", "success", "fail")
    for kind in kinds:
        story.clock.move(seconds=10)
        heartbeat.ping(kind)
        story.queues.work()
    event = post.bounce(number=1, kind="Transient", subtype="MailboxFull")
    with trouble(call, fault, after=after), suppress(StoreFault, ClientError, Killed):
        feedback.hear(story.services, event)

    feedback.hear(story.services, event)

    cursor = cursors.of(heartbeat.code)[heartbeat.channel.code]
    assert cursor.taken is not None
    assert (cursor.state, cursor.attempt, cursor.taken.before.state) == ("down", None, "down")
    log = notifications.log(heartbeat.channel.code, 10, story.clock.now)
    assert [line.state for line in log] == ["sent", "failed", "sent"]
    assert list(outbox.all_waiting()) == []


def test_hearing_of_a_bounce_is_no_longer_than_the_strikes(story: Story, heartbeat: Heartbeat) -> None:
    post = Post(story.services)
    heartbeat.ping("fail")
    story.queues.work()
    with trouble(0, Killed, after=False) as calls:
        feedback.hear(story.services, post.bounce())
    assert len(calls) == CALLS
