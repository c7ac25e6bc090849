"""The state of alerts and the results of commands, as the API shows them: everything follows from what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.looking import running
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import checks
from tests import intercepted
from tests.api.client import Api
from tests.api.zmon.conftest import Caller
from tests.conftest import Story
from tests.park import Park, pause

VIEWS = ("/rest/allAlerts", "/rest/checkResults?check_id=1", "/rest/alertHistory?alert_definition_id=1")
PATHS = ("/status/alert/1/", "/status/alert/1/all-entities/", "/status/alert/1/details", "/status/active-alerts")


@pytest.fixture
def park(story: Story) -> Park:
    made = Park(story)
    made.command()
    return made


def status(zmon: Caller, numbers: str = "1") -> dict[str, Any]:
    answer = zmon.get(f"/status/alert/{numbers}/")
    assert answer.status == 200, answer.text
    return dict(answer.json)


def test_an_entity_in_alert_has_its_newest_result_and_since_when_it_is_in_alert(zmon: Caller, park: Park) -> None:
    park.alert("capture(load=value) > 5")
    park.entity("web1", 7)
    park.entity("web2", 1)
    park.run()
    began = park.story.clock.now.timestamp()
    park.entity("web1", 8)
    park.run()
    now = park.story.clock.now.timestamp()
    found = {"ts": now, "td": 0.0, "value": 8.0, "worker": "tocsin", "captures": {"load": 8.0}, "downtimes": []}
    assert status(zmon) == {"1": {"web1": {**found, "start_time": began}}}


def test_an_alert_that_is_not_active_is_not_in_the_answer(zmon: Caller, park: Park) -> None:
    park.alert()
    paused = park.alert("> 0", number=2)
    park.entity("web1", 3)
    park.run()
    assert list(status(zmon, "1,2")) == ["2"]
    pause(park, paused)
    assert status(zmon, "1,2") == {}


@pytest.mark.parametrize("numbers", ["7", "x", "0", "-1", "1x", "01", "9" * 40, "1.0", ",", "%20", "\u0661", "1;2"])
def test_what_is_no_alert_is_not_in_the_answer(zmon: Caller, park: Park, numbers: str) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.run()
    assert status(zmon, numbers) == {}
    assert list(status(zmon, f"{numbers},1")) == ["1"]


def test_a_number_twice_counts_once_and_the_slash_may_be_left_out(zmon: Caller, park: Park) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.run()
    assert zmon.get("/status/alert/1,1, 1").json == status(zmon)


def test_more_than_a_hundred_numbers_are_refused(zmon: Caller) -> None:
    answer = zmon.get(f"/status/alert/{','.join(map(str, range(1, 102)))}/")
    assert (answer.status, answer.json) == (400, {"message": "id must not be more than 100 numbers"})


def test_a_command_that_failed_is_shown_as_that(zmon: Caller, park: Park) -> None:
    park.alert()
    park.entity("web1", "broken")
    park.run()
    (found,) = status(zmon)["1"].values()
    assert (found["exc"], found["captures"]) == (1, {})
    assert found["value"].startswith("TypeError")


def test_a_condition_that_cannot_be_evaluated_is_among_the_captures(zmon: Caller, park: Park) -> None:
    park.alert("value['x'] > 1")
    park.entity("web1")
    park.run()
    (found,) = status(zmon)["1"].values()
    assert found["captures"]["exception"].startswith("TypeError")
    assert "exc" not in found


def test_captures_are_those_of_the_condition_over_what_is_kept(zmon: Caller, park: Park) -> None:
    park.alert("capture(mean=timeseries_avg('5m')) > 1 and capture(all=len(entity_values()))")
    for load in (2, 4):
        park.entity("web1", load)
        park.entity("web2", 0)
        park.run()
    (found,) = status(zmon)["1"].values()
    assert found["captures"] == {"avg(5m)": 3.0, "mean": 3.0, "all": 2}


def test_what_is_captured_is_json_and_not_too_long(zmon: Caller, park: Park) -> None:
    park.alert("capture(long='x' * 5000) and capture(some=set([1])) and capture(many=float('inf'))")
    park.entity("web1")
    park.run()
    (found,) = status(zmon)["1"].values()
    assert len(found["captures"]["long"]) < 1_100
    assert found["captures"]["many"] == "Infinity"


def test_looking_changes_nothing(zmon: Caller, park: Park, contents: Callable[[], Any]) -> None:
    park.alert("timeseries_avg('5m') > 1")
    park.entity("web1", 7)
    park.run()
    before = contents()
    for path in (
        *PATHS,
        "/rest/allAlerts",
        "/rest/checkResults?check_id=1",
        "/rest/alertHistory?alert_definition_id=1",
    ):
        assert zmon.get(path).status == 200, path
    assert zmon.post("/status/alert-coverage", {}).status == 200
    assert contents() == before


def test_an_entity_that_is_gone_is_not_shown(zmon: Caller, park: Park) -> None:
    park.alert()
    park.entity("web1", 9)
    park.entity("web2", 9)
    park.run()
    park.remove("web1")
    assert list(status(zmon)["1"]) == ["web2"]


def test_an_alert_that_is_deleted_is_not_shown(zmon: Caller, park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.run()
    manage.delete(park.story.services, checks.get(alert.project, alert.code))
    assert status(zmon) == {}
    assert zmon.get("/status/alert/1/all-entities/").status == 404


# All entities


def test_every_entity_of_an_alert_has_its_newest_result(zmon: Caller, park: Park) -> None:
    park.alert()
    park.alert("> 8", number=2)
    for name, load in (("web1", 9), ("web2", 6), ("web3", 1)):
        park.entity(name, load)
    park.run()
    park.entity("web4")
    now = park.story.clock.now.timestamp()
    found = {one["entity"]: one for one in zmon.get("/status/alert/1/all-entities/").json}
    assert list(found) == ["web1", "web2", "web3", "web4"]
    assert found["web2"] == {
        "entity": "web2",
        "results": [{"ts": now, "td": 0.0, "value": 6.0, "worker": "tocsin"}],
        "active_alert_ids": [1],
        "entities_count": None,
    }
    assert [one["active_alert_ids"] for one in found.values()] == [[1, 2], [1], [], []]
    assert found["web4"]["results"] == []


def test_entities_can_be_asked_for_in_pages(zmon: Caller, park: Park) -> None:
    park.alert()
    for number in range(5):
        park.entity(f"web{number}")
    park.run()

    def names(query: str) -> list[str]:
        return [one["entity"] for one in zmon.get(f"/status/alert/1/all-entities/?{query}").json]

    assert names("limit=2") == ["web0", "web1"]
    assert names("limit=2&after=web1") == ["web2", "web3"]
    assert names("after=web3") == ["web4"]
    assert zmon.get("/status/alert/1/all-entities/?limit=0").status == 400


@pytest.mark.parametrize("number", ["7", "x", "0", "-1", "9" * 40, "1,2"])
@pytest.mark.parametrize("path", ["/status/alert/{}/all-entities/", "/status/alert/{}/details"])
def test_entities_of_no_alert_are_missing(zmon: Caller, park: Park, number: str, path: str) -> None:
    park.alert()
    answer = zmon.get(path.format(number))
    assert answer.status == 404
    assert answer.json == {"message": f"alert {number} not found"}


def test_an_alert_that_is_not_active_takes_no_entity(zmon: Caller, park: Park) -> None:
    pause(park, park.alert())
    park.entity("web1")
    assert zmon.get("/status/alert/1/all-entities/").json == []


# Who watches what


def test_entities_with_the_same_alerts_stand_together(zmon: Caller, park: Park) -> None:
    park.alert(name="A", entities=[{"zone": "a"}])
    for name, zone in (("web1", "a"), ("web2", "a"), ("web3", "b")):
        park.entity(name, zone=zone)
    watched = {"alerts": [{"id": 1, "name": "A"}], "entities": [named("web1"), named("web2")]}
    alone = {"alerts": [], "entities": [named("web3")]}
    assert zmon.post("/status/alert-coverage", [{"type": "host"}]).json == [watched, alone]
    assert zmon.post("/status/alert-coverage", {"zone": "b"}).json == [alone]
    assert zmon.post("/status/alert-coverage", []).json == []


@pytest.mark.parametrize("body", [5, "x", [5], [[]], None, [{}] * 101])
def test_what_is_no_list_of_objects_is_refused(zmon: Caller, body: Any) -> None:
    answer = zmon.post("/status/alert-coverage", body)
    assert answer.status == 400 and answer.json["message"], answer.text


def named(name: str) -> dict[str, str]:
    return {"id": name, "type": "host"}


# Who


def test_a_read_only_key_reads_and_another_project_sees_nothing(
    zmon: Caller, park: Park, reader: Api, stranger: Api
) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.run()
    for path in PATHS:
        assert zmon.get(path, key=reader.key).status == 200, path
        assert zmon.get(path, key="").status == 401, path
    assert zmon.get("/status/alert/1/", key=stranger.key).json == {}
    assert zmon.get("/status/alert/1/all-entities/", key=stranger.key).status == 404
    assert zmon.get("/status/active-alerts", key=stranger.key).json == []
    assert zmon.post("/status/alert-coverage", {}, key=stranger.key).json == [
        {"alerts": [], "entities": [{"id": "GLOBAL", "type": "GLOBAL"}]}
    ]


# What it costs


def test_results_of_other_entities_are_read_once_for_all_that_ask(
    zmon: Caller, park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    park.alert("sum(entity_values()) > 5")
    for number in range(20):
        park.entity(f"web{number:02}")
    park.run()
    real, asked, lock = running.newest, [], threading.Lock()

    def counting(*words: Any) -> Any:
        with lock:
            asked.append(words[-1])
        return real(*words)

    monkeypatch.setattr(running, "newest", counting)
    assert len(status(zmon)["1"]) == 20
    assert len(asked) == 20


@pytest.mark.parametrize("condition", ["capture(x=value) > 0", "timeseries_avg('5m') > 0"])
def test_looking_at_many_entities_costs_one_query_for_each_and_few_calls_beside(
    zmon: Caller, park: Park, condition: str
) -> None:
    park.alert(condition)
    count = 40
    for number in range(count):
        park.entity(f"web{number:02}")
    park.run()
    zmon.get("/status/alert/1/")
    for path in PATHS[:3]:
        with intercepted.operations() as calls:
            assert zmon.get(path).status == 200
        # The instances of the alert, and in its details the definitions, are a query each.
        assert count < calls.count("Query") <= count + 2, path
        assert len(calls) - calls.count("Query") <= 5, path


def test_results_do_not_outlive_their_time(zmon: Caller, park: Park) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.run()
    park.story.clock.now += timedelta(days=40)
    assert zmon.get("/status/alert/1/all-entities/").json[0]["results"] == []
    assert status(zmon) == {}


# Downtimes


def test_an_entity_is_shown_with_the_downtimes_that_hold(zmon: Caller, park: Park) -> None:
    park.alert("> 0")
    park.entity("web1")
    park.entity("web2")
    park.run()
    now = int(park.story.clock.now.timestamp())
    laid = {"comment": "why", "entities": ["web1"], "end_time": now + 60}
    group = zmon.post("/downtimes", laid).json["id"]
    zmon.post("/downtimes", {**laid, "start_time": now + 30})
    (held,) = status(zmon)["1"]["web1"]["downtimes"]
    assert (held["group_id"], held["alert_id"], held["entity"], held["comment"]) == (group, 1, "web1", "why")
    assert status(zmon)["1"]["web2"]["downtimes"] == []
    park.story.clock.move(minutes=2)
    assert status(zmon)["1"]["web1"]["downtimes"] == []
