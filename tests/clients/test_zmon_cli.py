"""zmon-cli, as it is published, against the running service: what it sends, shows and is told.

Its exit status is 0 whatever happens, so that every output is searched for the words that it has for errors.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import definitions
from tests.clients.conftest import PATIENCE, ZMON_CLI, Project

PYTHON = os.environ[ZMON_CLI]
ERRORS = ("HTTP error:", "HTTP ERROR:", "EXCEPTION", "Failed", "Traceback", "Error:")
# As an agent on AWS makes them.
AGENT: dict[str, Any] = {
    "id": "web-1-i123[aws:123456789012:eu-central-1]",
    "type": "instance",
    "infrastructure_account": "aws:123456789012",
    "region": "eu-central-1",
    "ports": {"5432": 5432},
    "whole": 1,
    "part": 1.0,
    "large": 123456789012345678901,
    "small": 1e-7,
    "none": None,
    "Case": {"cASE": [[], {}, [True, None]]},
    "tags": ["a", "\u00e4"],
}

Cli = Callable[..., str]


@pytest.fixture
def cli(project: Project, tmp_path: Path) -> Cli:
    """Runs the client with a key of the project; what it printed, in a form that was asked for without its remarks. It
    must not say that anything went wrong, unless `refused`."""

    def run(*words: str, key: str = project.api_key, user: str = "", refused: bool = False, given: str = "") -> str:
        file = tmp_path / "zmon-cli.yaml"
        about = {"url": project.base_url, "token": key} | ({"user": user, "password": key} if user else {})
        file.write_text(json.dumps(about))
        command = [PYTHON, "-W", "ignore", "-m", "zmon_cli", "-c", str(file), *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
        said = done.stdout + done.stderr
        assert refused == any(word in said for word in ERRORS), said
        return done.stdout if "-o" in words else said

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[object], str]:
    """Writes a file for the client: JSON, which is YAML as well."""

    def write(value: object) -> str:
        path = tmp_path / "given.yaml"
        path.write_text(json.dumps(value))
        return str(path)

    return write


@pytest.fixture
def agent(cli: Cli, project: Project) -> Iterator[dict[str, Any]]:
    """An entity that the client pushed."""
    cli("entities", "push", json.dumps(AGENT))
    yield AGENT
    headers = {"Authorization": f"Bearer {project.api_key}"}
    requests.delete(f"{project.base_url}/api/v1/entities/{AGENT['id']}", headers=headers, timeout=PATIENCE)


def in_library(code: str, *values: object) -> Any:
    """What Python code finds with the client's own library; `given` are the values."""
    whole = f"import json, sys; given = json.load(sys.stdin); {code}"
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", whole],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Entities


def test_an_entity_that_was_pushed_is_shown(cli: Cli, agent: dict[str, Any]) -> None:
    assert json.loads(cli("entities", "get", agent["id"], "-o", "json")) == agent
    assert "region: eu-central-1" in cli("entities", "get", agent["id"])
    assert agent["id"] in cli("entities", "get", agent["id"], "-o", "text")


def test_entities_are_listed_and_chosen_in_every_form(cli: Cli, agent: dict[str, Any]) -> None:
    for words in (("entities",), ("entities", "filter", "type", "instance", "region", "eu-central-1")):
        assert agent["id"] in cli(*words)
        (one,) = [one for one in json.loads(cli(*words, "-o", "json")) if one["id"] == agent["id"]]
        assert one.pop("last_modified") and one == agent
        assert f"id: {agent['id']}" in cli(*words, "-o", "yaml")
    assert json.loads(cli("entities", "filter", "type", "nothing", "-o", "json")) == []


def test_an_entity_is_deleted_once(cli: Cli, agent: dict[str, Any]) -> None:
    assert "OK" in cli("entities", "delete", agent["id"])
    assert "Failed" in cli("entities", "delete", agent["id"], refused=True)
    assert "404" in cli("entities", "get", agent["id"], refused=True)


