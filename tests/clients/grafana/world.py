"""Checks of every dialect in every state that an alert of Grafana can have, made through their own APIs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from tests import definitions
from tests.boards import dashboard, panel
from tests.channels.servers import Server
from tests.clients.conftest import PATIENCE, Project

# Name, and the state in which it is in the end.
STATES = {
    "Backup": "ok",
    "Cleaning": "alerting",
    "Holiday": "paused",
    "Never pinged": "unknown",
    "Site": "ok",
    "Site that is gone": "alerting",
    "Site that may be gone": "pending",
    "Load": "alerting",
    "Quiet load": "ok",
    "Sensor": "no_data",
    "Queue": "alerting",
    "Oven": "alerting",
    "Fridge": "ok",
}
# The dashboard of the last two, and their panels.
KITCHEN, OVEN, FRIDGE = 1, 1, 2
NOBODY_LISTENS = "127.0.0.1:9"
_numbers = itertools.count()


@dataclass(frozen=True)
class World:
    """A project, and how it is spoken to without any client."""

    project: Project

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The document that is answered, None for none; anything but success is a fault of the test."""
        answer = self.asked(method, path, body)
        assert answer.ok, answer.text
        return answer.json() if answer.text.startswith(("{", "[")) else None

    def asked(self, method: str, path: str, body: object = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.project.api_key}", "X-Api-Key": self.project.api_key}
        url, data = self.project.base_url + path, body if isinstance(body, str) else None
        return requests.request(method, url, data=data, json=None if data else body, headers=headers, timeout=PATIENCE)

    def heartbeat(self, name: str, **fields: Any) -> str:
        """The path of a new one in its own dialect."""
        made = self.call("POST", "/api/v3/checks/", {"name": name, "timeout": 3600, "grace": 3600, **fields})
        return f"/api/v3/checks/{made['uuid']}"

    def ping(self, heartbeat: str, kind: str = "") -> None:
        self.call("GET", f"/ping/{heartbeat.rpartition('/')[2]}{kind}")

    def alerts(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/api/alerts"))

    def states(self) -> dict[str, str]:
        return {one["name"]: one["state"] for one in self.alerts()}

    def number(self, name: str) -> int:
        """The id of an alert."""
        (found,) = [one["id"] for one in self.alerts() if one["name"] == name]
        return int(found)


def filled(world: World, site: Server) -> Iterator[World]:
    """The world with a check for each of STATES, in those states; gone at the end."""
    world.ping(world.heartbeat("Backup", tags="prod db", desc="Call Ann"))
    world.ping(world.heartbeat("Cleaning", tags="prod"), "/fail")
    world.call("POST", f"{world.heartbeat('Holiday')}/pause")
    world.heartbeat("Never pinged")
    gone = {"Method": "TCP", "URL": NOBODY_LISTENS}
    for fields in (
        {"FullName": "Site", "URL": site.url()},
        {"FullName": "Site that is gone", **gone, "Retries": 0},
        {"FullName": "Site that may be gone", **gone, "Frequency": 86_400, "Retries": 5, "RetryDelay": 300},
    ):
        world.call("POST", "/v1.1/devices", fields)
    for name, metric, criteria in (
        ("Load", "load.web1", {"type": "above", "above_value": 5}),
        ("Quiet load", "load.web2", {"type": "above", "above_value": 5}),
        ("Sensor", "sensor.cellar", {"type": "missing", "time_period": 1}),
    ):
        alert = {"name": name, "metric": metric, "alert_criteria": criteria, "notification_type": "state_change"}
        world.call("POST", "/v2/alerts/", alert)
    panels = (panel(OVEN, "oven.heat", name="Oven"), panel(FRIDGE, "fridge.heat", name="Fridge"))
    made = world.call("POST", "/api/dashboards/db", {"dashboard": dashboard(*panels, title="Kitchen", tags=["home"])})
    assert made["id"] == KITCHEN
    _inventory(world)
    # Missing data is news after a minute and more, where nothing else runs.
    until = time.monotonic() + 2 * PATIENCE
    while (found := world.states()) != STATES and time.monotonic() < until:
        world.call("POST", "/api/v1/sink", "load.web1 9\nload.web2 1\noven.heat 9\nfridge.heat 1\n")
        time.sleep(1)
    assert found == STATES
    yield world


def _inventory(world: World) -> None:
    """An entity, and an alert definition that it is in."""
    world.call("PUT", "/api/v1/entities", {"id": "queue-1", "type": "queue", "length": 9})
    check = definitions.command(name="Length", entities=[{"type": "queue"}], command="entity['length']")
    number = world.call("POST", "/api/v1/check-definitions", check)["id"]
    world.call(
        "POST",
        "/api/v1/alert-definitions",
        definitions.alert(name="Queue", check_definition_id=number, condition="> 5"),
    )


def unique(name: str) -> str:
    """A name that nothing has yet."""
    return f"{name} {next(_numbers)}"
