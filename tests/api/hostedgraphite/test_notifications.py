"""Notification channels: made, searched, changed, deleted, and what arrives at the webhooks of this dialect."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.check import Channel
from chalicelib.monitor.services import Services
from chalicelib.store import definitions
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE, Caller
from tests.channels.servers import serving
from tests.conftest import Clock, Queues, Story

ROOT = "/v2/notifications/"
HOOK = "https://hooks.example.org/tocsin"
DESTINATIONS = {
    "email": "ops@example.org",
    "sms": "+358401234567",
    "slack": "https://hooks.slack.com/services/T00/B00/abcdefghijklmnop",
    "pagerduty": "0123456789abcdef0123456789abcdef",
    "opsgenie": "01234567-89ab-cdef-0123-456789abcdef",
    "victorops": "https://alert.victorops.com/integrations/generic/20131114/alert/abc/routing",
    "webhook": HOOK,
}


def made(graphite: Caller, kind: str = "email", **more: Any) -> str:
    """The id of a new channel."""
    given = {"type": kind, "description": f"My {kind}", "destination": DESTINATIONS[kind], **more}
    answer = graphite.post(ROOT, given)
    assert answer.status == 201, answer.text
    assert answer.json["url"] == f"/v2/notifications/{answer.json['id']}"
    return str(answer.json["id"])


def settings_of(graphite: Caller, code: str) -> dict[str, Any]:
    """What a channel is set to, as the Management API's callers have it: nothing is covered."""
    return dict(next(one for one in definitions.channels(_project(graphite)) if one.code == code).settings)


def _project(graphite: Caller) -> str:
    from chalicelib.monitor.managing import projects

    key = projects.opened_by(graphite.key)
    assert key
    return key.project


@pytest.mark.parametrize("kind", DESTINATIONS)
@pytest.mark.usefixtures("quiet")
def test_every_type_is_made_shown_and_deleted(graphite: Caller, kind: str) -> None:
    code = made(graphite, kind)
    shown = graphite.get(f"{ROOT}{code}/").json
    assert sorted(shown) == ["auto_resolve", "description", "destination", "id", "type"]
    assert (shown["type"], shown["description"], shown["id"], shown["auto_resolve"]) == (kind, f"My {kind}", code, True)
    assert graphite.get(f"/v2/notification/{code}/").json == shown
    assert graphite.delete(f"{ROOT}{code}/").status == 200
    assert graphite.get(f"{ROOT}{code}/").status == 404
    assert graphite.delete(f"{ROOT}{code}/").status == 404


@pytest.mark.parametrize("kind", ["slack", "pagerduty", "opsgenie", "victorops", "webhook"])
def test_what_is_secret_is_not_shown_and_may_be_sent_back_as_it_was_shown(graphite: Caller, kind: str) -> None:
    code = made(graphite, kind)
    before = settings_of(graphite, code)
    shown = graphite.get(f"{ROOT}{code}/").json
    assert DESTINATIONS[kind] not in json.dumps(shown)
    assert graphite.put(f"{ROOT}{code}/", shown).json == shown
    assert settings_of(graphite, code) == before


@pytest.mark.parametrize("kind", DESTINATIONS)
def test_auto_resolve_alone_changes_nothing_else(graphite: Caller, kind: str) -> None:
    code = made(graphite, kind)
    before = settings_of(graphite, code)
    off = graphite.put(f"{ROOT}{code}/", {"auto_resolve": False})
    assert (off.status, off.json["auto_resolve"]) == (200, False), off.text
    assert graphite.get(f"{ROOT}{code}/").json == off.json
    on = graphite.put(f"{ROOT}{code}/", {"auto_resolve": True})
    assert (on.status, on.json["auto_resolve"]) == (200, True)
    assert settings_of(graphite, code) == before


def test_a_channel_may_be_made_that_does_not_resolve(graphite: Caller) -> None:
    for kind in ("email", "webhook", "opsgenie"):
        code = made(graphite, kind, auto_resolve=False)
        assert graphite.get(f"{ROOT}{code}/").json["auto_resolve"] is False


