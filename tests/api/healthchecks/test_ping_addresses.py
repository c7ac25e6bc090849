"""Pinging API: the addresses of a check by uuid and by ping key and slug, and what is told of a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from tests.api.client import Answer, Api

UNKNOWN = "00000000-1111-4222-8333-444444444444"
ACTIONS = [
    ("", "success"),
    ("/start", "start"),
    ("/fail", "fail"),
    ("/log", "log"),
    ("/0", "success"),
    ("/00", "success"),
    ("/1", "fail"),
    ("/007", "fail"),
    ("/255", "fail"),
    ("/0000000000255", "fail"),
]


@pytest.fixture
def check(api: Api) -> dict[str, Any]:
    return api.check(name="Database Backup")


@pytest.fixture
def by_slug(keyring: projects.Keyring) -> str:
    return f"/ping/{keyring.keys['ping']}/database-backup"


def ping(api: Api, path: str) -> Answer:
    return api.get(path, key="")


@pytest.mark.parametrize(("action", "kind"), ACTIONS)
def test_a_ping_by_uuid(action: str, kind: str, check: dict[str, Any], api: Api) -> None:
    answer = ping(api, f"/ping/{check['uuid']}{action}")
    assert (answer.status, answer.text) == (200, "OK")
    assert [ping["type"] for ping in api.pings(check)] == [kind]


@pytest.mark.parametrize(("action", "kind"), ACTIONS)
def test_a_ping_by_slug(action: str, kind: str, check: dict[str, Any], api: Api, by_slug: str) -> None:
    answer = ping(api, by_slug + action)
    assert (answer.status, answer.text) == (200, "OK")
    assert [ping["type"] for ping in api.pings(check)] == [kind]


def test_a_slash_at_the_end_does_no_harm(check: dict[str, Any], api: Api, by_slug: str) -> None:
    for path in (f"/ping/{check['uuid']}/", f"/ping/{check['uuid']}/start/", f"{by_slug}/", f"{by_slug}/0/"):
        assert ping(api, path).text == "OK"
    assert api.shown(check)["n_pings"] == 4


def test_percent_encoding_is_undone_once(check: dict[str, Any], api: Api, by_slug: str) -> None:
    assert ping(api, by_slug.replace("database-backup", "%64atabase%2Dbackup")).text == "OK"
    assert ping(api, by_slug.replace("database-backup", "%2564atabase%252Dbackup")).status == 404


def test_the_answer_is_a_short_text_that_nobody_keeps(check: dict[str, Any], api: Api) -> None:
    headers = ping(api, f"/ping/{check['uuid']}").headers
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["ping-body-limit"] == "10000"
    assert "no-cache" in headers["cache-control"]


def test_what_no_check_has_is_not_found(check: dict[str, Any], api: Api, by_slug: str) -> None:
    code, key = check["uuid"], by_slug.split("/")[2]
    wrong = [
        f"/ping/{UNKNOWN}",
        f"/ping/{UNKNOWN}/start",
        f"/ping/{UNKNOWN}/256",
        f"/ping/{UNKNOWN}?rid=nonsense",
        f"/ping/{code.replace('-', '')}",
        f"/ping/{code}/nope",
        f"/ping/{code}/-1",
        f"/ping/{code}/1.5",
        f"/ping/{code}/%D9%A3",
        f"/ping/{code}/start/start",
        f"/ping/{key}",
        f"/ping/{key}/nothing",
        f"/ping/{key}/nothing/256",
        f"/ping/{key}/data%20base",
        f"/ping/{key}/database-backup/nope",
        f"/ping/{'x' * 22}/database-backup",
        f"/ping/{api.key}/database-backup",
        "/ping/%00",
        "/ping/..%2F..",
        "/ping/" + "x" * 5000,
    ]
    for path in wrong:
        answer = ping(api, path)
        assert (path, answer.status, answer.text) == (path, 404, "not found")
    assert api.shown(check)["n_pings"] == 0


@pytest.mark.parametrize("action", ["/256", "/1000", "/99999999999999999999", "/" + "9" * 5000])
def test_an_exit_status_ends_at_255(action: str, check: dict[str, Any], api: Api, by_slug: str) -> None:
    for path in (f"/ping/{check['uuid']}", by_slug):
        answer = ping(api, path + action)
        assert (answer.status, answer.text) == (400, "invalid url format")
    assert api.shown(check)["n_pings"] == 0


@pytest.mark.parametrize("slug", ["Database-Backup", "DATABASE-BACKUP", "nothinG", "x" * 101, "x" * 5000])
def test_what_can_be_no_slug_is_a_wrong_address(slug: str, api: Api, by_slug: str) -> None:
    answer = ping(api, by_slug.replace("database-backup", slug))
    assert (answer.status, answer.text) == (400, "invalid url format")


def test_an_action_in_capitals_is_a_wrong_address(check: dict[str, Any], api: Api) -> None:
    answer = ping(api, f"/ping/{check['uuid']}/START")
    assert (answer.status, answer.text) == (400, "invalid url format")


def test_a_slug_of_two_checks_is_refused(check: dict[str, Any], api: Api, by_slug: str) -> None:
    twin = api.check(name="Database Backup")
    for action in ("", "/start", "/256", "?rid=nonsense", "?create=1"):
        answer = ping(api, by_slug + action)
        assert (answer.status, answer.text) == (409, "ambiguous slug")
    assert (api.shown(check)["n_pings"], api.shown(twin)["n_pings"]) == (0, 0)


def test_a_new_slug_leads_to_the_check_and_the_old_one_nowhere(check: dict[str, Any], api: Api, by_slug: str) -> None:
    api.post(f"/api/v1/checks/{check['uuid']}", json={"slug": "db"})
    assert ping(api, by_slug).status == 404
    assert ping(api, by_slug.replace("database-backup", "db")).status == 200


def test_a_slug_belongs_to_the_project_of_the_key(check: dict[str, Any], api: Api, stranger: Api, by_slug: str) -> None:
    theirs = stranger.check(name="Database Backup")
    assert ping(api, by_slug).text == "OK"
    assert (api.shown(check)["n_pings"], stranger.shown(theirs)["n_pings"]) == (1, 0)


def test_errors_are_short_texts_too(api: Api) -> None:
    answer = ping(api, f"/ping/{UNKNOWN}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "no-cache" in answer.headers["cache-control"]
