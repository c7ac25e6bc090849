"""Pausing: one status for a check of any kind, which each dialect shows in its own words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.alertra.wire import device_id
from chalicelib.core.status import Judged
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import alerts, checks, pausing
from chalicelib.store import checks as stored
from chalicelib.store import documents
from chalicelib.store.faults import StoreFault
from tests.api.client import Api
from tests.api.grafana.conftest import Caller, Contents, Zoo
from tests.api.hostedgraphite.conftest import basic
from tests.conftest import Queues, Story

ON, OFF = {"state": "Paused", "message": "alert paused"}, {"state": "unknown", "message": "Alert un-paused"}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_alert_of_any_kind_is_paused_and_unknown_again(grafana: Caller, zoo: Zoo, number: int) -> None:
    assert grafana.pause(number) == {"alertId": number, **ON}
    found = grafana.get(f"/alerts/{number}").json
    assert (found["state"], found["evalData"], found["executionError"]) == ("paused", {}, "")
    already = {"state": "Paused", "message": "Alert is already paused"}
    assert grafana.pause(number) == {"alertId": number, **already}
    zoo.story.clock.move(seconds=5)
    assert grafana.pause(number, paused=False) == {"alertId": number, **OFF}
    assert grafana.get(f"/alerts/{number}").json["state"] == "unknown"
    already = {"state": "un-paused", "message": "Alert is already un-paused"}
    assert grafana.pause(number, paused=False) == {"alertId": number, **already}


def test_the_id_in_the_path_counts_and_not_that_in_the_body(grafana: Caller, zoo: Zoo) -> None:
    answer = grafana.post("/alerts/1/pause", {"alertId": 2, "paused": True})
    assert answer.json["alertId"] == 1
    assert [zoo.seen(one).status for one in (zoo.heartbeat, zoo.device)] == ["paused", "new"]


@pytest.mark.parametrize("body", [None, [], "x", {}, {"paused": None}, {"paused": "true"}, {"paused": 1}])
def test_what_does_not_say_whether_to_pause_changes_nothing(
    grafana: Caller, zoo: Zoo, contents: Contents, body: Any
) -> None:
    grafana.pause(1)
    before = contents()
    for path in ("/alerts/1/pause", "/admin/pause-all-alerts"):
        answer = grafana.post(path, body)
        assert (answer.status, answer.json) == (400, {"message": "bad request data"})
    assert contents() == before


@pytest.mark.parametrize("data", [b"", b"{", b'{"alertId": 1, "paused: true}', b"\xff", b"[" * 100_000, b'{"a": NaN}'])
def test_a_body_that_is_no_json_changes_nothing(grafana: Caller, zoo: Zoo, data: bytes) -> None:
    answer = grafana.post("/alerts/1/pause", data=data)
    assert (answer.status, answer.json) == (400, {"message": "bad request data"})


def test_an_alert_that_is_not_there_cannot_be_paused(grafana: Caller, zoo: Zoo) -> None:
    answer = grafana.post("/alerts/99/pause", {"paused": True})
    assert (answer.status, answer.json) == (404, {"message": "Alert not found"})


def test_whoever_is_paused_by_somebody_else_meanwhile_is_paused_already(
    grafana: Caller, zoo: Zoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks.pause(zoo.story.services, zoo.heartbeat)
    resume = checks.resume

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(checks, "resume", resume)
        resume(*args)
        return resume(*args)

    monkeypatch.setattr(checks, "resume", meanwhile)
    assert grafana.pause(1, paused=False)["message"] == "Alert is already un-paused"
    assert zoo.seen(zoo.heartbeat).status == "new"


# In the other dialects


def test_a_paused_heartbeat_is_paused_in_healthchecks_and_wakes_by_its_next_ping(
    grafana: Caller, api: Api, zoo: Zoo
) -> None:
    grafana.pause(1)
    assert api.get(f"/api/v3/checks/{zoo.heartbeat.code}").json["status"] == "paused"
    zoo.story.clock.move(seconds=1)
    zoo.ping()
    assert grafana.get("/alerts/1").json["state"] == "ok"


def test_a_heartbeat_that_its_owner_has_to_resume_sleeps_on(grafana: Caller, zoo: Zoo) -> None:
    checks.change(zoo.story.services, zoo.heartbeat, {"manual_resume": True})
    grafana.pause(1)
    zoo.story.clock.move(seconds=1)
    zoo.ping()
    assert grafana.get("/alerts/1").json["state"] == "paused"
    assert grafana.pause(1, paused=False)["message"] == "Alert un-paused"
    zoo.story.clock.move(seconds=1)
    zoo.ping()
    assert grafana.get("/alerts/1").json["state"] == "ok"


def test_a_heartbeat_that_is_paused_elsewhere_is_paused_here(grafana: Caller, api: Api, zoo: Zoo) -> None:
    api.post(f"/api/v1/checks/{zoo.heartbeat.code}/pause")
    assert grafana.get("/alerts/1").json["state"] == "paused"


def test_a_paused_device_is_inactive_in_alertra_and_looked_at_when_it_runs_again(
    grafana: Caller, api: Api, zoo: Zoo
) -> None:
    grafana.pause(2)
    path, key = f"/v1.1/devices/{device_id(zoo.device.code)}", {"Alertra-API-Key": api.key}
    assert api.get(path, key="", headers=key).json["Status"] == "Inactive"
    zoo.story.queues.take("probes")
    grafana.pause(2, paused=False)
    assert api.get(path, key="", headers=key).json["Status"] == "Checking"
    assert [message["checks"] for message in zoo.story.queues.take("probes")] == [
        [[zoo.story.project, zoo.device.code]]
    ]


def test_a_paused_metric_alert_is_muted_in_hosted_graphite_and_its_unmute_lets_it_run_again(
    grafana: Caller, api: Api, zoo: Zoo
) -> None:
    path, key = f"/v2/alerts/{zoo.alert.code}", basic(f"{api.key}:")
    transitions.apply(
        zoo.story.services, zoo.story.project, zoo.alert.code, Judged(zoo.story.clock.now, True, {"load": 9.0})
    )
    zoo.story.clock.move(seconds=1)
    grafana.pause(3)
    shown = api.get(path, key="", headers=key).json
    assert (shown["status"], shown["muted"], shown["currently_triggered_metrics"]) == ("healthy", True, [])
    muted = api.get(f"{path}/muted", key="", headers=key).json
    assert (muted["muted"], muted["duration"]) == (True, None)
    zoo.story.clock.move(seconds=1)
    assert api.delete(f"{path}/muted", key="", headers=key).status == 200
    muted = api.get(f"{path}/muted", key="", headers=key).json
    assert (muted["muted"], muted["duration"]) == (False, 0)
    assert grafana.get("/alerts/3").json["state"] == "unknown"


def test_a_mute_of_hosted_graphite_is_no_pause(grafana: Caller, api: Api, zoo: Zoo) -> None:
    path, key = f"/v2/alerts/{zoo.alert.code}/muted", basic(f"{api.key}:")
    assert api.call("POST", path, key="", headers=key, data=b'{"duration": 5}').status == 200
    assert grafana.get("/alerts/3").json["state"] == "unknown"
    grafana.pause(3)
    assert api.get(path, key="", headers=key).json["duration"] is None
    grafana.pause(3, paused=False)
    assert api.get(path, key="", headers=key).json["duration"] == 5


def test_a_paused_definition_is_inactive_in_zmon_and_stays_so_when_it_is_put_again(grafana: Caller, zoo: Zoo) -> None:
    zoo.loaded(web1=9)
    assert grafana.get("/alerts/4").json["state"] == "alerting"
    zoo.story.clock.move(seconds=60)
    grafana.pause(4)
    found = documents.get(zoo.story.project, "alert", 1)
    assert found.data["status"] == "INACTIVE"
    alerts.inherit(zoo.story.services, zoo.story.project, 1)
    zoo.story.queues.work()
    assert grafana.get("/alerts/4").json["state"] == "paused"
    assert stored.instances_of(zoo.seen(zoo.definition)) == []
    zoo.story.clock.move(seconds=60)
    grafana.pause(4, paused=False)
    zoo.loaded()
    assert documents.get(zoo.story.project, "alert", 1).data["status"] == "ACTIVE"
    assert grafana.get("/alerts/4").json["state"] == "alerting"


def test_a_definition_is_paused_although_its_check_has_not_followed_yet(
    grafana: Caller, zoo: Zoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: Any) -> None:
        raise StoreFault("out of order")

    grafana.pause(4)
    with monkeypatch.context() as patch:
        patch.setattr(alerts, "inherit", unable)
        grafana.pause(4, paused=False)
        assert grafana.get("/alerts/4").json["state"] == "paused"
    assert grafana.pause(4)["message"] == "alert paused"
    assert documents.get(zoo.story.project, "alert", 1).data["status"] == "INACTIVE"
    zoo.story.queues.until(zoo.story.clock.now + timedelta(minutes=2))
    assert grafana.get("/alerts/4").json["state"] == "paused"


def test_who_is_paused_while_it_is_down_is_told_no_more_of_it(grafana: Caller, zoo: Zoo, queues: Queues) -> None:
    channel = grafana.notification(isDefault=True)
    zoo.ping()
    zoo.story.clock.move(seconds=1)
    zoo.ping("fail")
    queues.work()
    assert len(zoo.story.sent.mails) == 1
    zoo.story.clock.move(seconds=1)
    grafana.pause(1)
    zoo.story.clock.move(days=3)
    queues.sweep()
    queues.work()
    assert len(zoo.story.sent.mails) == 1, channel


# All of them


def test_all_are_paused_and_run_again(grafana: Caller, zoo: Zoo) -> None:
    grafana.pause(1)
    answer = grafana.post("/admin/pause-all-alerts", {"paused": True})
    assert (answer.status, answer.json) == (
        200,
        {"state": "Paused", "message": "alerts paused", "alertsAffected": 3},
    )
    assert set(grafana.states().values()) == {"paused"}
    zoo.story.clock.move(seconds=1)
    answer = grafana.post("/admin/pause-all-alerts", {"paused": False})
    assert answer.json == {"state": "unknown", "message": "alerts un paused", "alertsAffected": 4}
    assert set(grafana.states().values()) == {"unknown"}


def test_one_that_is_deleted_meanwhile_keeps_no_other_from_being_paused(
    grafana: Caller, zoo: Zoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stored.of_project

    def then_deleted(project: str) -> Any:
        found = real(project)
        monkeypatch.setattr(stored, "of_project", real)
        checks.delete(zoo.story.services, zoo.heartbeat)
        return found

    monkeypatch.setattr(stored, "of_project", then_deleted)
    answer = grafana.post("/admin/pause-all-alerts", {"paused": True})
    assert answer.json["alertsAffected"] == 3


def test_a_definition_that_is_not_sound_any_more_can_be_paused_and_runs_when_it_is_mended(
    grafana: Caller, zoo: Zoo
) -> None:
    found = documents.get(zoo.story.project, "alert", 1)
    documents.put(found.changed({**found.data, "description": None}, zoo.story.clock.now), found)
    assert grafana.pause(4)["message"] == "alert paused"
    answer = grafana.post("/alerts/4/pause", {"paused": False})
    assert (answer.status, answer.json["message"]) == (422, "description is mandatory")
    grafana.pause(1)
    assert grafana.post("/admin/pause-all-alerts", {"paused": False}).json["alertsAffected"] == 1
    assert grafana.states()["Load too high"] == "paused"


def test_what_cannot_be_kept_now_may_be_tried_again(grafana: Caller, zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise StoreFault("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(transitions, "apply", refused)
        assert grafana.post("/alerts/1/pause", {"paused": True}).status == 503
        assert grafana.post("/admin/pause-all-alerts", {"paused": True}).status == 503
    assert grafana.post("/admin/pause-all-alerts", {"paused": True}).json["alertsAffected"] == 4


def test_a_paused_rule_is_not_on_the_wheel_and_is_again_when_it_runs(grafana: Caller, story: Story, zoo: Zoo) -> None:
    def asked() -> set[str]:
        story.clock.move(minutes=2)
        story.queues.take("rules")
        tick.run(story.services)
        return {code for message in story.queues.take("rules") for _, code in message["checks"]}

    assert asked() == {zoo.alert.code}
    grafana.pause(3)
    assert asked() == set()
    grafana.pause(3, paused=False)
    assert asked() == {zoo.alert.code}


def test_pausing_what_is_paused_writes_nothing(zoo: Zoo, contents: Contents) -> None:
    story = zoo.story
    assert pausing.switch(story.services, story.keyring.project, zoo.heartbeat, "", paused=True)
    before = contents()
    assert not pausing.switch(story.services, story.keyring.project, zoo.seen(zoo.heartbeat), "", paused=True)
    story.queues.until(story.clock.now + timedelta(seconds=1))
    assert contents() == before