def test_a_change_keeps_the_settings_that_this_dialect_does_not_know(graphite: Caller, channel: Any) -> None:
    eu = channel("EU", "opsgenie", api_key=DESTINATIONS["opsgenie"], region="eu")["id"]
    assert graphite.put(f"{ROOT}{eu}/", {"auto_resolve": False}).status == 200
    assert graphite.put(f"{ROOT}{eu}/", {"destination": "fedcba98-89ab-cdef-0123-456789abcdef"}).status == 200
    assert settings_of(graphite, eu) == {
        "api_key": "fedcba98-89ab-cdef-0123-456789abcdef",
        "region": "eu",
    }
    assert graphite.get(f"{ROOT}{eu}/").json["auto_resolve"] is False


def test_a_webhook_of_another_dialect_keeps_its_body_when_it_is_moved(graphite: Caller, channel: Any) -> None:
    own = {"url_down": "https://a.example.org/", "body_down": "$NAME", "headers_down": {"X-Key": "k"}}
    code = channel("Own", "webhook", **own, url_up="https://a.example.org/up")["id"]
    before = settings_of(graphite, code)
    moved = graphite.put(f"{ROOT}{code}/", {"destination": "https://b.example.org/"})
    assert moved.status == 200
    assert settings_of(graphite, code) == before | {"url_down": "https://b.example.org/"} | {
        "url_up": "https://b.example.org/"
    }
    assert graphite.put(f"{ROOT}{code}/", {"auto_resolve": False}).json["auto_resolve"] is False
    assert graphite.put(f"{ROOT}{code}/", {"auto_resolve": True}).json["auto_resolve"] is True


def test_a_channel_of_a_type_that_only_other_dialects_know_is_renamed_and_no_more(
    graphite: Caller, channel: Any
) -> None:
    topic = "arn:aws:sns:eu-north-1:123456789012:alarms"
    code = channel("Topic", "sns", topic=topic)["id"]
    assert graphite.get(f"{ROOT}{code}/").json["type"] == "sns"
    assert graphite.put(f"{ROOT}{code}/", {"description": "Other"}).json["description"] == "Other"
    answer = graphite.put(f"{ROOT}{code}/", {"destination": "x"})
    assert (answer.status, answer.json["field"]) == (400, "destination")


LEAVING_OUT = [
    ("webhook", {"url_down": "https://a.example.org/", "body_down": "$NAME"}),
    ("webhook", {"url_down": "https://a.example.org/", "headers_up": {"X-Key": "k"}}),
    ("email", {"address": "ops@example.org", "up": False}),
    ("sms", {"number": "+358401234567", "up": False}),
]


@pytest.mark.parametrize(("kind", "given"), LEAVING_OUT)
def test_recoveries_that_another_dialects_settings_leave_out_can_be_switched_on(
    graphite: Caller, channel: Any, kind: str, given: dict[str, Any]
) -> None:
    code = channel("Own", kind, **given)["id"]
    before = graphite.get(f"{ROOT}{code}/").json
    assert before["auto_resolve"] is False
    assert graphite.put(f"{ROOT}{code}/", before).json == before
    assert graphite.put(f"{ROOT}{code}/", {"auto_resolve": True}).json == before | {"auto_resolve": True}
    kept = settings_of(graphite, code)
    if kind == "webhook":
        assert kept["url_up"] == kept["url_down"]
        assert kept["headers_up"] == given.get("headers_up", {})
    assert graphite.put(f"{ROOT}{code}/", {"auto_resolve": False}).json == before


def test_a_description_is_taken_once(graphite: Caller) -> None:
    made(graphite, description="Ops")
    other = made(graphite, description="Other")
    again = graphite.post(ROOT, {"type": "email", "description": "Ops", "destination": "b@example.org"})
    assert again.status == 409
    assert graphite.put(f"{ROOT}{other}/", {"description": "Ops"}).status == 409
    assert graphite.put(f"{ROOT}{other}/", {"description": "Other"}).status == 200


