"""Splunk On-Call's REST endpoint: what opens an incident, what closes it, and what a person reads in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels import Outlet, victorops
from chalicelib.channels.fields import MASK
from chalicelib.core.check import Flip
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.outages import incident
from tests.channels.samples import AT, CODE, HOSTILE, VALID, check, news
from tests.channels.servers import Reply, Server


def settings(server: Server) -> dict[str, Any]:
    return victorops.clean({"url": server.url("/integrations/generic/20131114/alert/k3y/database")})


def test_down_opens_an_incident_with_everything_a_person_needs(server: Server, outlet: Outlet) -> None:
    victorops.send(settings(server), [news()], outlet)
    [received] = server.received
    assert (received.method, received.path) == ("POST", "/integrations/generic/20131114/alert/k3y/database")
    assert json.loads(received.body) == {
        "message_type": "CRITICAL",
        "entity_id": incident(CODE, AT),
        "entity_display_name": "“Nightly backup” is DOWN.",
        "state_message": (
            "It reported a failure (exit status 3).\n"
            "Description: Dumps the database.\n"
            "Project: Warehouse\n"
            "Tags: prod db\n"
            "Period: 1 day\n"
            "Grace time: 1 hour\n"
            "Total pings: 1,234 since 2026-08-01\n"
            "Last ping: Failed (exit status 3), 2026-11-21 02:15:07 UTC\n"
            "Last ping body: No space left on device"
        ),
        "state_start_time": int(AT.timestamp()),
        "monitoring_tool": "Tocsin",
        "vo_annotate.u.Open the check": news().url,
    }


def test_up_closes_the_incident_that_down_opened() -> None:
    up = news("up")
    assert up.flip.before is not None
    down = victorops.message(news(flip=Flip("p-1", CODE, up.flip.before, "up", "down", "fail")))
    recovery = victorops.message(up)
    assert (recovery["message_type"], recovery["entity_id"]) == ("RECOVERY", down["entity_id"])
    assert recovery["state_message"].startswith("It is back, after 1 hour, 5 minutes down.")


def test_a_reminder_belongs_to_the_same_incident() -> None:
    reminder = victorops.message(news(reminder=2, downtime=timedelta(hours=2)))
    assert (reminder["message_type"], reminder["entity_id"]) == ("CRITICAL", victorops.message(news())["entity_id"])


def test_a_test_stands_in_the_timeline_and_opens_nothing() -> None:
    tried = victorops.message(news("test"))
    assert tried["message_type"] == "INFO"
    assert tried["entity_id"] != victorops.message(news())["entity_id"]
    assert tried["state_message"] == "This is a test. If you can read it, the channel works."
    assert "vo_annotate.u.Open the check" not in tried


def test_a_success_that_says_it_is_a_failure_is_tried_again(server: Server, outlet: Outlet) -> None:
    server.answer(Reply(200, {}, b'{"result":"failure","message":"k3y"}'))
    with pytest.raises(Undelivered) as caught:
        victorops.send(settings(server), [news()], outlet)
    assert (caught.value.message, caught.value.permanent) == ("answered 200, but took nothing", False)


@pytest.mark.parametrize(
    "body", [b'{"result":"success","entity_id":"x"}', b"", b"failure", b"[]", b"\xff", b"[" * 60_000]
)
def test_any_other_body_of_a_success_is_one(body: bytes, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(200, {}, body))
    victorops.send(settings(server), [news()], outlet)
    assert len(server.received) == 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_make_a_message_within_the_limits(text: str, server: Server, outlet: Outlet) -> None:
    told = news(
        check=check(name=text, desc=text, tags=text), project=text, body=text.encode("utf-8", "replace"), reason=text
    )
    victorops.send(settings(server), [told], outlet)
    told_them = json.loads(server.received[0].body)
    assert 0 < len(told_them["state_message"]) <= 10_000
    assert len(told_them["entity_display_name"].splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://alert.victorops.com/integrations/generic/20131114/alert/k3y/$routing_key", "must end with a routing"),
        ("alert.victorops.com/x", "must begin with http"),
        ("https://alert.victorops.com/a b", "must not hold spaces"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        victorops.clean({"url": url})
    assert caught.value.field == "settings.url"
    assert caught.value.message.startswith(message)


def test_a_reader_sees_the_host_alone() -> None:
    shown = victorops.public(victorops.clean(VALID["victorops"]))
    assert shown == {"url": f"https://alert.victorops.com/{MASK}"}
