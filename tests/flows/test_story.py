"""From a ping to a mail, minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.core.check import Signal
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks
from chalicelib.monitor.managing.projects import Keyring, hash_of
from chalicelib.store import notifications, outbox
from tests.conftest import NOW, Clock, Queues, Story
from tests.flows.conftest import Heartbeat
from tests.sent import Sent


def test_silence_is_told_once_and_so_is_the_return(
    heartbeat: Heartbeat, minute: Callable[[], None], queues: Queues, sent: Sent
) -> None:
    heartbeat.ping()
    for _ in range(10):
        minute()
    heartbeat.ping()
    queues.work()

    assert sent.subjects == ["DOWN | Backups", "UP | Backups"]
    assert heartbeat.flips == [("new", "up"), ("up", "down"), ("down", "up")]


def test_a_check_goes_down_at_its_deadline_and_not_before(
    heartbeat: Heartbeat, minute: Callable[[], None], clock: Clock
) -> None:
    heartbeat.ping()
    minute()
    minute()
    assert heartbeat.now.status == "up"

    minute()

    down = heartbeat.flip_records[-1]
    assert (down.at, down.new, down.reason) == (NOW + timedelta(minutes=2), "down", "timeout")


def test_the_sweep_waits_for_nothing_and_a_worker_decides_when_the_deadline_has_come(
    heartbeat: Heartbeat, queues: Queues, clock: Clock
) -> None:
    heartbeat.ping()
    clock.move(seconds=90)

    queues.sweep()
    at_once, before = clock.now, heartbeat.now.status
    queues.until(NOW + timedelta(minutes=2, seconds=1))

    assert (at_once, before) == (NOW + timedelta(seconds=90), "up")
    assert heartbeat.now.status == "down"


def test_a_sweep_with_nothing_due_soon_finds_nothing(heartbeat: Heartbeat, clock: Clock) -> None:
    heartbeat.ping()

    assert sweep.run(heartbeat.services) == 0


def test_a_ping_in_time_keeps_a_check_up(heartbeat: Heartbeat, minute: Callable[[], None], sent: Sent) -> None:
    for _ in range(10):
        heartbeat.ping()
        minute()

    assert (heartbeat.flips, sent.subjects) == ([("new", "up")], [])


def test_a_failure_is_told_at_once(heartbeat: Heartbeat, queues: Queues, sent: Sent) -> None:
    heartbeat.ping()
    heartbeat.ping("fail")
    heartbeat.ping("fail")
    queues.work()

    assert sent.subjects == ["DOWN | Backups"]


def test_a_late_ping_that_beats_the_sweep_tells_both_in_order(
    overdue: Heartbeat, clock: Clock, queues: Queues, sent: Sent
) -> None:
    clock.move(seconds=20)
    overdue.ping()
    queues.work()

    assert overdue.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert overdue.flip_records[1].at == NOW + timedelta(minutes=2)
    assert sent.subjects == ["DOWN | Backups", "UP | Backups"]


def test_a_paused_check_is_silent(heartbeat: Heartbeat, minute: Callable[[], None], sent: Sent) -> None:
    heartbeat.ping()
    checks.pause(heartbeat.services, heartbeat.now)
    for _ in range(5):
        minute()

    assert (heartbeat.now.status, sent.subjects) == ("paused", [])


def test_a_deadline_that_a_new_definition_puts_near_is_noticed_in_time(
    heartbeat: Heartbeat, queues: Queues, clock: Clock
) -> None:
    checks.change(heartbeat.services, heartbeat.now, {"timeout": 3600})
    heartbeat.ping()
    clock.move(seconds=100)

    checks.change(heartbeat.services, heartbeat.now, {"timeout": 60})
    queues.until(NOW + timedelta(seconds=120))
    before = heartbeat.now.status
    queues.until(NOW + timedelta(seconds=121))

    assert (before, heartbeat.now.status) == ("up", "down")


def test_a_new_definition_under_which_the_check_is_overdue_is_told_at_once(
    heartbeat: Heartbeat, queues: Queues, clock: Clock, sent: Sent
) -> None:
    checks.change(heartbeat.services, heartbeat.now, {"timeout": 3600})
    heartbeat.ping()
    clock.move(minutes=10)

    checks.change(heartbeat.services, heartbeat.now, {"timeout": 60})
    queues.work()

    assert sent.subjects == ["DOWN | Backups"]


def test_reminders_come_while_it_is_down_and_stop_when_it_is_back(
    story: Story, heartbeat: Heartbeat, minute: Callable[[], None]
) -> None:
    channels.change(heartbeat.services, heartbeat.channel, {"remind": 300})
    heartbeat.ping()
    for _ in range(14):
        minute()
    heartbeat.ping()
    for _ in range(10):
        heartbeat.ping()
        minute()

    assert story.sent.subjects == ["DOWN | Backups", "STILL DOWN | Backups", "STILL DOWN | Backups", "UP | Backups"]
    assert list(outbox.all_waiting()) == []


def test_news_of_a_deleted_check_is_dropped(overdue: Heartbeat, queues: Queues, sent: Sent) -> None:
    queues.sweep()
    checks.delete(overdue.services, overdue.now)
    queues.work()

    assert sent.subjects == []
    assert list(outbox.all_waiting()) == []


def test_deleting_a_check_takes_its_history_with_it(overdue: Heartbeat, queues: Queues) -> None:
    overdue.ping(body=b"hello")
    checks.delete(overdue.services, overdue.now)
    queues.until(overdue.services.clock() + timedelta(minutes=2))

    assert overdue.flips == []


def test_deleting_a_channel_takes_it_off_its_checks(heartbeat: Heartbeat) -> None:
    channels.delete(heartbeat.services, heartbeat.channel)

    assert heartbeat.now.channels == ()


def test_the_channel_keeps_a_log_of_what_was_sent(overdue: Heartbeat, minute: Callable[[], None], clock: Clock) -> None:
    minute()

    (entry,) = notifications.log(overdue.channel.code, 10, clock.now)
    assert (entry.check, entry.new, entry.state, entry.attempts) == (overdue.code, "down", "sent", 1)


def test_a_slug_makes_its_check_once_and_tells_every_channel(heartbeat: Heartbeat, keyring: Keyring) -> None:
    address = pings.Address(key_hash=hash_of(keyring.keys["ping"]), slug="nightly")
    outcomes = [
        pings.receive(heartbeat.services, address, Signal("success", heartbeat.services.clock()), create=True)
        for _ in range(3)
    ]

    made = [check for check in checks.of_project(keyring.project) if check.slug == "nightly"]
    assert outcomes == ["created", "recorded", "recorded"]
    assert [(check.name, check.channels, check.n_pings) for check in made] == [
        ("nightly", (heartbeat.channel.code,), 3)
    ]
