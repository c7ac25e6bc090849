"""A caller of the Alertra dialect, and an engine that finds what a test wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.looking import asking, probing
from chalicelib.monitor.managing import checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Done, Outcome, Phases, Task
from tests.api.client import Api, Dialect
from tests.conftest import Clock

WEB = {"FullName": "Web site", "URL": "https://www.example.org/"}


class Caller(Dialect):
    """Sends the key in the header Alertra-API-Key."""

    prefix = "/v1.1"
    json_type = "application/json"

    def presented(self, key: str) -> dict[str, str]:
        return {"Alertra-API-Key": key}

    def device(self, **fields: Any) -> dict[str, Any]:
        """A new device."""
        answer = self.post("/devices", {**WEB, **fields})
        assert answer.status == 201, answer.text
        return dict(answer.json)


@pytest.fixture
def alertra(api: Api) -> Caller:
    return Caller(api, api.key)


@dataclass
class Engine:
    outcome: Outcome = field(default_factory=lambda: Outcome(True, "200 OK", Phases(0, 12.5, 20, 30, 110, 2.345), 2048))
    asked: list[Task] = field(default_factory=list)

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        self.asked += tasks
        for task in tasks:
            done(task.key, self.outcome)
        return {task.key: self.outcome for task in tasks}


@pytest.fixture
def engine(services: Services) -> Engine:
    found = Engine()
    services.engine = found  # type: ignore[assignment]
    return found


Look = Callable[..., None]


@pytest.fixture
def look(services: Services, keyring: Keyring, engine: Engine, clock: Clock) -> Look:
    """Has a device looked at once, now and with all its time; with `fails`, it is found failed with that text."""

    def once(device: dict[str, Any], fails: str = "", place: str = "") -> None:
        engine.outcome = Outcome(False, fails, Phases(ttlb=20)) if fails else Engine().outcome
        check = check_of(keyring, device)
        at = int(clock.now.timestamp() * 1000)
        asked = {"at": at, "checks": [[check.project, check.code]], "here": True}
        probing.work(services, asked, queue=asking.STRAGGLERS)

    return once


def check_of(keyring: Keyring, device: dict[str, Any]) -> Check:
    digits = device["device_id"]
    code = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
    return checks.find(keyring.project.code, code, "probe")
