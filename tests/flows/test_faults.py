"""AWS answers an error, once, at every call in turn: nothing is lost, and nobody is told twice of one flip by us."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from chalicelib.core import status
from chalicelib.core.away import Away
from chalicelib.core.check import Check, Signal
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.telling import deliver
from chalicelib.settings import Settings
from chalicelib.store import checks, directory, history, outbox, refreshes
from chalicelib.store import queues as store_queues
from chalicelib.store.faults import StoreFault
from tests.conftest import Clock, Queues, Story
from tests.flows.conftest import Heartbeat, Killed, in_turn, strikes, trouble, unavailable
from tests.sent import Sent

# The story of a silence makes so many calls; a test holds the number.
CALLS = 19


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, due_shards=1, outbox_shards=1)


@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_fault_on_the_way_from_silence_to_mail_loses_no_flip_and_no_news(
    story: Story, overdue: Heartbeat, minute: Callable[[], None], call: int, after: bool
) -> None:
    with trouble(call, unavailable, after=after), suppress(StoreFault, ClientError):
        story.queues.sweep()
        deliver.deliver_nudges(overdue.services, story.queues.take("news"))
    for _ in range(4):
        minute()

    assert overdue.flips == [("new", "up"), ("up", "down")]
    assert in_turn(story.sent) == ["DOWN | Backups"]
    assert list(outbox.all_waiting()) == []


def test_the_story_is_no_longer_than_the_strikes(overdue: Heartbeat, queues: Queues) -> None:
    with trouble(0, Killed, after=False) as calls:
        queues.sweep()
        deliver.deliver_nudges(overdue.services, queues.take("news"))

    assert len(calls) == CALLS


@pytest.mark.parametrize(("call", "after"), strikes(5))
def test_a_fault_loses_no_ping(story: Story, heartbeat: Heartbeat, call: int, after: bool) -> None:
    heartbeat.services.memory = Memory()
    with trouble(call, unavailable, after=after):
        outcome = heartbeat.ping(body=b"done")
    story.clock.move(seconds=7)
    story.queues.work()

    pinged = heartbeat.now
    assert outcome in ("recorded", "kept")
    assert pinged.status == "up"
    assert pinged.last_ping is not None
    assert pinged.last_ping < story.clock.now
    assert pinged.n_pings >= 1


@pytest.mark.parametrize("after", [False, True])
def test_a_fault_on_the_fast_path_loses_no_ping(
    heartbeat: Heartbeat, queues: Queues, clock: Clock, after: bool
) -> None:
    heartbeat.ping()
    clock.move(seconds=30)
    with trouble(1, unavailable, after=after):
        assert heartbeat.ping() == "kept"
    queues.work()

    assert heartbeat.now.last_ping == clock.now


def test_a_ping_whose_record_could_not_be_written_is_in_the_log_in_the_end(
    heartbeat: Heartbeat, queues: Queues, clock: Clock
) -> None:
    heartbeat.ping()
    clock.move(seconds=30)
    with trouble(2, unavailable, after=False):
        assert heartbeat.ping(body=b"hello", exitstatus=0) == "recorded"
    assert [ping.n for ping in history.pings(heartbeat.code, 10, clock.now)] == [1]
    queues.work()

    newest = history.pings(heartbeat.code, 10, clock.now)[0]
    assert (newest.n, newest.at, newest.exitstatus) == (2, clock.now, 0)
    assert history.ping_body(heartbeat.code, 2, clock.now) == b"hello"


def test_a_ping_that_neither_table_nor_queue_can_take_is_refused_so_that_the_sender_tries_again(
    heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(*_: object, **__: object) -> None:
        raise StoreFault("out of order")

    monkeypatch.setattr(refreshes, "keep", out_of_order)
    monkeypatch.setattr(checks, "get", out_of_order)
    monkeypatch.setattr(store_queues, "send", out_of_order)

    with pytest.raises(StoreFault):
        heartbeat.ping()


def test_a_check_that_cannot_be_decided_is_put_off_and_the_others_are_not(
    overdue: Heartbeat, queues: Queues, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = manage.create(overdue.services, directory.project(overdue.project), {"timeout": 60, "grace": 60})
    pings.receive(overdue.services, pings.Address(code=other.code), Signal("success", clock.now))
    clock.move(minutes=2)
    original = status.decide

    def decide(check: Check, event: status.Event, away: Away | None = None) -> status.Change | None:
        if check.code == overdue.code:
            raise ZeroDivisionError("a poisoned item")
        return original(check, event, away)

    monkeypatch.setattr(status, "decide", decide)
    queues.sweep()

    due = overdue.now.due
    assert due is not None
    assert (due - clock.now).total_seconds() == 3600
    assert checks.get(overdue.project, other.code).status == "down"


def test_while_the_queues_are_out_of_order_the_sweep_decides_and_delivers_by_itself(
    overdue: Heartbeat, clock: Clock, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(*_: object, **__: object) -> None:
        raise StoreFault("out of order")

    monkeypatch.setattr(store_queues, "send_delayed", out_of_order)
    sweep.run(overdue.services)
    clock.move(minutes=1)
    sweep.run(overdue.services)

    assert sent.subjects == ["DOWN | Backups"]