def test_the_values_of_a_search_are_alternatives(graphite: Caller) -> None:
    one = made(graphite, "email", description="Day shift")
    made(graphite, "sms", description="Night shift")
    made(graphite, "webhook", description="Log")

    def found(query: str) -> list[str]:
        return [channel["description"] for channel in graphite.get(f"{ROOT}?{query}").json["notifications"]]

    assert found("") == ["Day shift", "Night shift", "Log"]
    assert found("&type=sms&type=webhook") == ["Night shift", "Log"]
    assert found(f"description=Log&id={one}") == ["Day shift", "Log"]
    assert found("descriptions=Night%20shift") == ["Night shift"]
    assert found("type=hipchat") == []


def test_pages_of_channels_name_the_next_one(graphite: Caller) -> None:
    for number in range(3):
        made(graphite, description=f"Channel {number}")
    first = graphite.get(f"{ROOT}?max=2").json
    assert ([one["description"] for one in first["notifications"]], first["next_page"]) == (
        ["Channel 0", "Channel 1"],
        2,
    )
    last = graphite.get(f"{ROOT}?max=2&page=2").json
    assert (len(last["notifications"]), last["next_page"]) == (1, False)


def test_a_deleted_channel_is_taken_off_its_alerts(graphite: Caller, queues: Queues) -> None:
    code = made(graphite, description="Ops")
    alert = graphite.alert(notification_channels=["Ops"])
    graphite.delete(f"{ROOT}{code}/")
    queues.work()
    assert graphite.shown(alert)["notification_channels"] == []


def test_email_me_is_made_for_the_owner_where_no_channel_is_named(api: Api, clock: Clock, services: Services) -> None:
    graphite = Caller(api, api.key, clock)
    services.settings = replace(services.settings, mail_to="owner@example.org")
    first = graphite.shown(graphite.alert())["notification_channels"]
    second = graphite.shown(graphite.alert(name="other", notification_channels=[]))["notification_channels"]
    (channel,) = graphite.get(f"{ROOT}?description=Email%20me").json["notifications"]
    assert first == second == [channel["id"]]
    assert (channel["type"], channel["destination"]) == ("email", "owner@example.org")


def test_an_alert_that_is_not_made_makes_no_channel_either(
    story: Story, api: Api, channel: Any, contents: Callable[[], Any]
) -> None:
    graphite = Caller(api, api.key, story.clock)
    story.services.settings = replace(story.services.settings, mail_to="owner@example.org")
    channel("Ops")
    graphite.alert(notification_channels=["Ops"])
    before = graphite.get(ROOT).json
    assert graphite.post("/v2/alerts/", ABOVE).status == 409
    assert graphite.get(ROOT).json == before


def test_without_the_owners_address_every_e_mail_channel_is_told(graphite: Caller) -> None:
    mine, yours = made(graphite, description="Mine"), made(graphite, description="Yours")
    made(graphite, "webhook")
    assert graphite.shown(graphite.alert())["notification_channels"] == sorted([mine, yours])


def test_channels_are_named_by_ids_and_descriptions_and_an_empty_list_means_the_default(graphite: Caller) -> None:
    me, ops = made(graphite, description="Email me"), made(graphite, "webhook", description="Ops")
    alert = graphite.alert(notification_channels=[me, "Ops"])
    assert graphite.shown(alert)["notification_channels"] == sorted([me, ops])
    assert graphite.put(f"/v2/alerts/{alert}/", {"notification_channels": ["Ops"]}).json["notification_channels"] == [
        ops
    ]
    nothing: tuple[Any, ...] = ([], None)
    for empty in nothing:
        graphite.put(f"/v2/alerts/{alert}/", {"notification_channels": ["Ops"]})
        changed = graphite.put(f"/v2/alerts/{alert}/", {"notification_channels": empty})
        assert changed.json["notification_channels"] == [me]


def test_twenty_channels_named_by_their_descriptions_are_read_at_once(
    graphite: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"Channel {number}" for number in range(20)]
    codes = [made(graphite, description=name) for name in names]
    real, read = definitions.channels, []

    def noted(project: str) -> list[Channel]:
        read.append(project)
        return real(project)

    monkeypatch.setattr(definitions, "channels", noted)
    alert = graphite.alert(notification_channels=names)
    assert len(read) == 1
    assert graphite.shown(alert)["notification_channels"] == sorted(codes)


