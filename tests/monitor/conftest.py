"""A scene for the deliverer."""

from __future__ import annotations

import pytest

from chalicelib import channels
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests.conftest import Clock, Queues
from tests.monitor.flaky import Flaky, Scene


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Flaky:
    kind = Flaky()
    monkeypatch.setattr(channels, "kind_named", lambda name: kind)
    return kind


@pytest.fixture
def scene(services: Services, clock: Clock, keyring: Keyring, queues: Queues, flaky: Flaky) -> Scene:
    return Scene(services, clock, keyring, queues, flaky)
