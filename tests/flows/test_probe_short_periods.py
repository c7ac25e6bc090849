"""A period under a minute: from the moment a device is made, the moments between the ticks are served too."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import probes
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests import specs
from tests.conftest import NOW, Clock

# (seconds until it can be read, seconds after noon that it is about) of every message.
Asked = list[tuple[int, float]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found: Asked = []

    def send_all(noun: str, messages: list[dict[str, Any]], *, delay: int = 0) -> None:
        assert noun == "probes"
        found.extend((delay, message["at"] / 1000 - NOW.timestamp()) for message in messages)

    monkeypatch.setattr("chalicelib.store.queues.send_all", send_all)
    return found


@pytest.mark.parametrize(
    ("period", "moments"),
    [
        (10, [(0, 23.5), (7, 30), (17, 40), (27, 50)]),
        (30, [(0, 23.5), (7, 30)]),
        (60, [(0, 23.5)]),
        (600, [(0, 23.5)]),
    ],
)
def test_a_new_device_is_looked_at_for_the_rest_of_its_first_minute(
    services: Services, keyring: Keyring, clock: Clock, asked: Asked, period: int, moments: Asked
) -> None:
    clock.move(seconds=23.5)
    probes.create(services, keyring.project, {"name": "Web", "period": period, "spec": specs.HTTP})

    assert asked == moments


def test_the_tick_after_it_asks_for_the_moments_that_follow(
    services: Services, keyring: Keyring, clock: Clock, asked: Asked
) -> None:
    clock.move(seconds=45)
    probes.create(services, keyring.project, {"name": "Web", "period": 10, "spec": specs.HTTP})
    clock.move(seconds=15)
    tick.run(services)

    assert [moment for _, moment in asked] == [45, 50, 60, 70, 80, 90, 100, 110]
