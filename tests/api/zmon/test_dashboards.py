"""Dashboards are kept as they are described, ZMON's by number, Grafana's by uid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.client import Api
from tests.api.zmon.conftest import Caller, basic

# As `zmon dashboard init` writes it.
NEW: dict[str, Any] = {
    "id": "",
    "name": "Cities",
    "last_modified_by": "unknown",
    "alert_teams": ["Platform", "City"],
    "tags": [],
    "view_mode": "FULL",
    "shared_teams": [],
    "widget_configuration": [{"type": "gauge", "title": "a", "checkDefinitionId": 5}],
}
GRAFANA = {"dashboard": {"id": None, "uid": "Ab_c-1", "title": "Load", "panels": [{"x": 1.0}]}, "folderId": 3}


def test_a_dashboard_has_a_number_and_comes_back(zmon: Caller) -> None:
    made = zmon.post("/dashboard/", NEW)
    assert (made.status, made.text) == (200, "1")
    found = zmon.get("/dashboard/1/").json
    kept = {name: NEW[name] for name in NEW if name not in ("id", "last_modified_by")}
    assert found == {"id": 1, **kept, "last_modified": 1795262400000, "last_modified_by": "API key"}
    assert zmon.post("/dashboard/", {"name": "Other", "widget_configuration": "[1]"}).text == "2"
    assert zmon.get("/dashboard/2").json["widget_configuration"] == [1]


def test_a_dashboard_is_replaced_by_its_user(zmon: Caller) -> None:
    zmon.post("/dashboard", NEW)
    headers = basic(f"hjacobs:{zmon.key}")
    answer = zmon.post("/dashboard/1/", {"id": 1, "name": "Towns", "unknown": 1}, key="", headers=headers)
    assert (answer.status, answer.text) == (200, "1")
    found = zmon.get("/dashboard/1").json
    assert (found["name"], found["alert_teams"], found["last_modified_by"]) == ("Towns", [], "hjacobs")


@pytest.mark.parametrize("number", ["1", "0", "-1", "x", "9" * 40, "1.0", "\u0661"])
def test_a_dashboard_that_is_not_there_is_missing(zmon: Caller, number: str) -> None:
    assert zmon.get(f"/dashboard/{number}").status == 404
    assert zmon.post(f"/dashboard/{number}", NEW).status == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, "name is mandatory"),
        ({"name": " "}, "name must be a text of 1 to 256 characters"),
        ({"name": 5}, "name must be a text of 1 to 256 characters"),
        ({"view_mode": "HALF"}, "view_mode must be one of FULL, COMPACT"),
        ({"view_mode": []}, None),
        ({"view_mode": [1]}, "view_mode must be one of FULL, COMPACT"),
        ({"alert_teams": "a"}, "alert_teams must be a list of at most 200 texts"),
        ({"tags": [1]}, "tags must be a list of at most 200 texts"),
        ({"widget_configuration": {}}, None),
        ({"widget_configuration": {"a": 1}}, "widget_configuration must be a list"),
        ({"widget_configuration": "{"}, "Could not read request: it is not valid JSON"),
        ({"widget_configuration": ["x" * 350_000]}, "dashboard must not take more than 350000 bytes of JSON"),
    ],
)
def test_a_dashboard_that_is_none_is_refused_by_its_field(zmon: Caller, change: Any, message: str | None) -> None:
    answer = zmon.post("/dashboard", {**NEW, **change})
    assert (answer.status, message and answer.json["message"]) == (400 if message else 200, message)


def test_a_dashboard_of_grafana_comes_in_json_in_json_and_comes_back(zmon: Caller) -> None:
    answer = zmon.post("/visualization/dashboards/", json.dumps({**GRAFANA, "overwrite": True}))
    path = "/api/v1/visualization/dashboards/Ab_c-1"
    assert answer.json == {"status": "success", "uid": "Ab_c-1", "version": 1, "url": path}
    found = zmon.get("/visualization/dashboards/Ab_c-1").json
    assert found == {"dashboard": GRAFANA["dashboard"], "meta": {"folderId": 3, "version": 1}}
    assert zmon.post("/visualization/dashboards", {**GRAFANA, "overwrite": True}).json["version"] == 2
    assert zmon.post("/visualization/dashboards", GRAFANA).status == 409
    assert zmon.get("/visualization/dashboards/Ab_c-2").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "dashboard"),
        ("[]", "dashboard"),
        ({"dashboard": 1}, "dashboard"),
        ({"dashboard": {"title": "a"}}, "dashboard.uid"),
        ({"dashboard": {"uid": "a/b", "title": "a"}}, "dashboard.uid"),
        ({"dashboard": {"uid": "a"}}, "dashboard.title"),
        ({"dashboard": {"uid": "a", "title": "a"}, "folderId": "x"}, "folderId"),
        ("{", "Could not read request: it"),
    ],
)
def test_a_dashboard_of_grafana_that_is_none_is_refused_by_its_field(zmon: Caller, body: object, field: str) -> None:
    answer = zmon.post("/visualization/dashboards", body)
    assert answer.status == 400 and answer.json["message"].startswith(f"{field} "), answer.text


def test_a_read_only_key_keeps_none_and_another_project_sees_none(zmon: Caller, reader: Api, stranger: Api) -> None:
    zmon.post("/dashboard", NEW)
    zmon.post("/visualization/dashboards", GRAFANA)
    for path in ("/dashboard", "/dashboard/1", "/visualization/dashboards"):
        assert zmon.post(path, NEW, key=reader.key).status == 403
    for path in ("/dashboard/1", "/visualization/dashboards/Ab_c-1"):
        assert zmon.get(path, key=reader.key).status == 200
        assert zmon.get(path, key=stranger.key).status == 404


# The quick search


def test_the_search_finds_by_the_beginning_of_an_id_and_a_part_of_a_name(zmon: Caller) -> None:
    assert zmon.get("/quick-search/?query=").json == {
        "alerts": [],
        "checks": [],
        "dashboards": [],
        "grafana_dashboards": [],
    }
    for name in ("Cities", "Big cities", "Rivers"):
        zmon.post("/dashboard", {**NEW, "name": name, "alert_teams": [name.split()[0]]})
    zmon.post("/visualization/dashboards", GRAFANA)

    def found(query: str, noun: str = "dashboards") -> list[str]:
        return [one["title"] for one in zmon.get(f"/quick-search/?{query}").json[noun]]

    assert found("query=CITI") == ["Cities", "Big cities"]
    assert found("query=3") == ["Rivers"]
    assert found("query=i&limit=2") == ["Cities", "Big cities"]
    assert found("query=i&teams=Big,Rivers") == ["Big cities", "Rivers"]
    assert found("query=loa", "grafana_dashboards") == ["Load"]
    assert found("query=loa&teams=Big", "grafana_dashboards") == []
    (one,) = zmon.get("/quick-search/?query=river").json["dashboards"]
    url = "https://tocsin.example.org/api/v1/dashboard/3"
    assert one == {"id": "3", "title": "Rivers", "team": "Rivers", "url": url}
    assert zmon.get("/quick-search/?limit=x").json["message"] == "limit must be a whole number from 1 to 1000"
