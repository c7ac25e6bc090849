"""The status, the results of an alert, dashboards and groups."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.conftest import PATIENCE, Project
from tests.clients.zmon_cli.conftest import Cli


def test_the_status_is_shown_in_every_form(cli: Cli) -> None:
    shown = cli("status")
    assert "Alerts active: 0" in shown and "Query metrics unlimited" in shown
    assert json.loads(cli("status", "-o", "json"))["alerts_active"] == 0
    assert "alerts_active: 0" in cli("status", "-o", "yaml")


@pytest.fixture
def watched(project: Project) -> Iterator[str]:
    """The number of an alert on two entities, of which one is ill."""
    headers = {"Authorization": f"Bearer {project.api_key}"}

    def call(method: str, path: str, body: object = None) -> Any:
        address = f"{project.base_url}/api/v1/{path}"
        answer = requests.request(method, address, json=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.text.startswith(("{", "[")) else None

    ids = {"boat-1": 9, "boat-2": 1}
    for name, load in ids.items():
        call("PUT", "entities", {"id": name, "type": "boat", "load": load})
    about = {"name": "Load", "description": "-", "status": "ACTIVE"}
    check = call("POST", "check-definitions", {**about, **OF_CHECK})["id"]
    alert = call("POST", "alert-definitions", {**about, **OF_ALERT, "check_definition_id": check})["id"]
    yield str(alert)
    call("DELETE", f"alert-definitions/{alert}")
    call("DELETE", f"check-definitions/{check}")
    for name in ids:
        call("DELETE", f"entities/{name}")


OF_CHECK: dict[str, Any] = {
    "owning_team": "ops",
    "entities": [{"type": "boat"}],
    "interval": 60,
    "command": "entity['load']",
}
OF_ALERT: dict[str, Any] = {
    "team": "ops",
    "responsible_team": "ops",
    "entities": [],
    "entities_exclude": [],
    "condition": "> 5",
    "priority": 1,
    "template": False,
}


def test_what_an_alert_looks_at_is_shown_and_the_status_counts_it(cli: Cli, watched: str) -> None:
    wanted = {"boat-1": 9, "boat-2": 1}
    until = time.monotonic() + PATIENCE
    while (found := json.loads(cli("data", watched, "-o", "json"))) != wanted and time.monotonic() < until:
        time.sleep(1)
    assert found == wanted
    assert json.loads(cli("data", watched, "boat-2", "-o", "json")) == {"boat-2": 1}
    assert "boat-1" in cli("data", watched)
    while "Alerts active: 1" not in (shown := cli("status")) and time.monotonic() < until:
        time.sleep(1)
    assert "Alerts active: 1" in shown
    assert "404" in cli("data", "999", refused=True)


def test_a_dashboard_is_made_shown_found_and_changed(cli: Cli, file: Callable[[object], str], tmp_path: Path) -> None:
    cli("dashboard", "init", "new.yaml", given="Rivers of the world\nWater, Ships\n")
    made = cli("dashboard", "update", str(tmp_path / "new.yaml"))
    (line,) = [line for line in made.splitlines() if "dashboards/views/" in line]
    number = line.rstrip("/ ").rpartition("/")[2]
    shown = json.loads(cli("dashboard", "get", number, "-o", "json"))
    assert (shown["name"], shown["alert_teams"]) == ("Rivers of the world", ["Water", "Ships"])
    assert "name: Rivers of the world" in cli("dashboard", "get", number)
    assert "Rivers of the world" in cli("search", "rivers", "-t", "Water", "-l", "5")
    cli("dashboard", "update", file({**shown, "name": "Lakes"}))
    assert json.loads(cli("dashboard", "get", number, "-o", "json"))["name"] == "Lakes"
    found = json.loads(cli("search", "Lake", "-o", "json"))
    assert [one["id"] for one in found["dashboards"]] == [number]
    assert "checks: []" in cli("search", "Lake", "-o", "yaml")


def test_a_dashboard_of_grafana_is_passed_on(cli: Cli, file: Callable[[object], str]) -> None:
    dashboard = {"uid": "load-1", "title": "Load", "panels": []}
    cli("grafana", "update", file({"dashboard": dashboard, "meta": {"folderId": 4}}))
    shown = json.loads(cli("grafana", "get", "load-1", "-o", "json"))
    assert (shown["dashboard"], shown["meta"]["folderId"]) == (dashboard, 4)


def test_groups_and_their_members(cli: Cli, project: Project) -> None:
    assert "No groups found!" in cli("groups")
    cli("members", "add", "ops", "ann@example.org")
    cli("members", "add", "ops", "bob@example.org")
    cli("members", "add-phone", "ann@example.org", "+49123")
    cli("members", "change-name", "ann@example.org", "Ann Other")
    cli("members", "remove-phone", "ann@example.org", "+49123")
    cli("groups", "switch", "ops", "bob@example.org")
    cli("members", "remove", "ops", "ann@example.org")
    headers = {"Authorization": f"Bearer {project.api_key}"}
    found = requests.get(f"{project.base_url}/api/v1/groups/", headers=headers, timeout=PATIENCE).json()
    assert found == [{"name": "ops", "id": "ops", "members": ["bob@example.org"], "active": ["bob@example.org"]}]
    # It has no call for showing a member, and says so of itself.
    assert "get_member" in cli("groups", refused=True)
    cli("members", "remove", "ops", "bob@example.org")
