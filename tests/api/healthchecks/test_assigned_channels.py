"""The channels of a check: all, none, by id or by name (Create a Check and Update an Existing Check, channels)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Answer, Api

MakeChannel = Callable[..., dict[str, Any]]
Contents = Callable[[], dict[str, list[str]]]


def assign(api: Api, check: dict[str, Any], channels: str) -> Answer:
    return api.post(f"/api/v1/checks/{check['uuid']}", json={"channels": channels})


@pytest.fixture
def ids(channel: MakeChannel) -> list[str]:
    return sorted(channel(name)["id"] for name in ("Ops", "Dev", "Boss"))


def test_a_new_check_has_no_channels(api: Api, ids: list[str]) -> None:
    assert api.check()["channels"] == ""


def test_a_star_means_all_there_are_now(api: Api, ids: list[str], channel: MakeChannel) -> None:
    check = api.check(channels="*")
    assert check["channels"] == ",".join(ids)
    channel("Later")
    assert api.shown(check)["channels"] == ",".join(ids)


def test_a_star_in_a_project_without_channels_means_none(api: Api) -> None:
    assert api.check(channels="*")["channels"] == ""


def test_an_empty_text_takes_all_away(api: Api, ids: list[str]) -> None:
    answer = assign(api, api.check(channels="*"), "")
    assert (answer.status, answer.json["channels"]) == (200, "")


def test_ids_are_answered_in_their_order_whatever_order_they_came_in(api: Api, ids: list[str]) -> None:
    assert api.check(channels=f"{ids[2]},{ids[0]}")["channels"] == f"{ids[0]},{ids[2]}"
    assert assign(api, api.check(), f"{ids[1]},{ids[1]}").json["channels"] == ids[1]


def test_a_channel_may_be_called_by_its_name(api: Api, channel: MakeChannel) -> None:
    first, second = channel("Ops Team")["id"], channel("备份")["id"]
    assert api.check(channels="Ops Team,备份")["channels"] == ",".join(sorted([first, second]))
    assert api.check(channels=f"{first},备份")["channels"] == ",".join(sorted([first, second]))


def test_other_fields_leave_the_channels_alone(api: Api, ids: list[str]) -> None:
    check = api.check(channels=ids[0])
    assert api.post(f"/api/v1/checks/{check['uuid']}", json={"name": "New"}).json["channels"] == ids[0]


WRONG = [
    (",", "empty channel identifier"),
    ("Ops,", "empty channel identifier"),
    (",Ops", "empty channel identifier"),
    ("Nobody", "invalid channel identifier: Nobody"),
    ("ops", "invalid channel identifier: ops"),
    (" Ops", "invalid channel identifier:  Ops"),
    ("Ops, Dev", "invalid channel identifier:  Dev"),
    ("*,Ops", "invalid channel identifier: *"),
    ("abcdef00-0000-4000-8000-00000000000A", "invalid channel identifier: abcdef00-0000-4000-8000-00000000000A"),
]


@pytest.mark.parametrize(("given", "error"), WRONG)
def test_a_wrong_identifier_is_named_and_nothing_changes(
    given: str, error: str, api: Api, ids: list[str], contents: Contents
) -> None:
    check = api.check(name="Old", channels="Ops")
    before = contents()
    for path in ("/api/v1/checks/", f"/api/v1/checks/{check['uuid']}"):
        answer = api.post(path, json={"name": "New", "channels": given})
        assert (answer.status, answer.error) == (400, error)
    assert contents() == before


def test_a_name_of_two_channels_is_refused(api: Api, channel: MakeChannel) -> None:
    first = channel("Ops")["id"]
    channel("Ops")
    answer = api.post("/api/v1/checks/", json={"channels": "Ops"})
    assert (answer.status, answer.error) == (400, "non-unique channel identifier: Ops")
    assert api.check(channels=first)["channels"] == first


def test_a_channel_of_another_project_is_unknown_here(api: Api, stranger: Api, channel: MakeChannel) -> None:
    theirs = channel("Ours")
    check = stranger.check()
    for given in (theirs["id"], "Ours"):
        answer = assign(stranger, check, given)
        assert (answer.status, answer.error) == (400, f"invalid channel identifier: {given}")
    assert stranger.check(channels="*")["channels"] == ""


def test_a_deleted_channel_leaves_its_checks(api: Api, ids: list[str]) -> None:
    check = api.check(channels="*")
    assert api.delete(f"/api/v1/channels/{ids[0]}").status == 200
    assert api.shown(check)["channels"] == ",".join(ids[1:])


def test_a_unique_match_gets_the_channels_that_are_given(api: Api, ids: list[str]) -> None:
    check = api.check(name="One", channels="*")
    answer = api.post("/api/v1/checks/", json={"name": "One", "unique": ["name"], "channels": ids[0]})
    assert (answer.json["uuid"], answer.json["channels"]) == (check["uuid"], ids[0])
