"""Bad input: the documented status with an error that names the field, nothing changed, nothing logged as a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Api

Contents = Callable[[], dict[str, list[str]]]
pytestmark = pytest.mark.usefixtures("quiet")

DEEP = 100_000
NO_DOCUMENTS = [
    b"{",
    b"}",
    b"nothing",
    b"{'name': 'x'}",
    b'{"name": "x",}',
    b'{"name": "x"} {}',
    b'{"name": "\xff"}',
    b'{"name": "a\nb"}',
    b'\xef\xbb\xbf{"name": "x"}',
    '{"name": "x"}'.encode("utf-16"),
    b"\x00",
    b" ",
    b'{"timeout": 0123}',
    b'{"timeout": 1_000}',
    b"name=Backups&timeout=3600",
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nBackups\r\n--x--',
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
]
NO_OBJECTS = [b"null", b"true", b"1", b'"text"', b"[]", b'[{"name": "x"}]', b"1e400", b"NaN", b"9" * 5_000]

WRONG_FIELDS: list[tuple[bytes, str]] = [
    (b'{"timeout": 100000000000000000000}', "timeout is too large"),
    (b'{"grace": -100000000000000000000}', "grace is too small"),
    (b'{"timeout": ' + b"9" * 5_000 + b"}", "timeout is too large"),
    (b'{"grace": -' + b"9" * 5_000 + b"}", "grace is too small"),
    (b'{"timeout": 1e2}', "timeout is not a number"),
    (b'{"timeout": 1e400}', "timeout is not a number"),
    (b'{"timeout": NaN}', "timeout is not a number"),
    (b'{"grace": -Infinity}', "grace is not a number"),
    (b'{"timeout": "3600"}', "timeout is not a number"),
    (b'{"timeout": {"seconds": 60}}', "timeout is not a number"),
    (b'{"timeout": 3600, "timeout": 1}', "timeout is too small"),
    (b'{"name": "a\\u0000b"}', "name contains a NUL character"),
    (b'{"tags": "\\u0000"}', "tags contains a NUL character"),
    (b'{"desc": "a\\u0000"}', "desc contains a NUL character"),
    (b'{"success_kw": "\\u0000"}', "success_kw contains a NUL character"),
    (b'{"name": "\\ud800"}', "name is not valid Unicode"),
    (b'{"tags": "a \\udfff b"}', "tags is not valid Unicode"),
    (b'{"desc": "\\udc00\\ud800"}', "desc is not valid Unicode"),
    (b'{"channels": "\\ud83d"}', "channels is not valid Unicode"),
    (b'{"start_kw": "\\ud83d"}', "start_kw is not valid Unicode"),
    (b'{"slug": "\\u0000"}', "slug contains a NUL character"),
    (b'{"schedule": "\\u0000 * * * *"}', "schedule contains a NUL character"),
    (b'{"tz": "UTC\\u0000"}', "tz contains a NUL character"),
    (b'{"tz": "\\ud800"}', "tz is not valid Unicode"),
    (b'{"name": "' + b"x" * 1_000_000 + b'"}', "name is too long"),
    (b'{"tags": "' + b"x" * 1_000_000 + b'"}', "tags is too long"),
    (b'{"desc": "' + b"x" * 1_000_000 + b'"}', "desc is too long"),
    (b'{"desc": "' + "☃".encode() * 33_334 + b'"}', "desc is too long"),
    (b'{"channels": "' + b"x," * 500_000 + b'"}', "channels is too long"),
    (b'{"schedule": "' + b"* " * 500_000 + b'"}', "schedule is too long"),
    (b'{"tz": "' + b"x" * 1_000_000 + b'"}', "tz is too long"),
    (b'{"methods": "' + b"x" * 1_000_000 + b'"}', "methods is too long"),
    (b'{"schedule": "0 0 31 2 *"}', "schedule is not a valid cron"),
    (b'{"schedule": "* * * * *\\n* * * * *"}', "schedule is not a valid cron"),
    (b'{"schedule": "0/0 * * * *"}', "schedule is not a valid cron"),
    (b'{"schedule": "99999999999999999999 * * * *"}', "schedule is not a valid cron"),
    (b'{"schedule": "\\u0661 * * * *"}', "schedule is not a valid cron"),
    (b'{"tz": "../../etc/passwd"}', "tz is not a valid timezone"),
    (b'{"tz": "Europe/Atlantis"}', "tz is not a valid timezone"),
    (b'{"unique": [["name"]]}', "an item in 'unique' has unexpected value"),
    (b'{"unique": {"name": 1}}', "unique is not an array"),
    (b'{"unique": ' + b"[" * 500 + b"]" * 500 + b"}", "an item in 'unique' has unexpected value"),
    (b'{"manual_resume": "true"}', "manual_resume is not a boolean"),
]


@pytest.fixture
def check(api: Api) -> dict[str, Any]:
    return api.check(name="Before", tags="a", timeout=3600)


@pytest.fixture
def doors(check: dict[str, Any]) -> list[str]:
    """Where a check's fields are taken in."""
    return ["/api/v1/checks/", f"/api/v1/checks/{check['uuid']}", "/api/v2/checks/", f"/api/v3/checks/{check['uuid']}"]


