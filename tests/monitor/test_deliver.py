"""Delivering: back-off, permanent errors, order, reminders; through a kind of channel that fails on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import channels as kinds
from chalicelib.channels.base import Event, Outlet
from chalicelib.core.check import Channel, Signal
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.store import definitions, notifications, outbox
from chalicelib.store.outbox import Entry
from tests.conftest import Clock, Queues


class Flaky:
    """A kind of channel whose sends fail while `error` is set for its address."""

    name = "flaky"
    service = "webhook"
    opens_incidents = False

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int]] = []
        self.ids: list[str] = []
        self.errors: dict[str, Exception] = {}

    def clean(self, settings: dict[str, object]) -> dict[str, Any]:
        return dict(settings)

    def public(self, settings: dict[str, Any]) -> dict[str, Any]:
        return settings

    def wants(self, settings: dict[str, Any], event: Event) -> bool:
        return event in settings.get("events", ["down", "up"])

    def send(self, settings: dict[str, Any], news: Sequence[News], outlet: Outlet) -> None:
        self.ids += [one.id for one in news]
        if settings["to"] in self.errors:
            raise self.errors[settings["to"]]
        self.told += [(settings["to"], one.event, one.reminder) for one in news]


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    kind = Flaky()
    monkeypatch.setattr(kinds, "kind_named", lambda name: kind)
    yield kind


@pytest.fixture
def tell(services: Services, keyring: Keyring, flaky: Flaky, queues: Queues) -> Callable[..., Entry]:
    """Has a check with channels to these addresses fail, without delivering; answers the news of it."""

    def fails(*addresses: str, **more: Any) -> Entry:
        project = keyring.project.code
        codes = []
        for address in addresses:
            channel = Channel(project, services.new_code(), "flaky", address, services.clock(), {"to": address, **more})
            definitions.save_channel(channel)
            codes.append(channel.code)
        check = checks.create(services, keyring.project, {"name": "Job", "channels": tuple(codes)})
        pings.receive(services, pings.Address(code=check.code), Signal("fail", services.clock()))
        queues.take("news")
        (entry,) = outbox.all_waiting()
        return entry

    return fails


def channel_named(keyring: Keyring, name: str) -> Channel:
    return next(channel for channel in definitions.channels(keyring.project.code) if channel.name == name)


def waiting() -> list[Entry]:
    return list(outbox.all_waiting())


def test_what_failed_is_tried_again_with_growing_pauses_and_then_given_up(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a")
    flaky.errors["a"] = Undelivered("busy")
    pauses = []
    while True:
        deliver.deliver(services, entry)
        left = waiting()
        if not left:
            break
        (entry,) = left
        pauses.append(entry.due - clock.now)
        clock.now = entry.due

    (log,) = notifications.log(channel_named(keyring, "a").code, 10, clock.now)
    assert tuple(pauses) == deliver.BACK_OFF
    assert (log.state, log.attempts, log.error) == ("failed", 5, "busy")
    assert channel_named(keyring, "a").error == "busy"


def test_every_attempt_carries_the_same_idempotency_key(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry]
) -> None:
    flaky.errors["a"] = Undelivered("busy")
    deliver.deliver(services, tell("a"))
    clock.move(seconds=30)
    deliver.deliver(services, waiting()[0])

    assert len(flaky.ids) == 2
    assert len(set(flaky.ids)) == 1


def test_nothing_is_tried_before_its_time(services: Services, flaky: Flaky, tell: Callable[..., Entry]) -> None:
    flaky.errors["a"] = Undelivered("busy")
    deliver.deliver(services, tell("a"))
    deliver.deliver(services, waiting()[0])

    assert len(flaky.ids) == 1


def test_a_permanent_error_stops_at_once_and_shows(
    services: Services, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    flaky.errors["a"] = Undelivered("no such mailbox", permanent=True)
    deliver.deliver(services, tell("a"))

    assert waiting() == []
    assert channel_named(keyring, "a").error == "no such mailbox"


def test_a_success_clears_the_error(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    flaky.errors["a"] = Undelivered("busy")
    deliver.deliver(services, tell("a"))
    flaky.errors.clear()
    clock.move(seconds=30)
    deliver.deliver(services, waiting()[0])

    assert (flaky.told, channel_named(keyring, "a").error, waiting()) == ([("a", "down", 0)], "", [])


def test_one_failing_channel_keeps_no_other_from_its_news(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry]
) -> None:
    flaky.errors["b"] = Undelivered("busy")
    deliver.deliver(services, tell("a", "b", "c"))
    assert sorted(flaky.told) == [("a", "down", 0), ("c", "down", 0)]

    flaky.errors.clear()
    clock.move(seconds=30)
    deliver.deliver(services, waiting()[0])
    assert sorted(flaky.told) == [("a", "down", 0), ("b", "down", 0), ("c", "down", 0)]


def test_a_fault_of_ours_in_a_channel_is_retried_like_any_failure(
    services: Services, flaky: Flaky, tell: Callable[..., Entry], clock: Clock
) -> None:
    flaky.errors["a"] = ZeroDivisionError("ours")
    deliver.deliver(services, tell("a", "b"))

    assert flaky.told == [("b", "down", 0)]
    assert waiting()[0].due == clock.now + deliver.BACK_OFF[0]


def test_up_is_told_only_after_the_down_that_came_before_it(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry]
) -> None:
    flaky.errors["a"] = Undelivered("busy")
    down = tell("a")
    deliver.deliver(services, down)
    pings.receive(services, pings.Address(code=down.flip.code), Signal("success", clock.move(seconds=5)))
    up = next(entry for entry in waiting() if entry.flip.new == "up")
    flaky.errors.clear()

    deliver.deliver(services, up)
    assert flaky.told == []

    for _ in range(4):
        clock.move(seconds=20)
        for entry in waiting():
            deliver.deliver(services, entry)
    assert flaky.told == [("a", "down", 0), ("a", "up", 0)]
    assert waiting() == []


def test_a_channel_that_can_be_told_is_not_kept_waiting_for_one_that_cannot(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry]
) -> None:
    flaky.errors["a"] = Undelivered("busy")
    down = tell("a", "b")
    deliver.deliver(services, down)
    pings.receive(services, pings.Address(code=down.flip.code), Signal("success", clock.move(seconds=5)))
    deliver.deliver(services, next(entry for entry in waiting() if entry.flip.new == "up"))

    assert flaky.told == [("b", "down", 0), ("b", "up", 0)]


def test_a_channel_that_does_not_want_the_news_is_not_told(
    services: Services, flaky: Flaky, tell: Callable[..., Entry]
) -> None:
    deliver.deliver(services, tell("a", events=["up"]))

    assert (flaky.ids, waiting()) == ([], [])


def test_a_deliverer_that_died_is_succeeded_when_its_lease_is_over(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a")
    notifications.claim(channel_named(keyring, "a").code, entry, clock.now, deliver.LEASE)

    deliver.deliver(services, entry)
    assert flaky.told == []

    clock.now += deliver.LEASE
    deliver.deliver(services, waiting()[0])
    assert flaky.told == [("a", "down", 0)]


def test_a_channel_removed_meanwhile_is_not_told(
    services: Services, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a", "b")
    definitions.delete_channel(channel_named(keyring, "a"))
    deliver.deliver(services, entry)

    assert flaky.told == [("b", "down", 0)]


def test_a_default_channel_is_told_although_the_check_does_not_name_it(
    services: Services, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a")
    everyone = Channel(keyring.project.code, services.new_code(), "flaky", "all", services.clock(), {"to": "all"})
    definitions.save_channel(replace(everyone, default=True))
    deliver.deliver(services, entry)

    assert sorted(flaky.told) == [("a", "down", 0), ("all", "down", 0)]


def test_a_channel_that_does_not_resolve_is_not_told_of_the_end(
    services: Services, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a", "b")
    definitions.update_channel(replace(channel_named(keyring, "a"), resolves=False))
    deliver.deliver(services, entry)
    pings.receive(services, pings.Address(code=entry.flip.code), Signal("success", services.clock()))
    deliver.deliver(services, waiting()[0])

    assert sorted(flaky.told) == [("a", "down", 0), ("b", "down", 0), ("b", "up", 0)]


def test_a_reminder_of_an_outage_that_is_over_is_dropped(
    services: Services, clock: Clock, flaky: Flaky, tell: Callable[..., Entry], keyring: Keyring
) -> None:
    entry = tell("a")
    channel = channel_named(keyring, "a")
    definitions.update_channel(Channel(**{**_fields(channel), "remind": 300}))
    deliver.deliver(services, entry)
    (reminder,) = waiting()
    assert reminder.due == clock.now + timedelta(seconds=300)

    pings.receive(services, pings.Address(code=entry.flip.code), Signal("success", clock.move(seconds=60)))
    pings.receive(services, pings.Address(code=entry.flip.code), Signal("fail", clock.move(seconds=60)))
    deliver.deliver(services, reminder)

    assert [told for told in flaky.told if told[2]] == []


def _fields(channel: Channel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in Channel.__dataclass_fields__}
