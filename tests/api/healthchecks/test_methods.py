"""Methods that are not allowed, preflights, and the headers that let pages of other sites use the API."""

from __future__ import annotations

import pytest

from tests.api.client import Answer, Api

CODE = "00000000-1111-4222-8333-444444444444"
RESOURCES = [
    ("/checks/", "GET, POST"),
    (f"/checks/{CODE}", "GET, POST, DELETE"),
    (f"/checks/{CODE}/pause", "POST"),
    (f"/checks/{CODE}/resume", "POST"),
    (f"/checks/{CODE}/pings/", "GET"),
    (f"/checks/{CODE}/pings/1/body", "GET"),
    (f"/checks/{CODE}/flips/", "GET"),
    (f"/checks/{CODE}/page", "GET, POST, DELETE"),
    ("/channels/", "GET, POST"),
    (f"/channels/{CODE}", "GET, POST, DELETE"),
    (f"/channels/{CODE}/test", "POST"),
    (f"/channels/{CODE}/notifications/", "GET"),
]
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")


def assert_open_to_pages(answer: Answer, allowed: str) -> None:
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "X-Api-Key"
    assert answer.headers["access-control-allow-methods"] == f"{allowed}, OPTIONS"
    assert answer.headers["access-control-max-age"] == "600"


@pytest.mark.parametrize(("path", "allowed"), RESOURCES)
def test_every_other_method_is_refused_and_told_which_are_not(path: str, allowed: str, api: Api) -> None:
    for method in METHODS:
        if method in allowed.split(", "):
            continue
        answer = api.call(method, f"/api/v1{path}")
        assert (method, answer.status, answer.error) == (method, 405, "method not allowed")
        assert answer.headers["allow"] == f"{allowed}, OPTIONS"
        assert_open_to_pages(answer, allowed)


@pytest.mark.parametrize(("path", "allowed"), RESOURCES)
def test_a_preflight_needs_no_key_and_names_the_methods(path: str, allowed: str, api: Api) -> None:
    headers = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    for version in (1, 2, 3):
        answer = api.call("OPTIONS", f"/api/v{version}{path}", key="", headers=headers)
        assert (answer.status, answer.text) == (204, "")
        assert_open_to_pages(answer, allowed)


def test_answers_of_every_status_are_open_to_pages(api: Api, stranger: Api) -> None:
    one = "GET, POST, DELETE"
    path = f"/api/v1/checks/{api.check()['uuid']}"
    answers = {
        200: api.get(path),
        400: api.post(path, json={"timeout": 1}),
        401: api.get(path, key=""),
        403: stranger.get(path),
        404: api.get(f"/api/v1/checks/{CODE}"),
    }
    for status, answer in answers.items():
        assert answer.status == status
        assert answer.headers["content-type"] == "application/json"
        assert_open_to_pages(answer, one)
    created = api.post("/api/v1/checks/", json={})
    assert created.status == 201
    assert_open_to_pages(created, "GET, POST")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/octet-stream", "nonsense;;"],
)
def test_what_the_client_says_of_its_body_does_not_matter(content_type: str, api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"name": "Žurnāls"}, headers={"Content-Type": content_type})
    assert (answer.status, answer.json["name"]) == (201, "Žurnāls")


def test_the_slash_at_the_end_is_optional(api: Api) -> None:
    check = api.check()
    one = f"/api/v1/checks/{check['uuid']}"
    for path in ("/api/v1/checks", one, f"{one}/pings", f"{one}/flips", "/api/v1/channels"):
        assert api.get(path).json == api.get(f"{path}/").json


@pytest.mark.parametrize("path", ["/api/v4/checks/", "/api/checks/", "/api/v1/nothing", "/api/v1/checks/a/b/c/d/e"])
def test_a_path_that_is_no_resource_leads_nowhere(path: str, api: Api) -> None:
    assert api.get(path).status == 404


def test_documents_are_plain_ascii_json(api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"name": "Žurnāls 備份 ☃ 😀"})
    assert answer.text.isascii()
    assert answer.json["name"] == "Žurnāls 備份 ☃ 😀"


@pytest.mark.parametrize("version", [2, 3])
def test_the_service_tells_whether_it_is_well(version: int, api: Api) -> None:
    answer = api.get(f"/api/v{version}/status/", key="")
    assert (answer.status, answer.text) == (200, "OK")
