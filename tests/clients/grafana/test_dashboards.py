"""Dashboards, by each client that has calls for them: one as Grafana exports it, from which two alerts come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.boards import exported
from tests.clients.grafana.conftest import Client, Raised, opening
from tests.clients.grafana.world import World

Refused = Callable[..., Raised]
BOARD = exported()
UID, TITLE, SLUG = BOARD["uid"], BOARD["title"], "shop-in-production"
NAMES = {panel["alert"]["name"] for panel in BOARD["panels"] if "alert" in panel}
GONE = "Dashboard not found"


@pytest.fixture
def client(request: pytest.FixtureRequest, place: World) -> Iterator[Client]:
    """The client that the test names, before a project of its own."""
    with opening(request.param) as started:
        yield started(place.project)


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("client", [name], indirect=True)


def assert_kept(place: World, *, there: bool) -> None:
    """Whether the dashboard is there with its alerts, or is gone with them."""
    assert place.asked("GET", f"/api/dashboards/uid/{UID}").status_code == (200 if there else 404)
    assert NAMES & set(place.states()) == (NAMES if there else set())


def save(place: World) -> dict[str, Any]:
    return dict(place.call("POST", "/api/dashboards/db", {"dashboard": BOARD, "overwrite": True}))


@of("bgrafana-api")
def test_bgrafana_api(client: Client, place: World, refused: Refused) -> None:
    command = {"model": "SaveDashboardCommand", "dashboard": BOARD, "overwrite": True}
    # Its model has a text for the id, which Grafana and we send as a number.
    assert refused(client, "dashboards.post_dashboard", command).kind == "ValidationError"
    assert_kept(place, there=True)
    found = client("dashboards.get_dashboard_by_uid", UID)
    assert (found["model"], found["meta"]["slug"], found["meta"]["version"]) == ("DashboardFullWithMeta", SLUG, 1)
    assert found["dashboard"]["panels"] == BOARD["panels"]
    (hit,) = client("search.search", query="shop", tag=BOARD["tags"])
    assert (hit["model"], hit["uid"], hit["title"], hit["tags"]) == ("Hit", UID, TITLE, BOARD["tags"])
    assert {one["term"] for one in client("dashboards.get_dashboard_tags")} == set(BOARD["tags"])
    assert client("dashboards.delete_dashboard_by_uid", UID)["message"] == f"Dashboard {TITLE} deleted"
    assert_kept(place, there=False)
    raised = refused(client, "dashboards.get_dashboard_by_uid", UID)
    assert raised.status == 404 and GONE in raised.text


@of("grafana-api-sdk")
def test_grafana_api_sdk(client: Client, place: World, refused: Refused) -> None:
    # It looks for a folder of that name, and knows no general one.
    refused(client, "dashboards.create_or_update_dashboard", "General", BOARD, "First", overwrite=True)
    assert_kept(place, there=False)
    save(place)
    assert client("dashboards.get_dashboard_by_uid", UID)["dashboard"]["panels"] == BOARD["panels"]
    (hit,) = client("search.search", "type=dash-db&tag=shop")
    assert (hit["uid"], hit["title"]) == (UID, TITLE)
    assert client("dashboards.get_dashboard_tags") == [{"term": tag, "count": 1} for tag in sorted(BOARD["tags"])]
    assert client("dashboards.get_dashboard_home")["dashboard"]["title"] == "Home"
    place.call("DELETE", f"/api/dashboards/uid/{UID}")
    assert GONE in refused(client, "dashboards.get_dashboard_by_uid", UID).logged[0]


@of("grafana-client")
def test_grafana_client(client: Client, place: World, refused: Refused) -> None:
    made = client("dashboard.update_dashboard", {"dashboard": BOARD, "overwrite": True, "message": "First"})
    assert (made["uid"], made["status"], made["version"], made["slug"]) == (UID, "success", 1, SLUG)
    assert_kept(place, there=True)
    assert client("dashboard.get_dashboard", UID)["dashboard"]["panels"] == BOARD["panels"]
    assert client("dashboard.get_dashboard_by_name", SLUG)["dashboard"]["uid"] == UID
    (hit,) = client("search.search_dashboards", query="SHOP", tag=BOARD["tags"])
    assert (hit["uid"], hit["url"]) == (UID, made["url"])
    assert {one["term"]: one["count"] for one in client("dashboard.get_dashboards_tags")} == dict.fromkeys(
        BOARD["tags"], 1
    )
    assert client("dashboard.get_home_dashboard")["dashboard"]["title"] == "Home"
    raised = refused(client, "dashboard.update_dashboard", {"dashboard": BOARD, "overwrite": False})
    assert raised.status == 412
    assert client("dashboard.delete_dashboard", UID)["message"] == f"Dashboard {TITLE} deleted"
    assert_kept(place, there=False)
    assert refused(client, "dashboard.get_dashboard", UID).text == f"Client Error 404: {GONE}"


@of("hubot-grafana")
def test_hubot_grafana(client: Client, place: World) -> None:
    assert client("search") == []
    save(place)
    assert [one["uid"] for one in client("search", "shop", "graphite")] == [UID]
    assert client("getDashboard", UID)["dashboard"]["title"] == TITLE
    assert client("getUidBySlug", SLUG) == UID
    graphs = client("process", f"{UID} now-1h now server=web2", 3)
    assert [one["title"] for one in graphs][:2] == ["Load of the web servers", "Orders"]
    assert client("getDashboard", SLUG)["message"] == f"Try your query again with `{UID}` instead of `{SLUG}`"
    place.call("DELETE", f"/api/dashboards/uid/{UID}")
    assert client("getDashboard", UID)["message"] == GONE


def test_grafana_backup(place: World, command: Callable[..., str], archive: Callable[[], str]) -> None:
    save(place)
    before = place.call("GET", f"/api/dashboards/uid/{UID}")["dashboard"]
    command("save", "--components=dashboards")
    place.call("DELETE", f"/api/dashboards/uid/{UID}")
    assert_kept(place, there=False)
    assert "response status: 200" in command("restore", "--components=dashboards", archive())
    assert_kept(place, there=True)
    after = place.call("GET", f"/api/dashboards/uid/{UID}")["dashboard"]
    assert {**after, "id": 0, "version": 0} == {**before, "id": 0, "version": 0}
    place.call("DELETE", f"/api/dashboards/uid/{UID}")
