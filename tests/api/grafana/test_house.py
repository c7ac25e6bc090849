"""What clients ask first, and whatever else they may ask: always JSON, in Grafana's words."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.errors import Missing
from chalicelib.store import directory
from chalicelib.store.faults import StoreFault
from tests.api.client import Api
from tests.api.grafana.conftest import Caller, basic


def test_the_health_is_told_to_everybody(grafana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = grafana.get("/health", key="")
    assert (answer.status, answer.json) == (200, {"commit": "tocsin", "database": "ok", "version": "7.5.17"})

    def away(_code: str) -> None:
        raise StoreFault("out of reach")

    monkeypatch.setattr(directory, "project_of", away)
    answer = grafana.get("/health", key="")
    assert (answer.status, answer.json["database"]) == (503, "failing")


def test_the_version_is_one_that_clients_can_read(grafana: Caller) -> None:
    found = grafana.get("/frontend/settings").json
    assert found["buildInfo"]["version"].split(".") == ["7", "5", "17"]
    assert (found["alertingEnabled"], found["unifiedAlertingEnabled"]) == (True, False)


def test_the_organisation_is_the_project(grafana: Caller) -> None:
    found = grafana.get("/org/").json
    assert (found["id"], found["name"]) == (1, "Website")


def test_who_is_asking(grafana: Caller, reader: Api) -> None:
    found = grafana.get("/user").json
    assert (found["login"], found["isGrafanaAdmin"], found["orgId"]) == ("api_key", True, 1)
    found = grafana.get("/user", key="", headers=basic(f"ann:{grafana.key}")).json
    assert (found["login"], found["name"]) == ("ann", "ann")
    assert grafana.get("/user", key=reader.key).json["isGrafanaAdmin"] is False
    assert grafana.get("/user/orgs").json == [{"orgId": 1, "name": "Website", "role": "Admin"}]
    assert grafana.get("/user/orgs", key=reader.key).json == [{"orgId": 1, "name": "Website", "role": "Viewer"}]


@pytest.mark.parametrize("path", ["/auth/keys", "/search/?type=dash-db&limit=1&page=1", "/search", "/datasources/"])
def test_what_there_is_none_of_is_an_empty_list(grafana: Caller, path: str) -> None:
    assert grafana.get(path).json == []


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/dashboards/id/1", {"message": "Not found"}),
        ("/api/alerts/1/2/3", {"message": "Not found"}),
        ("/api/nothing", {"message": "Not found"}),
        ("/api", {"message": "Not found"}),
        # Below the paths of another dialect it is the other that speaks.
        ("/api/v1/provisioning/contact-points", {"error": "not found"}),
        ("/api/v1/entities/a/b", {"message": "not found"}),
    ],
)
def test_an_unknown_path_belongs_to_the_dialect_whose_prefix_it_has(
    grafana: Caller, path: str, answer: dict[str, Any]
) -> None:
    found = grafana.api.get(path)
    assert (found.status, found.json) == (404, answer)
    assert found.headers["content-type"] == "application/json"


def test_a_method_that_is_not_there_is_told_with_those_that_are(grafana: Caller) -> None:
    answer = grafana.delete("/alerts")
    assert (answer.status, answer.json) == (405, {"message": "method not allowed"})
    assert answer.headers["allow"] == "GET, OPTIONS"


def test_when_the_tables_are_out_of_reach_it_may_be_tried_again(
    grafana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StoreFault("out of reach")

    monkeypatch.setattr(directory, "key", away)
    answer = grafana.get("/alerts")
    assert (answer.status, answer.json) == (503, {"message": "temporarily unavailable, try again"})


def test_a_project_that_is_being_deleted_is_not_there(grafana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_code: str) -> None:
        raise Missing("project")

    monkeypatch.setattr(directory, "project", gone)
    answer = grafana.get("/alerts")
    assert (answer.status, answer.json) == (404, {"message": "project not found"})
