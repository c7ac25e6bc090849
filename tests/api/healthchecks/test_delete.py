"""Delete Check: it answers the check as it was, and then nothing leads to it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from tests.api.client import Api
from tests.conftest import Clock, Queues
from tests.sent import Sent

Contents = Callable[[], dict[str, list[str]]]


def test_it_answers_the_check_as_it_was(api: Api) -> None:
    check = api.check(name="Backup", tags="a b", schedule="5 4 * * *")
    api.ping(check)
    before = api.shown(check)
    answer = api.delete(f"/api/v1/checks/{check['uuid']}")
    assert (answer.status, answer.json) == (200, before)


@pytest.mark.parametrize(
    ("method", "end"),
    [("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/pause"), ("GET", "/pings/"), ("GET", "/flips/")],
)
def test_afterwards_it_is_not_found(method: str, end: str, api: Api) -> None:
    path = f"/api/v1/checks/{api.check()['uuid']}"
    assert api.delete(path).status == 200
    assert api.call(method, path + end).status == 404
    assert api.get("/api/v1/checks/").json == {"checks": []}


def test_afterwards_pings_are_not_taken(api: Api, keyring: projects.Keyring) -> None:
    check = api.check(name="Backup")
    api.ping(check)
    api.delete(f"/api/v1/checks/{check['uuid']}")
    answer = api.ping(check)
    assert (answer.status, answer.text) == (404, "not found")
    answer = api.get(f"/ping/{keyring.keys['ping']}/backup", key="")
    assert (answer.status, answer.text) == (404, "not found")


def test_its_slug_is_free_again(api: Api, keyring: projects.Keyring) -> None:
    first, second = api.check(name="Backup"), api.check(name="Backup")
    path = f"/ping/{keyring.keys['ping']}/backup"
    assert api.get(path, key="").status == 409
    api.delete(f"/api/v1/checks/{first['uuid']}")
    assert api.get(path, key="").status == 200
    assert api.shown(second)["n_pings"] == 1


def test_a_body_is_not_looked_at(api: Api) -> None:
    assert api.delete(f"/api/v1/checks/{api.check()['uuid']}", data=b"{ not json").status == 200


def test_nothing_of_it_is_left(api: Api, queues: Queues, clock: Clock, contents: Contents) -> None:
    check = api.check(name="Backup", tags="x")
    api.ping(check, method="POST", data=b"a body")
    api.ping(check, "/fail")
    api.delete(f"/api/v1/checks/{check['uuid']}")
    queues.until(clock.now + timedelta(minutes=2))
    assert not [line for table in contents().values() for line in table if check["uuid"] in line]


def test_other_checks_stay(api: Api) -> None:
    gone, stays = api.check(name="Twin"), api.check(name="Twin")
    api.ping(stays)
    before = api.shown(stays)
    api.delete(f"/api/v1/checks/{gone['uuid']}")
    assert api.shown(stays) == before
    assert len(api.pings(stays)) == 1


def test_news_of_a_deleted_check_is_not_told(api: Api, channel: Callable[..., Any], queues: Queues, sent: Sent) -> None:
    channel()
    check = api.check(channels="*")
    api.ping(check, "/fail")
    api.delete(f"/api/v1/checks/{check['uuid']}")
    queues.work()
    assert sent.mails == []
