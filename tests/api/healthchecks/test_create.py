"""Create a Check: defaults, names and slugs, schedules, and where the limit stands in the order of decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from tests.api.client import Api

Channels = Callable[..., dict[str, Any]]


def test_everything_is_optional(api: Api) -> None:
    answer = api.post("/api/v1/checks/", data=b"")
    assert answer.status == 201
    check = answer.json
    assert (check["name"], check["slug"], check["tags"], check["desc"], check["channels"]) == ("", "", "", "", "")
    assert (check["status"], check["timeout"], check["grace"], check["manual_resume"]) == ("new", 86400, 3600, False)
    assert (check["last_ping"], check["next_ping"], check["n_pings"], check["methods"]) == (None, None, 0, "")


def test_a_body_is_not_needed_at_all(api: Api) -> None:
    assert api.post("/api/v1/checks/").status == 201


def test_two_checks_may_have_the_same_name(api: Api) -> None:
    assert api.check(name="Twin")["uuid"] != api.check(name="Twin")["uuid"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Database Backup", "database-backup"),
        ("  A & B -- c_d  (E) ", "a-b-c_d-e"),
        ("Žurnāls 備份 ☃", "zurnals"),
        ("__x__", "x"),
        ("備份", ""),
        ("", ""),
        ("㏒" * 100, ("log" * 100)[:100]),
    ],
)
def test_the_slug_is_made_from_the_name(name: str, slug: str, api: Api) -> None:
    for version in (1, 2):
        answer = api.post(f"/api/v{version}/checks/", json={"name": name})
        assert (answer.status, answer.json["name"], answer.json["slug"]) == (201, name, slug)


def test_a_slug_that_is_given_wins_over_the_name(api: Api) -> None:
    assert api.check(name="Database Backup", slug="db")["slug"] == "db"


def test_version_3_makes_no_slug_of_the_name(api: Api) -> None:
    check = api.post("/api/v3/checks/", json={"name": "Database Backup"}).json
    assert (check["name"], check["slug"]) == ("Database Backup", "")
    check = api.post("/api/v3/checks/", json={"name": "Database Backup", "slug": "db"}).json
    assert (check["name"], check["slug"]) == ("Database Backup", "db")


def test_a_schedule_makes_a_cron_check_in_utc(api: Api) -> None:
    check = api.check(schedule="5 4 * * *")
    assert (check["schedule"], check["tz"]) == ("5 4 * * *", "UTC")
    assert "timeout" not in check


def test_a_schedule_wins_over_a_timeout(api: Api) -> None:
    check = api.check(schedule="5 4 * * *", tz="Europe/Riga", timeout=300)
    assert (check["schedule"], check["tz"]) == ("5 4 * * *", "Europe/Riga")
    assert "timeout" not in check


def test_a_time_zone_without_a_schedule_is_kept_and_not_shown(api: Api) -> None:
    check = api.check(tz="Europe/Riga")
    assert "tz" not in check
    answer = api.post(f"/api/v1/checks/{check['uuid']}", json={"schedule": "5 4 * * *"})
    assert answer.json["tz"] == "Europe/Riga"


@pytest.mark.parametrize(
    ("given", "today"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Riga", "Europe/Riga"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("UTC", "UTC"),
    ],
)
def test_a_legacy_time_zone_gets_its_name_of_today(given: str, today: str, api: Api) -> None:
    assert api.check(schedule="5 4 * * *", tz=given)["tz"] == today


def test_subject_is_the_older_name_of_the_success_keywords(api: Api) -> None:
    check = api.check(subject="DONE", subject_fail="ERROR")
    assert (check["success_kw"], check["failure_kw"], check["filter_subject"]) == ("DONE", "ERROR", True)
    assert (check["subject"], check["subject_fail"]) == ("DONE", "ERROR")


def test_keywords_that_are_not_for_subjects_are_not_shown_under_the_older_names(api: Api) -> None:
    check = api.check(success_kw="DONE", failure_kw="ERROR", filter_http_body=True)
    assert (check["subject"], check["subject_fail"], check["filter_subject"]) == ("", "", False)


def with_limit(services: Services, limit: int) -> None:
    services.settings = replace(services.settings, check_limit=limit)


def test_the_limit_of_checks_is_told_with_403(api: Api, services: Services) -> None:
    with_limit(services, 2)
    api.check()
    api.check()
    answer = api.post("/api/v1/checks/", json={})
    assert (answer.status, answer.error) == (403, "the project's check limit has been reached")
    assert len(api.get("/api/v1/checks/").json["checks"]) == 2


def test_a_deleted_check_makes_room(api: Api, services: Services) -> None:
    with_limit(services, 1)
    code = api.check()["uuid"]
    assert api.post("/api/v1/checks/", json={}).status == 403
    api.delete(f"/api/v1/checks/{code}")
    assert api.post("/api/v1/checks/", json={}).status == 201


def test_a_project_may_have_a_limit_of_its_own(api: Api, services: Services) -> None:
    small = Api(api.gateway, projects.create(services, "Small", limit=1).keys["write"])
    small.check()
    assert small.post("/api/v1/checks/", json={}).status == 403
    assert api.post("/api/v1/checks/", json={}).status == 201


def test_at_the_limit_wrong_values_are_told_first(api: Api, services: Services) -> None:
    with_limit(services, 1)
    api.check()
    assert api.post("/api/v1/checks/", json={"timeout": 1}).status == 400


def test_at_the_limit_a_unique_check_is_still_found(api: Api, services: Services) -> None:
    with_limit(services, 1)
    api.check(name="One")
    assert api.post("/api/v1/checks/", json={"name": "One", "unique": ["name"]}).status == 200


def test_the_limit_is_told_before_channels_are_looked_for(api: Api, services: Services) -> None:
    with_limit(services, 1)
    api.check()
    assert api.post("/api/v1/checks/", json={"channels": "nobody"}).status == 403