def test_what_is_no_json_is_refused(api: Api, doors: list[str], check: dict[str, Any], contents: Contents) -> None:
    before = contents()
    for path in [*doors, f"/api/v1/checks/{check['uuid']}/pause", "/api/v1/channels/"]:
        for data in NO_DOCUMENTS:
            answer = api.post(path, data=data)
            words = answer.error.partition(": it is a form")[0]
            assert (data[:50], answer.status, words) == (data[:50], 400, "could not parse request body")
    assert contents() == before


def test_what_is_no_object_is_refused(api: Api, doors: list[str], check: dict[str, Any], contents: Contents) -> None:
    before = contents()
    for path in [*doors, f"/api/v1/checks/{check['uuid']}/pause", "/api/v1/channels/"]:
        for data in NO_OBJECTS:
            answer = api.post(path, data=data)
            error = "json validation error: value is not an object"
            assert (data[:50], answer.status, answer.error) == (data[:50], 400, error)
    assert contents() == before


@pytest.mark.parametrize(("data", "error"), WRONG_FIELDS, ids=[error for _, error in WRONG_FIELDS])
def test_a_wrong_field_is_named(data: bytes, error: str, api: Api, doors: list[str], contents: Contents) -> None:
    before = contents()
    for path in doors:
        answer = api.post(path, data=data)
        assert answer.status == 400
        assert answer.error.startswith(f"json validation error: {error}")
        assert len(answer.text) < 200
    assert contents() == before


def test_a_field_given_twice_counts_as_it_stands_last(api: Api) -> None:
    answer = api.post("/api/v1/checks/", data=b'{"timeout": 1, "name": "First", "timeout": 60, "name": "Last"}')
    assert (answer.status, answer.json["timeout"], answer.json["name"]) == (201, 60, "Last")


@pytest.mark.parametrize("value", ["[" * 500 + "]" * 500, "9" * 5_000, '"\\ud800\\u0000"', "1e400", "null"])
def test_a_field_that_nobody_knows_may_hold_anything(value: str, api: Api) -> None:
    answer = api.post("/api/v1/checks/", data=f'{{"whatever": {value}, "name": "x"}}'.encode())
    assert (answer.status, answer.json["name"]) == (201, "x")


def test_a_check_with_the_longest_texts_can_be_made_changed_and_pinged(api: Api) -> None:
    texts = {"name": "😀" * 100, "desc": "ž" * 50_000, "tags": "☃" * 33_333, "success_kw": "😀" * 200}
    check = api.check(**texts)
    answer = api.post(f"/api/v1/checks/{check['uuid']}", json={"name": "😀" * 99})
    assert (answer.status, answer.json["tags"]) == (200, texts["tags"])
    assert api.ping(check).status == 200


def test_names_are_kept_to_the_letter(api: Api) -> None:
    for name in (
        "<script>alert(1)</script>",
        "'; DROP TABLE",
        "${jndi:ldap://x}",
        "\x1b[31m",
        "a\u202eb",
        "\ufffe",
        "{{7*7}}",
    ):
        check = api.check(name=name)
        assert api.shown(check)["name"] == name


@pytest.mark.parametrize("key", ["\ud800" * 32, "\0" * 32, "ž" * 32, "'" * 32, "#" * 32])
def test_a_key_of_odd_characters_is_wrong(key: str, api: Api) -> None:
    answer = api.post("/api/v1/checks/", data=json.dumps({"api_key": key}).encode(), key="")
    assert (answer.status, answer.error) == (401, "wrong api key")
    assert api.get("/api/v1/checks/", key=key).status == 401


@pytest.mark.parametrize(
    "path", ["/api/v1/checks/%FF", "/api/v1/checks/%ED%A0%80", "/api/v1/checks/a%2Fb", "/api/v1/checks/'"]
)
def test_a_path_of_odd_characters_leads_to_no_check(path: str, api: Api) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert api.call(method, path).status == 404
    assert api.post(f"{path}/pause").status == 404


@pytest.mark.parametrize("query", ["?tag=%FF", "?tag=%00", "?tag=" + "x" * 8000, "?slug=%ED%A0%80", "?%FF=%FF", "?tag"])
def test_a_filter_of_odd_characters_finds_nothing(query: str, api: Api) -> None:
    api.check(name="x", tags="y")
    answer = api.get(f"/api/v1/checks/{query}")
    assert answer.status == 200
    assert len(answer.json["checks"]) == (query == "?%FF=%FF")
