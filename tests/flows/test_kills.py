"""The process is killed at every call to AWS in turn, before and after it. Whatever is left, the clocks finish."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.core.check import Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.settings import Settings
from chalicelib.store import outbox
from tests.conftest import Clock, Queues, Story
from tests.flows.conftest import Heartbeat, Killed, deaths, in_turn, trouble

# The stories below make so many calls; a test holds the numbers. To be killed before a call is to be killed after the
# one before it.
SILENCE_CALLS, RETURN_CALLS, REMINDER_CALLS = 19, 11, 9


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One shard of each kind: the same story in fewer calls."""
    return replace(settings, due_shards=1, outbox_shards=1)


def recover(services: Services, minute: Callable[[], None]) -> None:
    """What the clocks do by themselves after a process died: a few minutes pass, in a fresh process."""
    services.memory = Memory()
    for _ in range(4):
        minute()


def sweep_and_deliver(heartbeat: Heartbeat, queues: Queues) -> None:
    queues.sweep()
    deliver.deliver_nudges(heartbeat.services, queues.take("news"))


@pytest.mark.parametrize("call", deaths(SILENCE_CALLS + 1))
def test_killed_on_the_way_from_silence_to_mail(
    story: Story, overdue: Heartbeat, minute: Callable[[], None], call: int
) -> None:
    with trouble(call, Killed, after=False) as calls, suppress(Killed):
        sweep_and_deliver(overdue, story.queues)
    recover(overdue.services, minute)

    assert overdue.flips == [("new", "up"), ("up", "down")]
    assert in_turn(story.sent) == ["DOWN | Backups"]
    assert len(story.sent.subjects) == 1 or calls[call - 1] in ("SendEmail", "UpdateItem", "TransactWriteItems")
    assert list(outbox.all_waiting()) == []


@pytest.mark.parametrize("call", deaths(RETURN_CALLS + 1))
def test_killed_while_a_late_ping_flips_twice(
    story: Story,
    overdue: Heartbeat,
    minute: Callable[[], None],
    call: int,
) -> None:
    story.clock.move(seconds=10)
    with trouble(call, Killed, after=False), suppress(Killed):
        overdue.ping()
        deliver.deliver_nudges(overdue.services, story.queues.take("news"))
    overdue.services.memory = Memory()
    overdue.ping()
    checks.change(overdue.services, overdue.now, {"timeout": 86_400})
    recover(overdue.services, minute)

    assert overdue.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert in_turn(story.sent) == ["DOWN | Backups", "UP | Backups"]
    assert list(outbox.all_waiting()) == []


@pytest.mark.parametrize("call", deaths(REMINDER_CALLS + 1))
def test_killed_while_a_reminder_is_sent(
    story: Story,
    overdue: Heartbeat,
    minute: Callable[[], None],
    call: int,
) -> None:
    channels.change(overdue.services, overdue.channel, {"remind": 300})
    minute()
    story.clock.move(minutes=5)
    (entry,) = outbox.all_waiting()
    with trouble(call, Killed, after=False), suppress(Killed):
        deliver.deliver_all(overdue.services, [entry.nudge])
    recover(overdue.services, minute)

    assert in_turn(story.sent) == ["DOWN | Backups", "STILL DOWN | Backups"]
    assert len(list(outbox.all_waiting())) == 1


def test_the_stories_are_no_longer_than_the_strikes(overdue: Heartbeat, queues: Queues, clock: Clock) -> None:
    with trouble(0, Killed, after=False) as silence:
        sweep_and_deliver(overdue, queues)
    clock.move(seconds=10)
    with trouble(0, Killed, after=False) as return_:
        pings.receive(overdue.services, pings.Address(code=overdue.code), Signal("success", clock.now))
        deliver.deliver_nudges(overdue.services, queues.take("news"))

    assert (len(silence), len(return_)) == (SILENCE_CALLS, RETURN_CALLS)


def test_a_reminder_is_no_longer_than_its_strikes(overdue: Heartbeat, minute: Callable[[], None], clock: Clock) -> None:
    channels.change(overdue.services, overdue.channel, {"remind": 300})
    minute()
    clock.move(minutes=5)
    (entry,) = outbox.all_waiting()
    with trouble(0, Killed, after=False) as calls:
        deliver.deliver_all(overdue.services, [entry.nudge])

    assert len(calls) == REMINDER_CALLS
