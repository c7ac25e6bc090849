"""The Healthchecks Management API's own examples: each request as it is printed there gets the answer printed below it.

Every file holds one example. SITE_ROOT, PING_ENDPOINT and the keys are the document's placeholders.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.monitor.services import Services
from tests.api.client import Answer, Api
from tests.conftest import Clock

SITE_ROOT = "https://tocsin.example.org"
PING_ENDPOINT = f"{SITE_ROOT}/ping/"
FILES, DATABASE = "31365bce-8da9-4729-8ff3-aaa71d56b712", "803f680d-e89b-492b-82ef-2be7b774a92d"
BACKUPS = "f618072a-7bde-4eee-af63-71a77c5723bc"
BOTH_CHANNELS = ("1bdea468-03bf-47b8-ab27-29a9dd0e4b94", "51c6eb2b-2ae1-456b-99fe-6f1e0a36cd3c")
WORK_EMAIL, PHONE = "4ec5a071-2d08-4baa-898a-eb4eb3cd6941", "746a083e-f542-4554-be1a-707ce16d3acc"

# Which fields an answer has is part of the contract: of these, no more than the example shows.
DOCUMENTED = {
    "checks": {"name", "tags", "desc", "grace", "n_pings", "status", "last_ping", "next_ping", "manual_resume"}
    | {"ping_url", "update_url", "pause_url", "channels", "unique_key", "timeout", "schedule", "tz"},
    "pings": {"type", "date", "n", "scheme", "remote_addr", "method", "ua", "duration"},
    "channels": {"id", "name", "kind"},
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


class Stage:
    """Sets up what an example shows."""

    def __init__(self, api: Api, services: Services, clock: Clock) -> None:
        self.api, self.services, self.clock = api, services, clock
        clock.now = moment("2020-03-20T09:00:00")

    def next_code(self, code: str) -> None:
        """The next thing that is made gets this id."""
        others = self.services.new_code
        codes = iter([code])
        self.services.new_code = lambda: next(codes, None) or others()

    def channel(self, code: str, name: str, kind: str, **settings: str) -> None:
        self.next_code(code)
        self.clock.move(seconds=1)
        answer = self.api.post("/api/v1/channels/", json={"kind": kind, "name": name, "settings": settings})
        assert answer.status == 201, answer.text

    def check(self, code: str, **fields: Any) -> None:
        self.next_code(code)
        self.clock.move(seconds=1)
        self.api.check(**fields)

    def ping(self, code: str, at: str, action: str = "") -> None:
        self.clock.now = moment(at)
        headers = {"User-Agent": "curl/7.68.0", "X-Forwarded-For": "192.0.2.0"}
        assert self.api.get(f"/ping/{code}{action}", key="", headers=headers).status == 200


@pytest.fixture
def stage(api: Api, services: Services, clock: Clock) -> Stage:
    return Stage(api, services, clock)


@pytest.fixture
def two_backups(stage: Stage) -> None:
    """What the lists show: an hourly check that is up, and a daily one that has been silent since yesterday morning."""
    for code, name in zip(BOTH_CHANNELS, ("First", "Second"), strict=True):
        stage.channel(code, name, "email", address="ops@example.org")
    about = {"name": "Filesystem Backup", "tags": "backup fs", "desc": "Runs incremental backup every hour"}
    stage.check(FILES, **about, timeout=3600, grace=600, channels="*")
    about = {"name": "Database Backup", "tags": "production db", "desc": "Runs ~/db-backup.sh"}
    stage.check(DATABASE, **about, schedule="15 5 * * *", tz="UTC", grace=1200, channels="*")
    for day in range(17, 24):
        stage.ping(DATABASE, f"2020-03-{day}T10:19:32.900000")
    stage.ping(FILES, "2020-03-24T14:02:03.900000")
    stage.clock.move(minutes=20)


@pytest.fixture
def backups(stage: Stage) -> None:
    """The check of the other examples, as it was before them."""
    stage.check(BACKUPS, name="Backups", tags="prod www", timeout=3600, grace=60)


def play(name: str, api: Api, reader: Api) -> tuple[Answer, dict[str, Any]]:
    """Sends the request of an example; answers what came and what should have come."""
    text = (Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8")
    text = text.replace("SITE_ROOT", SITE_ROOT).replace("PING_ENDPOINT", PING_ENDPOINT)
    text = text.replace("your-api-key", api.key).replace("your-read-only-api-key", reader.key)
    example = json.loads(text)
    request = example["request"]
    body = None if request["body"] is None else request["body"].encode()
    answer = api.call(request["method"], request["path"], key="", data=body, headers=request["headers"])
    assert answer.status == example["response"]["status"], answer.text
    return answer, example["response"]["body"]


def assert_documented(answer: Any, example: Any, kind: str = "checks") -> None:
    """Every field of the example is there with its value and type, and no documented field beside them."""
    if isinstance(example, list):
        assert len(answer) == len(example)
        for one, other in zip(answer, example, strict=True):
            assert_documented(one, other, kind)
        return
    for name, value in example.items():
        if isinstance(value, list):
            assert_documented(answer[name], value, name)
        else:
            assert (name, answer[name], type(answer[name])) == (name, value, type(value))
    assert {name for name in answer if name in DOCUMENTED[kind]} <= set(example)


@pytest.mark.usefixtures("two_backups")
@pytest.mark.parametrize("name", ["list", "list_read_only"])
def test_the_list_of_checks_is_as_published(name: str, api: Api, reader: Api) -> None:
    answer, example = play(name, api, reader)
    assert_documented(answer.json, example)


@pytest.mark.usefixtures("two_backups")
@pytest.mark.parametrize("name", ["single", "single_read_only", "single_by_unique_key"])
def test_a_single_check_is_as_published(name: str, api: Api, reader: Api) -> None:
    answer, example = play(name, api, reader)
    assert_documented(answer.json, example)


@pytest.mark.parametrize("name", ["create", "create_key_in_body"])
def test_a_created_check_is_as_published(name: str, api: Api, reader: Api, stage: Stage) -> None:
    stage.next_code(BACKUPS)
    answer, example = play(name, api, reader)
    assert_documented(answer.json, example)
    assert_documented(api.shown({"uuid": BACKUPS}), example)


@pytest.mark.parametrize("name", ["update", "update_key_in_body"])
def test_an_updated_check_is_as_published(name: str, api: Api, reader: Api, stage: Stage) -> None:
    stage.check(BACKUPS, name="Before", tags="", timeout=60, grace=120)
    answer, example = play(name, api, reader)
    assert_documented(answer.json, example)
    assert_documented(api.shown({"uuid": BACKUPS}), example)


@pytest.mark.usefixtures("backups")
def test_a_paused_check_is_as_published(api: Api, reader: Api) -> None:
    answer, example = play("pause", api, reader)
    assert_documented(answer.json, example)
    assert_documented(api.shown({"uuid": BACKUPS}), example)


@pytest.mark.usefixtures("backups")
def test_a_deleted_check_is_as_published(api: Api, reader: Api) -> None:
    answer, example = play("delete", api, reader)
    assert_documented(answer.json, example)
    assert api.get(f"/api/v1/checks/{BACKUPS}").status == 404


@pytest.mark.usefixtures("backups")
def test_the_log_of_pings_is_as_published(api: Api, reader: Api, stage: Stage) -> None:
    stage.ping(BACKUPS, "2020-06-09T14:50:56.635601", "/start")
    stage.ping(BACKUPS, "2020-06-09T14:50:59.633577")
    stage.ping(BACKUPS, "2020-06-09T14:51:03.216337", "/start")
    stage.ping(BACKUPS, "2020-06-09T14:51:06.113073")
    answer, example = play("pings", api, reader)
    assert_documented(answer.json, example)


def test_the_list_of_channels_is_as_published(api: Api, reader: Api, stage: Stage) -> None:
    stage.channel(WORK_EMAIL, "My Work Email", "email", address="me@example.org")
    stage.channel(PHONE, "My Phone", "sms", number="+37120000000")
    answer, example = play("channels", api, reader)
    assert answer.json == example


def test_the_unique_key_stays_the_same_from_call_to_call(api: Api, reader: Api, stage: Stage) -> None:
    stage.check(FILES, name="Filesystem Backup")
    first = reader.get("/api/v1/checks/").json["checks"][0]["unique_key"]
    stage.clock.now += timedelta(days=1)
    api.post(f"/api/v1/checks/{FILES}", json={"name": "Renamed"})
    assert reader.get("/api/v1/checks/").json["checks"][0]["unique_key"] == first


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ('{"tags": "reports staging"}', {"tags": "reports staging"}),
        ('{"kind": "simple", "timeout": 300}', {"timeout": 300}),
        ('{"schedule": "0,30 * * * *"}', {"schedule": "0,30 * * * *", "tz": "UTC"}),
        ('{"schedule": "0,30 * * * *", "tz": "Europe/Riga"}', {"schedule": "0,30 * * * *", "tz": "Europe/Riga"}),
        ('{"schedule": "0,30 * * * *", "timeout": 300}', {"schedule": "0,30 * * * *", "tz": "UTC"}),
        ("{}", {"name": "", "tags": "", "desc": "", "timeout": 86400, "grace": 3600, "manual_resume": False}),
    ],
)
def test_the_parameters_are_taken_as_printed_for_both_create_and_update(
    printed: str, shown: dict[str, Any], api: Api
) -> None:
    created = api.post("/api/v1/checks/", data=printed.encode())
    assert created.status == 201
    updated = api.post(f"/api/v1/checks/{api.check()['uuid']}", data=printed.encode())
    assert updated.status == 200
    for answer in (created.json, updated.json):
        assert {name: answer[name] for name in shown} == shown
        assert ("timeout" in answer) == ("timeout" in shown or "schedule" not in shown)


def test_the_channels_parameter_is_taken_as_printed(api: Api, stage: Stage) -> None:
    stage.channel(WORK_EMAIL, "My Work Email", "email", address="me@example.org")
    stage.channel(PHONE, "My Phone", "sms", number="+37120000000")
    stage.check(BACKUPS)
    printed = f'{{"channels": "{WORK_EMAIL},{PHONE}"}}'
    answer = api.post(f"/api/v1/checks/{BACKUPS}", data=printed.encode())
    assert (answer.status, answer.json["channels"]) == (200, f"{WORK_EMAIL},{PHONE}")


def test_a_check_named_in_unique_is_made_once(api: Api) -> None:
    printed = b'{"name": "Backups", "unique": ["name"]}'
    first, second = (api.post("/api/v1/checks/", data=printed) for _ in range(2))
    assert (first.status, second.status) == (201, 200)
    assert first.json["uuid"] == second.json["uuid"]
