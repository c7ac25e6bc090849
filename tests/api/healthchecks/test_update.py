"""Update an Existing Check: given fields change, all others stay; what that means for the schedule and the status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.conftest import Clock


def update(api: Api, check: dict[str, Any], version: Any = 1, **fields: Any) -> dict[str, Any]:
    answer = api.post(f"/api/v{version}/checks/{check['uuid']}", json=fields)
    assert answer.status == 200, answer.text
    return dict(answer.json)


CHANGES: list[tuple[str, object]] = [
    ("tags", "x y"),
    ("desc", "Some words"),
    ("grace", 120),
    ("timeout", 300),
    ("manual_resume", True),
    ("methods", "POST"),
    ("slug", "other"),
    ("start_kw", "BEGIN"),
    ("filter_http_body", True),
    ("filter_default_fail", True),
    ("filter_body", True),
]


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_only_the_given_field_changes(field: str, value: object, api: Api) -> None:
    check = api.check(name="Backup", tags="a b", desc="d", timeout=3600, grace=60)
    assert update(api, check, **{field: value}) == {**check, field: value}
    assert api.shown(check) == {**check, field: value}


def test_a_field_can_be_changed_back(api: Api) -> None:
    check = api.check(name="Backup", tags="a", methods="POST", success_kw="DONE", manual_resume=True)
    changed = {"name": "", "tags": "", "methods": "", "success_kw": "", "manual_resume": False}
    shown = update(api, check, **changed)
    assert {name: shown[name] for name in changed} == changed
    assert shown["slug"] == ""


def test_nothing_given_changes_nothing(api: Api) -> None:
    check = api.check(name="Backup", schedule="5 4 * * *")
    assert update(api, check) == check
    assert api.post(f"/api/v1/checks/{check['uuid']}", data=b"").json == check


def test_a_new_name_makes_a_new_slug_in_versions_1_and_2(api: Api) -> None:
    check = api.check(name="Backup", slug="custom")
    assert update(api, check, 3, name="Third")["slug"] == "custom"
    assert update(api, check, 2, name="Second")["slug"] == "second"
    assert update(api, check, 1, name="First", slug="kept")["slug"] == "kept"


def test_a_simple_check_becomes_a_cron_check_and_back(api: Api) -> None:
    check = api.check(timeout=300)
    cron = update(api, check, schedule="5 4 * * *", tz="Europe/Riga")
    assert (cron["schedule"], cron["tz"], "timeout" in cron) == ("5 4 * * *", "Europe/Riga", False)
    simple = update(api, check, timeout=600)
    assert (simple["timeout"], "schedule" in simple, "tz" in simple) == (600, False, False)


def test_the_way_back_to_cron_finds_the_old_time_zone(api: Api) -> None:
    check = api.check(schedule="5 4 * * *", tz="Europe/Riga")
    update(api, check, timeout=600)
    assert update(api, check, schedule="6 5 * * *")["tz"] == "Europe/Riga"


def test_a_schedule_with_a_timeout_leaves_the_old_timeout_in_the_drawer(api: Api) -> None:
    check = api.check(timeout=300)
    update(api, check, schedule="5 4 * * *", timeout=900)
    answer = api.post("/api/v1/checks/", json={"timeout": 300, "unique": ["timeout"]})
    assert answer.json["uuid"] == check["uuid"]


def test_a_time_zone_alone_leaves_the_schedule(api: Api) -> None:
    check = api.check(schedule="5 4 * * *")
    assert update(api, check, tz="Asia/Tokyo") == {**check, "tz": "Asia/Tokyo"}


def test_several_lines_are_an_oncalendar_schedule(api: Api) -> None:
    check = update(api, api.check(timeout=60), schedule="Mon 12:00\nSat 18:00")
    assert (check["schedule"], "timeout" in check) == ("Mon 12:00\nSat 18:00", False)


def test_the_next_ping_follows_the_new_schedule(api: Api, clock: Clock) -> None:
    check = api.check(timeout=3600)
    api.ping(check)
    assert update(api, check, timeout=7200)["next_ping"] == "2026-11-21T14:00:00+00:00"
    cron = update(api, check, schedule="0 9 * * *", tz="Asia/Tokyo")
    assert cron["next_ping"] == "2026-11-22T00:00:00+00:00"


def test_a_check_whose_new_period_is_over_goes_down_at_once(api: Api, clock: Clock) -> None:
    check = api.check(timeout=3600, grace=60)
    api.ping(check)
    clock.move(minutes=10)
    assert update(api, check, timeout=60)["status"] == "down"


def test_a_check_that_is_down_stays_down_when_its_period_grows(api: Api, clock: Clock) -> None:
    check = api.check(timeout=60, grace=60)
    api.ping(check)
    clock.move(minutes=10)
    assert api.shown(check)["status"] == "down"
    assert update(api, check, timeout=86400)["status"] == "down"


def test_a_renamed_check_keeps_its_pings(api: Api) -> None:
    check = api.check(name="Old")
    api.ping(check)
    update(api, check, name="New")
    assert [ping["n"] for ping in api.pings(check)] == [1]


def test_either_older_name_switches_the_subject_filter(api: Api) -> None:
    check = api.check()
    shown = update(api, check, subject="DONE")
    assert (shown["success_kw"], shown["filter_subject"], shown["subject"]) == ("DONE", True, "DONE")
    shown = update(api, check, subject="")
    assert (shown["success_kw"], shown["filter_subject"]) == ("", False)
    shown = update(api, check, subject_fail="ERROR")
    assert (shown["failure_kw"], shown["filter_subject"], shown["subject_fail"]) == ("ERROR", True, "ERROR")
