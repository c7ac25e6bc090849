"""Alerts: created, searched, shown, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE, Caller

COMPOSITE = {
    "metric": "my.first.metric",
    "alert_criteria": {"type": "above", "above_value": 80},
    "additional_criteria": {"b": {"type": "below", "below_value": 20, "metric": "my.second.metric"}},
    "expression": "a && b",
}


def test_an_alert_is_created_and_shown_with_every_field(graphite: Caller, channel: Any) -> None:
    ops = channel("Ops")
    answer = graphite.post("/v2/alerts/", {**ABOVE, "info": "call Bob", "notification_channels": ["Ops"]})
    assert (answer.status, answer.json["url"]) == (201, f"/v2/alerts/{answer.json['id']}")
    assert graphite.shown(answer.json["id"]) == {
        "name": "alert1",
        "id": answer.json["id"],
        "metric": "test.metric.1",
        "alert_criteria": {"type": "above", "above_value": 5.0},
        "additional_criteria": {},
        "expression": "a",
        "on_query_failure": None,
        "notification_channels": [ops["id"]],
        "notification_type": ["every", 60],
        "scheduled_mutes": [],
        "currently_triggered_metrics": [],
        "muted": False,
        "status": "healthy",
        "info": "call Bob",
    }


def test_a_name_is_taken_once_and_free_again_after_deletion(graphite: Caller) -> None:
    alert = graphite.alert()
    assert graphite.post("/v2/alerts/", ABOVE).status == 409
    other = graphite.alert(name="alert2")
    assert graphite.put(f"/v2/alerts/{other}/", {"name": "alert1"}).status == 409
    assert graphite.put(f"/v2/alerts/{other}/", {"name": "alert2"}).status == 200
    assert graphite.delete(f"/v2/alerts/{alert}/").status == 200
    assert graphite.put(f"/v2/alerts/{other}/", {"name": "alert1"}).json["name"] == "alert1"
    assert graphite.post("/v2/alerts/", {**ABOVE, "name": "alert2"}).status == 201


def test_a_change_names_only_what_changes(graphite: Caller) -> None:
    alert = graphite.alert(**COMPOSITE, info="why")
    before = graphite.shown(alert)
    changed = graphite.put(
        f"/v2/alerts/{alert}/", {"alert_criteria": {"time_period": 3, "type": "below", "below_value": 6}}
    )
    assert changed.status == 200
    assert changed.json["alert_criteria"] == {"type": "below", "below_value": 6.0, "time_period": 3}
    assert {**changed.json, "alert_criteria": before["alert_criteria"]} == before


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("state_change", ["state_change"]),
        (["state_change"], ["state_change"]),
        (["every", 15], ["every", 15]),
        (None, ["every", 60]),
        ([], ["every", 60]),
    ],
)
def test_how_often_to_tell(graphite: Caller, given: object, shown: list[object]) -> None:
    assert graphite.shown(graphite.alert(notification_type=given))["notification_type"] == shown


def test_names_and_ids_are_alternatives_and_a_search_narrows_them(graphite: Caller, channel: Any) -> None:
    channel("Night shift"), channel("Day shift")
    one = graphite.alert(name="cpu", metric="web1.cpu", notification_channels=["Day shift"])
    two = graphite.alert(name="disk", metric="web1.disk", notification_channels=["Night shift"])
    graphite.alert(name="memory", metric="web2.memory", notification_channels=["Day shift"])

    def found(query: str) -> list[str]:
        return [alert["name"] for alert in graphite.get(f"/v2/alerts/?{query}").json["alerts"]]

    assert found("") == ["cpu", "disk", "memory"]
    assert found(f"&name=memory&id={one}") == ["cpu", "memory"]
    assert found("&name=cpu&name=disk") == ["cpu", "disk"]
    assert found("&search=web1") == ["cpu", "disk"]
    assert found(f"name=memory&id={two}&search=Night") == ["disk"]
    assert found("search=nothing") == []


def test_pages_name_the_next_one(graphite: Caller) -> None:
    for number in range(5):
        graphite.alert(name=f"alert{number}")
    first = graphite.get("/v2/alerts/?max=2").json
    assert ([alert["name"] for alert in first["alerts"]], first["next_page"]) == (["alert0", "alert1"], 2)
    last = graphite.get("/v2/alerts/?max=2&page=3").json
    assert ([alert["name"] for alert in last["alerts"]], last["next_page"]) == (["alert4"], False)


def test_an_unknown_alert_is_not_found_and_cannot_be_deleted(graphite: Caller, stranger: Api) -> None:
    alert = graphite.alert()
    for path in ("123-456-7890", "00000000-0000-4000-8000-000000000000", "%00"):
        shown = graphite.get(f"/v2/alerts/{path}/")
        assert (shown.status, shown.json["error"]) == (404, "alert not found")
        assert graphite.put(f"/v2/alerts/{path}/", {}).status == 404
        assert graphite.delete(f"/v2/alerts/{path}/").status == 400
    assert graphite.get(f"/v2/alerts/{alert}/", key=stranger.key).status == 404
    assert graphite.get(f"/v2/alerts/{alert}/").status == 200


def test_alerts_are_no_checks_of_other_dialects(graphite: Caller) -> None:
    alert = graphite.alert()
    assert graphite.api.get("/api/v1/checks/").json == {"checks": []}
    assert graphite.api.get(f"/api/v1/checks/{alert}").status == 404


BAD: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": None}),
    ("name", {"name": ""}),
    ("name", {"name": 5}),
    ("name", {"name": "x" * 201}),
    ("metric", {"metric": None}),
    ("metric", {"metric": ""}),
    ("metric", {"metric": "sumSeries(a.*"}),
    ("metric", {"metric": "nothingLikeThis(a)"}),
    ("metric", {"metric": "scale(" * 1000 + "a" + ",1)" * 1000}),
    ("alert_criteria", {"alert_criteria": None}),
    ("alert_criteria", {"alert_criteria": "above"}),
    ("alert_criteria.type", {"alert_criteria": {"above_value": 5}}),
    ("alert_criteria.type", {"alert_criteria": {"type": "beyond", "above_value": 5}}),
    ("alert_criteria.above_value", {"alert_criteria": {"type": "above"}}),
    ("alert_criteria.above_vale", {"alert_criteria": {"type": "above", "above_vale": 5}}),
    ("alert_criteria.above_value", {"alert_criteria": {"type": "above", "above_value": "much"}}),
    ("alert_criteria.above_value", {"alert_criteria": {"type": "above", "above_value": float("nan")}}),
    ("alert_criteria.above_value", {"alert_criteria": {"type": "above", "above_value": float("inf")}}),
    ("alert_criteria.above_value", {"alert_criteria": {"type": "outside_bounds", "above_value": 1, "below_value": 2}}),
    ("alert_criteria.time_period", {"alert_criteria": {"type": "missing"}}),
    ("alert_criteria.time_period", {"alert_criteria": {"type": "missing", "time_period": 0}}),
    ("alert_criteria.time_period", {"alert_criteria": {"type": "missing", "time_period": 525_600}}),
    ("additional_criteria", {"additional_criteria": []}),
    ("additional_criteria.a", {"additional_criteria": {"a": {"type": "above", "above_value": 1, "metric": "x"}}}),
    ("additional_criteria.bb", {"additional_criteria": {"bb": {"type": "above", "above_value": 1, "metric": "x"}}}),
    ("additional_criteria.b.metric", {"additional_criteria": {"b": {"type": "above", "above_value": 1}}}),
    ("expression", {"expression": "a && b"}),
    ("expression", {"expression": "a &&"}),
    ("expression", {"expression": "(" * 1000 + "a" + ")" * 1000}),
    ("notification_type", {"notification_type": "often"}),
    ("notification_type", {"notification_type": ["every", 0]}),
    ("notification_type", {"notification_type": ["every"]}),
    ("notification_channels", {"notification_channels": ["nobody"]}),
    ("notification_channels", {"notification_channels": 5}),
    ("scheduled_mutes", {"scheduled_mutes": ["nothing"]}),
    ("on_query_failure", {"on_query_failure": "shrug"}),
    ("info", {"info": 5}),
    ("colour", {"colour": "red"}),
]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("field", "wrong"), BAD, ids=lambda value: str(value)[:60])
def test_what_is_wrong_is_refused_by_its_name_and_changes_nothing(
    graphite: Caller, contents: Any, field: str, wrong: dict[str, Any]
) -> None:
    alert = graphite.alert()
    before = contents()
    for answer in (
        graphite.post("/v2/alerts/", {**ABOVE, "name": "new", **wrong}),
        graphite.put(f"/v2/alerts/{alert}/", wrong),
    ):
        assert answer.status == 400, answer.text
        assert answer.json["field"].startswith(field)
    assert contents() == before


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"x" * 5_000_000, b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(graphite: Caller, body: bytes) -> None:
    answer = graphite.call("POST", "/v2/alerts/", data=body)
    assert (answer.status, answer.json["field"]) == (400, "body")


def test_too_many_additional_criteria_are_refused(graphite: Caller) -> None:
    more = {letter: {"type": "above", "above_value": 1, "metric": "x"} for letter in "bcde"}
    answer = graphite.post("/v2/alerts/", {**ABOVE, "additional_criteria": more, "expression": "a||b||c||d||e"})
    assert (answer.status, answer.json["field"]) == (400, "additional_criteria")


def test_every_letter_is_to_be_used(graphite: Caller) -> None:
    answer = graphite.post("/v2/alerts/", {**ABOVE, **COMPOSITE, "expression": "a"})
    assert answer.status == 400


def test_keys_are_taken_as_user_name_with_and_without_a_colon(graphite: Caller, reader: Api) -> None:
    from tests.api.hostedgraphite.conftest import basic

    for headers in (basic(graphite.key), basic(f"{graphite.key}:"), basic(f"me:{graphite.key}")):
        assert graphite.get("/v2/alerts/", key="", headers=headers).status == 200
    assert graphite.get("/v2/alerts/", key="nonsense").status == 401
    assert graphite.get("/v2/alerts/", key="").status == 401
    assert graphite.get("/v2/alerts/", key=reader.key).status == 200
    assert graphite.post("/v2/alerts/", ABOVE, key=reader.key).status == 403