def test_a_webhook_gets_the_documented_json_at_both_ends_of_a_problem(
    graphite: Caller, queues: Queues, clock: Clock
) -> None:
    with serving() as server:
        made(graphite, "webhook", description="Hook", destination=server.url("/hook"))
        graphite.alert(
            name="Load",
            metric="web.load",
            info="call Bob",
            notification_channels=["Hook"],
            notification_type=["every", 30],
        )
        for value in (1, 6.5, 2):
            graphite.send(f"web.load {value}")
            clock.move(seconds=30)
            queues.work()
        down, up = server.received
    assert (down.method, down.path, down.headers["Content-Type"]) == ("POST", "/hook", "application/json")
    document = json.loads(down.body)
    assert document.pop("graph").startswith("https://tocsin.example.org/render?target=web.load&")
    assert document == {
        "name": "Load",
        "criteria": "above 5",
        "value": 6.5,
        "metric": "web.load",
        "status": "alerting",
        "backoff_minutes": 30,
        "info": "call Bob",
    }
    assert {key: json.loads(up.body)[key] for key in ("status", "value")} == {"status": "healthy", "value": 2}


def test_a_webhook_that_does_not_resolve_is_told_of_the_beginning_alone(
    graphite: Caller, queues: Queues, clock: Clock
) -> None:
    with serving() as server:
        code = made(graphite, "webhook", description="Hook", destination=server.url("/hook"))
        graphite.put(f"{ROOT}{code}/", {"auto_resolve": False})
        graphite.alert(metric="web.load", notification_channels=["Hook"], notification_type="state_change")
        for value in (1, 6.5, 2):
            graphite.send(f"web.load {value}")
            clock.move(seconds=30)
            queues.work()
        assert [json.loads(one.body)["status"] for one in server.received] == ["alerting"]


BAD: list[tuple[str, dict[str, Any]]] = [
    ("type", {"type": None}),
    ("type", {"type": "carrier-pigeon"}),
    ("type", {"type": ["email"]}),
    ("type", {"type": {}}),
    ("type", {"type": 5}),
    ("description", {"description": None}),
    ("description", {"description": " "}),
    ("description", {"description": 5}),
    ("description", {"description": ["x"]}),
    ("description", {"description": "a,b"}),
    ("description", {"description": "x" * 101}),
    ("description", {"description": "\ud800"}),
    ("description", {"description": "a\0b"}),
    ("destination", {"destination": None}),
    ("destination", {"destination": ""}),
    ("destination", {"destination": 5}),
    ("destination", {"destination": True}),
    ("destination", {"destination": "nobody"}),
    ("destination", {"destination": "x" * 100_000}),
    ("destination", {"destination": "\ud800@example.org"}),
    ("auto_resolve", {"auto_resolve": "yes"}),
    ("auto_resolve", {"auto_resolve": 1}),
    ("colour", {"colour": "red"}),
]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("field", "wrong"), BAD, ids=lambda value: ascii(value)[:60])
def test_what_is_wrong_with_a_channel_is_refused_by_its_name(
    graphite: Caller, contents: Callable[[], Any], field: str, wrong: dict[str, Any]
) -> None:
    code = made(graphite, description="There")
    before = contents()
    new = {"type": "email", "description": "New", "destination": "a@example.org", **wrong}
    for answer in (graphite.post(ROOT, new), graphite.put(f"{ROOT}{code}/", wrong)):
        assert (answer.status, answer.json["field"]) == (400, field), answer.text
    assert contents() == before


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("code", ["nothing", "%00", "x" * 3_000, "%ED%A0%80", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_channel_is_not_found(graphite: Caller, code: str) -> None:
    for answer in (
        graphite.get(f"{ROOT}{code}/"),
        graphite.put(f"{ROOT}{code}/", {}),
        graphite.delete(f"{ROOT}{code}/"),
    ):
        assert answer.status == 404
