"""More channels than one transaction of DynamoDB has room for: what holds for one of them holds for each."""

from __future__ import annotations

from collections import Counter

import pytest

from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.store import outbox
from tests.conftest import Clock, Queues
from tests.flows.conftest import Heartbeat
from tests.sent import Sent

MANY = 104


@pytest.fixture
def crowd(heartbeat: Heartbeat, keyring: Keyring) -> Heartbeat:
    """A check that is up and tells so many channels."""
    heartbeat.ping()
    codes = [heartbeat.channel.code]
    for number in range(MANY - 1):
        address = {"address": f"c{number}@example.org"}
        codes.append(channels.create(heartbeat.services, keyring.project, "email", f"C{number}", address, 0).code)
    manage.change(heartbeat.services, heartbeat.now, {"channels": tuple(codes)})
    return heartbeat


@pytest.fixture
def down(crowd: Heartbeat, queues: Queues, sent: Sent) -> Heartbeat:
    """The same after all were told that it is down."""
    crowd.ping("fail")
    queues.work()
    assert Counter(sent.subjects) == {"DOWN | Backups": MANY}
    return crowd


def test_each_is_told_of_the_outage_and_of_its_end(down: Heartbeat, queues: Queues, sent: Sent) -> None:
    down.ping()
    queues.work()

    assert Counter(sent.subjects) == {"DOWN | Backups": MANY, "UP | Backups": MANY}
    assert list(outbox.all_waiting()) == []


def test_each_that_is_told_nothing_because_of_a_pause_is_settled(
    crowd: Heartbeat, queues: Queues, sent: Sent, clock: Clock
) -> None:
    crowd.ping("fail")
    clock.move(seconds=1)
    manage.pause(crowd.services, crowd.now)
    queues.work()

    assert sent.subjects == []
    assert list(outbox.all_waiting()) == []


def test_each_hears_of_a_deletion(down: Heartbeat, queues: Queues, sent: Sent) -> None:
    manage.delete(down.services, down.now)
    queues.work()

    assert Counter(sent.subjects) == {"DOWN | Backups": MANY, "NOT WATCHED | Backups": MANY}
    assert list(outbox.all_waiting()) == []


def test_each_that_leaves_hears_of_it_and_who_stays_hears_of_the_end(
    down: Heartbeat, queues: Queues, sent: Sent
) -> None:
    manage.change(down.services, down.now, {"channels": (down.channel.code,)})
    queues.work()
    down.ping()
    queues.work()

    told = {"DOWN | Backups": MANY, "NOT WATCHED | Backups": MANY - 1, "UP | Backups": 1}
    assert Counter(sent.subjects) == told
    assert set(sent.mails[-1].to) == {"ops@example.org"}
    assert list(outbox.all_waiting()) == []
