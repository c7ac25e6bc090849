"""Pinging API, create=1: the first ping to a slug makes its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from tests.api.client import Answer, Api

Contents = Callable[[], dict[str, list[str]]]


@pytest.fixture
def slug(keyring: projects.Keyring) -> str:
    return f"/ping/{keyring.keys['ping']}/nightly-job"


def ping(api: Api, path: str, **more: Any) -> Answer:
    return api.get(path, key="", **more)


def only_check(api: Api) -> dict[str, Any]:
    (check,) = api.get("/api/v1/checks/").json["checks"]
    return dict(check)


def test_the_first_ping_makes_the_check(api: Api, slug: str) -> None:
    answer = ping(api, f"{slug}?create=1")
    assert (answer.status, answer.text) == (201, "Created")
    check = only_check(api)
    assert (check["name"], check["slug"], check["status"]) == ("nightly-job", "nightly-job", "up")
    assert (check["timeout"], check["grace"], check["n_pings"], check["channels"]) == (86400, 3600, 1, "")


def test_it_is_told_to_every_channel(api: Api, slug: str, channel: Callable[..., dict[str, Any]]) -> None:
    ids = sorted(channel(name)["id"] for name in ("Ops", "Dev"))
    ping(api, f"{slug}?create=1")
    assert only_check(api)["channels"] == ",".join(ids)


def test_the_next_ping_finds_it(api: Api, slug: str) -> None:
    ping(api, f"{slug}?create=1")
    answer = ping(api, f"{slug}?create=1")
    assert (answer.status, answer.text) == (200, "OK")
    assert only_check(api)["n_pings"] == 2


@pytest.mark.parametrize(
    ("action", "status"), [("/start", "started"), ("/fail", "down"), ("/3", "down"), ("/log", "new"), ("/0", "up")]
)
def test_the_first_ping_may_be_of_any_kind(action: str, status: str, api: Api, slug: str) -> None:
    assert ping(api, f"{slug}{action}?create=1").status == 201
    assert only_check(api)["status"] == status


@pytest.mark.parametrize("query", ["", "?create=0", "?create=", "?create=true", "?create=01", "?create=1&create=0"])
def test_nothing_but_one_makes_a_check(query: str, api: Api, slug: str) -> None:
    answer = ping(api, slug + query)
    assert (answer.status, answer.text) == (404, "not found")
    assert api.get("/api/v1/checks/").json == {"checks": []}


def test_a_uuid_is_not_made(api: Api) -> None:
    assert ping(api, "/ping/00000000-1111-4222-8333-444444444444?create=1").status == 404


def test_an_unknown_ping_key_makes_nothing(api: Api, contents: Contents) -> None:
    before = contents()
    assert ping(api, f"/ping/{'x' * 22}/nightly-job?create=1").status == 404
    assert contents() == before


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("/256?create=1", "invalid url format"),
        ("?create=1&rid=nonsense", "invalid uuid format"),
        ("x" * 100 + "?create=1", "invalid url format"),
    ],
)
def test_a_ping_that_is_refused_makes_no_check(
    action: str, error: str, api: Api, slug: str, contents: Contents
) -> None:
    before = contents()
    answer = ping(api, slug + action)
    assert (answer.status, answer.text) == (400, error)
    assert contents() == before


def test_pings_may_make_checks_up_to_twice_the_limit(api: Api, services: Services, slug: str) -> None:
    services.settings = replace(services.settings, check_limit=1)
    statuses = [ping(api, f"{slug}-{number}?create=1").status for number in range(3)]
    assert statuses == [201, 201, 404]
    assert api.post("/api/v1/checks/", json={}).status == 403
    assert ping(api, f"{slug}-0?create=1").status == 200


def test_a_name_that_makes_the_same_slug_is_found(api: Api, slug: str) -> None:
    check = api.check(name="Nightly Job")
    assert ping(api, f"{slug}?create=1").status == 200
    assert api.shown(check)["n_pings"] == 1


def test_a_slug_of_a_deleted_check_can_be_made_again(api: Api, slug: str) -> None:
    ping(api, f"{slug}?create=1")
    api.delete(f"/api/v1/checks/{only_check(api)['uuid']}")
    assert ping(api, f"{slug}?create=1").status == 201
    assert only_check(api)["n_pings"] == 1
