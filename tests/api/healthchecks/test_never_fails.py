"""Whatever is sent, the answer is never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.api.healthchecks.validation import RULES
from chalicelib.monitor.managing import projects
from tests.api.anything import TEXT, VALUE, careful
from tests.api.client import Api

pytestmark = pytest.mark.usefixtures("quiet")

CRON = some.text("0123456789*/,-#LW MONJANf?~@\n", max_size=25)
LIKELY: dict[str, some.SearchStrategy[Any]] = {
    "schedule": CRON | TEXT,
    "tz": some.sampled_from(["UTC", "Europe/Riga", "Europe/Kiev", "", "Factory"]),
    "timeout": some.integers(0, 3_000_000),
    "grace": some.integers(0, 3_000_000),
    "unique": some.lists(some.sampled_from(["name", "tags", "slug", "timeout", "grace", "x"]), max_size=3),
    "channels": some.sampled_from(["*", "", ",", "x"]),
    "methods": some.sampled_from(["", "POST", "GET"]),
}
FIELDS = {name: LIKELY.get(name, TEXT | some.booleans()) | VALUE for name in RULES}
BODIES = some.fixed_dictionaries({}, optional=FIELDS) | some.dictionaries(TEXT, VALUE, max_size=3) | VALUE


@careful
@given(body=BODIES)
def test_any_json_creates_or_updates_a_check_or_is_refused(body: Any, api: Api) -> None:
    data = json.dumps(body).encode()
    created = api.post("/api/v1/checks/", data=data)
    assert created.status in (200, 201, 400), created.text
    updated = api.post(f"/api/v1/checks/{some_check(api)}", data=data)
    assert updated.status in (200, 400), updated.text
    for answer in (created, updated):
        assert "uuid" in answer.json or answer.error


def some_check(api: Api) -> str:
    """The project's first check."""
    found = api.get("/api/v1/checks/").json["checks"]
    return str(found[0]["uuid"] if found else api.check()["uuid"])


@careful
@given(body=BODIES)
def test_any_json_makes_a_channel_or_is_refused(body: Any, api: Api) -> None:
    if isinstance(body, dict):
        body = {"kind": "webhook", "settings": body} | body
    answer = api.post("/api/v1/channels/", data=json.dumps(body).encode())
    assert answer.status in (201, 400), answer.text


@careful
@given(data=some.binary(max_size=200))
def test_any_bytes_are_json_or_refused(data: bytes, api: Api) -> None:
    assert api.post("/api/v1/checks/", data=data).status in (200, 201, 400)


@careful
@given(
    path=some.lists(TEXT, max_size=3),
    query=some.dictionaries(some.sampled_from(["rid", "create", "x"]) | TEXT, TEXT, max_size=3),
    data=some.binary(max_size=50),
    headers=some.dictionaries(
        some.sampled_from(["user-agent", "x-forwarded-for", "x-forwarded-proto", "content-type", "host"]), TEXT
    ),
    method=some.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    known=some.booleans(),
)
def test_any_ping_is_taken_or_refused(
    path: list[str],
    query: dict[str, str],
    data: bytes,
    headers: dict[str, str],
    method: str,
    known: bool,
    api: Api,
    keyring: projects.Keyring,
) -> None:
    start = [keyring.keys["ping"]] if known else [some_check(api)]
    address = "/ping/" + "/".join(escaped(part) for part in (start + path)[:3])
    asked = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in query.items())
    answer = api.call(method, f"{address}?{asked}", key="", data=data, headers=headers)
    assert answer.status in (200, 201, 400, 404, 409), answer.text


@careful
@given(data=some.binary(max_size=300), start=some.booleans())
def test_any_body_is_a_ping(data: bytes, start: bool, api: Api) -> None:
    check = {"uuid": some_check(api)}
    answer = api.ping(check, "/start" if start else "", method="POST", data=data)
    assert (answer.status, answer.text) == (200, "OK")


def escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
