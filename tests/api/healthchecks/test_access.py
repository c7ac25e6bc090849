"""Who may do what: keys in the header and in the body, read-only keys, and the order in which a request is judged."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from tests.api.client import Answer, Api

UNKNOWN = "00000000-1111-4222-8333-444444444444"
CHECK_CALLS = [
    ("GET", ""),
    ("POST", ""),
    ("DELETE", ""),
    ("POST", "/pause"),
    ("POST", "/resume"),
    ("GET", "/pings/"),
    ("GET", "/pings/1/body"),
    ("GET", "/flips/"),
    ("GET", "/page"),
    ("POST", "/page"),
    ("DELETE", "/page"),
]
LIST_CALLS = [("GET", "/checks/"), ("POST", "/checks/"), ("GET", "/channels/"), ("POST", "/channels/")]
READING = [("GET", ""), ("GET", "/flips/")]


def on_check(api: Api, method: str, end: str, code: str, key: str | None = None) -> Answer:
    return api.call(method, f"/api/v1/checks/{code}{end}", key=key)


@pytest.mark.parametrize(("method", "end"), CHECK_CALLS)
def test_a_call_about_a_check_needs_a_key(method: str, end: str, api: Api) -> None:
    code = api.check()["uuid"]
    for key, error in (("", "missing api key"), ("X" * 32, "wrong api key")):
        answer = on_check(api, method, end, code, key=key)
        assert (answer.status, answer.error) == (401, error)


@pytest.mark.parametrize(("method", "path"), LIST_CALLS)
def test_a_call_about_the_project_needs_a_key(method: str, path: str, api: Api) -> None:
    for key, error in (("", "missing api key"), ("X" * 32, "wrong api key")):
        answer = api.call(method, f"/api/v1{path}", key=key)
        assert (answer.status, answer.error) == (401, error)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_is_closed_without_a_key(version: int, api: Api) -> None:
    assert api.get(f"/api/v{version}/checks/", key="").status == 401
    assert api.get(f"/api/v{version}/checks/").status == 200


@pytest.mark.parametrize(("method", "end"), [call for call in CHECK_CALLS if call not in READING])
def test_a_read_only_key_is_wrong_for_all_but_reading(method: str, end: str, api: Api, reader: Api) -> None:
    code = api.check()["uuid"]
    answer = on_check(reader, method, end, code)
    assert (answer.status, answer.error) == (401, "wrong api key")
    assert api.shown({"uuid": code})["status"] == "new"


def test_a_read_only_key_neither_creates_checks_nor_sees_channels(reader: Api) -> None:
    for method, path in (("POST", "/checks/"), ("GET", "/channels/"), ("POST", "/channels/")):
        answer = reader.call(method, f"/api/v1{path}")
        assert (answer.status, answer.error) == (401, "wrong api key")
    assert reader.get("/api/v1/checks/").json == {"checks": []}


@pytest.mark.parametrize("key", ["short", "X" * 31, "X" * 33, "X" * 5000])
def test_what_is_not_as_long_as_a_key_counts_as_none(key: str, api: Api) -> None:
    answer = api.get("/api/v1/checks/", key=key)
    assert (answer.status, answer.error) == (401, "missing api key")


def test_a_ping_key_opens_nothing_here(api: Api, keyring: projects.Keyring) -> None:
    assert api.get("/api/v1/checks/", key=keyring.keys["ping"]).status == 401


@pytest.mark.parametrize("end", ["", "/pause", "/resume", "/page"])
def test_a_key_may_travel_in_the_body_of_any_post(end: str, api: Api) -> None:
    check = api.check()
    on_check(api, "POST", "/pause", check["uuid"])
    answer = api.post(f"/api/v1/checks/{check['uuid']}{end}", json={"api_key": api.key}, key="")
    assert answer.status == 200


def test_a_read_only_key_in_the_body_does_not_write(api: Api, reader: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"api_key": reader.key}, key="")
    assert (answer.status, answer.error) == (401, "wrong api key")


@pytest.mark.parametrize(("header", "error"), [("X" * 32, "wrong api key"), ("short", "missing api key")])
def test_a_key_in_the_header_is_the_one_that_counts(header: str, error: str, api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"api_key": api.key}, key=header)
    assert (answer.status, answer.error) == (401, error)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_in_a_body_that_is_not_posted_is_not_seen(method: str, api: Api) -> None:
    code = api.check()["uuid"]
    body = json.dumps({"api_key": api.key}).encode()
    answer = api.call(method, f"/api/v1/checks/{code}", key="", data=body)
    assert (answer.status, answer.error) == (401, "missing api key")


@pytest.mark.parametrize("key", [None, 12345678901234567890123456789012, ["X" * 32], {}, True])
def test_a_key_that_is_no_text_counts_as_none(key: object, api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"api_key": key}, key="")
    assert (answer.status, answer.error) == (401, "missing api key")


@pytest.mark.parametrize(("method", "end"), CHECK_CALLS)
def test_a_check_of_another_project_is_forbidden(method: str, end: str, api: Api, stranger: Api) -> None:
    check = api.check(name="Mine")
    answer = on_check(stranger, method, end, check["uuid"])
    assert (answer.status, answer.error) == (403, "access denied")
    assert api.shown(check) == check


@pytest.mark.parametrize("code", [UNKNOWN, "nonsense", "1", "%00", "f618072a7bde4eeeaf6371a77c5723bc", "x" * 5000])
def test_a_check_that_does_not_exist_is_not_found(code: str, api: Api) -> None:
    for method, end in CHECK_CALLS:
        answer = on_check(api, method, end, code)
        assert (method, end, answer.status, answer.error) == (method, end, 404, "check not found")


def in_capitals(code: str) -> str:
    return code.upper()


def without_dashes(code: str) -> str:
    return code.replace("-", "")


def in_braces(code: str) -> str:
    return f"%7B{code}%7D"


@pytest.mark.parametrize("spelt", [in_capitals, without_dashes, in_braces])
def test_a_uuid_has_one_spelling(spelt: Callable[[str], str], api: Api, services: Services) -> None:
    services.new_code = iter(["abcdef00-0000-4000-8000-000000000000", "a-badge"]).__next__
    code = api.check()["uuid"]
    assert api.get(f"/api/v1/checks/{code}").status == 200
    assert api.get(f"/api/v1/checks/{spelt(code)}").status == 404


def test_the_method_is_judged_first(api: Api) -> None:
    answer = api.call("PUT", f"/api/v1/checks/{UNKNOWN}", key="", data=b"{")
    assert (answer.status, answer.error) == (405, "method not allowed")


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"{", "could not parse request body"), (b"[]", "json validation error: value is not an object")],
)
@pytest.mark.parametrize("path", ["/checks/", f"/checks/{UNKNOWN}", f"/checks/{UNKNOWN}/pause", "/channels/"])
def test_the_body_is_read_before_the_key(path: str, body: bytes, error: str, api: Api) -> None:
    answer = api.post(f"/api/v1{path}", data=body, key="")
    assert (answer.status, answer.error) == (400, error)


def test_the_key_is_judged_before_the_check_is_looked_for(api: Api) -> None:
    assert api.post(f"/api/v1/checks/{UNKNOWN}", json={"timeout": 1}, key="X" * 32).status == 401


def test_a_check_is_looked_for_before_its_new_values_are_judged(api: Api, stranger: Api) -> None:
    assert api.post(f"/api/v1/checks/{UNKNOWN}", json={"timeout": 1}).status == 404
    mine = api.check()["uuid"]
    assert stranger.post(f"/api/v1/checks/{mine}", json={"timeout": 1}).status == 403


@pytest.mark.parametrize("path", ["/checks/", "/checks/{}"])
def test_values_are_judged_before_channels_are_looked_for(path: str, api: Api) -> None:
    path = f"/api/v1{path}".format(api.check()["uuid"])
    answer = api.post(path, json={"channels": "nobody", "timeout": 1})
    assert (answer.status, answer.error) == (400, "json validation error: timeout is too small")
