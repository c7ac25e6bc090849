"""The alert that ZMON's notify_http sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.channels.payloads import zmon
from chalicelib.core.specs import ConditionSpec
from tests.channels.samples import check, news

SPEC = ConditionSpec(7, 3, "> limit", parameters={"limit": {"value": 5}}, priority=1, team="A", responsible_team="B")
ALERT = check(kind="evaluation", name="Load", desc="Too much", spec=SPEC, period=0)
ENTITY = replace(ALERT, code="i#00000001-0000-4000-8000-000000000000#web1")
DETAILS = {"captures": {"load": 9}, "value": '{"load": 9}'}


def test_an_entity_that_falls_ill_is_told_with_what_was_found() -> None:
    told = news("down", check=ENTITY)
    told = replace(told, flip=replace(told.flip, details=DETAILS))
    document = zmon.document(told)
    definition = document.pop("alert_def")
    assert document == {
        "is_alert": True,
        "changed": True,
        "alert_changed": False,
        "duration": 0,
        "captures": {"load": 9},
        "entity": {"id": "web1"},
        "worker": told.site.name,
        "value": {"load": 9},
        "time": told.flip.at.timestamp(),
    }
    assert (definition["id"], definition["check_id"], definition["condition"]) == (7, 3, "> limit")
    assert (definition["priority"], definition["team"], definition["parameters"]) == (1, "A", {"limit": {"value": 5}})


def test_a_reminder_changes_nothing_and_says_for_how_long() -> None:
    told = replace(news("down", check=ALERT), reminder=2, downtime=timedelta(minutes=5))
    document = zmon.document(told)
    assert (document["changed"], document["alert_changed"], document["duration"]) == (False, False, 300)
    assert document["entity"] is None


def test_a_value_that_was_cut_is_a_text() -> None:
    told = news("up", check=ALERT)
    told = replace(told, flip=replace(told.flip, details={"value": '{"load": 9...'}))
    document = zmon.document(told)
    assert (document["is_alert"], document["value"], document["alert_changed"]) == (False, '{"load": 9...', True)


def test_what_is_no_alert_definition_has_no_condition() -> None:
    document = zmon.document(news("down"))
    assert set(document["alert_def"]) == {"id", "name", "description"}
    assert document["value"] is None
