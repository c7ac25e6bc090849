"""Get a List of Existing Checks: the order, the filters by tag and slug, and what a read-only key sees."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.gateway import replies
from tests.api.client import Api
from tests.conftest import Clock

SECRETS = {"uuid", "ping_url", "update_url", "pause_url", "resume_url", "channels"}


def names(api: Api, query: str = "") -> list[str]:
    answer = api.get(f"/api/v1/checks/{query}")
    assert answer.status == 200
    return [check["name"] for check in answer.json["checks"]]


@pytest.fixture
def tagged(api: Api, clock: Clock) -> None:
    for name, tags in (("a", "foo bar"), ("b", "foo"), ("c", "bar  foo baz"), ("d", ""), ("e", "Foo"), ("f", "foobar")):
        api.check(name=name, tags=tags)
        clock.move(seconds=1)


def test_a_new_project_has_no_checks(api: Api) -> None:
    assert api.get("/api/v1/checks/").json == {"checks": []}


def test_checks_come_in_the_order_of_their_creation(api: Api, clock: Clock) -> None:
    for name in ("zebra", "ant", "mule"):
        api.check(name=name)
        clock.move(seconds=1)
    api.post(api.get("/api/v1/checks/").json["checks"][0]["update_url"].removeprefix("https://tocsin.example.org"))
    assert names(api) == ["zebra", "ant", "mule"]


def test_a_project_sees_its_own_checks_alone(api: Api, stranger: Api) -> None:
    api.check(name="Mine")
    stranger.check(name="Theirs")
    assert (names(api), names(stranger)) == (["Mine"], ["Theirs"])


@pytest.mark.usefixtures("tagged")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?tag=foo", ["a", "b", "c"]),
        ("?tag=foo&tag=bar", ["a", "c"]),
        ("?tag=foo&tag=bar&tag=baz", ["c"]),
        ("?tag=foo&tag=nothing", []),
        ("?tag=Foo", ["e"]),
        ("?tag=fo", []),
        ("?tag=foo+bar", []),
        ("?tag=", []),
        ("?tag=foo&tag=", []),
        ("?other=foo&page=2", ["a", "b", "c", "d", "e", "f"]),
    ],
)
def test_a_check_must_have_every_tag_that_is_asked_for(query: str, found: list[str], api: Api) -> None:
    assert names(api, query) == found


@pytest.mark.parametrize(
    ("tag", "encoded"),
    [
        ("straße", "stra%C3%9Fe"),
        ("a&b=c", "a%26b%3Dc"),
        ("50%", "50%25"),
        ("%41", "%2541"),
        ("c+d", "c%2Bd"),
        ("备份", "%E5%A4%87%E4%BB%BD"),
    ],
)
def test_a_tag_is_decoded_once(tag: str, encoded: str, api: Api) -> None:
    api.check(name="this", tags=f"x {tag}")
    api.check(name="other", tags="x A")
    assert names(api, f"?tag={encoded}") == ["this"]


def test_checks_can_be_filtered_by_slug(api: Api) -> None:
    for name in ("Database Backup", "database backup", "Other"):
        api.check(name=name)
    assert sorted(names(api, "?slug=database-backup")) == ["Database Backup", "database backup"]
    assert names(api, "?slug=nothing") == []


def test_a_read_only_key_sees_a_unique_key_in_place_of_what_lets_one_write(api: Api, reader: Api) -> None:
    check = api.check(name="Backup", channels="*")
    (seen,) = reader.get("/api/v1/checks/").json["checks"]
    assert set(check) - set(seen) == SECRETS
    assert set(seen) - set(check) == {"unique_key"}
    assert all(seen[name] == check[name] for name in check if name not in SECRETS)
    assert check["uuid"] not in str(seen)


def fields_of(check: dict[str, Any]) -> list[str]:
    return list(check)


def test_the_fields_stand_in_one_order(api: Api, reader: Api) -> None:
    about = "name slug tags desc grace n_pings status started last_ping next_ping manual_resume methods subject"
    about += " subject_fail start_kw success_kw failure_kw filter_subject filter_body filter_http_body"
    about += " filter_default_fail badge_url"
    ways = " uuid ping_url update_url pause_url resume_url channels"
    simple, cron = api.check(timeout=60), api.check(schedule="* * * * *")
    assert fields_of(simple) == f"{about}{ways} timeout".split()
    assert fields_of(cron) == f"{about}{ways} schedule tz".split()
    assert fields_of(reader.shown(cron)) == f"{about} unique_key schedule tz".split()


@pytest.mark.usefixtures("tagged")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?limit=2", ["a", "b"]),
        ("?limit=2&offset=2", ["c", "d"]),
        ("?offset=4", ["e", "f"]),
        ("?offset=6", []),
        ("?limit=0", []),
        ("?tag=foo&limit=1&offset=1", ["b"]),
        ("?offset=", ["a", "b", "c", "d", "e", "f"]),
    ],
)
def test_a_long_list_may_be_read_page_by_page(query: str, found: list[str], api: Api) -> None:
    assert names(api, query) == found


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "offset=1.5", "limit=9999999"])
def test_a_page_that_is_none_is_refused(query: str, api: Api) -> None:
    answer = api.get(f"/api/v1/checks/?{query}")
    assert (answer.status, answer.error) == (400, f"{query.partition('=')[0]} must be a whole number from 0 to 1000000")


@pytest.mark.usefixtures("tagged")
def test_a_list_that_no_answer_holds_says_how_to_ask_for_less(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "ANSWER_MAX", 4_000)
    answer = api.get("/api/v1/checks/")
    assert (answer.status, "ask for less with tag, slug, limit, offset" in answer.error) == (400, True)
    assert api.get("/api/v1/checks/?limit=2").status == 200
