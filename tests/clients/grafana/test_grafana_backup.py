"""grafana-backup: its commands save the channels and restore them; its other calls on alerts and channels, which no
command of its reaches, are made as they stand in its code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.servers import Server
from tests.clients.grafana.conftest import EMAIL, Client, Opened
from tests.clients.grafana.world import STATES, World, unique

CLIENT = "grafana-backup"
Command = Callable[..., str]
# What a channel gets anew when it is made again.
NEW = ("id", "created", "updated")


@pytest.fixture
def channels(place: World, server: Server) -> Iterator[list[dict[str, Any]]]:
    """Channels of three types, as they are listed, in the place of those that were there."""
    before = channels_of(place)
    for one in before:
        place.call("DELETE", f"/api/alert-notifications/{one['id']}")
    hook = {"url": server.url("/hook"), "httpMethod": "PUT"}
    for fields in (
        {**EMAIL, "uid": "ops-1", "sendReminder": True, "frequency": "15m", "isDefault": True},
        {"type": "webhook", "settings": hook, "disableResolveMessage": True},
        {"type": "kafka", "settings": {"kafkaRestProxy": "http://127.0.0.1:9", "kafkaTopic": "alerts"}},
    ):
        place.call("POST", "/api/alert-notifications", {"name": unique("Saved"), **fields})
    yield channels_of(place)
    for one in channels_of(place):
        place.call("DELETE", f"/api/alert-notifications/{one['id']}")
    for one in before:
        place.call("POST", "/api/alert-notifications", one)


def channels_of(place: World) -> list[dict[str, Any]]:
    return list(place.call("GET", "/api/alert-notifications"))


def kept(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({k: v for k, v in one.items() if k not in NEW} for one in found), key=lambda one: str(one["name"]))


def test_channels_are_saved_and_restored_as_they_were(
    command: Command, archive: Callable[[], str], channels: list[dict[str, Any]], place: World
) -> None:
    said = command("save", "--components=alert-channels")
    assert "There are 3 channels" in said and "Server status is 'OK'" in said
    for one in channels:
        place.call("DELETE", f"/api/alert-notifications/{one['id']}")
    assert channels_of(place) == []
    said = command("restore", "--components=alert-channels", archive())
    assert said.count(", status: 200, msg") == 3
    assert kept(channels_of(place)) == kept(channels)


def test_channels_that_are_still_there_are_not_restored_twice(
    command: Command, archive: Callable[[], str], channels: list[dict[str, Any]], place: World
) -> None:
    command("save", "--components=alert-channels")
    said = command("restore", archive())
    assert said.count(", status: 409, msg") == 3
    assert channels_of(place) == channels


def test_what_is_secure_is_in_no_backup(
    command: Command, archive: Callable[[], str], place: World, server: Server
) -> None:
    hidden = {"url": server.url("/token"), "username": "ann", "password": "hidden"}
    for fields in ({"name": "Slack", "type": "slack"}, {"name": "Hook", "type": "webhook"}):
        place.call("POST", "/api/alert-notifications", {**fields, "settings": hidden})
    command("save", "--components=alert-channels")
    for one in channels_of(place):
        place.call("DELETE", f"/api/alert-notifications/{one['id']}")
    said = command("restore", "--components=alert-channels", archive())
    assert "alert_channel: Slack, status: 400, msg: {'message': 'Could not find url property in settings'}" in said
    (hook,) = [one for one in channels_of(place) if one["name"] == "Hook"]
    assert (hook["settings"]["username"], hook["secureFields"]) == ("ann", {})
    place.call("DELETE", f"/api/alert-notifications/{hook['id']}")


def test_its_commands_that_delete_and_pause_fail_by_themselves(command: Command, place: World) -> None:
    before = place.states(), channels_of(place)
    for words in (("delete", "--components=alert-channels"), ("tools", "pause-alerts")):
        assert "Server status is 'OK'" in command(*words, code=1)
    assert (place.states(), channels_of(place)) == before


def test_a_wrong_key_saves_nothing(command: Command, tmp_path: Path) -> None:
    said = command("save", "--components=alert-channels", key="nonsense", code=1)
    assert "Invalid API key" in said
    assert list(tmp_path.glob("_OUTPUT_/*.tar.gz")) == []


def test_its_calls_on_alerts(opened: Opened, client: Client, place: World) -> None:
    status, found = client("search_alerts")
    assert (status, {one["name"]: one["state"] for one in found}) == (200, STATES)
    ours, number = opened(place.project), place.number("Ours")
    paused = {"alertId": number, "state": "Paused", "message": "alert paused"}
    assert ours("pause_alert", number) == [200, paused]
    assert place.states()["Ours"] == "paused"
    resumed = {"alertId": number, "state": "unknown", "message": "Alert un-paused"}
    assert ours("unpause_alert", number) == [200, resumed]
    assert ours("pause_alert", 999999) == [404, {"message": "Alert not found"}]
    assert opened(place.project, "nonsense")("search_alerts") == [401, {"message": "Invalid API key"}]


def test_its_calls_on_channels(client: Client) -> None:
    assert client("version") == "7.5.17"
    asked = [json.dumps({**EMAIL, "name": unique("Ops")}) for _ in range(2)]
    made = []
    for one in asked:
        status, answer = client("create_alert_channel", one)
        assert status == 200
        made.append(answer)
    assert client("create_alert_channel", asked[0]) == [409, {"message": "Failed to create alert notification"}]
    status, found = client("search_alert_channels")
    assert status == 200 and [one for one in found if one in made] == made
    for _, expected in (("once", 200), ("twice", 404)):
        assert client("delete_alert_channel_by_uid", made[0]["uid"]) == expected
        assert client("delete_alert_channel_by_id", made[1]["id"]) == expected
