"""A chore that failed is handed out again within a minute; one that is being worked on is not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

import app
from chalicelib.monitor import chores
from chalicelib.store import history
from chalicelib.store import queues as store_queues
from chalicelib.store.faults import StoreFault
from infra.local import events
from tests.conftest import Clock, client
from tests.flows.conftest import Heartbeat, trouble, unavailable


class Queue:
    """The queue of chores, as Lambda sees it."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self.name = heartbeat.services.settings.resource("chores")
        self.sqs = client("sqs")
        self.url = self.sqs.get_queue_url(QueueName=self.name)["QueueUrl"]

    def receive(self) -> list[Any]:
        found = self.sqs.receive_message(QueueUrl=self.url, MessageSystemAttributeNames=["All"])
        return list(found.get("Messages", []))

    def hand_out(self) -> int:
        """Calls the function with what can be had, and answers how much that was."""
        messages = self.receive()
        if messages:
            app.do_chores(events.received(self.name, messages), events.context("do_chores"))
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)


@pytest.fixture
def queue(heartbeat: Heartbeat, clock: Clock) -> Queue:
    """It holds a ping, and nothing of what making the heartbeat left to do in a minute."""
    queue = Queue(heartbeat)
    clock.move(minutes=2)
    while queue.hand_out():
        continue
    with trouble(1, unavailable, after=False):
        assert heartbeat.ping() == "kept"
    return queue


def fails(*_: object) -> None:
    raise StoreFault("out of order")


def test_a_kept_ping_that_failed_is_tried_again_within_a_minute(
    heartbeat: Heartbeat, queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(StoreFault):
        patch.setattr(chores, "do", fails)
        queue.hand_out()
    at_once = queue.hand_out()
    clock.move(seconds=60)

    assert (at_once, queue.hand_out()) == (0, 1)
    assert heartbeat.now.n_pings == 1


def test_a_kept_ping_is_tried_for_hours(
    heartbeat: Heartbeat, queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(chores, "do", fails)
        for _ in range(20):
            with pytest.raises(StoreFault):
                queue.hand_out()
            clock.move(seconds=60)

    assert queue.hand_out() == 1
    assert heartbeat.now.n_pings == 1


def test_a_chore_that_is_being_worked_on_is_not_handed_out(
    queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []

    def takes_long(*_: object) -> None:
        clock.move(seconds=110)
        found.extend(queue.receive())

    monkeypatch.setattr(chores, "do", takes_long)

    assert queue.hand_out() == 1
    assert found == []


def test_while_sqs_cannot_say_so_a_chore_that_failed_comes_when_its_time_is_over(
    heartbeat: Heartbeat, queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(StoreFault, match="out of order"):
        patch.setattr(chores, "do", fails)
        patch.setattr(store_queues, "_url", fails)
        queue.hand_out()
    clock.move(seconds=60)
    after_a_minute = queue.hand_out()
    clock.move(seconds=720)

    assert (after_a_minute, queue.hand_out()) == (0, 1)


@pytest.mark.parametrize("call", range(2, 6))
def test_a_ping_whose_answer_was_lost_counts_once_however_many_come_before_its_line(
    heartbeat: Heartbeat, clock: Clock, call: int
) -> None:
    """The check remembers the last few requests alone; whichever call of the chore's own fails, it counts once."""
    heartbeat.ping("fail")
    with trouble(2, unavailable, after=True):
        assert heartbeat.ping("fail") == "kept"
    waiting = Queue(heartbeat)
    with trouble(call, unavailable, after=False), suppress(StoreFault):
        waiting.hand_out()
    for _ in range(10):
        clock.move(seconds=1)
        assert heartbeat.ping("fail") == "recorded"
    for _ in range(3):
        clock.move(seconds=60)
        waiting.hand_out()

    logged = history.pings(heartbeat.now.code, 100, clock.now, strongly=True)
    assert sorted(ping.n for ping in logged) == list(range(1, 13))
    assert heartbeat.now.n_pings == 12