def test_a_file_of_several_is_pushed(cli: Cli, file: Callable[[object], str]) -> None:
    cities = [{"id": f"cd-city-{number}", "type": "city", "population": number} for number in range(3)]
    said = cli("entities", "push", file(cities))
    assert all(f"Creating entity {city['id']} ... OK" in said for city in cities)
    shown = json.loads(cli("entities", "filter", "type", "city", "-o", "json"))
    assert [one["population"] for one in shown] == [0, 1, 2]
    for city in cities:
        cli("entities", "delete", str(city["id"]))


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"id": "Web-1", "type": "host"}, "400"),
        ({"id": "web-1", "type": "Host"}, "400"),
        ({"id": "web-1", "type": "GLOBAL"}, "Creating entity with type - GLOBAL is not allowed."),
        ({"id": AGENT["id"], "type": "host"}, "Changing the 'type' of an entity is prohibited"),
    ],
)
def test_what_is_refused_is_said(cli: Cli, agent: dict[str, Any], entity: dict[str, Any], words: str) -> None:
    assert words in cli("entities", "push", json.dumps(entity), refused=True)


def test_agents_find_nothing_to_put_again(project: Project, agent: dict[str, Any]) -> None:
    code = (
        "from zmon_cli.client import Zmon, compare_entities; client = Zmon(given[0], token=given[1]); "
        "found = {one['id']: one for one in client.get_entities({'type': 'instance'})}; "
        "print(json.dumps([compare_entities(given[2], found[given[2]['id']]), json.dumps(found[given[2]['id']])]))"
    )
    same, text = in_library(code, project.base_url, project.api_key, agent)
    found = json.loads(text)
    found.pop("last_modified")
    assert (same, json.dumps(found)) == (True, json.dumps(agent))


# Downtimes


def test_a_downtime_is_created(cli: Cli, project: Project, agent: dict[str, Any]) -> None:
    root, headers = f"{project.base_url}/api/v1", {"Authorization": f"Bearer {project.api_key}"}
    made = definitions.command(name="Up", entities=[{"type": "instance"}], command="1", status="ACTIVE")
    check = requests.post(f"{root}/check-definitions", json=made, headers=headers, timeout=PATIENCE).json()["id"]
    made = definitions.alert(check_definition_id=check, condition="> 5")
    alert = requests.post(f"{root}/alert-definitions", json=made, headers=headers, timeout=PATIENCE).json()["id"]
    try:
        said = cli("downtimes", "create", agent["id"], "-d", "10", "-c", "Upgrade", user="hjacobs")
        assert agent["id"] in said
        found = requests.get(f"{project.base_url}/rest/downtimes", headers=headers, timeout=PATIENCE).json()
        (one,) = [one for one in found if one["alert_id"] == alert]
        assert (one["entity"], one["comment"], one["created_by"]) == (agent["id"], "Upgrade", "hjacobs")
        assert one["end_time"] - one["start_time"] == 600
        gone = requests.delete(f"{root}/downtimes/{one['group_id']}", headers=headers, timeout=PATIENCE).json()
        assert (gone["id"], gone["entities"], gone["alert_definitions"]) == (one["group_id"], [agent["id"]], [alert])
        # What fits nothing is no error.
        cli("downtimes", "create", "nothing-at-all", "-d", "10")
    finally:
        requests.delete(f"{root}/alert-definitions/{alert}", headers=headers, timeout=PATIENCE)
        requests.delete(f"{root}/check-definitions/{check}", headers=headers, timeout=PATIENCE)


# Check definitions and alert definitions


CHECK: dict[str, Any] = {
    "name": "Population of rivers",
    "owning_team": "Water",
    "description": "How many fish there are",
    "command": "entity['population'] / 1",
    "interval": 60,
    "entities": [{"type": "river"}],
    "status": "ACTIVE",
}


def number_in(said: str) -> str:
    """The number at the end of the last address that the client shows."""
    return re.findall(r"https?://\S+/(\d+)", said)[-1]


@pytest.fixture
def check(cli: Cli, file: Callable[[object], str]) -> Iterator[int]:
    """The number of a check definition that the client made."""
    said = cli("check-definitions", "update", file(CHECK))
    number = int(number_in(said))
    yield number
    cli("check-definitions", "delete", str(number))


