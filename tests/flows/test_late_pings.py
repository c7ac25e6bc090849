"""Pings that come late: what counts is the order of time, whatever the order of arrival."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import status
from chalicelib.core.check import PingKind
from chalicelib.monitor import chores, transitions
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import history
from chalicelib.store.faults import StoreFault
from tests.conftest import NOW, Clock, Queues, Story
from tests.flows.conftest import Heartbeat, trouble, unavailable
from tests.sent import Sent


def keep(heartbeat: Heartbeat, kind: PingKind = "success") -> None:
    """A ping that AWS could not take at once waits in the queue."""
    with trouble(1, unavailable, after=False):
        assert heartbeat.ping(kind) == "kept"


def do(heartbeat: Heartbeat, messages: list[Any]) -> None:
    for message in messages:
        chores.do(heartbeat.services, message)


def expire(heartbeat: Heartbeat) -> None:
    """The deadline is noticed."""
    passed = status.DeadlinePassed(heartbeat.services.clock())
    transitions.apply(heartbeat.services, heartbeat.project, heartbeat.code, passed)


def moments(heartbeat: Heartbeat) -> list[tuple[str, str, float]]:
    """(new status, reason, seconds after noon) of every flip in the order of time."""
    return [(flip.new, flip.reason, (flip.at - NOW).total_seconds()) for flip in heartbeat.flip_records]


def seconds(moment: datetime | None) -> float | None:
    return (moment - NOW).total_seconds() if moment else None


def test_a_success_that_comes_after_a_younger_failure_leaves_the_check_down(
    heartbeat: Heartbeat, queues: Queues, clock: Clock, sent: Sent
) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat, "success")
    clock.move(seconds=10)
    heartbeat.ping("fail")
    queues.work()

    assert heartbeat.now.status == "down"
    assert moments(heartbeat) == [("up", "", 0), ("down", "fail", 20)]
    assert sent.subjects == ["DOWN | Backups"]


def test_a_failure_that_comes_after_a_younger_success_leaves_the_check_up_and_its_outage_in_the_history(
    heartbeat: Heartbeat, queues: Queues, clock: Clock
) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat, "fail")
    for _ in range(3):
        clock.move(seconds=10)
        heartbeat.ping()
    queues.work()

    assert heartbeat.now.status == "up"
    assert seconds(heartbeat.now.last_ping) == 40
    assert moments(heartbeat) == [("up", "", 0), ("down", "fail", 10), ("up", "", 20)]


def test_a_start_that_comes_after_the_success_that_ended_it_starts_nothing(
    heartbeat: Heartbeat, queues: Queues, clock: Clock, sent: Sent
) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat, "start")
    clock.move(seconds=10)
    heartbeat.ping()
    queues.work()

    assert heartbeat.now.last_start is None
    assert seconds(heartbeat.now.due) == 140
    assert sent.subjects == []


def test_a_ping_that_came_in_time_ends_the_outage_that_it_disproves_at_its_own_moment(
    overdue: Heartbeat, queues: Queues, clock: Clock
) -> None:
    clock.move(seconds=-20)
    keep(overdue)
    kept = queues.take("chores")
    clock.move(seconds=25)
    expire(overdue)
    do(overdue, kept)

    assert [(new, reason) for new, reason, _ in moments(overdue)] == [("up", ""), ("down", "timeout"), ("up", "late")]
    down, up = overdue.flip_records[1:]
    assert up.at - down.at == timedelta(microseconds=1)
    assert up.details == {"late": (NOW + timedelta(seconds=100)).isoformat()}
    assert (overdue.now.status, seconds(overdue.now.last_ping), seconds(overdue.now.due)) == ("up", 100, 220)


def test_an_outage_that_is_over_and_was_none_is_ended_at_its_own_moment_and_nobody_hears_of_it(
    overdue: Heartbeat, queues: Queues, clock: Clock, sent: Sent
) -> None:
    clock.move(seconds=-20)
    keep(overdue)
    kept = queues.take("chores")
    clock.move(seconds=25)
    expire(overdue)
    queues.work()
    clock.move(seconds=25)
    overdue.ping()
    queues.work()
    told = list(sent.subjects)
    do(overdue, kept)

    assert [new for new, _, _ in moments(overdue)] == ["up", "down", "up", "up"]
    assert (overdue.now.status, seconds(overdue.now.last_ping)) == ("up", 150)
    assert told == ["DOWN | Backups", "UP | Backups"]


def test_a_late_ping_whose_own_deadline_has_passed_too_leaves_the_check_down(
    overdue: Heartbeat, queues: Queues, clock: Clock
) -> None:
    clock.move(seconds=-60)
    keep(overdue)
    kept = queues.take("chores")
    clock.move(seconds=200)
    expire(overdue)
    do(overdue, kept)

    assert overdue.now.status == "down"
    assert [(new, int(at)) for new, _, at in moments(overdue)] == [("up", 0), ("down", 120), ("up", 120), ("down", 180)]


def test_a_ping_from_before_a_pause_does_not_end_it(heartbeat: Heartbeat, queues: Queues, clock: Clock) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat)
    clock.move(seconds=10)
    manage.pause(heartbeat.services, heartbeat.now)
    clock.move(seconds=10)
    queues.work()

    assert (heartbeat.now.status, seconds(heartbeat.now.last_ping), heartbeat.now.n_pings) == ("paused", 10, 2)


def test_the_log_lists_by_time_and_numbers_by_arrival(heartbeat: Heartbeat, queues: Queues, clock: Clock) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat, "log")
    clock.move(seconds=10)
    heartbeat.ping()
    queues.work()

    found = history.pings(heartbeat.code, 10, clock.now)
    assert [(ping.n, seconds(ping.at)) for ping in found] == [(2, 20), (3, 10), (1, 0)]


@pytest.mark.parametrize("kind", ["log", "start", "success", "fail"])
def test_a_kept_ping_that_is_handed_out_twice_counts_once(
    heartbeat: Heartbeat, queues: Queues, clock: Clock, kind: PingKind
) -> None:
    heartbeat.ping()
    clock.move(seconds=10)
    keep(heartbeat, kind)
    kept = queues.take("chores")
    do(heartbeat, kept)
    for _ in range(12):
        clock.move(seconds=1)
        heartbeat.ping()
    do(heartbeat, kept)

    assert heartbeat.now.n_pings == 14
    assert sorted(ping.n for ping in history.pings(heartbeat.code, 100, clock.now)) == list(range(1, 15))


@pytest.mark.parametrize("kind", ["log", "start", "success", "fail"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_ping_whose_answer_from_aws_was_lost_counts_once_and_leaves_no_hole(
    story: Story, heartbeat: Heartbeat, kind: PingKind, call: int
) -> None:
    heartbeat.ping()
    story.clock.move(seconds=10)
    with trouble(call, unavailable, after=True):
        heartbeat.ping(kind, body=b"hello")
    story.clock.move(seconds=10)
    heartbeat.ping()
    story.queues.work()

    assert heartbeat.now.n_pings == 3
    found = history.pings(heartbeat.code, 10, story.clock.now)
    assert sorted(ping.n for ping in found) == [1, 2, 3]
    assert [(ping.kind, ping.has_body) for ping in found] == [("success", False), (kind, True), ("success", False)]


@pytest.mark.parametrize("call", range(1, 8))
@pytest.mark.parametrize("after", [False, True])
def test_a_kept_ping_that_meets_a_fault_again_counts_once(
    story: Story, overdue: Heartbeat, call: int, after: bool
) -> None:
    story.clock.move(seconds=-20)
    keep(overdue, "fail")
    kept = story.queues.take("chores")
    story.clock.move(seconds=10)
    with trouble(call, unavailable, after=after), suppress(StoreFault):
        do(overdue, kept)
    do(overdue, kept)

    assert (overdue.now.status, overdue.now.n_pings) == ("down", 2)
    assert [ping.n for ping in history.pings(overdue.code, 10, story.clock.now)] == [2, 1]


@pytest.mark.parametrize("kind", ["log", "start", "success", "fail"])
def test_a_request_that_arrives_twice_counts_once(heartbeat: Heartbeat, clock: Clock, kind: PingKind) -> None:
    heartbeat.ping()
    for _ in range(2):
        clock.move(seconds=10)
        heartbeat.ping(kind, request="c6af9ac6")

    assert heartbeat.now.n_pings == 2
    assert [ping.n for ping in history.pings(heartbeat.code, 10, clock.now)] == [2, 1]


def test_a_retry_of_the_client_is_another_ping(heartbeat: Heartbeat, clock: Clock) -> None:
    for request in ("a", "b"):
        heartbeat.ping(request=request)

    assert heartbeat.now.n_pings == 2
