"""Entities, which agents push and people look at, downtimes of them, and the keys that open them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests import definitions
from tests.clients.conftest import PATIENCE, Project
from tests.clients.zmon_cli.conftest import AGENT, PYTHON, Cli


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


# Keys


def test_a_user_and_a_password_open_as_a_token_does(cli: Cli, agent: dict[str, Any]) -> None:
    assert agent["id"] in cli("entities", user="hjacobs")


@pytest.mark.parametrize(("key", "words"), [("nonsense", "Bad credentials"), ("read", "Access is denied")])
def test_whoever_may_not_is_told(cli: Cli, project: Project, key: str, words: str) -> None:
    key = project.api_key_readonly if key == "read" else key
    assert words in cli("entities", "push", '{"id": "web-9", "type": "host"}', key=key, refused=True)
