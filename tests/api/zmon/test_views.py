"""What ZMON's web interface asks for: lists of alerts, the results of checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.zmon import views
from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.core.status import Silenced
from chalicelib.monitor import transitions
from tests.api.client import Api
from tests.api.zmon.conftest import Caller
from tests.conftest import Story
from tests.park import Park, pause

CAPTURING = "capture(load=value) > 5"


@pytest.fixture
def park(story: Story) -> Park:
    made = Park(story)
    made.command()
    return made


def silence(park: Park, alert: Check, *entities: str) -> None:
    now = park.story.clock.now
    laid = Silence("s1", now, now + timedelta(hours=1), "downtime", entities=entities)
    transitions.apply(park.story.services, alert.project, alert.code, Silenced(now, laid))


# Alerts


def test_alerts_that_are_active_are_listed_with_their_entities_and_their_name_filled(zmon: Caller, park: Park) -> None:
    park.alert(CAPTURING, name="Load {load:.1f} in {entities}")
    park.alert("> 100", number=2)
    for name, load in (("web1", 7.25), ("web2", 9), ("web3", 1)):
        park.entity(name, load)
    park.run()
    (one,) = zmon.get("/rest/allAlerts").json
    assert one["message"] == "Load 7.3, 9.0 in web1, web2"
    assert [each["entity"] for each in one["entities"]] == ["web1", "web2"]
    assert one["entities"][0]["result"] == zmon.get("/status/alert/1/").json["1"]["web1"]
    assert (one["entities_count"], one["notifications_ack"]) == (2, False)
    definition = one["alert_definition"]
    assert (definition["id"], definition["condition"], definition["priority"]) == (1, CAPTURING, 2)
    assert definition["last_modified"] == 1795262400000
    assert zmon.get("/status/active-alerts").json == [one]
    assert zmon.get("/rest/alertDetails?alert_id=1").json == one
    assert zmon.get("/status/alert/1/details/").json == one


def test_what_stays_in_a_downtime_is_neither_in_the_name_nor_in_the_list(zmon: Caller, park: Park) -> None:
    alert = park.alert(CAPTURING, name="Load {load:.1f} in {entities}")
    park.entity("web1", 7)
    park.entity("web2", 9)
    park.run()
    silence(park, alert, "web2")
    assert [one["message"] for one in zmon.get("/rest/allAlerts").json] == ["Load 7.0 in web1"]
    silence(park, alert, "web1", "web2")
    assert zmon.get("/rest/allAlerts").json == []
    assert zmon.get("/rest/alertsById?id=1").json[0]["message"] == "Load 7.0, 9.0 in web1, web2"


def test_alerts_are_chosen_by_teams_and_tags(zmon: Caller, park: Park) -> None:
    park.alert("> 0", team="City", responsible_team="City", tags=["a", "b"])
    park.alert("> 0", number=2, responsible_team="City")
    park.alert("> 0", number=3, tags=["b"])
    park.entity("web1")
    park.run()

    def chosen(query: str) -> list[int]:
        found = [[one["alert_definition"]["id"] for one in zmon.get(f"{path}?{query}").json] for path in LISTS]
        assert found[0] == found[1]
        return found[0]

    assert chosen("") == [1, 2, 3]
    assert chosen("team=City") == [1, 2]
    assert chosen("team=City,ops") == [1, 2, 3]
    assert chosen("tags=a") == [1]
    assert chosen("tags=a,b&team=ops") == [3]
    assert chosen("tags=b&tags=c") == [1, 3]
    assert chosen("team=cit") == []


LISTS = ("/rest/allAlerts", "/status/active-alerts")


def test_alerts_are_listed_by_their_numbers_active_or_not(zmon: Caller, park: Park) -> None:
    park.alert("> 0")
    park.alert("> 5", number=2)
    pause(park, park.alert("> 0", number=3))
    park.entity("web1")
    park.run()
    found = zmon.get("/rest/alertsById?id=3,2&id=1&id=9&id=x").json
    assert [(one["alert_definition"]["id"], one["entities_count"]) for one in found] == [(1, 1), (2, 0), (3, 0)]
    assert zmon.get("/rest/alertsById").json == []


def test_a_child_is_shown_with_what_it_inherits(zmon: Caller, park: Park) -> None:
    park.alert("> 0", tags=["a"])
    park.alert("> 0", number=2, parent_id=1)
    park.entity("web1")
    park.run()
    assert zmon.get("/rest/alertDetails?alert_id=2").json["alert_definition"]["tags"] == ["a"]


def test_a_list_holds_the_first_of_many_entities_and_the_details_all(zmon: Caller, park: Park) -> None:
    park.alert(CAPTURING, name="{entities}")
    count = views.ENTITIES_LISTED + 2
    for number in range(count):
        park.entity(f"web{number:03}", 9)
    park.run()
    (one,) = zmon.get("/rest/allAlerts").json
    assert (len(one["entities"]), one["entities_count"]) == (views.ENTITIES_LISTED, count)
    assert one["message"].endswith(f"web{count - 1:03}")
    assert len(zmon.get("/rest/alertDetails?alert_id=1").json["entities"]) == count


# Results


def test_results_of_a_check_are_shown_newest_first(zmon: Caller, park: Park) -> None:
    park.alert()
    for load in (1, 2, 9):
        park.entity("web1", load)
        park.entity("web2", 1)
        park.run()
    first, second = zmon.get("/rest/checkResults?check_id=1&limit=2").json
    assert [one["value"] for one in first["results"]] == [9.0, 2.0]
    assert (first["entity"], first["active_alert_ids"]) == ("web1", [1])
    assert (second["entity"], second["active_alert_ids"]) == ("web2", [])
    (alone,) = zmon.get("/rest/checkResults?check_id=1&entity=web1").json
    assert [one["value"] for one in alone["results"]] == [9.0, 2.0, 1.0]
    assert zmon.get("/rest/checkResults?check_id=1&entity=nobody").json[0]["results"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rest/checkResults", 404),
        ("/rest/checkResults?check_id=9", 404),
        ("/rest/checkResults?check_id=1&limit=1001", 400),
        ("/rest/checkResults?check_id=1&limit=x", 400),
        ("/rest/alertDetails", 404),
        ("/rest/alertDetails?alert_id=9", 404),
    ],
)
def test_what_is_not_there_or_wrong_is_said(zmon: Caller, park: Park, path: str, status: int) -> None:
    park.alert()
    answer = zmon.get(path)
    assert answer.status == status, answer.text
    if status != 200:
        assert list(answer.json) == ["message"]


# Who


def test_a_read_only_key_reads_and_another_project_sees_nothing(
    zmon: Caller, park: Park, reader: Api, stranger: Api
) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.run()
    shown: dict[str, Any] = {
        "/rest/allAlerts": [],
        "/rest/alertsById?id=1": [],
        "/rest/alertDetails?alert_id=1": None,
        "/rest/checkResults?check_id=1": None,
    }
    for path, nothing in shown.items():
        assert zmon.get(path, key=reader.key).status == 200, path
        assert zmon.get(path, key="").status == 401, path
        answer = zmon.get(path, key=stranger.key)
        assert (answer.status, answer.json) == (200, []) if nothing == [] else answer.status == 404, path
