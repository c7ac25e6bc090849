"""A caller of the Grafana dialect: the key is a bearer token."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.core.check import Check, Signal
from chalicelib.core.commands import member_code
from chalicelib.monitor.intake import pings
from chalicelib.monitor.looking import commands as looking
from chalicelib.monitor.managing import alerts, checks, commands, entities, probes, rules
from chalicelib.store import checks as stored
from tests import definitions, specs
from tests.api.client import Api, Dialect
from tests.channels.servers import Server, serving
from tests.conftest import Story

EMAIL: dict[str, Any] = {"name": "Ops", "type": "email", "settings": {"addresses": "ops@example.org"}}
KEY = "0123456789abcdef0123456789abcdef"
HOOK = "https://hooks.example.org/T0/B0/token"


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@dataclass
class Caller(Dialect):
    """Paths are those below /api."""

    prefix = "/api"
    json_type = "application/json"

    def presented(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def alerts(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.get(f"/alerts{query}")
        assert answer.status == 200, answer.text
        return list(answer.json)

    def names(self, query: str = "") -> list[str]:
        return [one["name"] for one in self.alerts(query)]

    def states(self) -> dict[str, str]:
        return {one["name"]: one["state"] for one in self.alerts()}

    def pause(self, number: int, *, paused: bool = True) -> dict[str, Any]:
        answer = self.post(f"/alerts/{number}/pause", {"alertId": number, "paused": paused})
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def notification(self, **fields: Any) -> dict[str, Any]:
        """A new notification channel."""
        answer = self.post("/alert-notifications", {**EMAIL, **fields})
        assert answer.status == 200, answer.text
        return dict(answer.json)


@pytest.fixture
def grafana(api: Api) -> Caller:
    return Caller(api, api.key)


@dataclass
class Zoo:
    """One check of each kind, made in this order, so that their numbers are 1 to 4."""

    story: Story
    heartbeat: Check
    device: Check
    alert: Check
    definition: Check

    def seen(self, check: Check) -> Check:
        return stored.get(check.project, check.code)

    def loaded(self, **loads: Any) -> None:
        """Hosts with these loads, and the run of the command that finds it out."""
        for name, load in loads.items():
            entities.put(
                self.story.services, self.story.keyring.project, {"id": name, "type": "host", "load": load}, "ann"
            )
        looking.run_now(self.story.services, self.story.project, member_code(1))
        self.story.queues.work()

    def ping(self, kind: Any = "success") -> None:
        signal = Signal(kind, self.story.clock.now)
        pings.receive(self.story.services, pings.Address(code=self.heartbeat.code), signal)


@pytest.fixture
def zoo(story: Story) -> Zoo:
    project, services = story.keyring.project, story.services
    heartbeat = checks.create(services, project, {"name": "Backup", "desc": "Call Ann", "tags": "prod db"})
    device = probes.create(services, project, {"name": "Web", "period": 60, "spec": specs.HTTP, "tags": "prod"})
    alert = rules.create(services, project, {"name": "Load", "spec": specs.above("load"), "channels": ()})
    commands.put(services, project, definitions.command(), "ann")
    made = alerts.create(services, project, definitions.alert(), "ann")
    # The device is looked at by the tests themselves.
    story.queues.take("probes")
    return Zoo(story, heartbeat, device, alert, stored.get(story.project, made.code))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


Contents = Callable[[], dict[str, list[str]]]
