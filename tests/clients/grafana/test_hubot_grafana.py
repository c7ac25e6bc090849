"""hubot-grafana's service: what a chat room asks of alerts. It answers nothing where it is refused, and logs why."""

from __future__ import annotations

from collections.abc import Callable

from tests.clients.grafana.conftest import Client, Opened, Raised
from tests.clients.grafana.world import STATES, World

CLIENT = "hubot-grafana"
Refused = Callable[..., Raised]


def test_alerts_are_listed_and_chosen_by_their_state(client: Client) -> None:
    found = client("queryAlerts")
    assert {one["name"]: one["state"] for one in found} == STATES
    assert all(set(one) >= {"id", "newStateDate", "executionError"} for one in found)
    for state in set(STATES.values()):
        named = {one["name"] for one in client("queryAlerts", state)}
        assert named == {name for name, one in STATES.items() if one == state}
    assert client("queryAlerts", "nonsense") is None
    assert "state must be" in client.logged[0]


def test_an_alert_is_paused_and_runs_again(opened: Opened, place: World) -> None:
    client, number = opened(place.project), place.number("Ours")
    assert client("pauseSingleAlert", number, True) == "alert paused"
    assert place.states()["Ours"] == "paused"
    assert client("pauseSingleAlert", str(number), False) == "Alert un-paused"
    assert place.states()["Ours"] == "unknown"
    assert client("pauseSingleAlert", 999999, True) is None
    assert client.logged == ["Error for URL: alerts/999999/pause: Alert not found"]


def test_all_alerts_are_paused_one_by_one(opened: Opened, place: World) -> None:
    client = opened(place.project)
    assert client("pauseAllAlerts", True) == {"total": 2, "errored": 0, "success": 2}
    assert set(place.states().values()) == {"paused"}
    assert client("pauseAllAlerts", False) == {"total": 2, "errored": 0, "success": 2}
    assert set(place.states().values()) == {"unknown"}


def test_who_may_not_is_told(opened: Opened, world: World, refused: Refused) -> None:
    wrong, reader = opened(world.project, "nonsense"), opened(world.project, world.project.api_key_readonly)
    assert wrong("queryAlerts") is None
    assert wrong.logged == ["Error while getting alerts on URL: alerts: Invalid API key"]
    assert refused(wrong, "pauseAllAlerts", True).text == "Invalid API key"
    assert reader("pauseSingleAlert", world.number("Load"), True) is None
    assert reader.logged[0].endswith("Permission denied")
    assert reader("pauseAllAlerts", True) == {"total": len(STATES), "errored": len(STATES), "success": 0}