@pytest.fixture
def alert(cli: Cli, file: Callable[[object], str], check: int) -> Iterator[int]:
    """The number of an alert definition that the client made of what its `init` writes."""
    given = {
        "check_definition_id": check,
        "id": "",
        "status": "ACTIVE",
        "name": "Few fish in {entities}",
        "description": "There are fewer than there should be",
        "team": "Water",
        "responsible_team": "Water",
        "condition": "< 10",
        "entities": [],
        "entities_exclude": [],
        "priority": 2,
        "parent_id": "",
        "template": False,
        "parameters": {},
        "tags": ["fish"],
    }
    said = cli("alert-definitions", "create", file(given))
    number = int(number_in(said))
    yield number
    cli("alert-definitions", "delete", str(number))


def test_a_check_definition_is_made_of_what_init_writes(cli: Cli, tmp_path: Path) -> None:
    cli("check-definitions", "init", "check.yaml", given="Lakes\nWater\n")
    said = cli("check-definitions", "update", str(tmp_path / "check.yaml"))
    number = number_in(said)
    assert "Lakes" in cli("check-definitions", "get", number)
    cli("check-definitions", "delete", number)
    assert "404" in cli("check-definitions", "get", number, refused=True)


def test_a_check_definition_is_shown_listed_chosen_and_changed(
    cli: Cli, file: Callable[[object], str], check: int
) -> None:
    shown = json.loads(cli("check-definitions", "get", str(check), "-o", "json"))
    assert (shown["id"], shown["name"], shown["interval"]) == (check, CHECK["name"], 60)
    assert "name: Population of rivers" in cli("check-definitions", "get", str(check))
    for words in (("list",), ("filter", "owning_team", "Water")):
        assert CHECK["name"] in cli("check-definitions", *words)
        found = json.loads(cli("check-definitions", *words, "-o", "json"))
        assert check in [one["id"] for one in found]
    cli("check-definitions", "update", file({**shown, "interval": 30}))
    assert json.loads(cli("check-definitions", "get", str(check), "-o", "json"))["interval"] == 30


def test_a_check_definition_that_cannot_be_run_is_refused_with_the_place(
    cli: Cli, file: Callable[[object], str]
) -> None:
    said = cli("check-definitions", "update", file({**CHECK, "command": "1 +"}), refused=True)
    assert "line 1, column 4" in said


def test_a_check_definition_in_use_is_not_deleted(cli: Cli, check: int, alert: int) -> None:
    said = cli("check-definitions", "delete", str(check), refused=True)
    assert "Id not found or not part of owning team" in said


def test_an_alert_definition_is_shown_listed_chosen_and_changed(
    cli: Cli, file: Callable[[object], str], check: int, alert: int
) -> None:
    shown = json.loads(cli("alert-definitions", "get", str(alert), "-o", "json"))
    assert (shown["id"], shown["condition"], shown["check_definition_id"]) == (alert, "< 10", check)
    for words in (("list",), ("filter", "check_definition_id", str(check))):
        assert "Few fish" in cli("alert-definitions", *words)
        found = json.loads(cli("alert-definitions", *words, "-o", "json"))
        assert alert in [one["id"] for one in found]
    cli("alert-definitions", "update", file({**shown, "condition": "< 20"}))
    assert json.loads(cli("alert-definitions", "get", str(alert), "-o", "json"))["condition"] == "< 20"
    said = cli("alert-definitions", "update", file({**shown, "condition": "<"}), refused=True)
    assert "line 1, column" in said


def test_an_alert_definition_is_deleted_once(cli: Cli, file: Callable[[object], str], check: int) -> None:
    made = json.loads(cli("check-definitions", "get", str(check), "-o", "json"))["id"]
    given = {"check_definition_id": made, "team": "A", "responsible_team": "A", "status": "ACTIVE", "template": True}
    said = cli("alert-definitions", "create", file(given))
    number = number_in(said)
    cli("alert-definitions", "delete", number)
    assert "404" in cli("alert-definitions", "delete", number, refused=True)


# Keys


def test_a_user_and_a_password_open_as_a_token_does(cli: Cli, agent: dict[str, Any]) -> None:
    assert agent["id"] in cli("entities", user="hjacobs")


@pytest.mark.parametrize(("key", "words"), [("nonsense", "Bad credentials"), ("read", "Access is denied")])
def test_whoever_may_not_is_told(cli: Cli, project: Project, key: str, words: str) -> None:
    key = project.api_key_readonly if key == "read" else key
    assert words in cli("entities", "push", '{"id": "web-9", "type": "host"}', key=key, refused=True)


# The rest of what it has


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
