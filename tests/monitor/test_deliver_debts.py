"""Delivering: reminders, and what is owed to a channel that was given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.monitor.managing import channels, checks
from chalicelib.store import gathering, notifications, outbox
from chalicelib.store.models import OutboxItem
from tests.monitor.flaky import GONE, Flaky, Scene, down


def test_reminders_come_to_the_second_and_end_with_the_outage(scene: Scene, flaky: Flaky) -> None:
    scene.channel("a", remind=300)
    scene.check("a")
    scene.ping("fail")
    scene.deliver()
    for number in (1, 2):
        assert [entry.due for entry in scene.waiting] == [scene.clock.now + timedelta(seconds=300)]
        scene.clock.move(seconds=299)
        scene.deliver()
        assert len(flaky.told) == number
        scene.clock.move(seconds=1)
        scene.deliver()
    scene.ping("success")
    scene.clock.move(seconds=300)
    scene.deliver()
    assert (flaky.words, scene.waiting) == (["down", "down #1", "down #2", "up"], [])


def test_a_reminder_of_an_outage_that_is_over_is_dropped(scene: Scene, flaky: Flaky) -> None:
    scene.channel("a", remind=300)
    scene.check("a")
    scene.ping("fail")
    scene.deliver()
    scene.clock.move(seconds=60)
    scene.ping("success")
    scene.clock.move(seconds=60)
    scene.ping("fail")
    scene.clock.move(seconds=200)
    scene.deliver()

    assert flaky.words == ["down", "up", "down"]


@pytest.mark.parametrize("how", ["changed", "tested", "told"])
def test_what_was_given_up_is_told_once_and_folded_when_the_channel_works_again(
    scene: Scene, flaky: Flaky, how: str
) -> None:
    down(scene, "a")
    first = scene.code
    flaky.errors["a"] = GONE
    scene.deliver()
    scene.clock.move(minutes=10)
    scene.ping("success")
    scene.deliver()
    assert (flaky.told, scene.waiting) == ([], [])

    scene.clock.move(hours=30)
    flaky.errors.clear()
    if how == "changed":
        channels.change(scene.services, scene.named("a"), {"name": "mended"})
    elif how == "tested":
        channels.try_out(scene.services, scene.keyring.project, scene.named("a"))
    else:
        scene.check("a", name="Other")
        scene.ping("fail")
    for _ in range(3):
        scene.deliver()

    told = [news for news in flaky.news if news.check.code == first]
    assert [(news.event, news.downtime) for news in told] == [("up", timedelta(minutes=10))]
    assert (scene.waiting, list(notifications.debts(scene.channels["a"]))) == ([], [])


def test_a_debt_whose_status_agrees_by_now_is_not_told(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    scene.deliver()
    flaky.errors["a"] = GONE
    scene.ping("success")
    scene.deliver()
    scene.clock.move(minutes=5)
    flaky.errors.clear()
    channels.change(scene.services, scene.named("a"), {"name": "mended"})
    for _ in range(3):
        scene.deliver()
    assert flaky.words == ["down", "up"]


def test_a_channel_whose_checks_are_gone_owes_nothing(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = GONE
    scene.deliver()
    checks.delete(scene.services, scene.now)
    scene.queues.work()
    flaky.errors.clear()
    channels.change(scene.services, scene.named("a"), {"name": "mended"})
    for _ in range(3):
        scene.deliver()
    assert (scene.waiting, list(notifications.debts(scene.channels["a"]))) == ([], [])


def test_an_item_that_cannot_be_read_keeps_nobody_else_from_being_told(
    scene: Scene, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "AT_MOST", 2)
    scene.channel("a")
    for _ in range(5):
        scene.check("a")
        scene.ping("fail")
    for number in range(2):
        nudge = outbox.of(scene.now.project, f"end#{number}")
        of_a_later_version = OutboxItem.data.set({"channel": "a"})
        OutboxItem(nudge.shard, nudge.subject).update([of_a_later_version, OutboxItem.project.set(nudge.project)])
    with pytest.raises(ExceptionGroup):
        scene.deliver()

    assert flaky.told == [("a", "down", 0)] * 5
