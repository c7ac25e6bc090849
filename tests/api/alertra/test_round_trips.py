"""What was read can be sent back, in JSON and in XML, and means what it meant."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.specs import probe_of
from chalicelib.monitor.managing.projects import Keyring
from tests.api.alertra.conftest import WEB, Caller, check_of
from tests.api.client import Api

WHOLE: dict[str, Any] = {
    "FullName": "R&D <site>",
    "ShortName": "WWW",
    "URL": "https://www.example.org:8443/x?y=1",
    "Frequency": 300,
    "Timeout": 5,
    "Retries": 2,
    "RetryDelay": 3,
    "PerfWarn": 100,
    "PerfCrit": 200,
    "PerfDown": "Critical",
    "Locations": ["Home"],
    "HostData": {
        "headers": {"X-A": "b", "1odd": "<&>"},
        "Body": "hello",
        "Verb": "POST",
        "User": "me",
        "Password": "secret",
        "KeyPhrase": "ok",
        "NotKeyPhrase": "no",
        "ExpectCodes": "200",
        "MinSize": 1,
        "MaxSize": 1000,
        "FollowRedirects": False,
        "VerifySSL": False,
        "CertWarnDays": 20,
        "JSON": [
            {"path": "a.b", "op": "eq", "value": 1},
            {"path": "a.c", "op": "eq", "value": "1"},
            {"path": "d", "op": "exists"},
        ],
    },
}
DEVICES = [
    WHOLE,
    {**WHOLE, "HostData": {"JSON": [{"path": "a", "op": "eq", "value": True}]}},
    {"URL": None, "Method": "DNS", "HostData": {"Host": "example.org", "DNSExpect": ["192.0.2.1", "192.0.2.2"]}},
    {"URL": None, "Method": "DNS", "HostData": {"Host": "example.org", "DNSExpect": ["192.0.2.1"]}},
    {"URL": None, "Method": "TCP", "HostData": {"Host": "example.org", "Port": 9, "Send": "hello\\r\\n", "TLS": True}},
    {"URL": None, "Method": "SMTP", "HostData": {"Host": "example.org", "TLS": "starttls"}},
]


@pytest.mark.parametrize("fmt", ["json", "xml"])
@pytest.mark.parametrize("fields", DEVICES)
def test_a_device_that_is_sent_back_as_it_was_read_is_not_even_written(
    alertra: Caller, keyring: Keyring, fields: dict[str, Any], fmt: str
) -> None:
    made = alertra.device(**fields)
    before, path = check_of(keyring, made), f"/devices/{made['device_id']}"
    read = alertra.get(f"{path}?WithConfig=Y&StatusFormat=code&fmt={fmt}").text
    answer = alertra.call("PUT", path, data=read.encode(), headers={"Content-Type": f"application/{fmt}"})
    assert (answer.status, answer.json) == (200, made), answer.text
    assert check_of(keyring, made) == before


@pytest.mark.parametrize("fmt", ["json", "xml"])
@pytest.mark.parametrize(
    "planned",
    [
        {"Start": "2026-11-21T13:00:00", "End": "2026-11-21T14:00:00"},
        {"Start": "2026-11-21T13:00:00", "End": None},
        {"Days": ["Mon", "Tue"], "At": "01:00", "Duration": "00:30", "TimeZone": "Europe/Stockholm"},
        {"Days": "Sat", "At": "01:00", "Duration": "00:30"},
        {"At": "01:00", "Duration": "00:30", "End": "2027-01-01"},
    ],
)
def test_a_maintenance_that_is_sent_back_as_it_was_read_stays_as_it_is(
    alertra: Caller, planned: dict[str, Any], fmt: str
) -> None:
    windows = f"/devices/{alertra.device()['device_id']}/maintenance"
    made = alertra.post(windows, planned)
    assert made.status == 201
    path = f"{windows}/{made.json['window_id']}"
    assert made.headers["location"] == f"https://tocsin.example.org/v1.1{path}"
    read = alertra.get(f"{path}?fmt={fmt}").text
    answer = alertra.call("PUT", path, data=read.encode(), headers={"Content-Type": f"application/{fmt}"})
    assert (answer.status, answer.json) == (200, made.json)


def test_one_that_was_started_until_it_is_stopped_can_be_given_an_end(alertra: Caller) -> None:
    device = f"/devices/{alertra.device()['device_id']}"
    alertra.put(f"{device}/start-maintenance")
    (read,) = alertra.get(f"{device}/maintenance").json
    changed = alertra.put(f"{device}/maintenance/{read['window_id']}", {**read, "End": "2026-11-21T12:30:00"})
    assert (changed.status, changed.json["End"]) == (200, "2026-11-21T12:30:00+00:00")


def test_null_takes_everything_back_to_what_a_new_device_has(alertra: Caller, channel: Any) -> None:
    ops = channel("Ops")
    fresh = alertra.device(FullName=None)
    made = alertra.device(
        **{**WHOLE, "URL": WEB["URL"], "Contacts": [], "Active": "N", "MasterDevice": fresh["device_id"]}
    )
    nothing = {key: None for key in made if key not in ("device_id", "Status", "StatusSince", "LastCheckResult", "URL")}
    changed = alertra.put(f"/devices/{made['device_id']}", nothing)
    assert changed.status == 200, changed.text
    assert {**changed.json, "device_id": fresh["device_id"]} == fresh
    assert changed.json["Contacts"] == [ops["id"]]


def test_null_inside_says_nothing_where_there_is_nothing(alertra: Caller) -> None:
    made = alertra.device(HostData={"headers": {"KEY": None, "X-A": "1"}, "Port": None, "KeyPhrase": None})
    assert made["HostData"]["headers"] == {"X-A": "1"}


def test_the_name_of_a_header_knows_no_case(alertra: Caller) -> None:
    made = alertra.device(HostData={"headers": {"KEY": "1", "X-A": "1"}})
    path = f"/devices/{made['device_id']}"
    assert alertra.put(path, {"HostData": {"headers": {"key": "2"}}}).json["HostData"]["headers"] == {
        "key": "2",
        "X-A": "1",
    }
    assert alertra.put(path, {"HostData": {"headers": {"KEY": None}}}).json["HostData"]["headers"] == {"X-A": "1"}


def test_an_empty_element_of_xml_is_no_order_to_empty(alertra: Caller) -> None:
    made = alertra.device(HostData={"KeyPhrase": "Welcome", "headers": {"A": "1"}})
    body = b"<Device><HostData><headers/></HostData></Device>"
    for sent in (body, b"<Device><HostData/></Device>", b"<Device/>"):
        answer = alertra.call("PUT", f"/devices/{made['device_id']}", data=sent, headers={"Content-Type": "text/xml"})
        assert (answer.status, answer.json) == (200, made)


def test_a_read_only_key_sees_nothing_that_may_be_a_secret(alertra: Caller, reader: Api, keyring: Keyring) -> None:
    made = alertra.device(**{**WHOLE, "HostData": {**WHOLE["HostData"], "headers": {"Authorization": "Bearer geheim"}}})
    tcp = alertra.device(**{**DEVICES[4], "HostData": {**DEVICES[4]["HostData"], "Send": "AUTH geheim"}})
    alone = Caller(reader, reader.key)
    for path in ("/devices", f"/devices/{made['device_id']}", f"/devices/{tcp['device_id']}"):
        for fmt in ("json", "xml", "csv"):
            text = alone.get(f"{path}?WithConfig=Y&fmt={fmt}").text
            assert "geheim" not in text
            assert "secret" not in text
            assert "y=1" not in text
    read = alone.get(f"/devices/{made['device_id']}?WithConfig=Y").json
    assert (read["URL"], read["HostData"]["headers"]) == (
        "https://www.example.org:8443/x",
        {"Authorization": "********"},
    )
    alertra.put(f"/devices/{made['device_id']}", {"HostData": read["HostData"]})
    assert probe_of(check_of(keyring, made)).definition["headers"] == {"Authorization": "Bearer geheim"}
