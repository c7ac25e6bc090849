"""Whatever is sent, in JSON, in XML or in a query, the answer is never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from chalicelib.api.alertra import words
from chalicelib.api.alertra.validation import READ_ONLY, WRITABLE
from tests.api import anything
from tests.api.alertra.conftest import WEB, Caller
from tests.api.anything import SCALAR, VALUE

careful = anything.careful
pytestmark = pytest.mark.usefixtures("quiet")

# What is nearly right goes deeper than what is wrong at once.
NEARLY = some.sampled_from(
    [
        *(
            "example.org",
            "example.org:25",
            "http://example.org",
            "https://[::1]/",
            "//",
            ":",
            "[",
            "*",
            "Y",
            "starttls",
        ),
        *(0, 1, 25, 65_536, "25", "true", 10**40, [], {}, ["192.0.2.1"], {"a": "b"}, [{"path": "a", "op": "eq"}]),
        [{"path": "a", "op": "eq", "value": float("inf")}],
        [{"path": "a", "op": "contains", "value": "\ud800"}],
    ]
)
HOST_DATA = some.dictionaries(some.sampled_from(list(words.HOST_DATA)), NEARLY | VALUE, max_size=4)
# Sorted, so that every run tries the same.
DEVICE = some.fixed_dictionaries(
    {"Method": some.sampled_from(list(words.methods())), "HostData": HOST_DATA},
    optional=dict.fromkeys(sorted({*WRITABLE, *READ_ONLY} - {"Method", "HostData"}), NEARLY | VALUE),
)
WINDOW = some.dictionaries(
    some.sampled_from(["Start", "End", "Days", "At", "Duration", "TimeZone", "Active"]),
    NEARLY | VALUE | some.sampled_from(["01:00", "UTC", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", ["Mon"]]),
    max_size=5,
)


@careful
@given(DEVICE)
def test_any_device(alertra: Caller, body: dict[str, Any]) -> None:
    made = alertra.post("/devices", body)
    assert made.status in (201, 400), made.text
    assert alertra.put(f"/devices/{alertra.device()['device_id']}", body).status in (200, 400)
    if made.status == 201:
        path = f"/devices/{made.json['device_id']}"
        assert alertra.put(path, made.json).json == made.json
        for fmt in ("json", "xml", "csv"):
            assert alertra.get(f"{path}?WithConfig=Y&fmt={fmt}").status == 200


@careful
@given(WINDOW)
def test_any_maintenance(alertra: Caller, body: dict[str, Any]) -> None:
    device = f"/devices/{alertra.device()['device_id']}"
    made = alertra.post(f"{device}/maintenance", body)
    assert made.status in (201, 400), made.text
    for path in ("", "/maintenance", "/uptime"):
        assert alertra.get(f"{device}{path}").status == 200


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, one) for key, one in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{escape(json.dumps(value))}</{name}>"


NAMES = some.sampled_from(["Device", "value", "Entry", "Item", *WRITABLE, *words.HOST_DATA])
XML = some.recursive(SCALAR, lambda inner: some.dictionaries(NAMES, inner | some.lists(inner, max_size=3), max_size=4))


@careful
@given(XML.map(lambda value: _element("Device", value).encode()) | some.binary(max_size=60).map(lambda end: b"<" + end))
@example(b"<Device>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</Device>")
@example(b"<Device><HostData><JSON><value type='json'>[</value></JSON></HostData></Device>")
@example(b"<Device><HostData><JSON><value type='json'>" + b"[" * 50_000 + b"</value></JSON></HostData></Device>")
@example(b"<?xml version='1.0' encoding='x-unknown'?><Device/>")
@example("<?xml version='1.0' encoding='utf-16'?><Device/>".encode("utf-16"))
def test_any_xml(alertra: Caller, body: bytes) -> None:
    path = f"/devices/{alertra.device()['device_id']}"
    headers = {"Content-Type": "application/xml"}
    for method, where in (("POST", "/devices"), ("PUT", path), ("PUT", f"{path}/start-maintenance")):
        assert alertra.call(method, where, data=body, headers=headers).status in (200, 201, 400)


def test_a_device_with_everything_that_is_long_is_kept(alertra: Caller) -> None:
    headers = {f"X-{number}": "x" * 1_000 for number in range(50)}
    answer = alertra.post("/devices", {**WEB, "HostData": {"headers": headers, "Body": "x" * 60_000, "Verb": "POST"}})
    assert answer.status == 201
