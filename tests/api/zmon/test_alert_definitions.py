"""Alert definitions: written, inherited, shown, listed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from tests.api.zmon.conftest import Caller
from tests.conftest import Clock
from tests.definitions import alert, child, command

TEMPLATE = alert(template=True, tags=["base"], parameters={"limit": 5}, condition="> limit")


@pytest.fixture(autouse=True)
def _command(zmon: Caller) -> None:
    assert zmon.post("/check-definitions", command()).json["id"] == 1


def create(zmon: Caller, data: dict[str, Any]) -> Any:
    answer = zmon.post("/alert-definitions/", data)
    assert answer.status == 200, answer.text
    return answer.json


def test_what_is_made_is_answered_as_it_was_written_and_shown_with_what_it_inherits(zmon: Caller) -> None:
    create(zmon, TEMPLATE)
    made = create(zmon, child(1, name="Mine"))
    assert (made["id"], made["name"], made["condition"], made["parent_id"]) == (2, "Mine", None, 1)
    shown = zmon.get("/alert-definitions/2/").json
    assert (shown["name"], shown["condition"], shown["tags"], shown["team"]) == ("Mine", "> limit", ["base"], "A")
    assert shown["parameters"] == {"limit": {"value": 5, "comment": None, "type": None}}
    assert zmon.get("/rest/alertDefinitionNode?id=2").json == made


def test_the_children_of_a_definition_are_listed_as_they_were_written(zmon: Caller) -> None:
    create(zmon, TEMPLATE)
    children = [create(zmon, child(1)), create(zmon, child(1, name="x"))]
    create(zmon, child(2))
    assert zmon.get("/rest/alertDefinitionChildren?id=1").json == children
    assert zmon.get("/rest/alertDefinitionChildren?id=9").json == []
    for path in ("alertDefinitionNode", "alertDefinitionChildren"):
        assert zmon.get(f"/rest/{path}").status == 400
        assert zmon.get(f"/rest/{path}?id=x").status == 404


def test_the_list_holds_the_active_ones_that_are_no_templates_with_what_they_inherit(zmon: Caller) -> None:
    create(zmon, TEMPLATE)
    create(zmon, child(1))
    create(zmon, child(1, status="INACTIVE"))
    found = zmon.get("/checks/all-active-alert-definitions/").json
    assert found["alert_definitions"] == [zmon.get("/alert-definitions/2").json]
    assert found["snapshot_id"] > 0


def test_an_update_replaces_the_whole_and_what_is_absent_is_inherited(zmon: Caller, clock: Clock) -> None:
    create(zmon, TEMPLATE)
    made = create(zmon, child(1, name="Mine", priority="1"))
    clock.move(minutes=1)
    # As the command line client writes nothing: with empty texts.
    written = {"id": 2, "team": "B", "responsible_team": "B", "status": "ACTIVE", "template": "false", "parent_id": ""}
    changed = zmon.put("/alert-definitions/2/", written).json
    assert (made["priority"], changed["priority"], changed["name"], changed["parent_id"]) == (1, None, None, 1)
    assert changed["last_modified"] == made["last_modified"] + 60_000
    assert zmon.get("/alert-definitions/2").json["priority"] == 2


@pytest.mark.parametrize("number", ["1", "0", "-1", "x", "9" * 40, "1.0", "\u0661"])
def test_a_definition_that_is_not_there_is_missing(zmon: Caller, number: str) -> None:
    assert zmon.get(f"/alert-definitions/{number}/").status == 404
    assert zmon.put(f"/alert-definitions/{number}/", alert()).status == 404
    assert zmon.delete(f"/alert-definitions/{number}/").status == 404


def test_a_definition_is_deleted_when_none_inherits_from_it_and_answered_as_it_was(zmon: Caller) -> None:
    made = create(zmon, TEMPLATE)
    create(zmon, child(1))
    refused = zmon.delete("/alert-definitions/1/")
    message = "Could not delete an alert definition with descendants: {2}"
    assert (refused.status, refused.json) == (400, {"message": message})
    zmon.delete("/alert-definitions/2/")
    assert zmon.delete("/alert-definitions/1/").json == made
    assert zmon.get("/alert-definitions/1/").status == 404


def test_an_update_that_breaks_what_inherits_is_refused(zmon: Caller) -> None:
    create(zmon, TEMPLATE)
    create(zmon, child(1))
    answer = zmon.put("/alert-definitions/1", {**TEMPLATE, "priority": None})
    message = "Update breaks the following alert definitions: {2: priority is mandatory}"
    assert (answer.status, answer.json) == (400, {"message": message})


KEY = "0123456789abcdef0123456789abcdef"
CALLS = ["send_mail('ops@example.org',repeat=60)", f"notify_pagerduty('x', routing_key='{KEY}')", "notify_hubot('q')"]


def test_notifications_come_back_as_they_were_written_and_without_keys_for_those_who_may_only_read(
    zmon: Caller, keyring: projects.Keyring
) -> None:
    assert create(zmon, alert(notifications=CALLS))["notifications"] == CALLS
    masked = zmon.get("/alert-definitions/1", key=keyring.keys["read"]).json["notifications"]
    assert masked[1] == "notify_pagerduty(message='x', routing_key=\u2022\u2022\u2022)"
    for path in ("/alert-definitions/1", "/checks/all-active-alert-definitions", "/rest/alertDefinitionNode?id=1"):
        assert KEY in zmon.get(path).text
        assert KEY not in zmon.get(path, key=keyring.keys["read"]).text
    assert KEY not in zmon.get("/rest/alertNotifications?id=1", key=keyring.keys["read"]).text


def test_it_is_told_what_becomes_of_notifications(zmon: Caller) -> None:
    create(zmon, alert(notifications=CALLS))
    assert zmon.get("/rest/alertNotifications?id=1").json == [
        {"notification": CALLS[0], "delivered_as": "email", "trouble": None},
        {"notification": CALLS[1], "delivered_as": "pagerduty", "trouble": None},
        {"notification": CALLS[2], "delivered_as": None, "trouble": "the service is no more"},
    ]
    create(zmon, alert(notifications=["send_mail('group:ops')"], template=True))
    (fate,) = zmon.get("/rest/alertNotifications?id=2").json
    assert fate["trouble"] == "nobody is behind the groups that it names"


def test_numbers_may_be_texts_and_empty_texts_nothing(zmon: Caller) -> None:
    made = create(zmon, {**alert(), "id": "", "parent_id": "", "check_definition_id": "1", "period": ""})
    assert (made["check_definition_id"], made["parent_id"], made["period"]) == (1, None, "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"team": None}, "team is mandatory"),
        ({"responsible_team": " "}, "responsible_team is mandatory"),
        ({"status": None}, "status is mandatory"),
        ({"status": "DELETED"}, "status must be one of ACTIVE, INACTIVE, REJECTED"),
        ({"template": None}, "template is mandatory"),
        ({"template": 1}, "template must be true or false"),
        ({"name": None}, "name is mandatory"),
        ({"name": ""}, "name is mandatory"),
        ({"name": []}, "name must be a text of at most 50000 characters"),
        ({"entities": None}, "entities is mandatory"),
        ({"entities": "x"}, "entities must be a list of objects"),
        ({"entities_exclude": [1]}, "entities_exclude must be a list of objects"),
        ({"condition": "value >"}, "condition cannot be read: SyntaxError: invalid syntax (line 1, column 8)"),
        ({"check_definition_id": None}, "check_definition_id is mandatory"),
        ({"check_definition_id": 9}, "check_definition_id is 9, which no active check definition has"),
        ({"check_definition_id": "x"}, "check_definition_id must be a whole number"),
        ({"priority": 4}, "priority must be 1, 2 or 3"),
        ({"priority": True}, "priority must be a whole number"),
        ({"period": "wd {Mon-Foo}"}, "period cannot be understood at position 9"),
        ({"parent_id": 9}, "parent_id is 9, which no alert definition has"),
        ({"parameters": []}, "parameters must be an object"),
        ({"parameters": {"a": {"comment": "none"}}}, "parameters holds a without a value"),
        ({"parameters": {"a": {"value": 1, "comment": 1}}}, "parameters holds 'a', whose comment must be a text"),
        ({"tags": "a"}, "tags must be a list of at most 200 texts"),
        ({"notifications": ["send_mail('ops')"]}, "notifications[0] send_mail: address "),
        ({"notifications": [1]}, "notifications must be a list of at most 200 texts"),
    ],
)
def test_a_definition_that_is_none_is_refused_by_its_field(zmon: Caller, change: Any, message: str) -> None:
    answer = zmon.post("/alert-definitions", alert(**change))
    assert answer.status == 400
    assert answer.json["message"].startswith(message)
    assert zmon.get("/checks/all-active-alert-definitions").json["alert_definitions"] == []


def test_the_read_only_key_reads_and_writes_nothing(zmon: Caller, keyring: projects.Keyring) -> None:
    create(zmon, alert())
    for method, path in (
        ("POST", "/alert-definitions"),
        ("PUT", "/alert-definitions/1"),
        ("DELETE", "/alert-definitions/1"),
        ("POST", "/check-definitions"),
        ("POST", "/check-definitions/1"),
        ("DELETE", "/check-definitions/1"),
    ):
        answer = zmon.call(method, path, alert() if method in ("POST", "PUT") else None, key=keyring.keys["read"])
        assert (answer.status, answer.json) == (403, {"message": "Access is denied"})
    for path in (
        "/alert-definitions/1",
        "/check-definitions/1",
        "/checks/all-active-alert-definitions",
        "/checks/all-active-check-definitions",
        "/checks/all-check-definitions",
        "/rest/alertDefinitionNode?id=1",
        "/rest/alertDefinitionChildren?id=1",
    ):
        assert zmon.get(path, key=keyring.keys["read"]).status == 200
