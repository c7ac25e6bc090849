"""Silence is noticed within two seconds, whatever becomes of the messages that carry a deadline."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.check import Signal
from chalicelib.core.deadlines import Batch
from chalicelib.monitor.clocks import deadlines, sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import queues as store_queues
from chalicelib.store import sweeps
from tests.conftest import NOW, Clock, Story
from tests.fixtures import next_message


@pytest.fixture
def code(services: Services, keyring: projects.Keyring, clock: Clock) -> str:
    """A check that was pinged at noon and is due two minutes and 300 ms later."""
    check = checks.create(services, keyring.project, {"timeout": 60, "grace": 60})
    clock.move(seconds=0.3)
    pings.receive(services, pings.Address(code=check.code), Signal("success", clock.now))
    return check.code


DUE = NOW + timedelta(seconds=120.3)


def noticed(story: Story, code: str) -> datetime:
    """Lets time pass from one message to the next, and answers when the check was found down."""
    while stored.get(story.project, code).status == "up":
        moment = next_message()
        assert moment is not None, "nobody will ever notice"
        story.clock.now = max(story.clock.now, moment)
        story.queues.work()
    return story.clock.now


@pytest.mark.parametrize("place", [0.0, 0.31, 14.9, 30.0, 44.7, 59.9])
def test_a_deadline_is_noticed_within_two_seconds_wherever_in_its_minute_the_sweep_runs(
    story: Story, code: str, place: float
) -> None:
    for minute in (0, 1):
        story.clock.now = NOW + timedelta(minutes=minute, seconds=max(place, 0.3))
        sweep.run(story.services)

    assert timedelta(0) <= noticed(story, code) - DUE <= timedelta(seconds=2)


@pytest.mark.parametrize("gap", [45, 60, 75])
def test_a_deadline_is_noticed_in_time_however_far_apart_the_runs_are(story: Story, code: str, gap: int) -> None:
    while story.clock.now < DUE - timedelta(seconds=gap):
        sweep.run(story.services)
        story.clock.now = min(story.clock.now + timedelta(seconds=gap), DUE)
    sweep.run(story.services)

    assert noticed(story, code) - DUE <= timedelta(seconds=2)


def test_a_message_that_comes_before_its_time_is_put_back(story: Story, code: str) -> None:
    early = Batch(DUE, ((story.project, code),)).to_message()

    assert deadlines.work(story.services, early) == 0
    assert stored.get(story.project, code).status == "up"
    assert noticed(story, code) - DUE < timedelta(seconds=1)


def test_a_message_that_is_lost_costs_a_minute(story: Story, code: str) -> None:
    story.clock.now = NOW + timedelta(seconds=115)
    sweep.run(story.services)
    story.clock.now = NOW + timedelta(seconds=130)
    assert story.queues.take("deadlines")
    story.clock.now = NOW + timedelta(seconds=175)
    sweep.run(story.services)
    story.queues.work()

    assert stored.get(story.project, code).status == "down"
    assert story.clock.now - DUE < timedelta(minutes=1)


def test_a_message_that_comes_twice_or_late_finds_nothing_to_do(story: Story, code: str) -> None:
    message = Batch(DUE, ((story.project, code),)).to_message()
    story.clock.now = DUE
    for _ in range(3):
        deadlines.work(story.services, message)
        story.clock.move(hours=1)
    down = stored.get(story.project, code)
    pings.receive(story.services, pings.Address(code=code), Signal("success", story.clock.now))
    deadlines.work(story.services, message)

    assert (down.status, down.since) == ("down", DUE)
    assert stored.get(story.project, code).status == "up"


def test_a_nominee_that_was_pinged_meanwhile_is_left_alone(story: Story, code: str) -> None:
    story.clock.now = NOW + timedelta(seconds=100)
    sweep.run(story.services)
    pings.receive(story.services, pings.Address(code=code), Signal("success", story.clock.now))
    before = stored.get(story.project, code)
    story.queues.until(DUE + timedelta(seconds=5))

    assert stored.get(story.project, code) == before


def test_an_index_that_a_ping_left_standing_is_moved_on(story: Story, code: str) -> None:
    pings.receive(story.services, pings.Address(code=code), Signal("success", NOW + timedelta(seconds=100)))
    stored.postpone(story.project, code, DUE)
    story.clock.now = DUE
    deadlines.work(story.services, Batch(DUE, ((story.project, code),)).to_message())

    moved = stored.get(story.project, code)
    assert (moved.status, moved.due) == ("up", NOW + timedelta(seconds=220))


def test_a_page_is_sent_on_before_the_next_is_asked_for(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(12):
        made = checks.create(story.services, story.keyring.project, {"timeout": 60, "grace": 60})
        pings.receive(story.services, pings.Address(code=made.code), Signal("success", story.clock.now))
    sizes: list[int] = []
    monkeypatch.setattr(stored, "DUE_PAGE", 4)
    monkeypatch.setattr(
        store_queues, "send_delayed", lambda _noun, sent: sizes.append(sum(len(one["checks"]) for _, one in sent))
    )
    story.clock.move(minutes=1)

    assert sweep.run(story.services) == 12
    assert sum(sizes) == 12
    assert max(sizes) <= 4


def test_a_run_that_comes_later_than_the_last_looked_ahead_is_counted_as_lag(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    found = []
    with caplog.at_level("INFO", logger="tocsin"):
        for seconds in (0, 60, 75, 90):
            story.clock.move(seconds=seconds)
            sweep.run(story.services)
    for record in caplog.records:
        line: dict[str, Any] = json.loads(record.getMessage())
        found += [line["SweepLagSeconds"]] if "SweepLagSeconds" in line else []

    assert found == [0, 0, 0, 15]
    assert sweeps.state().last == story.clock.now
