"""Who may do what, and how the key is presented."""

from __future__ import annotations

import base64

import pytest

from tests.api.alertra.conftest import Caller
from tests.api.client import Api


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_the_key_is_taken_in_every_form(alertra: Caller) -> None:
    key = alertra.key
    forms = [
        {"Alertra-API-Key": key},
        {"ALERTRA-API-KEY": key},
        {"Authorization": f"Bearer {key}"},
        basic(f"{key}:"),
        basic(f"{key}"),
        basic(f"me:{key}"),
    ]
    for headers in forms:
        assert alertra.get("/devices", key="", headers=headers).status == 200, headers
    assert alertra.get(f"/devices?api_key={key}", key="").status == 200


@pytest.mark.parametrize("headers", [{}, {"Alertra-API-Key": "nonsense"}, basic("a:b"), {"Authorization": "Basic %%%"}])
def test_without_a_known_key_nothing_is_told(alertra: Caller, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/devices"), ("POST", "/devices"), ("GET", "/outages"), ("PUT", "/devices/x")):
        answer = alertra.call(method, path, key="", headers=headers)
        assert (answer.status, answer.json["Error"]["Code"]) == (401, "Unauthorized")


def test_a_read_only_key_reads_and_no_more(alertra: Caller, reader: Api) -> None:
    device = alertra.device()["device_id"]
    for path in ("", f"/{device}", f"/{device}/uptime", f"/{device}/checks", f"/{device}/outages"):
        assert alertra.get(f"/devices{path}", key=reader.key).status == 200
    for method, path in (
        ("POST", ""),
        ("PUT", f"/{device}"),
        ("DELETE", f"/{device}"),
        ("PUT", f"/{device}/start-maintenance"),
    ):
        answer = alertra.call(method, f"/devices{path}", {}, key=reader.key)
        assert (answer.status, answer.json["Error"]["Code"]) == (403, "Forbidden")


def test_another_projects_device_does_not_exist(alertra: Caller, stranger: Api) -> None:
    device = alertra.device()["device_id"]
    assert alertra.get(f"/devices/{device}", key=stranger.key).status == 404
    assert alertra.delete(f"/devices/{device}", key=stranger.key).status == 404
    assert alertra.get("/devices", key=stranger.key).json == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_a_resource_cannot_do_is_refused_with_what_it_can(alertra: Caller, method: str) -> None:
    answer = alertra.call(method, "/devices")
    assert (answer.status, answer.json["Error"]["Code"]) == (405, "MethodNotAllowed")
    assert answer.headers["allow"] == "GET, POST, OPTIONS"


def test_hello_greets_in_plain_text(alertra: Caller, reader: Api) -> None:
    answer = alertra.get("/hello", key="")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[0].startswith("Hello ")
    assert answer.text.splitlines()[2:] == ["The time is 2026-11-21 12:00:00 UTC.", "Have a splendid day."]
    lines = alertra.get("/hello").text.splitlines()
    assert lines[2:6] == [f"Using key:  {alertra.key}", "Key type:   API", "Auth level: UW", "HTTP Auth:  No"]
    assert "Auth level: UR" in alertra.get("/hello", key=reader.key).text
    assert alertra.get("/hello", key="nonsense").status == 401


def test_places_and_contacts_are_listed(alertra: Caller, channel: object) -> None:
    assert alertra.get("/locations").json == [{"Location": "Home"}]
    assert alertra.get("/contacts").json == []
    assert alertra.get("/notification-schedules").json == []
