"""Trial runs and backtests through the API: nobody is told, and nothing is kept but what a trial found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.looking import commands, trials
from chalicelib.monitor.messages import RunTrial
from chalicelib.store.history_models import HistoryItem
from tests.api.client import Api
from tests.api.zmon.conftest import Caller
from tests.conftest import Story
from tests.park import HOST, Park

TRIAL: dict[str, Any] = {
    "name": "Try",
    "check_command": "entity['load'] / 1",
    "alert_condition": "capture(load=value) > limit",
    "interval": 60,
    "entities": [HOST],
    "entities_exclude": [{"id": "web3"}],
    "parameters": {"limit": {"value": "5", "type": "int", "comment": ""}},
    "period": "",
}


@pytest.fixture
def park(story: Story) -> Park:
    made = Park(story)
    for name, load in (("web1", 9), ("web2", 1), ("web3", 9)):
        made.entity(name, load)
    return made


def scheduled(zmon: Caller, **more: Any) -> str:
    answer = zmon.post("/rest/scheduleTrialRun", {**TRIAL, **more})
    assert answer.status == 200, answer.text
    return str(answer.json["id"])


def results(zmon: Caller, name: str) -> dict[str, Any]:
    answer = zmon.get(f"/rest/trialRunResults?id={name}")
    assert answer.status == 200, answer.text
    return dict(answer.json)


def tried(zmon: Caller, park: Park, **more: Any) -> list[dict[str, Any]]:
    name = scheduled(zmon, **more)
    park.story.queues.work()
    found = results(zmon, name)
    assert found["percentage"] == 100
    return list(found["results"])


# Trial runs


def test_a_trial_shows_what_would_be_found_and_said_of_each_entity(zmon: Caller, park: Park) -> None:
    name = scheduled(zmon)
    now = park.story.clock.now.timestamp()
    assert results(zmon, name) == {"percentage": 0, "results": []}
    park.story.queues.work()
    first, second = results(zmon, name)["results"]
    assert first == {
        "entity": {"id": "web1", "type": "host", "load": 9},
        "value": {"ts": now, "td": 0.0, "value": 9.0, "worker": "tocsin"},
        "captures": {"limit": "5", "load": 9.0},
        "is_alert": True,
        "in_period": True,
    }
    assert (second["entity"]["id"], second["is_alert"]) == ("web2", False)


def test_what_a_trial_needs_not_be_told_is_as_in_a_definition(zmon: Caller, park: Park) -> None:
    needed = {name: TRIAL[name] for name in ("check_command", "entities")}
    answer = zmon.post("/rest/scheduleTrialRun", {**needed, "alert_condition": "> 5", "id": "x", "runtime": "PYTHON_3"})
    park.story.queues.work()
    assert len(results(zmon, answer.json["id"])["results"]) == 3


def test_a_command_that_fails_in_a_trial_says_why(zmon: Caller, park: Park) -> None:
    (found,) = tried(zmon, park, check_command="entity['nothing']", entities=[{"type": "host", "id": "web1"}])
    assert (found["value"]["exc"], found["is_alert"], found["captures"]) == (1, True, {})
    assert found["value"]["value"].startswith("KeyError")


def test_a_condition_of_a_trial_sees_the_results_of_its_entities(zmon: Caller, park: Park) -> None:
    found = tried(zmon, park, alert_condition="capture(all=sum(entity_values())) > 9", parameters=None)
    assert [one["captures"] for one in found] == [{"all": 10.0}, {"all": 10.0}]


def test_a_trial_of_a_check_sees_its_results_as_well(zmon: Caller, park: Park) -> None:
    park.command()
    park.alert()
    for load in (4, 5):
        park.entity("web1", load)
        park.run()
    asked = {"entities": [{"type": "host", "id": "web1"}], "parameters": None, "check_definition_id": 1}
    park.story.clock.move(minutes=1)
    (found,) = tried(zmon, park, **asked, alert_condition="capture(n=value_series(9)) and False")
    assert found["captures"] == {"n": [5.0, 5.0, 4.0]}
    (found,) = tried(zmon, park, **asked | {"check_definition_id": None}, alert_condition="capture(n=value_series(9))")
    assert found["captures"] == {"n": [5.0]}


def test_a_trial_says_whether_anybody_would_be_told_at_the_time(zmon: Caller, park: Park) -> None:
    assert [one["in_period"] for one in tried(zmon, park, period="hr {0-3}")] == [False, False]
    assert [one["in_period"] for one in tried(zmon, park, period="hr {11-12}")] == [True, True]


def test_a_trial_without_entities_is_done_at_once(zmon: Caller, park: Park) -> None:
    assert results(zmon, scheduled(zmon, entities=[{"type": "city"}])) == {"percentage": 100, "results": []}


def test_a_trial_writes_nothing_but_itself_and_tells_nobody(
    zmon: Caller, park: Park, contents: Callable[[], Any]
) -> None:
    park.command("counter('x').per_second(5)")
    park.alert("> 0")
    park.run()
    before = contents()
    tried(zmon, park, check_command="counter('x').per_second(entity['load'])", check_definition_id=1)
    after = contents()
    added = {table: [one for one in after[table] if one not in before[table]] for table in after}
    assert {table for table, several in added.items() if several} == {HistoryItem.Meta.table_name}
    assert all('"T#' in one for one in added[HistoryItem.Meta.table_name])
    assert all(one in after[table] for table in before for one in before[table])
    assert park.story.sent.subjects == []


def test_a_trial_counts_from_nothing(zmon: Caller, park: Park) -> None:
    found = tried(zmon, park, check_command="counter('x').per_second(entity['load'])")
    assert [one["value"]["value"] for one in found] == [0, 0]


def test_a_trial_is_forgotten_after_an_hour(zmon: Caller, park: Park) -> None:
    name = scheduled(zmon)
    park.story.queues.work()
    park.story.clock.now += timedelta(minutes=61)
    answer = zmon.get(f"/rest/trialRunResults?id={name}")
    assert (answer.status, answer.json) == (404, {"message": f"trial run {name} not found"})
    message = RunTrial(park.project, name).to_message()
    assert commands.work(park.story.services, message) == 0


def test_a_message_that_comes_twice_leaves_one_result(zmon: Caller, park: Park) -> None:
    name = scheduled(zmon)
    park.story.queues.work()
    before = results(zmon, name)
    assert commands.work(park.story.services, RunTrial(park.project, name).to_message()) == 2
    assert results(zmon, name) == before


def test_an_entity_that_is_gone_by_then_is_passed_over(zmon: Caller, park: Park) -> None:
    name = scheduled(zmon)
    park.remove("web1")
    park.story.queues.work()
    assert [one["entity"]["id"] for one in results(zmon, name)["results"]] == ["web2"]


def test_a_command_of_a_trial_reaches_what_commands_reach(zmon: Caller, park: Park) -> None:
    found = tried(zmon, park, check_command="http('http://169.254.169.254/latest').text()")
    assert all(one["value"]["exc"] == 1 for one in found)
    assert "169.254.169.254" in found[0]["value"]["value"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"check_command": None}, "check_command is mandatory"),
        ({"check_command": " "}, "check_command is mandatory"),
        ({"check_command": "lambda x"}, "check_command cannot be read: "),
        ({"check_command": "nothing()"}, "check_command speaks of nothing"),
        ({"check_command": "cassandra('x')"}, "check_command "),
        ({"alert_condition": None}, "alert_condition is mandatory"),
        ({"alert_condition": "> "}, "alert_condition cannot be read: "),
        ({"alert_condition": "> other"}, "alert_condition speaks of other"),
        ({"interval": 0}, "interval must be from 1"),
        ({"interval": 3601}, "interval must be at most 3600 seconds"),
        ({"interval": "x"}, "interval must be a whole number"),
        ({"entities": None}, "entities must be a list"),
        ({"entities": []}, "entities must hold at least one object"),
        ({"entities": [{"id": "web1"}]}, "entities each entity should contain field: type"),
        ({"entities_exclude": {}}, "entities_exclude must be a list"),
        ({"parameters": []}, "parameters must be an object"),
        ({"parameters": {"limit": {"value": None}}}, "parameters "),
        ({"parameters": {"1x": {"value": 1}}}, "parameters "),
        ({"period": "hr {25}"}, "period "),
        ({"check_definition_id": 9}, "check_definition_id is 9, which no check definition has"),
        ({"parameters": {"limit": {"value": "x" * 60_000}}}, "a trial run must not take more than 60000 characters"),
    ],
)
def test_a_trial_that_cannot_be_meant_is_refused_by_its_field(
    zmon: Caller, park: Park, contents: Callable[[], Any], change: dict[str, Any], words: str
) -> None:
    before = contents()
    answer = zmon.post("/rest/scheduleTrialRun", {**TRIAL, **change})
    assert answer.status == 400 and answer.json["message"].startswith(words), answer.text
    assert contents() == before


def test_a_trial_of_too_many_entities_is_refused(zmon: Caller, park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "ENTITIES_MAX", 1)
    answer = zmon.post("/rest/scheduleTrialRun", TRIAL)
    assert (answer.status, answer.json["message"]) == (
        400,
        "entities take 2 entities: a trial run is for at most 1",
    )


@pytest.mark.parametrize("name", ["", "x", "%00", "x" * 3000])
def test_a_trial_that_is_not_there_is_missing(zmon: Caller, name: str) -> None:
    assert zmon.get(f"/rest/trialRunResults?id={name}").status == 404


def test_only_a_key_that_writes_starts_a_trial(zmon: Caller, park: Park, reader: Api, stranger: Api) -> None:
    answer = zmon.post("/rest/scheduleTrialRun", TRIAL, key=reader.key)
    assert (answer.status, answer.json) == (403, {"message": "Access is denied"})
    assert zmon.post("/rest/scheduleTrialRun", TRIAL, key="").status == 401
    name = scheduled(zmon)
    assert zmon.get(f"/rest/trialRunResults?id={name}", key=reader.key).status == 200
    assert zmon.get(f"/rest/trialRunResults?id={name}", key=stranger.key).status == 404


# Backtests


BACKTEST = "/alert-definitions/backtest"


@pytest.fixture
def lived(park: Park) -> Park:
    """A park in which web1 was ill for two minutes."""
    park.command()
    park.alert("capture(load=value) > limit", parameters=TRIAL["parameters"], entities_exclude=[{"id": "web3"}])
    for load in (1, 7, 8, 1):
        park.entity("web1", load)
        park.run()
    return park


def backtest(zmon: Caller, **asked: Any) -> dict[str, list[tuple[bool, Any]]]:
    answer = zmon.post(BACKTEST, asked)
    assert answer.status == 200, answer.text
    return {
        one["entity"]: [(flip["is_alert"], flip["captures"].get("load")) for flip in one["flips"]]
        for one in answer.json["entities"]
    }


def test_a_backtest_of_a_definition_tells_what_it_said(zmon: Caller, lived: Park) -> None:
    (one, other) = zmon.post(BACKTEST, {"alert_definition_id": 1}).json["entities"]
    assert (one["entity"], one["judged"], other) == ("web1", 4, {"entity": "web2", "judged": 4, "flips": []})
    ended = lived.story.clock.now.timestamp()
    assert one["flips"] == [
        {"is_alert": True, "time": ended - 120, "captures": {"limit": "5", "load": 7.0}, "reason": "value is 7.0"},
        {"is_alert": False, "time": ended, "captures": {"limit": "5", "load": 1.0}, "reason": "value is 1.0"},
    ]
    told = zmon.get("/rest/alertHistory?alert_definition_id=1").json
    assert [event["time"] for event in told if event["attributes"].get("entity")] == [ended - 120, ended]


def test_a_backtest_of_a_definition_can_have_other_values(zmon: Caller, lived: Park) -> None:
    about = {"alert_definition_id": 1}
    assert backtest(zmon, **about, parameters={"limit": {"value": 7}})["web1"] == [(True, 8.0), (False, 1.0)]
    assert backtest(zmon, **about, condition="> 0")["web1"] == [(True, None)]
    assert list(backtest(zmon, **about, entities_exclude=[])) == ["web1", "web2", "web3"]
    assert list(backtest(zmon, **about, entities=[{"id": "web2"}])) == ["web2"]
    assert list(backtest(zmon, **about, entity_ids=["web2"])) == ["web2"]


def test_a_backtest_of_a_condition_needs_no_definition(zmon: Caller, lived: Park) -> None:
    found = backtest(zmon, check_definition_id=1, condition="capture(load=value) > 7", entity_ids=["web1"])
    assert found == {"web1": [(True, 8.0), (False, 1.0)]}


def test_a_backtest_is_of_a_span(zmon: Caller, lived: Park) -> None:
    now = lived.story.clock.now.timestamp()
    assert backtest(zmon, alert_definition_id=1, **{"from": now - 60, "until": now - 1})["web1"] == [(True, 8.0)]
    assert backtest(zmon, alert_definition_id=1, until=now - 180.5)["web1"] == []


def test_a_backtest_writes_nothing_and_a_read_only_key_may_ask(
    zmon: Caller, lived: Park, reader: Api, stranger: Api, contents: Callable[[], Any]
) -> None:
    before = contents()
    assert zmon.post(BACKTEST, {"alert_definition_id": 1}, key=reader.key).status == 200
    assert zmon.post(BACKTEST, {"alert_definition_id": 1}, key=stranger.key).status == 400
    assert zmon.post(BACKTEST, {"alert_definition_id": 1}, key="").status == 401
    assert contents() == before


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "check_definition_id is mandatory"),
        ({"alert_definition_id": 9}, "alert_definition_id is 9, which no alert definition has"),
        ({"alert_definition_id": "x"}, "alert_definition_id must be a whole number"),
        ({"check_definition_id": 1}, "condition is mandatory"),
        ({"check_definition_id": 9, "condition": "> 5"}, "check_definition_id is 9, which no check definition has"),
        ({"check_definition_id": 1, "condition": "> "}, "condition cannot be read"),
        ({"check_definition_id": 1, "condition": "> x"}, "condition speaks of x"),
        ({"check_definition_id": 1, "condition": 5}, "condition must be a text"),
        ({"alert_definition_id": 1, "parameters": 5}, "parameters must be an object"),
        ({"alert_definition_id": 1, "entities": 5}, "entities must be a list of objects"),
        ({"alert_definition_id": 1, "entity_ids": "web1"}, "entity_ids must be a list"),
        ({"alert_definition_id": 1, "from": "x"}, "from must be a moment in seconds since 1970"),
        ({"alert_definition_id": 1, "from": True}, "from must be a moment"),
        ({"alert_definition_id": 1, "until": -1}, "until must be a moment"),
        ({"alert_definition_id": 1, "until": 99999999999}, "from must be before until, and both in the past"),
        ({"alert_definition_id": 1, "from": 5, "until": 5}, "from must be before until"),
    ],
)
def test_a_backtest_that_cannot_be_meant_is_refused_by_its_field(
    zmon: Caller, lived: Park, asked: dict[str, Any], words: str
) -> None:
    answer = zmon.post(BACKTEST, asked)
    assert answer.status == 400 and answer.json["message"].startswith(words), answer.text
