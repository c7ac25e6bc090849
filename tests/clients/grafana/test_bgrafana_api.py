"""bgrafana-api, whose models are made of Grafana's own document: an answer that does not fit them raises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.boards import dashboard, panel
from tests.channels.servers import Server
from tests.clients.grafana.conftest import EMAIL, Client, Opened, Raised
from tests.clients.grafana.world import FRIDGE, KITCHEN, OVEN, STATES, World, unique

CLIENT = "bgrafana-api"
Refused = Callable[..., Raised]
PAUSE, UNPAUSE = ({"model": "PauseAlertCommand", "paused": paused} for paused in (True, False))
MAKE, CHANGE, CHANGE_BY_UID, TRY = (
    *("CreateAlertNotificationCommand", "UpdateAlertNotificationCommand", "UpdateAlertNotificationWithUidCommand"),
    "NotificationTestCommand",
)
# The list has two fields more, of which its model does not know.
FIELDS = {
    *("model", "id", "dashboardId", "dashboardUid", "dashboardSlug", "panelId", "name", "state", "newStateDate"),
    *("evalDate", "evalData", "executionError", "url"),
}
CHANNEL = {
    *("model", "id", "uid", "name", "type", "isDefault", "sendReminder", "disableResolveMessage", "frequency"),
    *("created", "updated", "settings", "secureFields"),
}


@pytest.fixture
def channel(client: Client) -> Iterator[dict[str, Any]]:
    """A channel that it made, which sends reminders."""
    asked = {**EMAIL, "name": unique("Ops"), "sendReminder": True, "frequency": "15m"}
    made = client("channels.create_alert_notification_channel", {"model": MAKE, **asked})
    assert {name: made[name] for name in asked} == asked
    yield made
    client("channels.delete_alert_notification_channel", made["id"])


def names(found: list[dict[str, Any]]) -> set[str]:
    assert {one["model"] for one in found} <= {"AlertListItemDTO"}
    return {one["name"] for one in found}


def test_every_alert_fits_its_model_whole(client: Client) -> None:
    found = client("alerts.get_alerts")
    assert {one["name"]: one["state"] for one in found} == STATES
    for one in found:
        assert set(one) == FIELDS
        assert datetime.fromisoformat(one["newStateDate"]).tzinfo
        assert one["url"].startswith("http")
    (load,) = [one for one in found if one["name"] == "Load"]
    assert load["evalData"] == {"evalMatches": [{"metric": "load.web1", "tags": {}, "value": 9.0}]}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"state": "alerting"}, {"Cleaning", "Site that is gone", "Load", "Queue", "Oven"}),
        ({"state": "no_data"}, {"Sensor"}),
        ({"query": "site"}, {"Site", "Site that is gone", "Site that may be gone"}),
        ({"query": "site", "state": "ok"}, {"Site"}),
        ({"limit": 2}, {"Backup", "Cleaning"}),
        ({"dashboard_id": [str(KITCHEN), "7"], "folder_id": ["0"]}, {"Oven", "Fridge"}),
        ({"dashboard_id": ["7"]}, set()),
        ({"folder_id": ["0"]}, set(STATES)),
        ({"folder_id": ["7"]}, set()),
        ({"panel_id": FRIDGE}, {"Fridge"}),
        ({"dashboard_query": "kitch"}, {"Oven", "Fridge"}),
        ({"dashboard_query": "nothing"}, set()),
        ({"dashboard_tag": ["prod"]}, {"Backup", "Cleaning"}),
        ({"dashboard_tag": ["prod", "db"]}, {"Backup"}),
        ({"dashboard_tag": ["home"]}, {"Oven", "Fridge"}),
    ],
)
def test_every_parameter_of_the_list_chooses(client: Client, asked: dict[str, Any], expected: set[str]) -> None:
    assert names(client("alerts.get_alerts", **asked)) == expected


def test_one_alert_is_read_by_its_id(client: Client, world: World, refused: Refused) -> None:
    number = str(world.number("Cleaning"))
    # Its model has the names of the fields in Grafana's later code, which the published document does not have.
    assert client("alerts.get_alert_by_id", number) == {"model": "LegacyAlert"}
    raw = json.loads(client("alerts.get_alert_by_id_with_http_info", number, _preload_content=False))
    assert (raw["id"], raw["name"], raw["state"]) == (int(number), "Cleaning", "alerting")
    raised = refused(client, "alerts.get_alert_by_id", "999999")
    assert (raised.kind, raised.status) == ("NotFoundException", 404) and "Alert not found" in raised.text
    raised = refused(client, "alerts.get_alert_by_id", "Cleaning")
    assert (raised.kind, raised.status) == ("BadRequestException", 400) and "alertId is invalid" in raised.text


def test_the_states_of_a_dashboard_fit_their_model(client: Client) -> None:
    found = client("alerts.get_dashboard_states", KITCHEN)
    assert {one["model"] for one in found} == {"AlertStateInfoDTO"}
    assert {one["panelId"]: one["state"] for one in found} == {OVEN: "alerting", FRIDGE: "ok"}
    assert all(one["dashboardId"] == KITCHEN and one["id"] and one["newStateDate"] for one in found)
    assert client("alerts.get_dashboard_states", 7) == []


def test_the_alert_of_a_panel_is_tried(client: Client, refused: Refused) -> None:
    def tried(target: str, panel_id: int = 1) -> dict[str, Any]:
        return {"model": "AlertTestCommand", "dashboard": dashboard(panel(1, target)), "panelId": panel_id}

    found = client("alerts.test_alert", tried("fridge.heat"))
    assert (found["model"], found["firing"], found["state"], found["matches"]) == ("AlertTestResult", False, "ok", [])
    assert found["conditionEvals"] and found["timeMs"] and found["logs"]
    # Its model has texts for the values that match, which Grafana and we send as numbers.
    call = "alerts.test_alert_with_http_info"
    raw = json.loads(client(call, tried("oven.heat"), _preload_content=False))
    assert (raw["firing"], raw["matches"]) == (True, [{"metric": "oven.heat", "tags": {}, "value": 9.0}])
    raised = refused(client, "alerts.test_alert", tried("oven.heat", 7))
    assert raised.status == 400 and "Could not find alert with panel id 7" in raised.text


def test_an_alert_is_paused_and_runs_again(opened: Opened, place: World, refused: Refused) -> None:
    client, number = opened(place.project), place.number("Ours")

    def pause(command: dict[str, Any]) -> tuple[str, str]:
        found = client("alerts.pause_alert", str(number), command)
        assert (found["model"], found["alertId"]) == ("PauseAlert200Response", number)
        return found["state"], found["message"]

    assert pause({**PAUSE, "alertId": number}) == ("Paused", "alert paused")
    assert place.states()["Ours"] == "paused"
    assert pause(PAUSE) == ("Paused", "Alert is already paused")
    assert pause(UNPAUSE) == ("unknown", "Alert un-paused")
    assert pause(UNPAUSE) == ("un-paused", "Alert is already un-paused")
    assert place.states()["Ours"] == "unknown"
    raised = refused(client, "alerts.pause_alert", "999999", PAUSE)
    assert (raised.kind, raised.status) == ("NotFoundException", 404) and "Alert not found" in raised.text
    raised = refused(client, "alerts.pause_alert", str(number), {"model": "PauseAlertCommand"})
    assert (raised.kind, raised.status) == ("BadRequestException", 400) and "bad request data" in raised.text


def test_all_alerts_are_paused_by_a_user_with_a_password(opened: Opened, place: World) -> None:
    client = opened(place.project, user="admin")
    command = "PauseAllAlertsCommand"
    found = client("admin.pause_all_alerts", {"model": command, "paused": True})
    assert found == {
        "model": "PauseAllAlerts200Response",
        "alertsAffected": 2,
        "message": "alerts paused",
        "state": "Paused",
    }
    assert set(place.states().values()) == {"paused"}
    found = client("admin.pause_all_alerts", {"model": command, "paused": False})
    assert (found["alertsAffected"], found["message"]) == (2, "alerts un paused")


def test_a_channel_is_read_in_every_way(client: Client, channel: dict[str, Any]) -> None:
    assert set(channel) == CHANNEL and channel["model"] == "AlertNotification"
    assert client("channels.get_alert_notification_channel_by_id", channel["id"]) == channel
    assert client("channels.get_alert_notification_channel_by_uid", channel["uid"]) == channel
    assert channel in client("channels.get_alert_notification_channels")
    short = {name: channel[name] for name in ("id", "uid", "name", "type", "isDefault")}
    assert {"model": "AlertNotificationLookup", **short} in client("channels.get_alert_notification_lookup")


def test_a_channel_is_changed_by_its_id_and_its_uid(client: Client, channel: dict[str, Any]) -> None:
    asked = {**EMAIL, "name": unique("Night"), "isDefault": True, "disableResolveMessage": True}
    found = client("channels.update_alert_notification_channel", channel["id"], {"model": CHANGE, **asked})
    assert {name: found[name] for name in asked} == asked and found["id"] == channel["id"]
    asked = {**EMAIL, "name": unique("Day"), "uid": unique("day").replace(" ", "-")}
    call = "channels.update_alert_notification_channel_by_uid"
    found = client(call, channel["uid"], {"model": CHANGE_BY_UID, **asked})
    assert {name: found[name] for name in asked} == asked
    assert client("channels.get_alert_notification_channel_by_uid", asked["uid"])["id"] == channel["id"]


def test_what_is_secure_does_not_come_back(client: Client, server: Server) -> None:
    secure = {"settings": {"url": server.url("/hook"), "username": "ann"}, "secureSettings": {"password": "hidden"}}
    asked = {"model": MAKE, "name": unique("Hook"), "type": "webhook", **secure}
    made = client("channels.create_alert_notification_channel", asked)
    assert made["secureFields"] == {"password": True} and "hidden" not in json.dumps(made)
    client("channels.delete_alert_notification_channel", made["id"])


def test_a_channel_is_deleted_once(client: Client, refused: Refused) -> None:
    first, second = (
        client("channels.create_alert_notification_channel", {"model": MAKE, **EMAIL, "name": unique("Ops")})
        for _ in range(2)
    )
    found = client("channels.delete_alert_notification_channel", first["id"])
    assert found == {"model": "SuccessResponseBody", "message": "Notification deleted"}
    found = client("channels.delete_alert_notification_channel_by_uid", second["uid"])
    assert (found["id"], found["message"]) == (second["id"], "Notification deleted")
    for call, value in (("", first["id"]), ("_by_uid", second["uid"])):
        raised = refused(client, f"channels.delete_alert_notification_channel{call}", value)
        assert (raised.kind, raised.status) == ("NotFoundException", 404)
    for call, value in (("id", first["id"]), ("uid", second["uid"])):
        raised = refused(client, f"channels.get_alert_notification_channel_by_{call}", value)
        assert raised.status == 404 and "Alert notification not found" in raised.text


def test_a_channel_is_tried(client: Client, server: Server, refused: Refused) -> None:
    path = f"/{unique('tried').replace(' ', '-')}"
    asked = {"model": TRY, "name": "Tried", "type": "webhook", "settings": {"url": server.url(path)}}
    found = client("channels.notification_channel_test", asked)
    assert found == {"model": "SuccessResponseBody", "message": "Test notification sent"}
    assert [one.method for one in server.received if one.path == path] == ["POST"]
    raised = refused(client, "channels.notification_channel_test", {**asked, "settings": {}})
    assert raised.status == 400 and "Could not find url property in settings" in raised.text


def test_what_is_wrong_with_a_channel_is_raised(client: Client, channel: dict[str, Any], refused: Refused) -> None:
    for change, kind, status, text in (
        ({"name": channel["name"]}, "ApiException", 409, "Failed to create alert notification"),
        ({"uid": channel["uid"]}, "ApiException", 409, "Failed to create alert notification"),
        ({"settings": {}}, "BadRequestException", 400, "Could not find addresses in settings"),
        ({"type": "pigeon"}, "BadRequestException", 400, "Unsupported notification type"),
        ({"sendReminder": True}, "BadRequestException", 400, "Notification frequency not specified"),
        ({"name": ""}, "ApiException", 422, "name is required"),
    ):
        asked = {"model": MAKE, **EMAIL, "name": unique("New"), **change}
        raised = refused(client, "channels.create_alert_notification_channel", asked)
        assert (raised.kind, raised.status) == (kind, status) and text in raised.text


def test_who_may_not_is_told(opened: Opened, world: World, refused: Refused) -> None:
    wrong, reader = opened(world.project, "nonsense"), opened(world.project, world.project.api_key_readonly)
    raised = refused(wrong, "alerts.get_alerts")
    assert (raised.kind, raised.status) == ("UnauthorizedException", 401) and "Invalid API key" in raised.text
    assert {one["name"]: one["state"] for one in reader("alerts.get_alerts")} == STATES
    for call, args in (
        ("alerts.pause_alert", (str(world.number("Load")), PAUSE)),
        ("channels.get_alert_notification_channels", ()),
        ("channels.create_alert_notification_channel", ({"model": MAKE, **EMAIL, "name": "New"},)),
    ):
        raised = refused(reader, call, *args)
        assert (raised.kind, raised.status) == ("ForbiddenException", 403) and "Permission denied" in raised.text
    raised = refused(opened(world.project, "nonsense", user="admin"), "admin.pause_all_alerts", PAUSE_ALL)
    assert raised.status == 401 and "Invalid username or password" in raised.text


PAUSE_ALL = {"model": "PauseAllAlertsCommand", "paused": True}
