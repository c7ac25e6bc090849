"""Competitors that meet between a read and its write. The second is made to run exactly there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core.check import Check, Signal
from chalicelib.core.errors import Missing
from chalicelib.monitor.clocks import deadlines
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring, hash_of
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.telling import deliver
from chalicelib.store import checks, outbox
from tests.conftest import Clock, Queues, Story
from tests.flows.conftest import Heartbeat
from tests.sent import Sent


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Has something else happen right after the next read of a check, before whoever read it can write."""

    def arrange(other: Callable[[], Any]) -> None:
        waiting = [other]

        def then_other(read: Callable[..., Any]) -> Callable[..., Any]:
            def reads(*arguments: Any) -> Any:
                seen = read(*arguments)
                if waiting:
                    waiting.pop()()
                return seen

            return reads

        for read in ("get", "get_many"):
            monkeypatch.setattr(checks, read, then_other(getattr(checks, read)))

    return arrange


def test_two_sweeps_at_once_make_one_flip(
    overdue: Heartbeat, meanwhile: Callable[..., None], queues: Queues, sent: Sent
) -> None:
    meanwhile(lambda: deadlines.expire(overdue.services, overdue.project, overdue.code))
    queues.sweep()
    queues.work()

    assert overdue.flips == [("new", "up"), ("up", "down")]
    assert sent.subjects == ["DOWN | Backups"]


def test_a_ping_during_a_sweep_is_recorded_after_the_deadline_it_missed(
    overdue: Heartbeat, meanwhile: Callable[..., None], queues: Queues, sent: Sent
) -> None:
    meanwhile(overdue.ping)
    queues.sweep()
    queues.work()

    assert overdue.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert overdue.now.status == "up"
    assert sent.subjects == ["DOWN | Backups", "UP | Backups"]


def test_a_sweep_during_a_ping_makes_no_second_flip(
    overdue: Heartbeat, meanwhile: Callable[..., None], queues: Queues, sent: Sent
) -> None:
    overdue.services.memory = Memory()
    meanwhile(lambda: deadlines.expire(overdue.services, overdue.project, overdue.code))
    overdue.ping()
    queues.work()

    assert overdue.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert sorted(sent.subjects) == ["DOWN | Backups", "UP | Backups"]


def test_a_ping_just_before_the_deadline_wins_over_a_sweep_that_read_before_it(
    story: Story, heartbeat: Heartbeat, meanwhile: Callable[..., None]
) -> None:
    heartbeat.ping()
    story.clock.move(seconds=119)
    early = Signal("success", story.clock.now)
    story.clock.move(seconds=1)
    meanwhile(lambda: pings.receive(heartbeat.services, pings.Address(code=heartbeat.code), early))

    story.queues.sweep()
    story.queues.work()

    assert (heartbeat.now.status, heartbeat.flips, story.sent.subjects) == ("up", [("new", "up")], [])


def test_two_pings_at_once_both_count(heartbeat: Heartbeat, meanwhile: Callable[..., None], clock: Clock) -> None:
    def other() -> None:
        clock.move(seconds=1)
        heartbeat.ping()

    meanwhile(other)
    heartbeat.ping()

    assert heartbeat.now.n_pings == 2
    assert heartbeat.flips == [("new", "up")]
    assert heartbeat.now.last_ping == clock.now


def test_a_failure_and_a_success_at_once_both_flip(
    story: Story, heartbeat: Heartbeat, meanwhile: Callable[..., None]
) -> None:
    heartbeat.ping()
    meanwhile(lambda: heartbeat.ping("fail"))
    heartbeat.ping("start")
    heartbeat.ping()
    story.queues.work()

    assert heartbeat.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert story.sent.subjects == ["DOWN | Backups", "UP | Backups"]


def test_a_ping_from_another_process_is_seen_although_this_one_remembers_an_older_check(
    heartbeat: Heartbeat, clock: Clock
) -> None:
    heartbeat.ping()
    heartbeat.ping()
    remembered = heartbeat.services.memory
    clock.move(seconds=100)
    heartbeat.services.memory = Memory()
    heartbeat.ping()
    heartbeat.services.memory = remembered
    clock.move(seconds=30)

    heartbeat.ping()

    assert heartbeat.flips == [("new", "up")]
    assert heartbeat.now.last_ping == clock.now


def test_a_ping_that_remembers_an_older_definition_keeps_the_new_one(heartbeat: Heartbeat, clock: Clock) -> None:
    heartbeat.ping()
    manage.change(heartbeat.services, heartbeat.now, {"timeout": 86_400})

    clock.move(seconds=30)
    heartbeat.ping()

    due = heartbeat.now.due
    assert due is not None
    assert (due - clock.now).total_seconds() == 86_400 + 60


def test_a_ping_that_remembers_a_check_deleted_since_finds_it_missing(heartbeat: Heartbeat) -> None:
    heartbeat.ping()
    manage.delete(heartbeat.services, heartbeat.now)

    with pytest.raises(Missing):
        heartbeat.ping()
    with pytest.raises(Missing):
        _ = heartbeat.now


def test_two_first_pings_to_a_slug_at_once_make_one_check(
    heartbeat: Heartbeat, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = pings.Address(key_hash=hash_of(keyring.keys["ping"]), slug="nightly")
    signal = Signal("success", heartbeat.services.clock())
    original, waiting = manage.create_by_ping, [1]

    def create(*arguments: Any) -> Check:
        if waiting:
            waiting.pop()
            assert pings.receive(heartbeat.services, address, signal, create=True) == "created"
        return original(*arguments)

    monkeypatch.setattr(manage, "create_by_ping", create)

    assert pings.receive(heartbeat.services, address, signal, create=True) == "recorded"
    assert [check.n_pings for check in manage.of_project(keyring.project) if check.slug] == [2]


def test_two_deliverers_at_once_send_one_mail(overdue: Heartbeat, queues: Queues, sent: Sent) -> None:
    queues.sweep()
    (entry,) = outbox.all_waiting()

    deliver.deliver_all(overdue.services, [entry.nudge] * 4)

    assert sent.subjects == ["DOWN | Backups"]
