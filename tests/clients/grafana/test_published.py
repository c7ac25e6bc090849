"""The examples of the published document (Grafana, Alerting HTTP API), sent as they are printed to the running service.

The key and the ids in the paths are put in their places; the moments are those of the day.
"""

from __future__ import annotations

import time
from typing import Any

import requests

from tests.api.grafana.published.examples import DATES, answer, assert_as_printed, request
from tests.boards import dashboard, panel
from tests.clients.conftest import PATIENCE
from tests.clients.grafana.world import World


def sent(world: World, name: str, number: int = 1) -> Any:
    asked = request(name, world.project.api_key, number)
    url = world.project.base_url + asked.path
    found = requests.request(asked.method, url, data=asked.body, headers=asked.headers, timeout=PATIENCE)
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/json")
    return found.json()


def assert_alike(found: dict[str, Any], printed: dict[str, Any], **own: int) -> None:
    """As it is printed, but for its ids and when it was."""
    assert_as_printed(found, {key: own.get(key, value) for key, value in printed.items() if key not in DATES})


def test_alerts(place: World) -> None:
    (printed,) = answer("alerts")
    smoke = panel(1, "fireplace.smoke", name=printed["name"], message=printed["message"])
    board = place.call("POST", "/api/dashboards/db", {"dashboard": dashboard(smoke, title="Sensors")})
    until = time.monotonic() + PATIENCE
    while place.states()[printed["name"]] != "alerting" and time.monotonic() < until:
        place.call("POST", "/api/v1/sink", "fireplace.smoke 9")
        time.sleep(1)
    own = {"id": place.number(printed["name"]), "dashboardId": board["id"]}
    (listed,) = [one for one in sent(place, "alerts") if one["id"] == own["id"]]
    assert_alike(listed, printed, **own)
    assert_alike(sent(place, "alert", own["id"]), answer("alert"), **own)
    assert sent(place, "pause", own["id"]) == {**answer("pause"), "alertId": own["id"]}
    place.call("DELETE", f"/api/dashboards/uid/{board['uid']}")


def test_notifications(place: World) -> None:
    made = sent(place, "create")
    assert_alike(made, answer("create"), id=made["id"])
    assert made in sent(place, "notifications")
    assert_alike(sent(place, "update", made["id"]), answer("update"), id=made["id"])
    assert sent(place, "delete", made["id"]) == answer("delete")
