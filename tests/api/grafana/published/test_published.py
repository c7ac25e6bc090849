"""The published document's own examples, each sent as it is printed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.monitor.intake import points
from tests.api.client import Answer
from tests.api.grafana.conftest import Caller
from tests.api.grafana.published.examples import answer, assert_as_printed, request
from tests.boards import dashboard, panel
from tests.conftest import Story


def sent(grafana: Caller, name: str) -> Any:
    """What is answered to the request of an example."""
    asked = request(name, grafana.key)
    found: Answer = grafana.api.call(asked.method, asked.path, key="", data=asked.body, headers=asked.headers)
    assert (found.status, found.headers["content-type"]) == (200, "application/json")
    return found.json


@pytest.fixture
def sensor(grafana: Caller, story: Story) -> None:
    """The alert of the examples, on its dashboard."""
    printed = answer("alert")
    story.clock.now = datetime.fromisoformat(printed["newStateDate"]).replace(tzinfo=UTC)
    smoke = panel(1, "fireplace.smoke", name=printed["name"], message=printed["message"])
    made = grafana.post("/dashboards/db", {"dashboard": dashboard(smoke, title="Sensors")})
    assert made.json["id"] == 1
    points.take(story.services, story.project, b"fireplace.smoke 9")
    story.clock.move(seconds=40)
    story.queues.work()


@pytest.mark.usefixtures("sensor")
def test_get_alerts(grafana: Caller) -> None:
    (printed,), (found,) = answer("alerts"), sent(grafana, "alerts")
    assert_as_printed(found, printed)
    # The heading of the example has a slash that its request has not.
    assert grafana.get("/alerts/").json == [found]


@pytest.mark.usefixtures("sensor")
def test_get_one_alert(grafana: Caller) -> None:
    assert_as_printed(sent(grafana, "alert"), answer("alert"))


@pytest.mark.usefixtures("sensor")
def test_pause_alert(grafana: Caller) -> None:
    assert sent(grafana, "pause") == answer("pause")


def test_get_alert_notifications(grafana: Caller, story: Story) -> None:
    printed = answer("notifications")
    story.clock.now = datetime.fromisoformat(printed["created"]).replace(tzinfo=UTC)
    grafana.notification(name=printed["name"], isDefault=printed["isDefault"])
    (found,) = sent(grafana, "notifications")
    assert_as_printed(found, printed)


def test_create_update_and_delete_alert_notification(grafana: Caller, story: Story) -> None:
    story.clock.now = datetime.fromisoformat(answer("create")["created"]).replace(tzinfo=UTC)
    for name in ("create", "update"):
        assert_as_printed(sent(grafana, name), answer(name))
    assert sent(grafana, "delete") == answer("delete")
    assert grafana.get("/alert-notifications").json == []
