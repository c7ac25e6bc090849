"""Opsgenie's Alert API: what creates an alert, what closes it, and what a person reads in it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.channels import Outlet, opsgenie
from chalicelib.channels.fields import MASK
from chalicelib.core.check import Flip
from chalicelib.core.errors import Invalid
from chalicelib.core.outages import incident
from tests.channels.samples import AT, CODE, HOSTILE, VALID, check, news
from tests.channels.servers import Reply, Server

SETTINGS = opsgenie.clean(VALID["opsgenie"])


@pytest.fixture(autouse=True)
def service(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setitem(opsgenie.ENDPOINTS, "us", server.url("/v2/alerts"))
    server.answer(Reply(202, {}, b'{"result":"Request will be processed","took":0.3,"requestId":"43a2"}'))
    return server


def test_down_creates_an_alert_with_everything_a_person_needs(service: Server, outlet: Outlet) -> None:
    opsgenie.send(SETTINGS, [news()], outlet)
    [received] = service.received
    assert (received.method, received.path) == ("POST", "/v2/alerts")
    assert received.headers["Authorization"] == f"GenieKey {SETTINGS['api_key']}"
    assert json.loads(received.body) == {
        "message": "“Nightly backup” is DOWN. It reported a failure (exit status 3).",
        "alias": incident(CODE, AT),
        "description": f"It reported a failure (exit status 3).\n\nDumps the database.\n\n{news().url}",
        "tags": ["prod", "db"],
        "details": {
            "Project": "Warehouse",
            "Tags": "prod db",
            "Period": "1 day",
            "Grace time": "1 hour",
            "Total pings": "1,234 since 2026-08-01",
            "Last ping": "Failed (exit status 3), 2026-11-21 02:15:07 UTC",
            "Last ping body": "No space left on device",
        },
        "entity": "Nightly backup",
        "source": "Tocsin",
    }


def test_up_closes_the_alert_that_down_created(service: Server, outlet: Outlet) -> None:
    up = news("up")
    assert up.flip.before is not None
    opsgenie.send(SETTINGS, [news(flip=Flip("p-1", CODE, up.flip.before, "up", "down", "fail"))], outlet)
    opsgenie.send(SETTINGS, [up], outlet)
    down, closed = service.received
    alias = json.loads(down.body)["alias"]
    assert (closed.method, closed.path) == ("POST", f"/v2/alerts/{alias}/close?identifierType=alias")
    assert closed.headers["Authorization"] == f"GenieKey {SETTINGS['api_key']}"
    assert json.loads(closed.body) == {
        "source": "Tocsin",
        "note": "“Nightly backup” is UP. It is back, after 1 hour, 5 minutes down.",
    }


def test_a_reminder_belongs_to_the_same_alert() -> None:
    reminder = news(reminder=2, downtime=timedelta(hours=2))
    assert opsgenie.alert(reminder)["alias"] == opsgenie.alert(news())["alias"]


def test_a_test_is_an_alert_of_its_own_with_the_lowest_priority() -> None:
    tried = opsgenie.alert(news("test"))
    assert (tried["priority"], tried["details"]) == ("P5", {})
    assert tried["alias"] != opsgenie.alert(news())["alias"]
    assert "priority" not in opsgenie.alert(news())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_make_an_alert_within_the_limits(text: str, service: Server, outlet: Outlet) -> None:
    told = news(
        check=check(name=text, desc=text, tags=text), project=text, body=text.encode("utf-8", "replace"), reason=text
    )
    opsgenie.send(SETTINGS, [told], outlet)
    created = json.loads(service.received[0].body)
    assert 0 < len(created["message"]) <= 130
    assert len(created["description"]) <= 15_000
    assert sum(len(title) + len(value) for title, value in created["details"].items()) <= 8_000
    assert created["entity"]


def test_tags_beyond_what_an_alert_takes_are_left_out_and_long_ones_cut() -> None:
    tags = opsgenie.alert(news(check=check(tags=" ".join(f"{number}-{'x' * 60}" for number in range(30)))))["tags"]
    assert (len(tags), max(len(tag) for tag in tags)) == (20, 50)


def test_details_that_do_not_fit_are_left_out_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opsgenie, "DETAILS_LIMIT", 60)
    details = opsgenie.alert(news(body=b"x" * 100))["details"]
    assert list(details) == ["Project", "Tags", "Period", "Grace time"]


def test_the_region_chooses_the_service(outlet: Outlet, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opsgenie.ENDPOINTS, "eu", server.url("/eu"))
    opsgenie.send(SETTINGS | {"region": "eu"}, [news()], outlet)
    assert [received.path for received in server.received] == ["/eu"]


def test_jira_service_management_takes_the_same_requests(
    outlet: Outlet, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Atlassian, Jira Service Management Operations, Alert API for integrations; Opsgenie ends on 2027-04-05."""
    assert opsgenie.ENDPOINTS["jsm"] == "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
    monkeypatch.setitem(opsgenie.ENDPOINTS, "jsm", server.url("/jsm/ops/integration/v2/alerts"))
    settings = opsgenie.clean({"api_key": SETTINGS["api_key"], "region": "jsm"})
    opsgenie.send(settings, [news(incident="i-1"), news("up", incident="i-1")], outlet)
    opened, closed = server.received
    assert (opened.path, opened.headers["Authorization"]) == (
        "/jsm/ops/integration/v2/alerts",
        f"GenieKey {SETTINGS['api_key']}",
    )
    assert json.loads(opened.body)["alias"] == "i-1"
    assert closed.path == "/jsm/ops/integration/v2/alerts/i-1/close?identifierType=alias"


@pytest.mark.parametrize("key", ["a b", "a\r\nX-Evil: 1", "ключ", "a" * 101, " "])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        opsgenie.clean({"api_key": key})
    assert caught.value.field == "settings.api_key"


def test_a_reader_sees_everything_but_the_key() -> None:
    assert opsgenie.public(SETTINGS) == {"api_key": MASK, "region": "us"}
