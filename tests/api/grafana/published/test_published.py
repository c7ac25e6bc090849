"""The published document's own examples, with what is no JSON in them mended.

Moments are those of RFC 3339 here, of which the document prints the first letters; the list of notifications is a list,
of which it prints the one element.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.monitor.intake import points
from tests.api.grafana.conftest import Caller
from tests.boards import dashboard, panel
from tests.conftest import Story

HERE = Path(__file__).parent
DATES = ("newStateDate", "created", "updated")
NOTIFICATIONS = "/alerts-notifications"


def example(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text())


def assert_as_printed(found: dict[str, Any], printed: dict[str, Any]) -> None:
    """Every field of the example is there, with its value and type."""
    for name, value in printed.items():
        if name in DATES:
            assert found[name].replace("T", " ").startswith(value) and found[name].endswith("Z")
        elif name == "dashboardUri":
            assert found[name] == value.replace("http://grafana.com", "https://tocsin.example.org")
        else:
            assert (found[name], type(found[name])) == (value, type(value))


@pytest.fixture
def sensor(grafana: Caller, story: Story) -> None:
    """The alert of the examples, on its dashboard."""
    printed = example("alert")
    story.clock.now = datetime.fromisoformat(printed["newStateDate"]).replace(tzinfo=UTC)
    smoke = panel(1, "fireplace.smoke", name=printed["name"], message=printed["message"])
    answer = grafana.post("/dashboards/db", {"dashboard": dashboard(smoke, title="Sensors")})
    assert answer.json["id"] == 1
    points.take(story.services, story.project, b"fireplace.smoke 9")
    story.clock.move(seconds=40)
    story.queues.work()


@pytest.mark.usefixtures("sensor")
def test_get_alerts(grafana: Caller) -> None:
    answer, (printed,) = grafana.get("/alerts/"), example("alerts")
    assert answer.status == 200
    (found,) = answer.json
    assert_as_printed(found, printed)


@pytest.mark.usefixtures("sensor")
def test_get_one_alert(grafana: Caller) -> None:
    answer = grafana.get("/alerts/1")
    assert answer.status == 200
    assert_as_printed(answer.json, example("alert"))


@pytest.mark.usefixtures("sensor")
def test_pause_alert(grafana: Caller) -> None:
    printed = example("pause")
    answer = grafana.post("/alerts/1/pause", printed["request"])
    assert (answer.status, answer.json) == (200, printed["answer"])


def test_get_alert_notifications(grafana: Caller, story: Story) -> None:
    printed = example("notifications")
    story.clock.now = datetime.fromisoformat(printed["created"]).replace(tzinfo=UTC)
    grafana.notification(name=printed["name"], isDefault=printed["isDefault"])
    answer = grafana.get("/alert-notifications")
    assert answer.status == 200
    (found,) = answer.json
    assert_as_printed(found, printed)


def test_create_update_and_delete_alert_notification(grafana: Caller, story: Story) -> None:
    create, update = example("create"), example("update")
    story.clock.now = datetime.fromisoformat(create["answer"]["created"]).replace(tzinfo=UTC)
    answer = grafana.post(NOTIFICATIONS, create["request"])
    assert answer.status == 200
    assert_as_printed(answer.json, create["answer"])
    answer = grafana.put(f"{NOTIFICATIONS}/1", update["request"])
    assert answer.status == 200
    assert_as_printed(answer.json, update["answer"])
    answer = grafana.delete(f"{NOTIFICATIONS}/1")
    assert (answer.status, answer.json) == (200, example("delete"))
    assert grafana.get(f"{NOTIFICATIONS}/1").status == 404
