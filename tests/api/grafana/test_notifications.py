"""Alert notifications: the project's channels in Grafana's words, those of every dialect, and no secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.api.grafana import notifiers
from chalicelib.channels import KINDS
from chalicelib.core.check import Check
from chalicelib.monitor.managing import channels, checks
from chalicelib.store import definitions
from tests.api.client import Api
from tests.api.grafana.conftest import EMAIL, HOOK, KEY, Caller, Contents, Zoo
from tests.channels.servers import Server
from tests.conftest import Story

FIELDS = [
    *("id", "uid", "name", "type", "isDefault", "sendReminder", "disableResolveMessage", "frequency", "created"),
    *("updated", "settings", "secureFields"),
]
# Settings of each type that are right, with what may be said of them afterwards.
TYPES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, bool]]] = {
    "email": ({"addresses": "a@example.org;b@example.org"}, {"addresses": "a@example.org;b@example.org"}, {}),
    "slack": ({"url": HOOK, "token": "xoxb", "recipient": "#ops"}, {"recipient": "#ops"}, {"url": True}),
    "webhook": (
        {"url": HOOK, "httpMethod": "PUT", "username": "ann", "password": "hidden"},
        {"url": HOOK, "httpMethod": "PUT", "username": "ann"},
        {"password": True},
    ),
    "pagerduty": ({"integrationKey": KEY, "severity": "critical"}, {"severity": "critical"}, {"integrationKey": True}),
    "opsgenie": ({"apiKey": KEY}, {"apiUrl": "https://api.opsgenie.com/v2/alerts"}, {"apiKey": True}),
    "victorops": ({"url": HOOK}, {}, {"url": True}),
    "telegram": (
        {"bottoken": "123456:" + "A" * 35, "chatid": "-100123", "uploadImage": False},
        {"chatid": "-100123", "uploadImage": False},
        {"bottoken": True},
    ),
    **{kind: ({"url": HOOK}, {}, {"url": True}) for kind in ("discord", "teams", "googlechat", "dingding")},
    "pushover": (
        {"apiToken": "a" * 30, "userKey": "b" * 30, "device": "77", "priority": "1", "sound": "siren"},
        {"device": "77", "priority": "1", "okPriority": "0", "retry": "60", "expire": "3600", "sound": "siren"},
        {"apiToken": True, "userKey": True},
    ),
    "kafka": (
        {"kafkaRestProxy": "https://kafka.example.org", "kafkaTopic": "alerts"},
        {"kafkaRestProxy": "https://kafka.example.org", "kafkaTopic": "alerts"},
        {},
    ),
    "threema": (
        {"gateway_id": "*TOCSIN1", "recipient_id": "ECHOECHO", "api_secret": "verySecret1"},
        {"gateway_id": "*TOCSIN1", "recipient_id": "ECHOECHO"},
        {"api_secret": True},
    ),
    "sensugo": (
        {"url": "https://sensu.example.org", "apikey": "a-key-of-sensu"},
        {"url": "https://sensu.example.org", "namespace": "default", "entity": "tocsin", "handler": "default"},
        {"apikey": True},
    ),
    "prometheus-alertmanager": (
        {"url": "https://am.example.org", "basicAuthUser": "ann", "basicAuthPassword": "hidden"},
        {"url": "https://am.example.org", "basicAuthUser": "ann"},
        {"basicAuthPassword": True},
    ),
}


def of_type(kind: str) -> dict[str, Any]:
    return {"name": kind, "type": kind, "settings": TYPES[kind][0]}


@pytest.fixture(params=["/alert-notifications", "/alerts-notifications"])
def root(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("slash", ["", "/"])
def test_both_spellings_with_and_without_a_slash_do_everything(grafana: Caller, root: str, slash: str) -> None:
    made = grafana.post(f"{root}{slash}", {**EMAIL, "uid": "ops"})
    assert made.status == 200
    assert list(made.json) == FIELDS
    assert grafana.get(f"{root}{slash}").json == [made.json]
    for path in ("/1", "/uid/ops"):
        assert grafana.get(f"{root}{path}{slash}").json == made.json
        changed = grafana.put(f"{root}{path}{slash}", {**EMAIL, "name": f"Night {path}"})
        assert (changed.status, changed.json["name"], changed.json["uid"]) == (200, f"Night {path}", "ops")
        made = changed
    lookup = grafana.get(f"{root}/lookup{slash}").json
    assert lookup == [{"id": 1, "uid": "ops", "name": "Night /uid/ops", "type": "email", "isDefault": False}]
    assert grafana.delete(f"{root}/1{slash}").json == {"message": "Notification deleted"}
    grafana.notification(uid="ops")
    assert grafana.delete(f"{root}/uid/ops{slash}").json == {"message": "Notification deleted", "id": 2}
    assert grafana.get(root).json == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_channel_of_each_type_is_kept_as_ours_and_its_secrets_never_come_back(grafana: Caller, kind: str) -> None:
    sent, shown, secure = TYPES[kind]
    made = grafana.notification(**of_type(kind))
    assert (made["type"], made["settings"], made["secureFields"]) == (kind, shown, secure)
    texts = [json.dumps(made), grafana.get("/alert-notifications").text, grafana.get("/alert-notifications/1").text]
    hidden = {str(sent[name]) for name in secure} | {"xoxb", "hidden"}
    assert [word for word in hidden for text in texts if word in text] == []


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_secure_and_not_sent_again_is_kept(grafana: Caller, story: Story, kind: str) -> None:
    made = grafana.notification(**of_type(kind))
    before = definitions.channels(story.project)[0].settings
    answer = grafana.put("/alert-notifications/1", {**made, "name": "Other"})
    assert answer.status == 200, answer.text
    assert definitions.channels(story.project)[0].settings == before
    assert (answer.json["settings"], answer.json["secureFields"]) == (made["settings"], made["secureFields"])


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_secure_may_stand_among_the_secure_settings(grafana: Caller, story: Story, kind: str) -> None:
    sent, shown, secure = TYPES[kind]
    split = {
        "settings": {name: value for name, value in sent.items() if name not in secure},
        "secureSettings": {name: value for name, value in sent.items() if name in secure},
    }
    made = grafana.notification(**{**of_type(kind), **split})
    assert (made["settings"], made["secureFields"]) == (shown, secure)


def test_every_kind_of_channel_that_grafana_knows_is_offered(grafana: Caller) -> None:
    found = grafana.get("/alert-notifiers").json
    assert notifiers.offered() == list(notifiers.EVERY), "each has its kind"
    assert {one["type"] for one in found} == set(TYPES)
    assert {notifiers.named(kind).kind for kind in TYPES} <= {kind.name for kind in KINDS}
    for one in found:
        assert {option["propertyName"] for option in one["options"] if option["required"]} <= set(TYPES[one["type"]][0])


# Who is told


def test_a_default_channel_hears_of_alerts_old_and_new_and_stands_in_no_list_of_a_check(
    grafana: Caller, zoo: Zoo, story: Story
) -> None:
    made = grafana.notification(isDefault=True)
    story.clock.move(seconds=1)
    new = checks.create(story.services, story.keyring.project, {"name": "New", "timeout": 60, "grace": 60})
    for check in (zoo.heartbeat, new):
        zoo.heartbeat = check
        zoo.ping()
        story.clock.move(seconds=1)
        zoo.ping("fail")
    story.queues.work()
    assert len(story.sent.mails) == 2
    assert zoo.seen(new).channels == ()
    grafana.put(f"/alert-notifications/{made['id']}", {**made, "isDefault": False})
    zoo.ping()
    story.queues.work()
    told = len(story.sent.mails)
    story.clock.move(seconds=1)
    zoo.ping("fail")
    story.queues.work()
    assert len(story.sent.mails) == told


def test_a_channel_that_is_made_here_can_be_named_in_another_dialect_and_the_other_way_round(
    grafana: Caller, api: Api, channel: Callable[..., dict[str, Any]]
) -> None:
    made = grafana.notification()
    other = channel("Hook", "webhook", url_down="https://hooks.example.org/secret")
    check = api.check(name="Backup", channels=f"{made['uid']},{other['id']}")
    assert check["channels"] == ",".join(sorted([made["uid"], other["id"]]))
    found = grafana.get("/alert-notifications").json
    assert [one["name"] for one in found] == ["Ops", "Hook"]
    assert found[1]["uid"] == other["id"] and "secret" not in json.dumps(found)
    names = {one["name"] for one in api.get("/api/v1/channels/").json["channels"]}
    assert names == {"Ops", "Hook"}


def test_what_another_dialect_covers_comes_back_covered_and_changes_nothing(
    grafana: Caller, story: Story, channel: Callable[..., dict[str, Any]]
) -> None:
    channel("Hook", "webhook", url_down="https://hooks.example.org/secret", body_down="$NAME", method_down="PUT")
    (shown,) = grafana.get("/alert-notifications").json
    assert shown["settings"]["url"] == "https://hooks.example.org/•••"
    before = definitions.channels(story.project)[0].settings
    assert grafana.put("/alert-notifications/1", {**shown, "isDefault": True}).status == 200
    assert definitions.channels(story.project)[0].settings == before


def test_a_kind_that_grafana_does_not_know_is_shown_and_renamed_and_nothing_else(
    grafana: Caller, channel: Callable[..., dict[str, Any]]
) -> None:
    channel("Phone", "sms", number="+37120000000")
    (shown,) = grafana.get("/alert-notifications").json
    assert (shown["type"], shown["secureFields"]) == ("sms", {})
    assert grafana.put("/alert-notifications/1", {**shown, "name": "Mobile"}).json["name"] == "Mobile"
    answer = grafana.put("/alert-notifications/1", {**shown, "settings": {"number": "+37120000001"}})
    assert answer.status == 400
    answer = grafana.post("/alert-notifications", {**shown, "name": "New"})
    assert (answer.status, answer.json) == (400, {"message": "Unsupported notification type"})


def test_a_webhook_tells_what_grafanas_receivers_read(grafana: Caller, zoo: Zoo, server: Server) -> None:
    story = zoo.story
    settings = {"url": server.url("/hook"), "httpMethod": "PUT"}
    grafana.notification(type="webhook", isDefault=True, settings=settings)
    check: Check = zoo.heartbeat
    zoo.ping()
    for kind in ("fail", "success"):
        story.clock.move(seconds=1)
        zoo.ping(kind)
    story.queues.work()
    down, up = (json.loads(one.body) for one in server.received)
    assert {one.method for one in server.received} == {"PUT"}
    assert (down["state"], up["state"]) == ("alerting", "ok")
    assert down["ruleId"] == 1 and down["ruleName"] == check.name == "Backup"
    assert down["ruleUrl"] == grafana.get("/alerts/1").json["url"]
    assert (down["title"], down["message"], down["orgId"]) == ("[Alerting] Backup", "Call Ann", 1)


# Reminders and recoveries


@pytest.mark.parametrize(
    ("frequency", "seconds", "shown"),
    [
        ("15m", 900, "15m"),
        ("1h30m", 5400, "1h30m"),
        ("90m", 5400, "1h30m"),
        ("3600s", 3600, "1h"),
        ("5m1s", 301, "5m1s"),
    ],
)
def test_reminders_come_as_often_as_it_says(
    grafana: Caller, story: Story, frequency: str, seconds: int, shown: str
) -> None:
    made = grafana.notification(sendReminder=True, frequency=frequency)
    assert (made["sendReminder"], made["frequency"]) == (True, shown)
    assert definitions.channels(story.project)[0].remind == seconds
    made = grafana.put("/alert-notifications/1", {**EMAIL, "frequency": "15m"}).json
    assert (made["sendReminder"], made["frequency"]) == (False, "")


@pytest.mark.parametrize(
    ("frequency", "status", "message"),
    [
        (None, 400, "Notification frequency not specified"),
        ("", 400, "Notification frequency not specified"),
        ("4m59s", 422, "frequency must be from 5m to 168h"),
        ("169h", 422, "frequency must be from 5m to 168h"),
        ("often", 422, 'frequency must be a time such as "15m" or "1h30m"'),
        ("15", 422, 'frequency must be a time such as "15m" or "1h30m"'),
        ("-15m", 422, 'frequency must be a time such as "15m" or "1h30m"'),
        ("30m1h", 422, 'frequency must be a time such as "15m" or "1h30m"'),
        (900, 422, 'frequency must be a time such as "15m" or "1h30m"'),
    ],
)
def test_a_frequency_that_is_none_is_refused(
    grafana: Caller, contents: Contents, frequency: Any, status: int, message: str
) -> None:
    before = contents()
    answer = grafana.post("/alert-notifications", {**EMAIL, "sendReminder": True, "frequency": frequency})
    assert (answer.status, answer.json["message"]) == (status, message)
    assert contents() == before


def test_recoveries_are_told_unless_that_is_switched_off(grafana: Caller, story: Story) -> None:
    def resolves() -> bool:
        return definitions.channels(story.project)[0].resolves

    assert grafana.notification()["disableResolveMessage"] is False and resolves()
    made = grafana.put("/alert-notifications/1", {**EMAIL, "disableResolveMessage": True}).json
    assert made["disableResolveMessage"] is True and not resolves()


@pytest.mark.parametrize(("kind", "word"), [("pagerduty", "autoResolve"), ("opsgenie", "autoClose")])
def test_a_type_that_opens_incidents_may_leave_their_end_to_people(
    grafana: Caller, story: Story, kind: str, word: str
) -> None:
    sent = of_type(kind)
    made = grafana.notification(**{**sent, "settings": {**sent["settings"], word: False}})
    assert (made["disableResolveMessage"], made["settings"][word]) == (False, False)
    assert not definitions.channels(story.project)[0].resolves


# What clients do


def test_a_backup_is_restored_with_its_uid_and_refused_while_it_is_there(grafana: Caller) -> None:
    made = grafana.notification(uid="ops-1", settings={"addresses": "ops@example.org", "singleEmail": True})
    assert grafana.post("/alert-notifications", {**made, "name": "Other"}).status == 409
    grafana.delete("/alert-notifications/1")
    restored = grafana.post("/alert-notifications", made)
    assert restored.status == 200
    assert restored.json == {**made, "id": 2}


def test_the_moment_of_a_change_is_told(grafana: Caller, story: Story) -> None:
    made = grafana.notification()
    story.clock.move(minutes=1)
    changed = grafana.put("/alert-notifications/1", EMAIL).json
    assert (made["updated"], changed["created"]) == (made["created"], made["created"])
    assert changed["updated"] == "2026-11-21T12:01:00Z"


@pytest.mark.parametrize("path", ["0", "2", "x", "Ops", "-1", "9" * 40, "uid/none", "%D9%A1"])
def test_a_channel_that_is_not_there_is_not_found(grafana: Caller, contents: Contents, path: str) -> None:
    grafana.notification()
    before = contents()
    for answer in (
        grafana.get(f"/alert-notifications/{path}"),
        grafana.put(f"/alert-notifications/{path}", EMAIL),
        grafana.delete(f"/alert-notifications/{path}"),
    ):
        assert (answer.status, answer.json) == (404, {"message": "Alert notification not found"})
    assert contents() == before


def test_a_hidden_channel_is_nobodys(grafana: Caller, story: Story) -> None:
    made = channels.create(
        story.services, story.keyring.project, "email", "", {"address": "a@example.org"}, hidden=True
    )
    assert grafana.get("/alert-notifications").json == []
    assert grafana.get(f"/alert-notifications/uid/{made.code}").status == 404
