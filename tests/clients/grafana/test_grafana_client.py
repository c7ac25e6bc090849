"""grafana-client: it has the notifications of Grafana's old alerting, and no alert but in the call that pauses all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.clients.grafana.conftest import EMAIL, Client, Opened, Raised
from tests.clients.grafana.world import World, unique

CLIENT = "grafana-client"
Refused = Callable[..., Raised]


@pytest.fixture
def channel(client: Client) -> Iterator[dict[str, Any]]:
    made = client("notifications.create_channel", {**EMAIL, "name": unique("Ops")})
    yield made
    deleted = client("notifications.delete_notification_by_id", made["id"])
    assert deleted == {"message": "Notification deleted"}


def test_it_connects_and_reads_the_version(client: Client) -> None:
    assert client("connect")["version"] == client("get_version") == "7.5.17"
    assert client("health.check")["edition"] == "Open Source"


def test_it_learns_who_it_is(client: Client, world: World) -> None:
    name = world.project.name
    assert client("organization.get_current_organization")["name"] == name
    assert client("user.get_actual_user")["isGrafanaAdmin"] is True
    assert client("user.get_actual_user_organisations") == [{"orgId": 1, "name": name, "role": "Admin"}]
    assert client("datasource.list_datasources") == []


def test_a_channel_is_read_in_every_way(client: Client, channel: dict[str, Any]) -> None:
    assert client("notifications.get_channel_by_id", channel["id"]) == channel
    assert client("notifications.get_channel_by_uid", channel["uid"]) == channel
    assert channel in client("notifications.get_channels")
    short = {name: channel[name] for name in ("id", "uid", "name", "type", "isDefault")}
    assert short in client("notifications.lookup_channels")


def test_a_channel_is_changed_by_its_id_and_its_uid(client: Client, channel: dict[str, Any]) -> None:
    found = client("notifications.update_channel_by_id", channel["id"], {**channel, "isDefault": True})
    assert found == {**channel, "isDefault": True, "updated": found["updated"]}
    asked = {**EMAIL, "name": unique("Day"), "disableResolveMessage": True}
    found = client("notifications.update_channel_by_uid", channel["uid"], asked)
    assert (found["name"], found["isDefault"], found["disableResolveMessage"]) == (asked["name"], False, True)


def test_a_channel_is_deleted_once(client: Client, refused: Refused) -> None:
    made = client("notifications.create_channel", {**EMAIL, "name": unique("Ops")})
    deleted = client("notifications.delete_notification_by_uid", made["uid"])
    assert deleted == {"message": "Notification deleted", "id": made["id"]}
    for name, value in (("uid", made["uid"]), ("id", made["id"])):
        for call, *more in (
            (f"delete_notification_by_{name}",),
            (f"get_channel_by_{name}",),
            (f"update_channel_by_{name}", {**EMAIL, "name": "New"}),
        ):
            raised = refused(client, f"notifications.{call}", value, *more)
            assert (raised.kind, raised.status) == ("GrafanaClientError", 404)
            assert raised.text == "Client Error 404: Alert notification not found"


def test_what_is_wrong_with_a_channel_is_raised(client: Client, channel: dict[str, Any], refused: Refused) -> None:
    taken, wrong, missing = "Failed to create alert notification", "GrafanaBadInputError", "addresses in settings"
    for change, kind, status, text in (
        ({"name": channel["name"]}, "GrafanaClientError", 409, taken),
        ({"uid": channel["uid"]}, "GrafanaClientError", 409, taken),
        ({"name": None}, "GrafanaClientError", 422, "name is required"),
        ({"settings": {}}, wrong, 400, missing),
    ):
        raised = refused(client, "notifications.create_channel", {**EMAIL, "name": unique("New"), **change})
        assert (raised.kind, raised.status) == (kind, status) and text in raised.text


def test_all_alerts_are_paused_by_a_user_with_a_password(opened: Opened, place: World) -> None:
    client = opened(place.project, user="admin")
    assert client("connect")["version"] == "7.5.17"
    found = client("admin.pause_all_alerts", True)
    assert found == {"state": "Paused", "message": "alerts paused", "alertsAffected": 2}
    assert set(place.states().values()) == {"paused"}
    found = client("admin.pause_all_alerts", False)
    assert found == {"state": "unknown", "message": "alerts un paused", "alertsAffected": 2}
    assert set(place.states().values()) == {"unknown"}


def test_who_may_not_is_told(opened: Opened, world: World, refused: Refused) -> None:
    raised = refused(opened(world.project, "nonsense"), "notifications.get_channels")
    assert (raised.kind, raised.status, raised.text) == ("GrafanaUnauthorizedError", 401, "Unauthorized")
    reader = opened(world.project, world.project.api_key_readonly)
    assert reader("notifications.lookup_channels")
    for call, *args in (("notifications.get_channels",), ("admin.pause_all_alerts", True)):
        raised = refused(reader, call, *args)
        assert (raised.status, raised.text) == (403, "Client Error 403: Permission denied")


def test_the_calls_of_grafanas_later_alerting_are_not_found(client: Client, refused: Refused) -> None:
    for call, *args in (
        ("get_alertrule", "folder", "rule"),
        ("get_managedalerts_all",),
        ("create_alertrule", "folder", {}),
        ("update_alertrule", "folder", {}),
        ("delete_alertrule", "folder", "rule"),
    ):
        raised = refused(client, f"alerting.{call}", *args)
        assert (raised.status, raised.text) == (404, "Client Error 404: Not found")
    # Below /api/v1 another dialect speaks.
    for call in ("get_alertrules_all", "get_contactpoints"):
        raised = refused(client, f"alertingprovisioning.{call}")
        assert (raised.kind, raised.status) == ("GrafanaClientError", 404)
