"""Check definitions and alert definitions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.zmon_cli.conftest import Cli

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
