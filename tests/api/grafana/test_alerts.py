"""One list of everything that has a status: each kind of check in each state, and every way to ask for some of them."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.status import Judged
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks
from chalicelib.store import satellites
from chalicelib.store.models import CheckItem
from tests import intercepted, specs
from tests.api.grafana.conftest import Caller, Zoo
from tests.conftest import Story

FIELDS = [
    *("id", "dashboardId", "dashboardUid", "dashboardSlug", "panelId", "name", "state", "newStateDate", "evalDate"),
    *("evalData", "executionError", "url", "message", "dashboardUri"),
]


def test_every_kind_of_check_is_an_alert(grafana: Caller, zoo: Zoo) -> None:
    found = grafana.alerts()
    assert {one["name"]: one["id"] for one in found} == {"Backup": 1, "Load": 3, "Load too high": 4, "Web": 2}
    assert [list(one) for one in found] == [FIELDS] * 4
    assert grafana.states() == dict.fromkeys(["Backup", "Load", "Load too high", "Web"], "unknown")
    backup = found[0]
    assert backup == {
        "id": 1,
        "dashboardId": 0,
        "dashboardUid": "",
        "dashboardSlug": "",
        "panelId": 0,
        "name": "Backup",
        "state": "unknown",
        "newStateDate": "2026-11-21T12:00:00Z",
        "evalDate": "0001-01-01T00:00:00Z",
        "evalData": {},
        "executionError": "",
        "url": backup["url"],
        "message": "Call Ann",
        "dashboardUri": "",
    }
    assert grafana.get("/alerts/1").json == backup


def test_the_order_of_the_fields_is_what_scripts_cut_at_the_commas(grafana: Caller, zoo: Zoo) -> None:
    first = grafana.get("/alerts?query=backup").text.split(",")
    assert (first[0], first[5]) == ('[{"id": 1', ' "name": "Backup"')


def test_the_address_leads_to_the_page_of_the_check(grafana: Caller, zoo: Zoo) -> None:
    url = grafana.alerts()[0]["url"]
    answer = grafana.api.get(url.removeprefix("https://tocsin.example.org"), key="")
    assert answer.status == 200 and "Backup" in answer.text


def test_a_page_that_is_switched_off_has_no_address(grafana: Caller, zoo: Zoo) -> None:
    checks.close_page(zoo.story.services, zoo.heartbeat)
    assert grafana.get("/alerts/1").json["url"] == ""


def test_a_check_without_a_name_is_called_by_what_it_looks_at(grafana: Caller, story: Story) -> None:
    checks.create(story.services, story.keyring.project, {"kind": "probe", "spec": specs.PING, "period": 60})
    checks.create(story.services, story.keyring.project, {})
    assert grafana.names() == ["Unnamed check", "example.org"]


# States


def test_the_states_of_a_heartbeat(grafana: Caller, zoo: Zoo) -> None:
    def now() -> tuple[str, str]:
        found = grafana.get("/alerts/1").json
        return found["state"], found["newStateDate"]

    zoo.ping()
    assert now() == ("ok", "2026-11-21T12:00:00Z")
    zoo.story.clock.move(days=1, minutes=1)
    assert now() == ("pending", "2026-11-21T12:00:00Z")
    zoo.story.clock.move(hours=1)
    assert now()[0] == "alerting", "also where the sweep has not been yet"
    zoo.ping("fail")
    assert now()[0] == "alerting"
    found = grafana.get("/alerts/1").json
    assert (found["evalData"], found["executionError"]) == ({"evalMatches": []}, "")
    assert found["evalDate"] == "2026-11-22T13:01:00Z"


def test_the_states_of_a_device(grafana: Caller, zoo: Zoo) -> None:
    zoo.story.see(zoo.device, ok=True)
    assert grafana.get("/alerts/2").json["state"] == "ok"
    zoo.story.clock.move(seconds=60)
    zoo.story.see(zoo.device, ok=False)
    assert grafana.get("/alerts/2").json["state"] == "pending"
    zoo.story.see(zoo.device, ok=False)
    found = grafana.get("/alerts/2").json
    assert (found["state"], found["executionError"]) == ("alerting", "no answer")
    assert found["evalData"] == {"evalMatches": [{"metric": "https://example.org/", "tags": {}, "value": None}]}
    zoo.story.clock.move(seconds=60)
    zoo.story.see(zoo.device, ok=True)
    found = grafana.get("/alerts/2").json
    assert (found["state"], found["executionError"], found["evalData"]) == ("ok", "", {})


def judge(zoo: Zoo, **more: Any) -> None:
    zoo.story.clock.move(seconds=60)
    judged = Judged(zoo.story.clock.now, **{"firing": True, **more})
    transitions.apply(zoo.story.services, zoo.story.project, zoo.alert.code, judged)


def test_the_series_that_breach_are_matches_with_their_values_and_tags(grafana: Caller, zoo: Zoo) -> None:
    judge(zoo, triggered={"load;host=a": 9.0, "load": 7.5}, moment=zoo.story.clock.now)
    found = grafana.get("/alerts/3").json
    assert (found["state"], found["executionError"]) == ("alerting", "")
    assert found["evalDate"] == "2026-11-21T12:00:00Z"
    assert found["evalData"]["evalMatches"] == [
        {"metric": "load", "tags": {}, "value": 7.5},
        {"metric": "load;host=a", "tags": {"name": "load", "host": "a"}, "value": 9.0},
    ]


def test_a_rule_that_finds_nothing_where_it_asks_for_something_has_no_data(grafana: Caller, zoo: Zoo) -> None:
    checks.change(zoo.story.services, zoo.alert, {"spec": specs.missing("load")})
    judge(zoo, triggered={"load": None})
    found = grafana.get("/alerts/3").json
    assert found["state"] == "no_data"
    assert found["evalData"]["evalMatches"] == [{"metric": "load", "tags": {}, "value": None}]


def test_a_query_that_fails_is_an_error_and_an_alert_until_it_does_no_longer(grafana: Caller, zoo: Zoo) -> None:
    judge(zoo, error="load is no function", reason="query failed: load is no function")
    found = grafana.get("/alerts/3").json
    assert (found["state"], found["executionError"]) == ("alerting", "load is no function")
    judge(zoo, triggered={"load": 9.0})
    found = grafana.get("/alerts/3").json
    assert (found["state"], found["executionError"]) == ("alerting", "")
    judge(zoo, firing=False)
    assert grafana.get("/alerts/3").json["state"] == "ok"


def test_the_entities_that_are_ill_are_matches_with_their_values(grafana: Caller, zoo: Zoo) -> None:
    zoo.loaded(web1=9, web2=1, web3=7.5)
    found = grafana.get("/alerts/4").json
    assert (found["state"], found["executionError"]) == ("alerting", "")
    assert found["evalData"]["evalMatches"] == [
        {"metric": "web1", "tags": {"entity": "web1"}, "value": 9.0},
        {"metric": "web3", "tags": {"entity": "web3"}, "value": 7.5},
    ]
    zoo.story.clock.move(seconds=60)
    zoo.loaded(web1=1, web3=1)
    found = grafana.get("/alerts/4").json
    assert (found["state"], found["evalData"]) == ("ok", {})


def test_an_entity_that_cannot_be_judged_is_an_error(grafana: Caller, zoo: Zoo) -> None:
    zoo.loaded(web1="text")
    found = grafana.get("/alerts/4").json
    assert found["state"] == "alerting" and "line 1" in found["executionError"]
    assert found["evalData"]["evalMatches"] == [{"metric": "web1", "tags": {"entity": "web1"}, "value": None}]


def test_what_stands_beside_the_alerts_is_read_once_for_all_of_them(grafana: Caller, story: Story) -> None:
    for number in range(20):
        spec = specs.above(f"load{number}")
        made = checks.create(
            story.services, story.keyring.project, {"kind": "rule", "name": f"r{number}", "spec": spec}
        )
        transitions.apply(
            story.services, story.project, made.code, Judged(story.clock.now, True, {f"load{number}": 9.0})
        )
    with intercepted.operations() as calls:
        assert len(grafana.alerts("?state=alerting")) == 20
    assert calls == ["GetItem", "GetItem", "Query", "BatchGetItem"], "the key, its project, and the rest"


def test_a_limit_bounds_what_is_read_beside_them(grafana: Caller, zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(zoo, triggered={"load": 9.0})
    asked: list[str] = []
    real = satellites.of_rules

    def seen(rules: Any) -> Any:
        found = list(rules)
        asked.extend(rule.name for rule in found)
        return real(found)

    monkeypatch.setattr(satellites, "of_rules", seen)
    assert grafana.names("?limit=1") == ["Backup"]
    assert asked == []


# Choosing


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Backup", "Load", "Load too high", "Web"]),
        ("?state=ALL", ["Backup", "Load", "Load too high", "Web"]),
        ("?state=all&state=paused", ["Backup", "Load", "Load too high", "Web"]),
        ("?state=ok", ["Backup"]),
        ("?state=alerting", ["Web"]),
        ("?state=ok&state=alerting", ["Backup", "Web"]),
        ("?state=unknown&query=high", ["Load too high"]),
        ("?state=not_unknown", ["Backup", "Web"]),
        ("?state=paused", []),
        ("?state=", ["Backup", "Load", "Load too high", "Web"]),
        ("?query=load", ["Load", "Load too high"]),
        ("?query=LOAD&limit=1", ["Load"]),
        ("?query=nothing&query=web", ["Web"]),
        ("?limit=2", ["Backup", "Load"]),
        ("?limit=0", ["Backup", "Load", "Load too high", "Web"]),
        ("?limit=x", ["Backup", "Load", "Load too high", "Web"]),
        ("?panelId=0", ["Backup", "Load", "Load too high", "Web"]),
        ("?panelId=x", ["Backup", "Load", "Load too high", "Web"]),
        ("?panelId=1", []),
        ("?dashboardId=0", ["Backup", "Load", "Load too high", "Web"]),
        ("?dashboardId=2&dashboardId=0", ["Backup", "Load", "Load too high", "Web"]),
        ("?dashboardId=1", []),
        ("?dashboardId=x", ["Backup", "Load", "Load too high", "Web"]),
        ("?folderId=0", ["Backup", "Load", "Load too high", "Web"]),
        ("?folderId=3", []),
        ("?dashboardQuery=WEBs", []),
        ("?dashboardTag=prod", ["Backup", "Web"]),
        ("?dashboardTag=prod&dashboardTag=db", ["Backup"]),
        ("?dashboardTag=none", []),
        ("?dashboardTag=prod&state=ok&dashboardId=0&query=back&limit=5", ["Backup"]),
        ("/?dashboardId=0&dashboardId=2&state=alerting", ["Web"]),
    ],
)
def test_some_are_chosen_by_every_parameter(grafana: Caller, zoo: Zoo, query: str, names: list[str]) -> None:
    zoo.ping()
    for _ in range(2):
        zoo.story.see(zoo.device, ok=False)
    assert grafana.names(query) == names


def test_a_state_that_is_none_is_refused_and_not_taken_for_all_is_well(grafana: Caller, zoo: Zoo) -> None:
    answer = grafana.get("/alerts?state=alertng")
    message = "must be all, or one of unknown, ok, pending, alerting, no_data, paused, with or without not_ before it"
    assert (answer.status, answer.json["message"]) == (422, f"state {message}")
    assert answer.json["errors"][0]["fieldNames"] == ["state"]


def test_alerts_of_one_name_stand_in_the_order_of_their_numbers(grafana: Caller, story: Story) -> None:
    for _ in range(3):
        checks.create(story.services, story.keyring.project, {"name": "Same"})
    assert [one["id"] for one in grafana.alerts()] == [1, 2, 3]


def test_the_states_of_what_is_on_no_dashboard(grafana: Caller, zoo: Zoo) -> None:
    zoo.ping()
    found = grafana.get("/alerts/states-for-dashboard?dashboardId=0").json
    state = {"dashboardId": 0, "newStateDate": "2026-11-21T12:00:00Z"}
    assert found[0] == {"id": 1, "dashboardId": 0, "panelId": 0, **state, "state": "ok"}
    assert len(found) == 4
    assert grafana.get("/alerts/states-for-dashboard?dashboardId=1").json == []
    for query in ("", "?dashboardId=", "?dashboardId=x"):
        answer = grafana.get(f"/alerts/states-for-dashboard{query}")
        assert (answer.status, answer.json) == (400, {"message": "Missing query parameter dashboardId"})


# One


def test_an_alert_has_the_names_of_grafanas_own_structures_where_these_are_asked_for(grafana: Caller, zoo: Zoo) -> None:
    found = grafana.get("/alerts/1?case=go").json
    assert (found["Id"], found["Name"], found["State"], found["DashboardId"]) == (1, "Backup", "unknown", 0)


@pytest.mark.parametrize("number", ["0", "5", "9" * 10, "00"])
def test_an_alert_that_is_not_there_is_not_found(grafana: Caller, zoo: Zoo, number: str) -> None:
    answer = grafana.get(f"/alerts/{number}")
    assert (answer.status, answer.json) == (404, {"message": "Alert not found"})


@pytest.mark.parametrize("number", ["x", "-1", "1.0", "9" * 11, "%D9%A1", "1%20", "null"])
def test_what_is_no_number_is_no_id(grafana: Caller, zoo: Zoo, number: str) -> None:
    for answer in (grafana.get(f"/alerts/{number}"), grafana.post(f"/alerts/{number}/pause", {"paused": True})):
        assert (answer.status, answer.json) == (400, {"message": "alertId is invalid"})


def test_a_deleted_check_is_no_alert_any_more(grafana: Caller, zoo: Zoo) -> None:
    checks.delete(zoo.story.services, zoo.heartbeat)
    assert grafana.get("/alerts/1").status == 404
    assert grafana.names("?query=backup") == []


def test_an_alert_from_before_there_were_numbers_is_listed_without_one(grafana: Caller, zoo: Zoo) -> None:
    item = CheckItem(zoo.story.project, zoo.heartbeat.code)
    item.update([CheckItem.number.remove()])
    assert grafana.alerts("?query=backup")[0]["id"] == 0
