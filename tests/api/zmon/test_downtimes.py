"""Downtimes over the API: what is asked for, what is answered, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.zmon import wire
from chalicelib.core.check import Check
from chalicelib.monitor.managing import projects
from chalicelib.store import checks, documents
from tests.api.zmon.conftest import Caller
from tests.conftest import NOW, Story
from tests.park import Park

START = int(NOW.timestamp())
END = START + 3_600
YEAR = 365 * 86_400
GIVEN: dict[str, Any] = {"comment": "Upgrade", "end_time": END, "entities": ["web-1", "db-1"]}


@pytest.fixture
def park(story: Story) -> Park:
    made = Park(story)
    made.command()
    for name in ("web-1", "web-2", "db-1"):
        made.entity(name)
    return made


@pytest.fixture
def alert(park: Park) -> Check:
    return park.alert()


def silences(alert: Check) -> list[tuple[str, ...]]:
    return [one.entities for one in checks.get(alert.project, alert.code).silences]


def test_what_zmon_cli_sends_is_taken(zmon: Caller, alert: Check) -> None:
    sent = {**GIVEN, "start_time": START + 0.75, "end_time": END + 0.75}
    answer = zmon.post("/downtimes/", sent)
    assert answer.status == 200
    assert (answer.json["start_time"], answer.json["end_time"]) == (START, END)
    assert list(answer.json) == [
        *("comment", "start_time", "end_time", "created_by", "id", "entities", "alert_definitions"),
    ]


@pytest.mark.parametrize("numbers", [None, [], [1], ["1"], [1, 1, 2, 99]])
def test_alerts_are_named_by_their_numbers_also_as_text(zmon: Caller, alert: Check, numbers: Any) -> None:
    answer = zmon.post("/downtimes", {**GIVEN, "alert_definitions": numbers, "unknown": 1})
    assert (answer.json["entities"], answer.json["alert_definitions"]) == (["db-1", "web-1"], [1])


def test_nothing_that_fits_is_no_error(zmon: Caller, alert: Check) -> None:
    answer = zmon.post("/downtimes", {**GIVEN, "entities": ["nothing"]})
    assert (answer.status, answer.json["entities"], answer.json["alert_definitions"]) == (200, [], [])
    assert silences(alert) == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"comment": None}, "comment is mandatory"),
    ({"comment": ""}, "comment is mandatory"),
    ({"comment": 5}, "comment must be a text"),
    ({"comment": "x" * 1_001}, "comment must not be longer than 1000 characters"),
    ({"end_time": None}, "end time is mandatory"),
    ({"end_time": "tomorrow"}, "end_time must be a number of seconds since 1970"),
    ({"end_time": True}, "end_time must be a number of seconds since 1970"),
    ({"start_time": -1}, "start_time must be a number of seconds since 1970"),
    ({"start_time": END}, "Start date must precede end date"),
    ({"start_time": 1e300}, "Start date must precede end date"),
    ({"start_time": START - 20, "end_time": START - 10}, "End time expired"),
    ({"start_time": START - 20, "end_time": START}, "End time expired"),
    ({"end_time": START + YEAR + 1}, "End time limit exceeded (maximum is 1 year)"),
    ({"end_time": 10**300}, "End time limit exceeded (maximum is 1 year)"),
    ({"entities": None}, "downtime request should have at least one entity"),
    ({"entities": []}, "downtime request should have at least one entity"),
    ({"entities": [], "entity_filters": []}, "downtime request should have at least one entity"),
    ({"entities": "web-1"}, "entities must be a list of ids of entities"),
    ({"entities": ["web-1", 5]}, "entities must be a list of ids of entities"),
    ({"entities": [f"e{n}" for n in range(1_001)]}, "entities must not name more than 1000"),
    ({"alert_definitions": 1}, "alert_definitions must be a list"),
    ({"alert_definitions": ["one"]}, "alert_definitions must be a whole number"),
    ({"alert_definitions": [1.5]}, "alert_definitions must be a whole number"),
    ({"alert_definitions": [True]}, "alert_definitions must be a whole number"),
    ({"entity_filters": {}}, "entity_filters must be a list of objects"),
    ({"entity_filters": [{"type": None}]}, "null filters not supported"),
    ({"recurring": []}, "recurring must be an object"),
    ({"recurring": {"at": "02:00", "duration": 60, "when": 1}}, "recurring has no 'when'"),
    ({"recurring": {"duration": 60}}, "recurring.at must be a time of day"),
    ({"recurring": {"at": "02:00"}}, "recurring.duration must be a whole number of minutes"),
    ({"recurring": {"at": "02:00", "duration": 60, "timezone": "Nowhere"}}, "recurring.timezone is not a time zone"),
    ({"recurring": {"at": "02:00", "duration": 60, "days": ["noday"]}}, "recurring.days must be a list of weekdays"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words for _, words in BAD])
def test_what_is_wrong_is_said_and_nothing_is_changed(
    zmon: Caller, alert: Check, change: dict[str, Any], words: str
) -> None:
    answer = zmon.post("/downtimes", {**GIVEN, **change})
    assert answer.status == 400
    assert list(answer.json) == ["message"]
    assert words in answer.json["message"]
    assert silences(alert) == []
    assert documents.of_project(alert.project, "downtime") == []


def test_a_year_is_not_too_long(zmon: Caller, alert: Check) -> None:
    assert zmon.post("/downtimes", {**GIVEN, "end_time": START + YEAR}).status == 200


def test_an_alert_that_is_full_is_a_conflict(zmon: Caller, alert: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.core.silencing.OF_INSTANCES_AT_MOST", 0)
    answer = zmon.post("/downtimes", GIVEN)
    assert (answer.status, answer.json) == (409, {"message": "a check holds at most 0 silences at a time"})


def test_entities_that_come_later_are_covered_when_filters_are_given(zmon: Caller, alert: Check) -> None:
    made = zmon.post("/downtimes", {**GIVEN, "entities": ["web-1"], "entity_filters": [{"rack": "a"}]}).json
    assert made["entities"] == ["web-1"]
    assert made["entity_filters"] == [{"rack": "a"}, {"id": ["web-1"]}]
    zmon.put("/entities", {"id": "web-9", "type": "host", "rack": "a"})
    assert silences(alert) == [("web-1", "web-9")]
    assert zmon.delete(f"/downtimes/{made['id']}").json == {**made, "entities": ["web-1", "web-9"]}
    assert silences(alert) == []


def test_a_downtime_may_come_again_and_then_needs_no_end(zmon: Caller, alert: Check) -> None:
    recurring = {"at": "2:30", "duration": 90, "days": ["sun", "mon"], "timezone": "Europe/Berlin"}
    made = zmon.post("/downtimes", {**GIVEN, "end_time": None, "recurring": recurring}).json
    assert made["end_time"] is None
    assert made["recurring"] == {**recurring, "at": "02:30", "days": ["mon", "sun"]}
    every = zmon.post("/downtimes", {**GIVEN, "recurring": {"at": "02:30", "duration": 90}}).json
    assert (every["end_time"], every["recurring"]["days"], every["recurring"]["timezone"]) == (END, [], "UTC")


@pytest.mark.parametrize("name", ["x", "a%23b", "%C3%A4", "y" * 2_000, "cf6ada50-3eb2-4c17-8d09-4eb03dc19cf5"])
def test_a_downtime_that_is_not_there_is_deleted_all_the_same(zmon: Caller, name: str) -> None:
    answer = zmon.delete(f"/downtimes/{name}/")
    assert answer.status == 200
    assert (answer.json["comment"], answer.json["entities"], answer.json["alert_definitions"]) == (None, [], [])


def test_the_web_interface_schedules_lists_and_deletes(zmon: Caller, park: Park, alert: Check) -> None:
    park.alert(number=2)
    pairs = [
        {"alert_definition_id": 1, "entity_ids": ["web-1", "web-2"]},
        {"alert_id": "2", "entity_ids": ["web-1"]},
    ]
    given = {"comment": "Upgrade", "start_time": START, "end_time": END, "downtime_entities": pairs}
    first, second = zmon.post("/rest/scheduleDowntime", given).json
    found = zmon.get("/rest/downtimes").json
    assert [(one["alert_id"], one["entity"], one["group_id"]) for one in found] == [
        (1, "web-1", first),
        (1, "web-2", first),
        (2, "web-1", second),
    ]
    assert found[0] == {
        "id": found[0]["id"],
        "group_id": first,
        "alert_id": 1,
        "entity": "web-1",
        "comment": "Upgrade",
        "start_time": START,
        "end_time": END,
        "created_by": "API key",
    }
    assert zmon.get("/rest/downtimes?alert_definition_id=2").json == found[2:]
    assert zmon.delete(f"/rest/deleteDowntimes?downtime_id={found[0]['id']}&downtime_id={found[2]['id']}").status == 200
    assert zmon.get("/rest/downtimes").json == found[1:2]
    park.story.clock.move(hours=1)
    assert zmon.get("/rest/downtimes").json == []


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (None, "downtime_entities must be a list"),
        ([], "downtime_entities must be a list"),
        ([1], "downtime_entities must be a list"),
        ([{"entity_ids": ["web-1"]}], "alert_definition_id is mandatory"),
        ([{"alert_id": 1}], "at least one entity"),
        (
            [{"alert_id": 1, "entity_ids": ["web-1"]}, {"alert_id": "x", "entity_ids": ["web-1"]}],
            "must be a whole number",
        ),
    ],
)
def test_what_the_web_interface_says_wrong_is_said(zmon: Caller, alert: Check, pairs: Any, words: str) -> None:
    answer = zmon.post("/rest/scheduleDowntime", {**GIVEN, "downtime_entities": pairs})
    assert answer.status == 400
    assert words in answer.json["message"]
    assert silences(alert) == []


def test_a_list_of_what_is_no_alert_is_refused(zmon: Caller) -> None:
    assert zmon.get("/rest/downtimes?alert_definition_id=x").status == 400


CALLS = [
    ("POST", "/downtimes", GIVEN),
    ("DELETE", "/downtimes/x", None),
    ("GET", "/rest/downtimes", None),
    ("POST", "/rest/scheduleDowntime", {**GIVEN, "downtime_entities": [{"alert_id": 1, "entity_ids": ["web-1"]}]}),
    ("DELETE", "/rest/deleteDowntimes?downtime_id=x", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_whoever_may_write_writes_and_whoever_may_read_reads(
    zmon: Caller, keyring: projects.Keyring, alert: Check, method: str, path: str, body: Any
) -> None:
    keys = {str(kind): key for kind, key in keyring.keys.items()} | {"none": "", "bad": "nonsense"}
    found = {kind: zmon.call(method, path, body, key=key).status for kind, key in keys.items()}
    reads = 200 if method == "GET" else 403
    assert found == {"write": 200, "read": reads, "ping": 403, "none": 401, "bad": 401}


def test_another_project_has_its_own(zmon: Caller, story: Story, alert: Check) -> None:
    made = zmon.post("/downtimes", GIVEN).json
    other = projects.create(story.services, "Other").keys["write"]
    assert zmon.get("/rest/downtimes", key=other).json == []
    assert zmon.delete(f"/downtimes/{made['id']}", key=other).json["entities"] == []
    assert silences(alert) == [("db-1", "web-1")]


def test_a_status_tells_the_downtimes_that_hold(zmon: Caller, story: Story, alert: Check) -> None:
    made = zmon.post("/downtimes", GIVEN).json
    zmon.post("/downtimes", {**GIVEN, "start_time": END, "end_time": END + 60})
    now, fresh = story.clock.now, checks.get(alert.project, alert.code)
    (held,) = wire.in_downtime(fresh, "web-1", now)
    assert (held["group_id"], held["alert_id"], held["entity"]) == (made["id"], 1, "web-1")
    assert wire.in_downtime(fresh, "web-2", now) == []
    (held,) = wire.in_downtime(fresh, "web-1", now + timedelta(hours=1))
    assert held["start_time"] == END


def test_downtimes_go_with_their_project(story: Story, zmon: Caller, alert: Check) -> None:
    zmon.post("/downtimes", GIVEN)
    projects.delete(story.services, story.project)
    story.queues.until(story.clock.now + timedelta(minutes=2))
    assert documents.of_project(story.project, "downtime") == []
