"""The monitor stood still for an hour: whoever pings when it is back is never said to have been down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import status
from chalicelib.core.away import Away
from chalicelib.core.check import Signal
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.intake import pings, points
from chalicelib.monitor.managing import channels, rules
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.settings import Settings
from chalicelib.store import checks, sweeps
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.channels.servers import Reply, serving
from tests.conftest import NOW, Clock, Queues, Story
from tests.flows.conftest import Heartbeat
from tests.sent import Mail, Sent


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, mail_to="owner@example.org")


@pytest.fixture
def returned(heartbeat: Heartbeat, clock: Clock, minute: Callable[[], None], queues: Queues) -> Heartbeat:
    """A check that is due a minute after the monitor stopped; an hour later it is back, and has swept once."""
    minute()
    heartbeat.ping()
    clock.move(hours=1)
    queues.sweep()
    return heartbeat


def to(sent: Sent, address: str) -> list[Mail]:
    return [mail for mail in sent.mails if address in mail.to]


BACK = NOW + timedelta(minutes=61)


def test_what_fell_due_meanwhile_shows_grace(returned: Heartbeat) -> None:
    found = returned.now

    assert (found.status, found.due) == ("up", BACK + timedelta(minutes=1))
    assert status.shown(found, BACK + timedelta(seconds=30), with_started=True) == "grace"


def test_a_ping_then_leaves_no_missed_flip(
    returned: Heartbeat, clock: Clock, minute: Callable[[], None], sent: Sent
) -> None:
    clock.move(seconds=30)
    returned.ping()
    minute()

    assert returned.flips == [("new", "up")]
    assert to(sent, "ops@example.org") == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_ping_that_is_judged_before_the_first_sweep_leaves_no_missed_flip(
    story: Story, heartbeat: Heartbeat, minute: Callable[[], None], kept: bool
) -> None:
    minute()
    heartbeat.ping()
    story.clock.move(minutes=20)
    if kept:
        with pytest.MonkeyPatch.context() as patch:
            for way in ("_find", "_attempt"):
                patch.setattr(pings, way, out_of_order)
            signal, address = Signal("success", story.clock.now), pings.Address(code=heartbeat.code)
            assert pings.receive(heartbeat.services, address, signal) == "kept"
        story.clock.move(minutes=40)
    else:
        heartbeat.ping()
    story.queues.work()
    story.queues.sweep()

    assert heartbeat.flips == [("new", "up")]


def out_of_order(*_: object, **__: object) -> None:
    raise StoreFault("out of order")


def test_who_is_still_silent_is_told_with_when_the_monitor_was_away(
    returned: Heartbeat, minute: Callable[[], None], sent: Sent
) -> None:
    for _ in range(3):
        minute()

    assert returned.flip_records[-1].at == BACK + timedelta(minutes=1)
    (mail,) = to(sent, "ops@example.org")
    assert "The monitor was away from 2026-11-21 12:00:00 UTC to 2026-11-21 13:01:00 UTC." in " ".join(
        mail.text.split()
    )


def test_the_owner_is_told_once(returned: Heartbeat, minute: Callable[[], None], sent: Sent) -> None:
    for _ in range(3):
        minute()

    (mail,) = to(sent, "owner@example.org")
    assert mail.subject == "Tocsin was away"
    assert "From 2026-11-21 12:00:00 UTC to 2026-11-21 13:01:00 UTC" in mail.text


def test_messages_that_waited_as_long_as_the_workers_were_away_do_not_cry_wolf(
    heartbeat: Heartbeat, clock: Clock, queues: Queues
) -> None:
    heartbeat.ping()
    clock.move(minutes=1)
    sweep.run(heartbeat.services)
    clock.move(hours=1)
    queues.work()

    assert heartbeat.flips == [("new", "up")]


def test_a_pause_of_two_minutes_is_no_absence(heartbeat: Heartbeat, clock: Clock, queues: Queues) -> None:
    queues.sweep()
    heartbeat.ping()
    clock.move(minutes=2, seconds=30)
    queues.sweep()

    assert heartbeat.flips == [("new", "up"), ("up", "down")]
    assert sweeps.state().away is None


class Beat:
    """An alert on a series that is missing after five minutes without a point, told by mail."""

    def __init__(self, story: Story, minute: Callable[[], None]) -> None:
        self.story, self.minute = story, minute
        project = story.keyring.project
        channel = channels.create(story.services, project, "email", "Ops", {"address": "ops@example.org"}, 0)
        values = {"name": "No beat", "spec": specs.missing("job.beat", 5), "channels": (channel.code,)}
        self.alert = rules.create(story.services, project, values)
        self.point()

    def point(self) -> None:
        points.take(self.story.services, self.story.project, b"job.beat 1")

    def pass_(self, minutes: int) -> None:
        for _ in range(minutes):
            self.minute()

    @property
    def status(self) -> str:
        return checks.get(self.story.project, self.alert.code).status


@pytest.fixture
def beat(story: Story, minute: Callable[[], None]) -> Beat:
    return Beat(story, minute)


@pytest.mark.parametrize("hours", [0.3, 1, 50])
def test_a_series_that_fell_silent_meanwhile_has_time_to_settle(beat: Beat, hours: float, sent: Sent) -> None:
    beat.pass_(2)
    beat.story.clock.move(hours=hours)
    beat.pass_(4)
    assert beat.status == "up"
    beat.point()
    beat.pass_(4)

    assert beat.status == "up"
    assert to(sent, "ops@example.org") == []


def test_a_series_that_stays_silent_is_told_with_when_the_monitor_was_away(beat: Beat, sent: Sent) -> None:
    beat.pass_(2)
    beat.story.clock.move(hours=1)
    beat.pass_(7)

    assert beat.status == "down"
    (mail,) = to(sent, "ops@example.org")
    told = "job.beat has been missing for 5 minutes. The monitor was away from 2026-11-21 12:01:00 UTC to"
    assert told in " ".join(mail.text.split())


def test_a_series_that_was_missing_before_stays_so(beat: Beat, sent: Sent) -> None:
    beat.pass_(7)
    assert beat.status == "down"
    beat.story.clock.move(hours=1)
    beat.pass_(2)

    assert beat.status == "down"
    assert len(to(sent, "ops@example.org")) == 1


def test_a_series_that_falls_silent_after_that_is_missing_in_its_time(beat: Beat) -> None:
    beat.pass_(2)
    beat.story.clock.move(hours=1)
    beat.pass_(1)
    beat.point()
    beat.pass_(6)

    assert beat.status == "down"


def test_of_a_sweep_that_dies_the_next_one_makes_the_absence_longer(heartbeat: Heartbeat, story: Story) -> None:
    sweep.run(heartbeat.services)
    heartbeat.ping()
    story.clock.move(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "note", out_of_order)
        with pytest.raises(StoreFault):
            sweep.run(heartbeat.services)
    story.clock.move(minutes=5)
    sweep.run(heartbeat.services)

    assert sweeps.state().away == Away(NOW, story.clock.now)


def test_an_absence_that_became_longer_is_told_once(heartbeat: Heartbeat, story: Story, sent: Sent) -> None:
    sweep.run(heartbeat.services)
    story.clock.move(hours=1)
    first = story.clock.now
    sweep.run(heartbeat.services)
    story.clock.move(seconds=30)
    sweeps.note_away(Away(NOW, story.clock.now))
    sweep.run(heartbeat.services)

    assert sweeps.state().away == Away(NOW, first + timedelta(seconds=30))
    assert len(to(sent, "owner@example.org")) == 1


def test_news_that_cannot_be_handed_on_makes_nobody_take_the_monitor_for_away(
    heartbeat: Heartbeat, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "hand_on", out_of_order)
    heartbeat.ping()
    with pytest.raises(StoreFault):
        sweep.run(heartbeat.services)

    assert sweeps.state().last == story.clock.now


def test_who_watches_the_monitor_hears_of_each_sweep_that_went_well(
    services: Services, clock: Clock, minute: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as server:
        services.settings = replace(services.settings, watched_by=server.url("/ping/tocsin?up=1"))
        minute()
        server.answer(Reply(500))
        minute()
        assert [(one.method, one.path) for one in server.received] == [("GET", "/ping/tocsin?up=1")] * 2
        with monkeypatch.context() as patch, pytest.raises(StoreFault):
            patch.setattr(deliver, "hand_on", out_of_order)
            sweep.run(services)
        assert len(server.received) == 2
    sweep.run(services)
    assert sweeps.state().last == clock.now
