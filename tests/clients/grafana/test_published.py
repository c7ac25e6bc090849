"""The examples of the published document (Grafana, Alerting HTTP API), sent as they are printed to the running service.

The key and the ids in the paths are put in their places; the moments are those of the day.
"""

from __future__ import annotations

from typing import Any

import requests

from tests.api.grafana.published.examples import DATES, answer, assert_as_printed, request
from tests.clients.conftest import PATIENCE
from tests.clients.grafana.world import World


def sent(world: World, name: str, number: int = 1) -> Any:
    asked = request(name, world.project.api_key, number)
    url = world.project.base_url + asked.path
    found = requests.request(asked.method, url, data=asked.body, headers=asked.headers, timeout=PATIENCE)
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/json")
    return found.json()


def assert_alike(found: dict[str, Any], number: int, printed: dict[str, Any]) -> None:
    """As it is printed, but for the id and when it was."""
    own = {"id": number, "panelId": number}
    assert_as_printed(found, {key: own.get(key, value) for key, value in printed.items() if key not in DATES})


def test_alerts(place: World) -> None:
    (printed,) = answer("alerts")
    path = place.heartbeat(printed["name"], desc=printed["message"])
    place.ping(path, "/fail")
    number = place.number(printed["name"])
    (listed,) = [one for one in sent(place, "alerts") if one["id"] == number]
    assert_alike(listed, number, printed)
    assert_alike(sent(place, "alert", number), number, answer("alert"))
    assert sent(place, "pause", number) == {**answer("pause"), "alertId": number}
    place.call("DELETE", path)


def test_notifications(place: World) -> None:
    made = sent(place, "create")
    assert_alike(made, made["id"], answer("create"))
    assert made in sent(place, "notifications")
    assert_alike(sent(place, "update", made["id"]), made["id"], answer("update"))
    assert sent(place, "delete", made["id"]) == answer("delete")
