"""Alerts come from dashboards: a panel's alert is judged, told, paused, kept and ended with its panel."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.away import Away
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking import reading
from chalicelib.monitor.managing import checks
from chalicelib.store import checks as stored
from chalicelib.store import sweeps
from tests.api.grafana.conftest import Caller, Contents
from tests.api.grafana.test_dashboards import save, shown
from tests.boards import condition, dashboard, exported, panel
from tests.channels.servers import Server
from tests.conftest import Story


class Shop:
    """A project that is sent points, minute by minute."""

    def __init__(self, story: Story, grafana: Caller) -> None:
        self.story, self.grafana = story, grafana

    def passes(self, minutes: int = 1, **values: float) -> None:
        """Minutes, at the beginning of each of which come points of these series (with _ for a dot)."""
        for _ in range(minutes):
            sent = "\n".join(f"{name.replace('_', '.')} {value}" for name, value in values.items())
            if sent:
                points.take(self.story.services, self.story.project, sent.encode())
            tick.run(self.story.services)
            self.story.queues.until(self.story.clock.now + timedelta(minutes=1))

    def alert(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.grafana.alerts() if one["name"] == name]
        return found

    @property
    def told(self) -> list[str]:
        """The subjects of the mails about loads."""
        return [subject for subject in self.story.sent.subjects if "Load" in subject or "Renamed" in subject]

    def state(self, name: str = "Load") -> str:
        return str(self.alert(name)["state"])


@pytest.fixture
def shop(story: Story, grafana: Caller) -> Shop:
    """Alerts are judged as minutes begin, so what is sent comes a little later."""
    story.clock.move(seconds=5)
    return Shop(story, grafana)


def test_an_exported_dashboard_alerts_lasts_misses_data_recovers_and_is_told(shop: Shop, grafana: Caller) -> None:
    channel = grafana.notification()
    model = exported()
    for one in (model["panels"][0], model["panels"][2]["panels"][0]):
        one["alert"]["notifications"] = [{"uid": channel["uid"]}, {"id": channel["id"]}]
    quiet = {"shop_web1_load": 1, "shop_web2_load": 2, "shop_queue_length": 3}
    shop.passes(2, **quiet)
    save(grafana, model)
    assert grafana.names() == ["Load of the web servers", "Orders", "Queue grows"]
    name = "Load of the web servers"

    shop.passes(2, **quiet)
    assert shop.state(name) == "ok"
    # A value counts when its minute is over, as they come once a minute.
    shop.passes(2, shop_web1_load=1, shop_web2_load=40)
    pending = shop.alert(name)
    assert (pending["state"], shop.told) == ("pending", [])
    assert [one["metric"] for one in pending["evalData"]["evalMatches"]] == ["shop.web2.load"]
    shop.passes(2, shop_web1_load=1, shop_web2_load=40)
    found = shop.alert(name)
    assert found["state"] == "alerting"
    place = {"dashboardId": 1, "dashboardUid": "sh0p-Pr0d", "dashboardSlug": "shop-in-production", "panelId": 2}
    assert {key: found[key] for key in place} == place
    assert found["message"] == "Look at the slow queries first."
    assert found["dashboardUri"] == "https://tocsin.example.org/dashboard/db/shop-in-production"
    assert grafana.api.get(found["url"].removeprefix("https://tocsin.example.org"), key="").status == 200
    assert shop.told == [f"DOWN | {name}"]
    assert "avg of shop.web2.load over 5 minutes is" in shop.story.sent.mails[-1].text
    metrics = grafana.api.get("/metrics").text.splitlines()
    assert [line[-2:] for line in metrics if line.startswith("tocsin_check_breaching_series{")] == [" 1", " 0", " 0"]

    shop.passes(7)
    assert (shop.state(name), shop.told) == ("no_data", [f"DOWN | {name}"]), "nothing is told of it"
    shop.passes(2, shop_web1_load=1, shop_web2_load=40)
    assert (shop.state(name), len(shop.told)) == ("alerting", 1), "and nothing of that"
    shop.passes(8, shop_web1_load=1, shop_web2_load=2)
    assert (shop.state(name), shop.told) == ("ok", [f"DOWN | {name}", f"UP | {name}"])
    assert shop.alert(name)["evalData"] == {}
    shop.passes(9)
    assert (shop.state(name), shop.told[2:]) == ("no_data", [f"DOWN | {name}"]), "no data is told where all was well"
    assert "no data: avg of shop.*.load over 5 minutes finds no value" in shop.story.sent.mails[-1].text


def test_what_its_owner_wants_is_made_of_missing_data_and_of_errors(
    shop: Shop, grafana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A query fails that reads more series than it may.
    monkeypatch.setattr(reading, "SERIES_MAX", 1)
    kept, wrong = {"noDataState": "keep_state"}, "load*"
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("nothing", {"target": "none"}, "no_data"),
        ("nothing, alerting", {"target": "none", "noDataState": "alerting"}, "alerting"),
        ("nothing, alerting, lasting", {"target": "none", "noDataState": "alerting", "for": "1h"}, "pending"),
        ("nothing, lasting", {"target": "none", "for": "1h"}, "no_data"),
        ("nothing, ok", {"target": "none", "noDataState": "ok"}, "ok"),
        ("nothing, kept", {"target": "none", **kept}, "unknown"),
        ("null is no value", {"target": "none", "conditions": [condition("avg", "no_value", start="1m")]}, "alerting"),
        ("wrong", {"target": wrong}, "alerting"),
        ("wrong, lasting", {"target": wrong, "for": "1h"}, "pending"),
        ("wrong, ok", {"target": wrong, "executionErrorState": "ok"}, "ok"),
        ("wrong, kept", {"target": wrong, "executionErrorState": "keep_state"}, "unknown"),
    ]
    short = {"conditions": [condition(start="1m")]}
    panels = (panel(place, name=name, **{**short, **more}) for place, (name, more, _) in enumerate(cases, 1))
    save(grafana, dashboard(*panels))
    assert set(grafana.states().values()) == {"unknown"}
    shop.passes(3, load1=1, load2=1)
    found = {one["name"]: one for one in grafana.alerts()}
    for name, _, state in cases:
        assert found[name]["state"] == state, name
        assert bool(found[name]["executionError"]) == name.startswith("wrong"), name
    assert found["null is no value"]["evalData"]["evalMatches"] == [{"metric": "NoData", "tags": {}, "value": None}]


def test_conditions_are_joined_from_left_to_right(shop: Shop, grafana: Caller) -> None:
    yes, no = condition("last", "gt", 5), condition("last", "lt", 5)

    def either(one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "operator": {"type": "or"}}

    cases = [
        ("yes and yes", [yes, yes], "alerting"),
        ("yes and no", [yes, no], "ok"),
        ("no or yes", [no, either(yes)], "alerting"),
        ("yes or yes and no", [yes, either(yes), no], "ok"),
        ("no and no or yes", [no, no, either(yes)], "alerting"),
    ]
    save(
        grafana, dashboard(*(panel(place, name=name, conditions=one) for place, (name, one, _) in enumerate(cases, 1)))
    )
    shop.passes(2, load=9)
    assert {name: shop.state(name) for name, _, _ in cases} == {name: state for name, _, state in cases}


def test_windows_are_of_whole_buckets_and_may_end_before_now(shop: Shop, grafana: Caller) -> None:
    before = [condition("max", "gt", 5, start="10m", end="now-5m")]
    save(grafana, dashboard(panel(1, conditions=before), panel(2, name="Now", conditions=[condition("last", "gt", 5)])))
    shop.passes(1, load=9)
    shop.passes(2, load=1)
    assert (shop.state("Now"), shop.state()) == ("ok", "unknown")
    shop.passes(4, load=1)
    assert shop.state() == "alerting"
    shop.passes(6, load=1)
    assert shop.state() == "ok"


def test_a_frequency_is_how_often_it_is_judged(shop: Shop, grafana: Caller, story: Story) -> None:
    save(grafana, dashboard(panel(1, frequency="10m"), panel(2, name="Often", frequency="5s")))
    periods = {check.name: check.period for check in stored.of_project(story.project)}
    assert periods == {"Load": 600, "Often": 30}, "no more often than buckets end"


def test_saving_again_keeps_ids_states_and_pauses(shop: Shop, grafana: Caller) -> None:
    channel = grafana.notification()
    told = [{"id": channel["id"]}]
    panels = [panel(1, notifications=told), panel(2, "other", name="Paused"), panel(3, name="Slow", **{"for": "1h"})]
    shop.passes(2, load=1, other=1)
    made = save(grafana, dashboard(*panels))
    shop.passes(2, load=90, other=1)
    grafana.pause(2)
    before = {one["name"]: one for one in grafana.alerts()}
    assert {name: one["state"] for name, one in before.items()} == {
        "Load": "alerting",
        "Paused": "paused",
        "Slow": "pending",
    }
    model = shown(grafana, made["uid"])["dashboard"]
    model["title"], model["tags"] = "Bakery", ["new"]
    model["panels"][0]["alert"] |= {"name": "Renamed", "frequency": "2m"}
    model["panels"].append(panel(4, name="Added"))
    save(grafana, model)
    after = {one["name"]: one for one in grafana.alerts()}
    for name, old in (("Renamed", "Load"), ("Paused", "Paused"), ("Slow", "Slow")):
        same = ("id", "state", "newStateDate", "panelId", "dashboardId", "evalData")
        assert [after[name][key] for key in same] == [before[old][key] for key in same], name
    assert (after["Added"]["id"], after["Renamed"]["dashboardSlug"]) == (4, "bakery")
    shop.passes(2, load=1, other=1)
    assert shop.state("Renamed") == "alerting", "the window holds the old values still"
    shop.passes(6, load=1, other=1)
    assert shop.told == ["DOWN | Load", "UP | Renamed"]


def test_an_alert_ends_with_its_panel_its_alert_or_its_dashboard(shop: Shop, grafana: Caller, story: Story) -> None:
    channel = grafana.notification()
    told = [{"uid": channel["uid"]}]
    panels = [panel(number, name=f"Load {number}", notifications=told) for number in range(1, 5)]
    made = save(grafana, dashboard(*panels))
    shop.passes(2, load=9)
    down = len(story.sent.subjects)
    without = {key: value for key, value in panels[1].items() if key != "alert"}
    off = panel(3, alert={**panels[2]["alert"], "enabled": False})
    save(grafana, dashboard(without, off, panels[3], uid=made["uid"], version=1))
    shop.passes(1, load=9)
    assert grafana.names() == ["Load 4"]
    assert len(story.sent.subjects) == down + 3, "who heard that they are down hears that they ended"
    grafana.delete(f"/dashboards/uid/{made['uid']}")
    shop.passes(1, load=9)
    assert (grafana.alerts(), len(story.sent.subjects)) == ([], down + 4)
    assert stored.of_project(story.project) == []
    save(grafana, dashboard(panels[0]))
    assert grafana.alerts()[0]["id"] == 5, "a panel that comes back is another alert"


def test_alerts_are_found_by_their_dashboards(shop: Shop, grafana: Caller, story: Story) -> None:
    save(grafana, dashboard(panel(1, name="a"), panel(2, name="b"), title="Shop", tags=["prod", "web"]))
    save(grafana, dashboard(panel(1, name="c", alertRuleTags={"team": "x"}), title="Bakery", tags=["prod"]))
    checks.create(story.services, story.keyring.project, {"name": "d", "tags": "prod"})
    for query, names in (
        ("", "abcd"),
        ("?dashboardId=1", "ab"),
        ("?dashboardId=1&dashboardId=2", "abc"),
        ("?dashboardId=0", "d"),
        ("?dashboardId=9", ""),
        ("?panelId=1", "ac"),
        ("?panelId=1&dashboardId=2", "c"),
        ("?dashboardQuery=SHO", "ab"),
        ("?dashboardQuery=sho&dashboardQuery=bak", "abc"),
        ("?dashboardTag=prod", "abcd"),
        ("?dashboardTag=prod&dashboardTag=web", "ab"),
        ("?dashboardTag=team:x", ""),
        ("?folderId=0", "abcd"),
        ("?folderId=4", ""),
    ):
        assert grafana.names(query) == list(names), query
    found = grafana.get("/alerts/states-for-dashboard?dashboardId=1").json
    assert [(one["id"], one["panelId"], one["state"]) for one in found] == [(1, 1, "unknown"), (2, 2, "unknown")]
    tags = {check.name: check.tags for check in stored.of_project(story.project)}
    assert tags["c"] == "prod team:x"


def test_what_is_missing_because_nobody_looked_says_nothing(
    shop: Shop, grafana: Caller, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(grafana, dashboard(panel(1)))
    shop.passes(2, load=1)
    now = story.clock.now
    monkeypatch.setattr(sweeps, "absence", lambda _now: Away(now, now + timedelta(minutes=20)))
    story.clock.move(minutes=20)
    shop.passes(4)
    assert shop.state() == "ok"
    shop.passes(3)
    assert shop.state() == "no_data"


def test_a_panel_is_tried_without_being_kept(
    shop: Shop, grafana: Caller, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.passes(2, load=9, other=1)
    both = [condition("avg", "gt", 5), condition("last", "gt", 5, query="B", operator="or")]
    targets = [{"refId": "A", "target": "load"}, {"refId": "B", "target": "other"}]
    model = dashboard(panel(3, targets=targets, conditions=both), panel(4, alert=None), panel(5, **{"for": "5m"}))
    before = contents()
    answer = grafana.post("/alerts/test", {"dashboard": model, "panelId": 3})
    assert (answer.status, contents()) == (200, before)
    found = answer.json
    assert list(found) == ["firing", "state", "conditionEvals", "timeMs", "matches", "logs"]
    assert (found["firing"], found["state"]) == (True, "alerting")
    assert found["conditionEvals"] == "[true OR false] = true"
    assert found["matches"] == [{"metric": "load", "tags": {}, "value": 9.0}]
    assert [one["message"] for one in found["logs"]] == [
        "Condition[0]: Eval: true, Metric: load, Value: 9.000",
        "Condition[1]: Eval: false, Metric: other, Value: 1.000",
    ]
    assert grafana.post("/alerts/test", {"dashboard": model, "panelId": 5}).json["state"] == "pending"
    monkeypatch.setattr(reading, "SERIES_MAX", 1)
    wrong = dashboard(panel(1, "{load,other}"))
    found = grafana.post("/alerts/test", {"dashboard": wrong, "panelId": 1}).json
    assert (found["firing"], found["state"], bool(found["error"])) == (False, "alerting", True)
    for body, status in (
        ({"dashboard": model, "panelId": 4}, 400),
        ({"dashboard": model, "panelId": 9}, 400),
        ({"dashboard": model}, 422),
        ({"dashboard": model, "panelId": "3"}, 422),
        ({"panelId": 3}, 422),
        ({"dashboard": dashboard(panel(3, frequency="x")), "panelId": 3}, 422),
        ([], 400),
    ):
        assert grafana.post("/alerts/test", body).status == status, body


def test_queries_refer_to_each_other(shop: Shop, grafana: Caller, story: Story) -> None:
    targets = [
        {"refId": "A", "target": "load", "hide": True},
        {"refId": "B", "target": "scale(#A, 2)", "hide": True},
        {"refId": "C", "target": "sumSeries(#A,#B,#B)"},
        {"refId": "D", "target": "scale(#A, 7)", "targetFull": "scale(load, '7')".replace("'", "")},
        {"refId": "E", "target": "summarize(#A, '5m', 'max')"},
    ]
    conditions = [condition("last", "gt", 0, query=letter) for letter in "CDE"]
    save(grafana, dashboard(panel(1, targets=targets, conditions=conditions)))
    (check,) = stored.of_project(story.project)
    assert [one.target for one in check.spec.conditions] == [  # type: ignore[union-attr]
        "sumSeries(load,scale(load, 2),scale(load, 2))",
        "scale(load, 7)",
        "summarize(load, '5min', 'max')",
    ]


def test_a_channel_that_goes_is_off_the_alert_and_a_default_one_hears_of_it(
    shop: Shop, grafana: Caller, story: Story
) -> None:
    channel = grafana.notification()
    grafana.notification(name="All", isDefault=True, settings={"addresses": "all@example.org"})
    shop.passes(1, load=1)
    save(grafana, dashboard(panel(1, notifications=[{"id": channel["id"]}])))
    grafana.delete(f"/alert-notifications/{channel['id']}")
    shop.passes(3, load=9)
    assert [(set(mail.to), mail.subject) for mail in story.sent.mails] == [({"all@example.org"}, "DOWN | Load")]


def test_a_webhook_tells_the_place_the_tags_and_the_series_of_an_alert(
    shop: Shop, grafana: Caller, server: Server
) -> None:
    channel = grafana.notification(type="webhook", name="Hook", settings={"url": server.url("/hook")})
    told: dict[str, Any] = {"notifications": [{"id": channel["id"]}], "alertRuleTags": {"team": "shop"}}
    save(grafana, dashboard(title="Bakery"))
    save(grafana, dashboard(panel(7, **told)))
    shop.passes(3, load=9)
    shop.passes(8)
    (down,) = [json.loads(one.body) for one in server.received]
    assert (down["dashboardId"], down["panelId"], down["ruleId"]) == (2, 7, 1)
    assert (down["state"], down["tags"]) == ("alerting", {"team": "shop"})
    assert down["evalMatches"] == [{"metric": "load", "tags": {}, "value": 9.0}]
