"""Create a Check, unique: which existing check is meant, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Answer, Api
from tests.conftest import Clock

ALL = ["name", "slug", "tags", "timeout", "grace"]


def ask(api: Api, *unique: str, **fields: Any) -> Answer:
    return api.post("/api/v1/checks/", json={**fields, "unique": list(unique)})


@pytest.mark.parametrize("field", ALL)
def test_a_check_is_found_by_each_of_the_fields(field: str, api: Api) -> None:
    about = {"name": "Backup", "slug": "b", "tags": "prod www", "timeout": 3600, "grace": 60}
    check = api.check(**about)
    answer = ask(api, field, **{field: about[field]})
    assert (answer.status, answer.json["uuid"]) == (200, check["uuid"])


def test_every_listed_field_must_match(api: Api) -> None:
    check = api.check(name="Backup", tags="a", timeout=3600)
    assert ask(api, "name", "tags", name="Backup", tags="a").json["uuid"] == check["uuid"]
    assert ask(api, "name", "tags", name="Backup", tags="b").status == 201


@pytest.mark.parametrize("fields", [{"name": "backup"}, {"name": "Backup "}, {"tags": "b a"}, {"grace": 61}])
def test_values_must_be_the_same_to_the_letter(fields: dict[str, Any], api: Api) -> None:
    api.check(name="Backup", tags="a b", grace=60)
    assert ask(api, *fields, **fields).status == 201


def test_a_match_takes_over_the_other_values(api: Api) -> None:
    check = api.check(name="Backup", tags="old", timeout=3600, grace=60)
    answer = ask(api, "name", name="Backup", tags="new", timeout=120)
    assert answer.status == 200
    assert answer.json == {**check, "tags": "new", "timeout": 120}
    assert api.shown(check) == answer.json


def test_a_match_is_not_paused_pinged_or_reset(api: Api) -> None:
    check = api.check(name="Backup")
    api.ping(check)
    answer = ask(api, "name", name="Backup")
    assert (answer.json["status"], answer.json["n_pings"]) == ("up", 1)


def test_a_listed_field_that_is_not_given_matches_nothing(api: Api) -> None:
    api.check(name="Backup")
    assert ask(api, "name", "tags", name="Backup").status == 201


def test_an_empty_list_matches_nothing(api: Api) -> None:
    api.check(name="Backup")
    assert ask(api, name="Backup").status == 201


def test_an_empty_name_matches_a_check_without_one(api: Api) -> None:
    check = api.check()
    assert ask(api, "name", name="").json["uuid"] == check["uuid"]


def test_of_several_the_oldest_is_meant(api: Api, clock: Clock) -> None:
    oldest = api.check(name="Backup")
    clock.move(seconds=1)
    api.check(name="Backup")
    assert ask(api, "name", name="Backup").json["uuid"] == oldest["uuid"]


def test_a_check_of_another_project_is_not_meant(api: Api, stranger: Api) -> None:
    stranger.check(name="Backup")
    assert ask(api, "name", name="Backup").status == 201


def test_the_timeout_of_a_cron_check_is_the_one_it_keeps(api: Api) -> None:
    check = api.check(schedule="* * * * *")
    answer = ask(api, "timeout", timeout=86400)
    assert (answer.status, answer.json["uuid"]) == (200, check["uuid"])


def test_wrong_channels_change_nothing_of_a_match(api: Api) -> None:
    check = api.check(name="Backup", tags="old")
    assert ask(api, "name", name="Backup", tags="new", channels="nobody").status == 400
    assert api.shown(check) == check


def test_an_update_does_not_look_for_others(api: Api) -> None:
    first, second = api.check(name="One"), api.check(name="Two")
    answer = api.post(f"/api/v1/checks/{second['uuid']}", json={"name": "One", "unique": ["name"]})
    assert (answer.status, answer.json["uuid"]) == (200, second["uuid"])
    assert api.shown(first) == first
