"""Check definitions: put under their number, their source or their name, shown, listed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.zmon.conftest import Caller, basic
from tests.conftest import Clock
from tests.definitions import alert, command

# As zmon-cli sends the file that its `init` makes.
FROM_INIT: dict[str, Any] = {
    "name": "Load",
    "owning_team": "Platform",
    "description": "How much there is to do",
    "command": "http('/load').json()",
    "interval": 60,
    "entities": [{"type": "host"}],
    "status": "ACTIVE",
    "last_modified_by": "unknown",
}


def test_a_definition_is_kept_with_its_number_and_who_changed_it(zmon: Caller) -> None:
    headers = {**basic(f"hjacobs:{zmon.key}"), "Content-Type": "application/json"}
    made = zmon.post("/check-definitions/", {**FROM_INIT, "id": ""}, key="", headers=headers)
    nothing = ("technical_details", "potential_analysis", "potential_impact", "potential_solution")
    assert (made.status, made.json) == (
        200,
        {
            **FROM_INIT,
            "id": 1,
            **dict.fromkeys((*nothing, "source_url", "runtime", "criticality")),
            "last_modified": 1795262400000,
            "last_modified_by": "hjacobs",
            "deleted": False,
        },
    )
    assert zmon.get("/check-definitions/1/").json == made.json


def test_a_definition_is_changed_under_its_number_in_the_body_or_the_path(zmon: Caller, clock: Clock) -> None:
    zmon.post("/check-definitions", FROM_INIT)
    clock.move(minutes=1)
    assert zmon.post("/check-definitions", {**FROM_INIT, "id": "1", "name": "A"}).json["name"] == "A"
    changed = zmon.post("/check-definitions/1", {**FROM_INIT, "name": "B", "interval": "30"}).json
    assert (changed["id"], changed["name"], changed["interval"]) == (1, "B", 30)
    assert changed["last_modified"] == 1795262460000
    assert zmon.post("/check-definitions", {**FROM_INIT, "name": " b "}).json["id"] == 1
    refused = zmon.post("/check-definitions/1", {**FROM_INIT, "id": 2})
    assert (refused.status, refused.json["message"]) == (
        400,
        "ID from path does not match the one received in body",
    )


@pytest.mark.parametrize("number", ["1", "0", "-1", "x", "9" * 40, "1.0", "\u0661"])
def test_a_definition_that_is_not_there_is_missing(zmon: Caller, number: str) -> None:
    assert zmon.get(f"/check-definitions/{number}/").status == 404
    assert zmon.post(f"/check-definitions/{number}/", FROM_INIT).status == 404
    assert zmon.post("/check-definitions/", {**FROM_INIT, "id": 77}).status == 404
    assert zmon.get("/checks/all-check-definitions").json["check_definitions"] == []


def test_the_active_ones_are_listed_under_a_number_that_changes_with_them(zmon: Caller) -> None:
    empty = zmon.get("/checks/all-active-check-definitions/").json
    assert empty == {"snapshot_id": 0, "check_definitions": []}
    zmon.post("/check-definitions", FROM_INIT)
    zmon.post("/check-definitions", {**FROM_INIT, "name": "Off", "status": "INACTIVE"})
    found = zmon.get("/checks/all-active-check-definitions/").json
    assert [one["name"] for one in found["check_definitions"]] == ["Load"]
    every = zmon.get("/checks/all-check-definitions").json
    assert [one["name"] for one in every["check_definitions"]] == ["Load", "Off"]
    assert empty["snapshot_id"] < found["snapshot_id"] == every["snapshot_id"]


def test_a_definition_is_deleted_once_and_not_while_an_alert_refers_to_it(zmon: Caller) -> None:
    zmon.post("/check-definitions", FROM_INIT)
    zmon.post("/alert-definitions", alert())
    used = zmon.delete("/check-definitions/1/")
    message = "Id not found or not part of owning team: check definition 1 is used by the alert definitions 1"
    assert (used.status, used.json) == (404, {"message": message})
    zmon.delete("/alert-definitions/1/")
    gone = zmon.delete("/check-definitions/1/")
    assert (gone.status, gone.text) == (200, "Deleted")
    again = zmon.delete("/check-definitions/1/")
    assert (again.status, again.json) == (404, {"message": "Id not found or not part of owning team"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, "name is mandatory"),
        ({"name": " "}, "name is mandatory"),
        ({"name": 5}, "name must be a text of at most 50000 characters"),
        ({"name": "x" * 257}, "name must be one line of at most 256 characters"),
        ({"name": "a\nb"}, "name must be one line of at most 256 characters"),
        ({"description": ""}, "description is mandatory"),
        ({"owning_team": None}, "owning_team is mandatory"),
        ({"entities": None}, "entities is mandatory"),
        ({"entities": "host"}, "entities must be a list of objects"),
        ({"entities": [{"id": "a"}]}, "entities each entity should contain field: type"),
        ({"entities": [{"type": "host", "x": None}]}, "entities must not be null or empty for x: null filters not su"),
        ({"interval": None}, "interval is mandatory"),
        ({"interval": 0}, "interval must be from 1 to 2678400 seconds: minimum interval value is 1"),
        ({"interval": 1.5}, "interval must be a whole number"),
        ({"interval": True}, "interval must be a whole number"),
        ({"interval": "soon"}, "interval must be a whole number"),
        ({"command": ""}, "command is mandatory"),
        ({"command": "a b"}, "command cannot be read: SyntaxError: invalid syntax (line 1, column 3)"),
        ({"command": "\ud800"}, "command must be a text of at most 50000 characters"),
        ({"status": None}, "status is mandatory"),
        ({"status": "DELETED"}, "status must be one of ACTIVE, INACTIVE, REJECTED"),
        ({"status": []}, "status must be one of ACTIVE, INACTIVE, REJECTED"),
        ({"runtime": "PYTHON_4"}, "runtime must be one of PYTHON_2, PYTHON_3"),
        ({"id": []}, "id must be a whole number"),
    ],
)
def test_a_definition_that_is_none_is_refused_by_its_field(zmon: Caller, change: Any, message: str) -> None:
    answer = zmon.post("/check-definitions", {**FROM_INIT, **change})
    assert answer.status == 400
    assert answer.json["message"].startswith(message)
    assert zmon.get("/checks/all-check-definitions").json["check_definitions"] == []


def test_what_was_shown_can_be_put_again(zmon: Caller, clock: Clock) -> None:
    made = zmon.post("/check-definitions", command(runtime="PYTHON_2", technical_details="a\nb")).json
    clock.move(minutes=1)
    assert zmon.post("/check-definitions/1/", made).json == made
