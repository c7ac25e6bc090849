"""Who may do what, and what those are told who may not: Grafana's own words, by which clients know them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.api.grafana.conftest import EMAIL, Caller, Contents, Zoo, basic

PAUSE = {"paused": True}
READING = [
    "/alerts",
    "/alerts/1",
    "/alerts/states-for-dashboard?dashboardId=1",
    "/alert-notifications/lookup",
    "/alerts-notifications/lookup",
    "/frontend/settings",
    "/org",
    "/user",
    "/user/orgs",
    "/auth/keys",
    "/search",
    "/datasources",
]
WRITING: list[tuple[str, str, Any]] = [
    ("POST", "/alerts/1/pause", PAUSE),
    ("POST", "/admin/pause-all-alerts", PAUSE),
    *(("GET", f"/alert{s}-notifications", None) for s in ("", "s")),
    *(("POST", f"/alert{s}-notifications", EMAIL) for s in ("", "s")),
    *(("POST", f"/alert{s}-notifications/test", EMAIL) for s in ("", "s")),
    ("GET", "/alert-notifications/1", None),
    ("GET", "/alert-notifications/uid/ops", None),
    ("PUT", "/alert-notifications/1", EMAIL),
    ("PUT", "/alert-notifications/uid/ops", EMAIL),
    ("DELETE", "/alert-notifications/1", None),
    ("DELETE", "/alert-notifications/uid/ops", None),
    ("GET", "/alert-notifiers", None),
]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic !"}])
def test_whoever_shows_no_key_is_unauthorized(grafana: Caller, headers: dict[str, str]) -> None:
    answer = grafana.get("/alerts", key="", headers=headers)
    assert (answer.status, answer.json) == (401, {"message": "Unauthorized"})


def test_a_key_that_nobody_knows_is_told_so_in_the_words_that_clients_look_for(grafana: Caller) -> None:
    answer = grafana.get("/alerts", key="x" * 32)
    assert (answer.status, answer.json) == (401, {"message": "Invalid API key"})
    answer = grafana.get("/alerts", key="", headers=basic("admin:admin"))
    assert (answer.status, answer.json) == (401, {"message": "Invalid username or password"})


@pytest.mark.parametrize("form", ["api_key:{}", "{}:", "{}", "ann:{}"])
def test_basic_authentication_opens_with_the_key_on_either_side(grafana: Caller, form: str) -> None:
    assert grafana.get("/alerts", key="", headers=basic(form.format(grafana.key))).json == []


def test_an_organisation_beside_the_key_changes_nothing(grafana: Caller) -> None:
    assert grafana.get("/alerts", headers={"X-Grafana-Org-Id": "7"}).json == []


@pytest.mark.parametrize("path", READING)
def test_a_read_only_key_reads(grafana: Caller, reader: Api, zoo: Zoo, path: str) -> None:
    assert grafana.get(path, key=reader.key).status == 200


@pytest.mark.parametrize(("method", "path", "body"), WRITING)
def test_a_read_only_key_changes_nothing_and_sees_no_settings(
    grafana: Caller, reader: Api, zoo: Zoo, contents: Contents, method: str, path: str, body: Any
) -> None:
    grafana.notification(uid="ops")
    before = contents()
    answer = grafana.call(method, path, body, key=reader.key)
    assert (answer.status, answer.json) == (403, {"message": "Permission denied"})
    assert contents() == before


@pytest.mark.parametrize("path", READING)
def test_a_ping_key_reads_nothing(grafana: Caller, zoo: Zoo, path: str) -> None:
    assert grafana.get(path, key=zoo.story.keyring.keys["ping"]).status == 403


def test_the_page_of_an_alert_is_told_to_those_alone_who_may_change_it(grafana: Caller, reader: Api, zoo: Zoo) -> None:
    assert all(one["url"].startswith("https://tocsin.example.org/status/") for one in grafana.alerts())
    for one in (*grafana.get("/alerts", key=reader.key).json, grafana.get("/alerts/1", key=reader.key).json):
        assert (one["url"], one["dashboardUri"]) == ("", "")


def test_another_project_has_other_alerts_and_channels(grafana: Caller, stranger: Api, zoo: Zoo) -> None:
    grafana.notification(uid="ops")
    assert grafana.get("/alerts", key=stranger.key).json == []
    assert grafana.get("/alert-notifications", key=stranger.key).json == []
    for path in ("/alerts/1", "/alert-notifications/1", "/alert-notifications/uid/ops"):
        assert grafana.get(path, key=stranger.key).status == 404
    assert grafana.post("/alerts/1/pause", PAUSE, key=stranger.key).status == 404
    assert grafana.put("/alert-notifications/1", EMAIL, key=stranger.key).status == 404
    assert grafana.delete("/alert-notifications/1", key=stranger.key).status == 404
    assert grafana.post("/admin/pause-all-alerts", PAUSE, key=stranger.key).json["alertsAffected"] == 0
    assert zoo.seen(zoo.heartbeat).status == "new"
