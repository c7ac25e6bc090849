"""Get a Single Check: by uuid and by unique key, with either kind of key."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.conftest import Clock

NOBODY = "0" * 40


def unique_key(code: str) -> str:
    return hashlib.sha1(code.replace("-", "")[:16].encode()).hexdigest()


def test_a_check_is_found_by_its_uuid(api: Api) -> None:
    check = api.check(name="One")
    api.check(name="Another")
    assert api.get(f"/api/v1/checks/{check['uuid']}").json == check


def test_the_unique_key_is_made_from_the_first_half_of_the_uuid(api: Api, reader: Api) -> None:
    check = api.check()
    assert reader.shown(check)["unique_key"] == unique_key(check["uuid"])


def test_a_check_is_found_by_its_unique_key_with_either_key(api: Api, reader: Api) -> None:
    check = api.check(name="One")
    path = f"/api/v1/checks/{unique_key(check['uuid'])}"
    assert api.get(path).json == check
    assert reader.get(path).json == reader.shown(check)


def test_an_unknown_unique_key_is_not_found(api: Api) -> None:
    answer = api.get(f"/api/v1/checks/{NOBODY}")
    assert (answer.status, answer.error) == (404, "check not found")


def test_the_unique_key_of_another_project_is_not_found_either(api: Api, stranger: Api) -> None:
    key = unique_key(api.check()["uuid"])
    assert stranger.get(f"/api/v1/checks/{key}").status == 404


@pytest.mark.parametrize(
    ("method", "end"), [("POST", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"), ("GET", "/pings/")]
)
def test_a_unique_key_is_for_reading_the_check_alone(method: str, end: str, api: Api) -> None:
    check = api.check(name="One")
    answer = api.call(method, f"/api/v1/checks/{unique_key(check['uuid'])}{end}")
    assert (answer.status, answer.error) == (404, "check not found")
    assert api.shown(check) == check


def test_the_unique_key_of_a_deleted_check_is_not_found(api: Api) -> None:
    code = api.check()["uuid"]
    api.delete(f"/api/v1/checks/{code}")
    assert api.get(f"/api/v1/checks/{unique_key(code)}").status == 404


def test_times_are_cut_to_whole_seconds(api: Api, clock: Clock) -> None:
    check = api.check(timeout=60)
    clock.move(microseconds=999_999)
    api.ping(check)
    shown = api.shown(check)
    assert (shown["last_ping"], shown["next_ping"]) == ("2026-11-21T12:00:00+00:00", "2026-11-21T12:01:00+00:00")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_addresses_lead_to_the_version_that_was_asked(version: int, api: Api) -> None:
    code = api.check()["uuid"]
    check = api.get(f"/api/v{version}/checks/{code}").json
    one = f"https://tocsin.example.org/api/v{version}/checks/{code}"
    assert check["update_url"] == one
    assert check["pause_url"] == f"{one}/pause"
    assert check["resume_url"] == f"{one}/resume"
    assert check["ping_url"] == f"https://tocsin.example.org/ping/{code}"


def test_the_addresses_of_a_check_work(api: Api) -> None:
    check = api.check()

    def path(name: str) -> str:
        return str(check[name]).removeprefix("https://tocsin.example.org")

    assert api.get(path("ping_url"), key="").text == "OK"
    assert api.post(path("update_url"), json={"name": "New"}).json["name"] == "New"
    assert api.post(path("pause_url")).json["status"] == "paused"
    assert api.post(path("resume_url")).json["status"] == "new"


def test_pings_may_have_an_address_of_their_own(api: Api, services: Services) -> None:
    check = api.check()
    services.settings = replace(services.settings, ping_endpoint="https://ping.example.org")
    assert api.shown(check)["ping_url"] == f"https://ping.example.org/{check['uuid']}"


def test_without_a_set_address_the_one_that_was_called_is_told(api: Api, services: Services) -> None:
    code = api.check()["uuid"]
    services.settings = replace(services.settings, site_root="")
    headers = {"Host": "monitor.example.net:8443", "X-Forwarded-Proto": "https"}
    check = api.get(f"/api/v1/checks/{code}", headers=headers).json
    assert check["update_url"] == f"https://monitor.example.net:8443/api/v1/checks/{code}"
    assert check["ping_url"] == f"https://monitor.example.net:8443/ping/{code}"
