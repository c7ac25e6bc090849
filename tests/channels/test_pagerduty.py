"""PagerDuty's Events API v2: what triggers an incident, what resolves it, and what a person reads in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.channels import Outlet, pagerduty
from chalicelib.channels.fields import MASK
from chalicelib.core.check import Flip
from chalicelib.core.errors import Invalid
from chalicelib.core.outages import incident
from chalicelib.core.specs import ProbeSpec
from tests.channels.samples import AT, CODE, HOSTILE, VALID, check, news
from tests.channels.servers import Server

SETTINGS = pagerduty.clean(VALID["pagerduty"])


@pytest.fixture(autouse=True)
def service(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setitem(pagerduty.ENDPOINTS, "us", server.url("/v2/enqueue"))
    return server


def test_down_triggers_an_incident_with_everything_a_person_needs(service: Server, outlet: Outlet) -> None:
    pagerduty.send(SETTINGS, [news()], outlet)
    [received] = service.received
    assert (received.method, received.path) == ("POST", "/v2/enqueue")
    assert received.headers["Content-Type"] == "application/json"
    assert json.loads(received.body) == {
        "routing_key": SETTINGS["routing_key"],
        "event_action": "trigger",
        "dedup_key": incident(CODE, AT),
        "client": "Tocsin",
        "client_url": news().url,
        "links": [{"href": news().url, "text": "Open the check"}],
        "payload": {
            "summary": "“Nightly backup” is DOWN. It reported a failure (exit status 3).",
            "source": "Nightly backup",
            "severity": "critical",
            "timestamp": "2026-11-21T02:15:07.250+00:00",
            "class": "heartbeat",
            "custom_details": {
                "Description": "Dumps the database.",
                "Project": "Warehouse",
                "Tags": "prod db",
                "Period": "1 day",
                "Grace time": "1 hour",
                "Total pings": "1,234 since 2026-08-01",
                "Last ping": "Failed (exit status 3), 2026-11-21 02:15:07 UTC",
                "Last ping body": "No space left on device",
            },
        },
    }


def test_up_resolves_the_incident_that_down_triggered(service: Server, outlet: Outlet) -> None:
    up = news("up")
    assert up.flip.before is not None
    pagerduty.send(SETTINGS, [news(flip=Flip("p-1", CODE, up.flip.before, "up", "down", "fail"))], outlet)
    pagerduty.send(SETTINGS, [up], outlet)
    down, resolved = (json.loads(received.body) for received in service.received)
    assert resolved == {
        "routing_key": SETTINGS["routing_key"],
        "event_action": "resolve",
        "dedup_key": down["dedup_key"],
    }


def test_a_reminder_belongs_to_the_same_incident() -> None:
    reminder = pagerduty.event(news(reminder=2, downtime=timedelta(hours=2)))
    assert reminder["dedup_key"] == pagerduty.event(news())["dedup_key"]
    assert reminder["payload"]["summary"].startswith("“Nightly backup” is still DOWN. It has been down for 2 hours.")


def test_another_outage_is_another_incident() -> None:
    later = news(flip=replace(news().flip, at=AT + timedelta(days=1)))
    assert pagerduty.event(later)["dedup_key"] != pagerduty.event(news())["dedup_key"]


def test_the_code_that_can_ping_is_not_told() -> None:
    assert CODE not in json.dumps([pagerduty.event(news()), pagerduty.event(news("up"))])


def test_a_test_is_an_incident_of_its_own_that_calls_itself_harmless() -> None:
    event = pagerduty.event(news("test"))
    assert event["event_action"] == "trigger"
    assert event["dedup_key"] != pagerduty.event(news())["dedup_key"]
    assert event["payload"]["severity"] == "info"
    assert event["payload"]["custom_details"] == {}
    assert "links" not in event


def test_a_probe_names_what_it_looks_at_as_the_source() -> None:
    spec = ProbeSpec({"type": "http", "url": "https://shop.example.org/cart?token=s3cret"})
    event = pagerduty.event(news(check=check(kind="probe", period=60, spec=spec), pings=(), body=b""))
    assert (event["payload"]["source"], event["payload"]["class"]) == ("https://shop.example.org/cart", "probe")
    assert "s3cret" not in json.dumps(event)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_make_an_event_within_the_limits(text: str, service: Server, outlet: Outlet) -> None:
    told = news(
        check=check(name=text, desc=text, tags=text), project=text, body=text.encode("utf-8", "replace"), reason=text
    )
    pagerduty.send(SETTINGS, [told], outlet)
    [received] = service.received
    payload = json.loads(received.body)["payload"]
    assert 0 < len(payload["summary"]) <= 1_024
    assert payload["source"]
    assert len(received.body) < 100_000


def test_the_region_chooses_the_service(outlet: Outlet, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pagerduty.ENDPOINTS, "eu", server.url("/eu"))
    pagerduty.send(SETTINGS | {"region": "eu"}, [news()], outlet)
    assert [received.path for received in server.received] == ["/eu"]


@pytest.mark.parametrize("key", ["a" * 31, "a" * 33, "a" * 31 + "-", "ä" * 32, "a" * 16 + " " + "a" * 15])
def test_what_is_no_integration_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        pagerduty.clean({"routing_key": key})
    assert (caught.value.field, caught.value.message) == (
        "settings.routing_key",
        "is not an integration key: 32 letters and digits",
    )


def test_a_reader_sees_everything_but_the_key() -> None:
    assert pagerduty.public(SETTINGS) == {"routing_key": MASK, "region": "us"}
