"""The history of an alert over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests import definitions
from tests.api.zmon.conftest import Caller
from tests.conftest import NOW, Story
from tests.park import COMMAND, Park

START = int(NOW.timestamp())


@pytest.fixture
def park(zmon: Caller, story: Story) -> Park:
    made = Park(story)
    made.command()
    made.entity("web-1")
    zmon.post("/alert-definitions", definitions.alert(check_definition_id=COMMAND))
    story.queues.work()
    return made


def told(zmon: Caller, more: str = "") -> list[tuple[int, str]]:
    found = zmon.get(f"/rest/alertHistory?alert_definition_id=1{more}").json
    return [(round(one["time"] - START), one["type_name"]) for one in found]


def test_what_happened_to_an_alert_its_entities_and_their_downtimes_is_told_in_order(zmon: Caller, park: Park) -> None:
    given = {"comment": "Upgrade", "start_time": START + 30, "end_time": START + 90, "entities": ["web-1"]}
    zmon.post("/downtimes", given)
    park.entity("web-1", load=9)
    park.run()
    park.entity("web-1")
    park.run()
    whole = [
        (0, "DOWNTIME_SCHEDULED"),
        (30, "DOWNTIME_STARTED"),
        (60, "ALERT_STARTED"),
        (60, "ALERT_ENTITY_STARTED"),
        (90, "DOWNTIME_ENDED"),
        (120, "ALERT_ENDED"),
        (120, "ALERT_ENTITY_ENDED"),
    ]
    assert told(zmon) == whole
    assert told(zmon, "&limit=2") == whole[-2:]
    assert told(zmon, f"&from={START + 60}&to={START + 90}") == whole[2:5]
    found = {one["type_name"]: one for one in zmon.get("/rest/alertHistory?alert_definition_id=1").json}
    assert found["ALERT_ENTITY_STARTED"]["attributes"] == {
        "alertId": "1",
        "checkId": "1",
        "entity": "web-1",
        "value": "9.0",
    }
    assert found["DOWNTIME_SCHEDULED"]["type_id"] == 0x34101
    assert found["DOWNTIME_ENDED"]["attributes"] == {
        "alertId": "1",
        "entity": "web-1",
        "startTime": str(START + 30),
        "endTime": str(START + 90),
        "userName": "API key",
        "comment": "Upgrade",
    }


def test_the_newest_fifty_are_told_where_nothing_else_is_asked_for(zmon: Caller, park: Park) -> None:
    for number in range(20):
        park.story.clock.move(seconds=1)
        made = zmon.post("/downtimes", {"comment": "-", "end_time": START + 600, "entities": ["web-1"]}).json
        park.story.clock.move(seconds=1)
        if number % 2:
            zmon.delete(f"/downtimes/{made['id']}")
    assert len(told(zmon, "&limit=10000")) == 60
    assert told(zmon) == told(zmon, "&from=0")[-50:]


def test_a_template_has_none(zmon: Caller, park: Park) -> None:
    number = zmon.post("/alert-definitions", definitions.alert(check_definition_id=COMMAND, template=True)).json["id"]
    assert zmon.get(f"/rest/alertHistory?alert_definition_id={number}").json == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("alert_definition_id=x", 400),
        ("alert_definition_id=2", 404),
        ("alert_definition_id=-1", 404),
        (f"alert_definition_id={10**17}", 404),
        ("alert_definition_id=1&limit=0", 400),
        ("alert_definition_id=1&from=yesterday", 400),
        (f"alert_definition_id=1&from=-5&to={10**17}", 200),
        (f"alert_definition_id=1&from={10**17}", 200),
    ],
)
def test_what_is_asked_wrong_is_refused(zmon: Caller, park: Park, query: str, status: int) -> None:
    answer: Any = zmon.get(f"/rest/alertHistory?{query}")
    assert answer.status == status, answer.text


def test_whoever_may_read_reads(zmon: Caller, park: Park, story: Story) -> None:
    path = "/rest/alertHistory?alert_definition_id=1"
    found = {kind: zmon.get(path, key=key).status for kind, key in story.keyring.keys.items()}
    assert found == {"write": 200, "read": 200, "ping": 403}
    assert zmon.get(path, key="").status == 401
