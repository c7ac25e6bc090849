"""grafana-api-sdk: it raises bare exceptions, and logs the message that it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.channels.servers import Server
from tests.clients.grafana.conftest import EMAIL, Client, Opened, Raised
from tests.clients.grafana.world import KITCHEN, STATES, World, unique

CLIENT = "grafana-api-sdk"
Refused = Callable[..., Raised]
FIRING = {name for name, state in STATES.items() if state in ("alerting", "no_data")}


@pytest.fixture
def channel(client: Client) -> Iterator[dict[str, Any]]:
    made = client("channels.create_notification_channel", {**EMAIL, "name": unique("Ops")})
    yield made
    assert client("channels.delete_notification_channel_by_id", made["id"]) is None


def test_alerts_are_listed_and_chosen(client: Client, refused: Refused) -> None:
    assert {one["name"]: one["state"] for one in client("alerts.get_alerts")} == STATES
    for call, asked, expected in (
        ("get_alerts", "?state=alerting&state=no_data", FIRING),
        ("get_alerts", "?query=site&limit=1", {"Site"}),
        ("get_alerts_by_dashboard_ids", [KITCHEN, 7], {"Oven", "Fridge"}),
    ):
        assert {one["name"] for one in client(f"alerts.{call}", asked)} == expected
    # An empty list is an error to it.
    for call, asked in (("get_alerts", "?query=nothing"), ("get_alerts_by_dashboard_ids", [7])):
        assert refused(client, f"alerts.{call}", asked).logged == ["Check the error: []."]


def test_one_alert_is_read_by_its_id(client: Client, world: World, refused: Refused) -> None:
    number = world.number("Load")
    found = client("alerts.get_alert_by_id", number)
    # It puts the names of Grafana's own structures into small letters, and cuts those of the published document.
    assert (found["name"], found["state"], found["date"][:4]) == ("Load", "alerting", found["stateDate"][:4])
    raised = refused(client, "alerts.get_alert_by_id", 999999)
    assert raised.kind == "Exception" and "Alert not found" in raised.logged[0]


def test_an_alert_is_paused_and_runs_again(opened: Opened, place: World, refused: Refused) -> None:
    client, number = opened(place.project), place.number("Ours")
    assert client("alerts.pause_alert_by_id", number) is None
    assert place.states()["Ours"] == "paused"
    # It takes no message but that of a pause, and raises after every other.
    raised = refused(client, "alerts.pause_alert_by_id", number, False)
    assert "Alert un-paused" in raised.logged[0]
    assert place.states()["Ours"] == "unknown"
    assert "Alert not found" in refused(client, "alerts.pause_alert_by_id", 999999).logged[0]


def test_a_channel_is_read_in_every_way(client: Client, channel: dict[str, Any]) -> None:
    assert client("channels.get_notification_channel_by_id", channel["id"]) == channel
    assert client("channels.get_notification_channel_by_uid", channel["uid"]) == channel
    assert channel in client("channels.get_all_notification_channels")
    short = {name: channel[name] for name in ("id", "uid", "name", "type", "isDefault")}
    assert short in client("channels.get_all_notification_channels_lookup")


def test_a_channel_is_changed_by_its_id_and_its_uid(client: Client, channel: dict[str, Any]) -> None:
    asked = {**EMAIL, "id": channel["id"], "name": unique("Night"), "isDefault": True}
    found = client("channels.update_notification_channel_by_id", channel["id"], asked)
    assert (found["name"], found["isDefault"]) == (asked["name"], True)
    asked = {**EMAIL, "name": unique("Day"), "sendReminder": True, "frequency": "1h30m"}
    found = client("channels.update_notification_channel_by_uid", channel["uid"], asked)
    assert (found["name"], found["isDefault"], found["frequency"]) == (asked["name"], False, "1h30m")


def test_a_channel_is_deleted_once(client: Client, refused: Refused) -> None:
    made = client("channels.create_notification_channel", {**EMAIL, "name": unique("Ops")})
    assert client("channels.delete_notification_channel_by_uid", made["uid"]) is None
    for call, value in (
        *(("delete_notification_channel_by_uid", made["uid"]), ("delete_notification_channel_by_id", made["id"])),
        *(("get_notification_channel_by_uid", made["uid"]), ("get_notification_channel_by_id", made["id"])),
    ):
        assert "Alert notification not found" in refused(client, f"channels.{call}", value).logged[0]
    for call, value in (("by_uid", made["uid"]), ("by_id", made["id"])):
        raised = refused(client, f"channels.update_notification_channel_{call}", value, {**EMAIL, "name": "New"})
        assert "Alert notification not found" in raised.logged[0]


def test_a_channel_is_tried(client: Client, server: Server, refused: Refused) -> None:
    path = f"/{unique('tried').replace(' ', '-')}"
    asked = {"name": "Tried", "type": "webhook", "settings": {"url": server.url(path)}}
    assert client("channels.test_notification_channel", asked) is None
    assert [one.method for one in server.received if one.path == path] == ["POST"]
    raised = refused(client, "channels.test_notification_channel", {**asked, "type": "pigeon"})
    assert "Unsupported notification type" in raised.logged[0]


def test_what_is_wrong_with_a_channel_is_raised(client: Client, channel: dict[str, Any], refused: Refused) -> None:
    for change, text in (
        ({"name": channel["name"]}, "Failed to create alert notification"),
        ({"uid": channel["uid"]}, "Failed to create alert notification"),
        ({"settings": {}}, "Could not find addresses in settings"),
    ):
        asked = {**EMAIL, "name": unique("New"), **change}
        assert text in refused(client, "channels.create_notification_channel", asked).logged[0]


def test_who_may_not_is_told(opened: Opened, world: World, refused: Refused) -> None:
    raised = refused(opened(world.project, "nonsense"), "alerts.get_alerts")
    assert (raised.kind, raised.text) == ("ConnectError", "Invalid API key")
    reader = opened(world.project, world.project.api_key_readonly)
    raised = refused(reader, "alerts.pause_alert_by_id", world.number("Load"))
    assert "Permission denied" in raised.logged[0]
    user = opened(world.project, user="admin")
    assert {one["name"]: one["state"] for one in user("alerts.get_alerts")} == STATES
