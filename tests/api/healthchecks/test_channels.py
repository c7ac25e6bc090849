"""Channels over the Management API: the published list, and our own calls that make, change and remove them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Answer, Api
from tests.channels.samples import VALID
from tests.conftest import Clock

MakeChannel = Callable[..., dict[str, Any]]
Contents = Callable[[], dict[str, list[str]]]
UNKNOWN = "00000000-1111-4222-8333-444444444444"
SLACK = "https://hooks.slack.com/services/T1/B2/the-secret"
CALLS = [("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/notifications/")]


def create(api: Api, **body: Any) -> Answer:
    return api.post("/api/v1/channels/", json=body)


def change(api: Api, channel: dict[str, Any], **body: Any) -> Answer:
    return api.post(f"/api/v1/channels/{channel['id']}", json=body)


def test_a_new_project_has_no_channels(api: Api) -> None:
    assert api.get("/api/v1/channels/").json == {"channels": []}


def test_the_list_shows_what_is_published_and_no_more(api: Api, channel: MakeChannel, clock: Clock) -> None:
    first = channel("Zebra")
    clock.move(seconds=1)
    second = channel("Ant", "sms", number="+37120000000")
    assert api.get("/api/v1/channels/").json == {
        "channels": [
            {"id": first["id"], "name": "Zebra", "kind": "email"},
            {"id": second["id"], "name": "Ant", "kind": "sms"},
        ]
    }


def test_a_new_channel_is_answered_with_its_settings(api: Api) -> None:
    answer = create(api, kind="email", name="Ops", settings={"address": "ops@example.org"}, remind=3600)
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "name": "Ops",
        "kind": "email",
        "settings": {"address": "ops@example.org", "down": True, "up": True},
        "remind": 3600,
        "last_error": "",
    }
    assert api.get(f"/api/v1/channels/{answer.json['id']}").json == answer.json


def test_a_name_and_reminders_are_optional(api: Api) -> None:
    answer = create(api, kind="email", settings={"address": "ops@example.org"})
    assert (answer.status, answer.json["name"], answer.json["remind"]) == (201, "", 0)


@pytest.mark.parametrize(("kind", "given"), VALID.items())
def test_every_kind_can_be_made_in_every_version(kind: str, given: dict[str, object], api: Api) -> None:
    for version in (1, 2, 3):
        answer = api.post(f"/api/v{version}/channels/", json={"kind": kind, "settings": given})
        assert (answer.status, answer.json["kind"]) == (201, kind)


def test_secrets_are_covered_in_every_answer(api: Api, channel: MakeChannel) -> None:
    slack = channel("Slack", "slack", url=SLACK)
    hook = channel(
        "Hook",
        "webhook",
        url_down="https://user:the-secret@example.org/the-secret?key=the-secret",
        headers_down={"Authorization": "Bearer the-secret"},
        body_down="the-secret",
    )
    for made in (slack, hook):
        path = f"/api/v1/channels/{made['id']}"
        answers = [api.get(path), api.get("/api/v1/channels/"), change(api, made, name="New"), api.delete(path)]
        assert all(answer.status == 200 for answer in answers)
        assert not [answer for answer in answers if "the-secret" in answer.text]
        assert "the-secret" not in str(made)
    assert hook["settings"]["headers_down"] == {"Authorization": "•••"}


Rows = list[tuple[dict[str, object], str]]
WRONG_KINDS: Rows = [
    ({}, "kind is missing"),
    ({"settings": {"address": "ops@example.org"}}, "kind is missing"),
    ({"kind": "pager"}, "kind is not one of email, sms, sns, webhook, slack"),
    ({"kind": ""}, "kind is not one of email, sms, sns, webhook, slack"),
    ({"kind": None}, "kind is not a string"),
    ({"kind": ["email"]}, "kind is not a string"),
    ({"kind": "x" * 1_000_000}, "kind is too long"),
    ({"kind": "email"}, "settings.address is missing"),
    ({"kind": "email", "settings": {}}, "settings.address is missing"),
    ({"kind": "email", "settings": None}, "settings is not an object"),
    ({"kind": "email", "settings": "ops@example.org"}, "settings is not an object"),
    ({"kind": "email", "settings": ["ops@example.org"]}, "settings is not an object"),
    ({"kind": "email", "settings": {"address": 1}}, "settings.address is not a string"),
    ({"kind": "email", "settings": {"adress": "a@example.org"}}, "settings.adress is unknown"),
    ({"kind": "sms", "settings": {"address": "a@example.org"}}, "settings.address is unknown"),
    ({"kind": "slack", "settings": {"url": "ftp://example.org"}}, "settings.url must begin with http"),
    ({"kind": "slack", "settings": {"url": "x" * 1_000_000}}, "settings is too long"),
    ({"kind": "webhook", "settings": {}}, "settings.url_down is empty"),
]
WRONG_SETTINGS: Rows = [
    ({"settings": {}}, "settings.address is missing"),
    ({"settings": None}, "settings is not an object"),
    ({"settings": {"address": 1}}, "settings.address is not a string"),
    ({"settings": {"address": "a@example.org", "auto_resolve": 1}}, "settings.auto_resolve is not a boolean"),
    ({"settings": {"url": SLACK}}, "settings.url is unknown"),
    ({"settings": {"address": "x" * 1_000_000}}, "settings is too long"),
]
WRONG: Rows = [
    ({"name": None}, "name is not a string"),
    ({"name": 1}, "name is not a string"),
    ({"name": "x" * 101}, "name is too long"),
    ({"name": "x" * 1_000_000}, "name is too long"),
    ({"name": "a\0b"}, "name contains a NUL character"),
    ({"name": "\ud800"}, "name is not valid Unicode"),
    ({"remind": None}, "remind is not a number"),
    ({"remind": "3600"}, "remind is not a number"),
    ({"remind": 3600.0}, "remind is not a number"),
    ({"remind": True}, "remind is not a number"),
    ({"remind": 299}, "remind must be 0 or from 300 to 604800 seconds"),
    ({"remind": -1}, "remind must be 0 or from 300 to 604800 seconds"),
    ({"remind": 604801}, "remind must be 0 or from 300 to 604800 seconds"),
    ({"remind": 10**20}, "remind must be 0 or from 300 to 604800 seconds"),
]


def assert_refused(answer: Answer, error: str) -> None:
    assert answer.status == 400, answer.text
    assert answer.error.startswith(f"json validation error: {error}")


@pytest.mark.usefixtures("quiet")
def test_what_is_wrong_is_named_and_nothing_is_made(api: Api, contents: Contents) -> None:
    before = contents()
    for wrong, error in WRONG_KINDS:
        assert_refused(create(api, **wrong), error)
    for wrong, error in WRONG:
        assert_refused(create(api, kind="email", settings={"address": "ops@example.org"}, **wrong), error)
    assert contents() == before


@pytest.mark.usefixtures("quiet")
def test_what_is_wrong_is_named_and_nothing_is_changed(api: Api, channel: MakeChannel, contents: Contents) -> None:
    made = channel("Ops")
    before = contents()
    for wrong, error in WRONG + WRONG_SETTINGS:
        assert_refused(change(api, made, **wrong), error)
    assert contents() == before


@pytest.mark.usefixtures("quiet")
def test_the_longest_settings_fit(api: Api) -> None:
    headers = {f"X-{number}": "é" * 1_000 for number in range(20)}
    longest = {
        "url_down": "https://example.org",
        "headers_down": headers,
        "headers_up": headers,
        "body_down": "😀" * 4_000,
    }
    answer = api.post(
        "/api/v1/channels/", data=json.dumps({"kind": "webhook", "settings": longest}, ensure_ascii=False).encode()
    )
    assert answer.status == 201


@pytest.mark.parametrize("remind", [0, 300, 604800])
def test_reminders_come_at_most_every_five_minutes_and_at_least_every_week(
    remind: int, api: Api, channel: MakeChannel
) -> None:
    answer = change(api, channel(), remind=remind)
    assert (answer.status, answer.json["remind"]) == (200, remind)


def test_only_what_is_given_changes(api: Api, channel: MakeChannel) -> None:
    made = channel("Ops")
    assert change(api, made, name="New").json == {**made, "name": "New"}
    assert change(api, made, remind=600).json == {**made, "name": "New", "remind": 600}
    settings = {"address": "new@example.org", "down": True, "up": False}
    changed = change(api, made, settings={"address": "new@example.org", "up": False})
    assert changed.json == {**made, "name": "New", "remind": 600, "settings": settings}
    assert change(api, made).json == changed.json
    assert api.get(f"/api/v1/channels/{made['id']}").json == changed.json


def test_every_kind_may_leave_recoveries_out_and_shows_that_it_does(api: Api, channel: MakeChannel) -> None:
    slack, pager = channel("Slack", "slack", url=SLACK), channel("Pager", "pagerduty", routing_key="R" * 32)
    assert "auto_resolve" not in slack["settings"]
    assert pager["settings"]["auto_resolve"] is True
    for made, settings in ((slack, {"url": SLACK}), (pager, {"routing_key": "R" * 32})):
        off = change(api, made, settings={**settings, "auto_resolve": False})
        assert (off.status, off.json["settings"]["auto_resolve"]) == (200, False)
        assert change(api, made, name=made["name"]).json == off.json
        assert change(api, made, settings=settings).json == made


def test_the_kind_is_for_life(api: Api, channel: MakeChannel) -> None:
    made = channel("Ops")
    answer = change(api, made, kind="sms")
    assert (answer.status, answer.error) == (400, "json validation error: kind cannot be changed")
    assert change(api, made, kind="email").status == 200


def test_a_covered_secret_that_comes_back_is_refused(api: Api, channel: MakeChannel) -> None:
    made = channel("Slack", "slack", url=SLACK)
    answer = change(api, made, settings=made["settings"])
    assert answer.status == 400
    assert answer.error.startswith("json validation error: settings.url holds •••")


def test_a_deleted_channel_is_answered_as_it_was_and_then_gone(api: Api, channel: MakeChannel) -> None:
    made = channel("Ops")
    check = api.check(name="Backup", channels=made["id"])
    answer = api.delete(f"/api/v1/channels/{made['id']}")
    assert (answer.status, answer.json) == (200, {**made, "checks_affected": 1, "checks_unheard": [check["uuid"]]})
    assert api.get("/api/v1/channels/").json == {"channels": []}
    for method, end in CALLS:
        assert api.call(method, f"/api/v1/channels/{made['id']}{end}").status == 404


@pytest.mark.parametrize("code", [UNKNOWN, "nonsense", "%00", "x" * 5000])
def test_a_channel_that_does_not_exist_is_not_found(code: str, api: Api) -> None:
    for method, end in CALLS:
        answer = api.call(method, f"/api/v1/channels/{code}{end}")
        assert (method, end, answer.status, answer.error) == (method, end, 404, "channel not found")


def test_a_channel_of_another_project_does_not_exist_here(
    stranger: Api, api: Api, channel: MakeChannel, contents: Contents
) -> None:
    made = channel("Ops")
    before = contents()
    for method, end in CALLS:
        assert stranger.call(method, f"/api/v1/channels/{made['id']}{end}").status == 404
    assert contents() == before


def test_a_read_only_key_neither_sees_nor_changes_a_channel(
    reader: Api, channel: MakeChannel, contents: Contents
) -> None:
    made = channel("Ops")
    before = contents()
    for method, end in CALLS:
        answer = reader.call(method, f"/api/v1/channels/{made['id']}{end}")
        assert (answer.status, answer.error) == (401, "wrong api key")
    assert contents() == before
