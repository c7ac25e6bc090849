"""Bad input: a clear error that names the field, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.alertra.conftest import WEB, Caller
from tests.api.conftest import Contents

pytestmark = pytest.mark.usefixtures("quiet")

BAD: list[tuple[str, dict[str, Any]]] = [
    ("Method", {"Method": "CARRIER-PIGEON"}),
    ("Method", {"Method": 5}),
    ("Method", {"Method": "HTTP", "URL": "https://example.org/"}),
    ("URL", {"URL": "https://me:secret@example.org/"}),
    ("URL", {"URL": "file:///etc/passwd"}),
    ("URL", {"URL": "gopher://example.org/"}),
    ("URL", {"URL": "https://"}),
    ("URL", {"URL": "https://exa mple.org/"}),
    ("URL", {"URL": 12}),
    ("URL", {"URL": "https://example.org:99999/"}),
    ("Frequency", {"Frequency": 5}),
    ("Frequency", {"Frequency": 90}),
    ("Frequency", {"Frequency": 86_460}),
    ("Frequency", {"Frequency": "often"}),
    ("Frequency", {"Frequency": True}),
    ("Timeout", {"Timeout": 0}),
    ("Timeout", {"Timeout": 61}),
    ("Retries", {"Retries": -1}),
    ("Retries", {"Retries": 6}),
    ("RetryDelay", {"RetryDelay": 301}),
    ("PerfWarn", {"PerfWarn": -5}),
    ("PerfCrit", {"PerfWarn": 500, "PerfCrit": 100}),
    ("PerfDown", {"PerfDown": "Maybe"}),
    ("Locations", {"Locations": ["Atlantis"]}),
    ("Locations", {"Locations": [1]}),
    ("MasterDevice", {"MasterDevice": "abc"}),
    ("MasterDevice", {"MasterDevice": "0" * 48}),
    ("Contacts", {"Contacts": ["nobody"]}),
    ("Active", {"Active": "perhaps"}),
    ("ShortName", {"ShortName": "NINECHARS"}),
    ("FullName", {"FullName": "x" * 101}),
    ("FullName", {"FullName": "two\nlines"}),
    ("HostData", {"HostData": "x"}),
    ("HostData.Colour", {"HostData": {"Colour": "red"}}),
    ("HostData.Verb", {"HostData": {"Verb": "STEAL"}}),
    ("HostData.headers", {"HostData": {"headers": "x"}}),
    ("HostData.headers", {"HostData": {"headers": {"A\r\nB": "x"}}}),
    ("HostData.headers", {"HostData": {"headers": {"A": "x\r\ny"}}}),
    ("HostData.ExpectCodes", {"HostData": {"ExpectCodes": "fine"}}),
    ("HostData.MinSize", {"HostData": {"MinSize": -1}}),
    ("HostData.Digest", {"HostData": {"Digest": "123"}}),
    ("HostData.VerifySSL", {"HostData": {"VerifySSL": "perhaps"}}),
    ("Colour", {"Colour": "red"}),
    ("frequency", {"frequency": 60}),
]


@pytest.mark.parametrize(("field", "wrong"), BAD, ids=lambda value: str(value)[:60])
def test_a_wrong_value_is_refused_by_its_name_and_changes_nothing(
    alertra: Caller, contents: Callable[[], Contents], field: str, wrong: dict[str, Any]
) -> None:
    device = alertra.device(Frequency=120)
    before = contents()
    path = f"/devices/{device['device_id']}"
    for answer in (alertra.post("/devices", {**WEB, **wrong}), alertra.put(path, wrong)):
        assert answer.status == 400, answer.text
        assert list(answer.json) == ["Error"]
        error = answer.json["Error"]
        assert (error["Code"], error["Field"]) == ("BadRequest", field)
        assert error["Message"].startswith(field)
    assert contents() == before


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"<a><b></a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
)
def test_a_body_that_is_no_object_is_refused(alertra: Caller, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = alertra.call("POST", "/devices", data=body, headers={"Content-Type": kind})
        assert (answer.status, answer.json["Error"]["Field"]) == (400, "body")


def test_a_body_of_megabytes_is_too_large(alertra: Caller) -> None:
    answer = alertra.call("POST", "/devices", data=b'{"FullName": "' + b"x" * 5_000_000 + b'"}')
    assert (answer.status, answer.json["Error"]["Code"]) == (413, "TooLarge")


@pytest.mark.parametrize("duration", ["25:61", "-1", "", "0:00", 120, "2 hours", "02:00:00"])
def test_a_duration_that_is_none_starts_nothing(alertra: Caller, duration: Any) -> None:
    device = alertra.device()
    answer = alertra.put(f"/devices/{device['device_id']}/start-maintenance", {"Duration": duration})
    assert (answer.status, answer.json["Error"]["Field"]) == (400, "Duration")
    assert alertra.get(f"/devices/{device['device_id']}/maintenance").json == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("Timestamp1=yesterday", "Timestamp1"),
        ("Timestamp2=2014-13-01", "Timestamp2"),
        ("Timestamp1=2026-11-21T11:00:00&Timestamp2=2026-11-21T10:00:00", "Timestamp1"),
        ("Timestamp1=2026-11-21T11:00:00&Timestamp2=2026-11-21T11:00:00", "Timestamp1"),
        ("Timestamp1=2030-01-01T00:00:00", "Timestamp1"),
        ("fmt=yaml", "fmt"),
        ("filename=../x%22;a", "filename"),
    ],
)
def test_a_wrong_question_is_refused_by_the_name_of_its_parameter(alertra: Caller, query: str, field: str) -> None:
    device = alertra.device()
    for resource in ("uptime", "outages", "checks"):
        answer = alertra.get(f"/devices/{device['device_id']}/{resource}?{query}")
        assert (answer.status, answer.json["Error"]["Field"]) == (400, field), answer.text


@pytest.mark.parametrize("query", ["Limit=0", "Limit=x", "Limit=101", "Offset=-1", "Limit=٣"])
def test_pages_are_asked_for_in_numbers(alertra: Caller, query: str) -> None:
    device = alertra.device()
    answer = alertra.get(f"/devices/{device['device_id']}/checks?{query}")
    assert (answer.status, answer.json["Error"]["Field"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("device", ["abc", "0" * 48, "g" * 48, "%00", "a" * 5000])
def test_an_unknown_device_is_not_found(alertra: Caller, device: str) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/uptime"), ("PUT", "/start-maintenance")):
        answer = alertra.call(method, f"/devices/{device}{path}", {} if method == "PUT" else None)
        assert (answer.status, answer.json["Error"]["Code"]) == (404, "NotFound")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    [
        *("FullName", "URL", "Method", "Frequency", "Timeout", "Retries", "Locations", "MasterDevice", "Contacts"),
        *("HostData", "Active", "PerfWarn", "PerfDown", "ShortName", "Duration", "Start", "End", "Days", "At"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(fields, json_values, max_size=5), path=st.sampled_from(["", "maintenance", "start"]))
def test_no_object_whatever_is_in_it_is_a_fault_of_ours(alertra: Caller, body: dict[str, Any], path: str) -> None:
    if path == "":
        answers = [alertra.post("/devices", {**WEB, **body})]
    else:
        device = alertra.device()["device_id"]
        name = "maintenance" if path == "maintenance" else "start-maintenance"
        answers = [alertra.call("POST" if path == "maintenance" else "PUT", f"/devices/{device}/{name}", body)]
        answers.append(alertra.put(f"/devices/{device}", body))
    assert all(answer.status in (200, 201, 400) for answer in answers), [answer.text for answer in answers]
