"""A new type of criterion is one object: what it needs, which values breach it, its words."""

from __future__ import annotations

import pytest

from chalicelib.core import criteria
from chalicelib.core.criteria import Criterion, CriterionType
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Story


def is_odd(_criterion: Criterion, value: float) -> bool:
    return value % 2 == 1


ODD = CriterionType("odd", ("period",), lambda _: "odd", is_odd)


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(criteria.TYPES, ODD.name, ODD)


def test_an_alert_of_a_new_type_is_made_judged_and_told(story: Story, odd: None, api: Api, graphite: Caller) -> None:
    channel = {"kind": "email", "name": "Email me", "settings": {"address": "me@example.org"}}
    assert api.post("/api/v1/channels/", json=channel).status == 201
    asked = {"type": "odd", "time_period": 1}
    alert = graphite.alert(name="Parity", metric="web.parity", alert_criteria=asked)
    for value in (2, 3, 5, 7, 9):
        graphite.send(f"web.parity {value}")
        story.clock.move(seconds=30)
        story.queues.work()
    assert graphite.shown(alert)["alert_criteria"] == asked
    assert story.sent.subjects == ["DOWN | Parity"]
    assert "odd for 1 minute" in story.sent.mails[0].text


def test_it_is_refused_without_what_it_needs(odd: None, graphite: Caller) -> None:
    answer = graphite.post("/v2/alerts/", {"name": "Parity", "metric": "m", "alert_criteria": {"type": "odd"}})
    assert answer.status == 400
    assert "alert_criteria.time_period" in answer.text
