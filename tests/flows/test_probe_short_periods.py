"""From the moment a device is made, it is looked at at all its moments, also at those that were handed out before."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import probes
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, wheel
from tests import specs
from tests.conftest import NOW, Clock, Story

# (seconds until it can be read, seconds after noon that it is about) of every message.
Asked = list[tuple[int, float]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found: Asked = []

    def send(noun: str, messages: list[tuple[int, dict[str, Any]]], *, region: str | None = None) -> None:
        assert noun == "probes"
        found.extend((delay, message["at"] / 1000 - NOW.timestamp()) for delay, message in messages)

    monkeypatch.setattr("chalicelib.store.queues.send_delayed", send)
    return found


@pytest.mark.parametrize("period", [1, 10, 30, 45, 60, 90, 600])
def test_a_new_device_misses_none_of_its_moments_and_is_looked_at_at_once(
    story: Story, asked: Asked, period: int
) -> None:
    probes.create(story.services, story.keyring.project, {"name": "Other", "period": period, "spec": specs.HTTP})
    tick.run(story.services)
    asked.clear()
    story.clock.move(seconds=23.5)
    device = probes.create(story.services, story.keyring.project, {"name": "Web", "period": period, "spec": specs.HTTP})
    story.clock.move(seconds=36.5)
    by_join = [moment for _, moment in asked]
    tick.run(story.services)

    assert 23.5 in by_join
    assert set(due(device, 23.5, 60)) <= set(by_join)
    assert set(due(device, 23.5, 135)) <= {moment for _, moment in asked}


def due(device: Check, start: float, end: float) -> list[float]:
    """The moments of a device, in seconds since noon."""
    member = check_items.member_of(device)
    assert member is not None
    noon = NOW.timestamp()
    return [moment - noon for moment in wheel.slot_of(member).moments(noon + start, noon + end)]


def test_a_message_can_be_read_when_its_moment_has_come(
    services: Services, keyring: Keyring, clock: Clock, asked: Asked
) -> None:
    clock.move(seconds=23.5)
    probes.create(services, keyring.project, {"name": "Web", "period": 10, "spec": specs.HTTP})

    assert all(0 <= 23.5 + delay - moment < 1 for delay, moment in asked)
