"""Devices: made, shown, changed in part, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.specs import probe_of
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.store import checks
from tests.api.alertra.conftest import WEB, Caller, Look, check_of

HEX = set("0123456789abcdef")


def test_a_registry_is_asked_once_an_hour_at_the_most(alertra: Caller) -> None:
    whois = {"Method": "WHOIS", "HostData": {"Domain": "example.org"}}

    refused = alertra.post("/devices", {"FullName": "Domain", **whois, "Frequency": 1_800})

    assert (refused.status, "Frequency" in refused.text, "3600" in refused.text) == (400, True, True)
    assert alertra.device(FullName="Domain", URL=None, **whois)["Frequency"] == 3_600


def test_a_device_is_made_with_defaults_and_has_an_address(alertra: Caller) -> None:
    answer = alertra.post("/devices", WEB)
    device = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"https://tocsin.example.org/v1.1/devices/{device['device_id']}"
    assert len(device["device_id"]) == 48
    assert set(device["device_id"]) <= HEX
    assert (device["Method"], device["URL"]) == ("HTTPS", "https://www.example.org/")
    assert (device["Status"], device["Frequency"], device["Timeout"]) == ("Checking", 60, 30)
    assert (device["Retries"], device["RetryDelay"], device["Active"]) == (1, 5, "Y")


def test_the_short_form_has_what_the_published_list_shows(alertra: Caller) -> None:
    device = alertra.device(ShortName="WWW")
    (listed,) = alertra.get("/devices").json
    assert list(listed) == [
        *("device_id", "ShortName", "FullName", "Method", "URL", "Frequency", "Status", "StatusSince"),
        "LastCheckResult",
    ]
    assert alertra.get(f"/devices/{device['device_id']}").json == listed
    assert "HostData" in alertra.get(f"/devices/{device['device_id']}?WithConfig=Y").json


def test_a_change_names_only_what_changes_however_deep(alertra: Caller) -> None:
    device = alertra.device(HostData={"headers": {"A": "1"}, "KeyPhrase": "Welcome"}, PerfWarn=500)
    path = f"/devices/{device['device_id']}"
    changed = alertra.put(path, {"HostData": {"headers": {"KEY": "VALUE"}}})
    assert changed.status == 200
    assert changed.json["HostData"]["headers"] == {"A": "1", "KEY": "VALUE"}
    assert changed.json["HostData"]["KeyPhrase"] == "Welcome"
    assert changed.json["PerfWarn"] == 500
    assert changed.json["URL"] == device["URL"]


def test_null_takes_a_value_away(alertra: Caller) -> None:
    device = alertra.device(HostData={"headers": {"A": "1", "B": "2"}, "KeyPhrase": "Welcome"})
    changed = alertra.put(f"/devices/{device['device_id']}", {"HostData": {"KeyPhrase": None, "headers": {"A": None}}})
    assert changed.json["HostData"]["headers"] == {"B": "2"}
    assert "KeyPhrase" not in changed.json["HostData"]


def test_what_was_read_can_be_sent_back(alertra: Caller, look: Look) -> None:
    made = alertra.device(HostData={"User": "me", "Password": "secret", "headers": {"A": "1"}}, PerfWarn=500)
    look(made)
    path = f"/devices/{made['device_id']}?WithConfig=Y"
    read = alertra.get(path).json
    assert alertra.put(path, read).status == 200
    assert alertra.get(path).json == read


def test_a_password_is_covered_and_sending_the_cover_back_keeps_it(alertra: Caller, keyring: Keyring) -> None:
    device = alertra.device(HostData={"User": "me", "Password": "secret"})
    assert device["HostData"]["Password"] == "********"
    alertra.put(f"/devices/{device['device_id']}", {"HostData": {"Password": "********", "User": "you"}})
    definition = probe_of(check_of(keyring, device)).definition
    assert (definition["user"], definition["password"]) == ("you", "secret")


def test_a_url_may_be_given_in_parts_and_changed_in_parts(alertra: Caller) -> None:
    parts = {"Host": "example.org", "Port": 8443, "Path": "/health?x=1"}
    device = alertra.device(URL=None, Method="HTTPS", HostData=parts)
    assert device["URL"] == "https://example.org:8443/health?x=1"
    changed = alertra.put(f"/devices/{device['device_id']}", {"HostData": {"Path": "/ready"}})
    assert changed.json["URL"] == "https://example.org:8443/ready?x=1"


def test_a_change_of_the_method_changes_the_scheme(alertra: Caller) -> None:
    device = alertra.device()
    changed = alertra.put(f"/devices/{device['device_id']}", {"Method": "HTTP"})
    assert (changed.json["Method"], changed.json["URL"]) == ("HTTP", "http://www.example.org/")


def test_a_device_may_become_one_of_another_type(alertra: Caller) -> None:
    device = alertra.device(HostData={"KeyPhrase": "Welcome"})
    change = {"Method": "TCP", "URL": "example.org:25", "HostData": {"Expect": "220"}}
    changed = alertra.put(f"/devices/{device['device_id']}", change)
    assert changed.status == 200, changed.text
    assert changed.json["Method"] == "TCP"
    assert "KeyPhrase" not in changed.json["HostData"]
    assert (changed.json["HostData"]["Port"], changed.json["HostData"]["Expect"]) == (25, "220")
    assert changed.json["URL"] == "example.org:25"


@pytest.mark.parametrize(
    ("method", "host_data"),
    [
        ("PING", {"Host": "example.org"}),
        ("DNS", {"Host": "example.org", "DNSType": "MX", "DNSExpect": "mail.example.org"}),
        ("SMTP", {"Host": "example.org"}),
        ("POP3", {"Host": "example.org"}),
        ("IMAP", {"Host": "example.org"}),
        ("FTP", {"Host": "example.org"}),
        ("TCP", {"Host": "example.org", "Port": 9, "Send": "hello", "Expect": "world"}),
        ("SSH", {"Host": "example.org"}),
        ("TELNET", {"Host": "example.org", "Expect": "login"}),
        ("MYSQL", {"Host": "example.org"}),
        ("CERT", {"Host": "example.org", "CertDays": 14}),
        ("WHOIS", {"Domain": "example.org", "Days": 30}),
        ("WS", {"Host": "example.org", "Path": "/socket"}),
    ],
)
def test_every_method_makes_a_device_that_reads_back(alertra: Caller, method: str, host_data: dict[str, Any]) -> None:
    device = alertra.device(URL=None, Method=method, HostData=host_data)
    assert device["Method"] == method
    kept = {key: value for key, value in device["HostData"].items() if key in host_data}
    expected = {key: value for key, value in host_data.items() if key not in ("Path",) and method != "WS"}
    assert {key: kept[key] for key in expected if key != "DNSExpect"} == {
        key: value for key, value in expected.items() if key != "DNSExpect"
    }
    assert alertra.put(f"/devices/{device['device_id']}", {"FullName": "renamed"}).json["FullName"] == "renamed"


def test_the_status_follows_what_is_found(alertra: Caller, look: Look, clock: Any) -> None:
    device = alertra.device()
    path = f"/devices/{device['device_id']}"
    look(device)
    assert alertra.get(path).json["Status"] == "Up"
    assert alertra.get(path).json["LastCheckResult"] == "200 OK"
    clock.move(minutes=1)
    look(device, fails="500 Internal Server Error")
    assert alertra.get(path).json["Status"] == "Retry"
    clock.move(seconds=5)
    look(device, fails="500 Internal Server Error")
    assert alertra.get(path).json["Status"] == "Down"
    assert alertra.get(f"{path}?StatusFormat=code").json["Status"] == "D"
    alertra.put(path, {"Active": "N"})
    assert alertra.get(path).json["Status"] == "Inactive"
    assert alertra.put(path, {"Active": "Y"}).json["Status"] == "Checking"


def test_a_device_can_be_made_inactive_from_the_start(alertra: Caller) -> None:
    assert alertra.device(Active="N")["Status"] == "Inactive"


def test_a_list_is_paged_and_long_ones_come_whole(alertra: Caller) -> None:
    for number in range(7):
        alertra.device(FullName=f"Device {number}")
    names = [device["FullName"] for device in alertra.get("/devices?Limit=200").json]
    assert names == [f"Device {number}" for number in range(7)]
    assert [device["FullName"] for device in alertra.get("/devices?Limit=2&Offset=3").json] == names[3:5]
    assert alertra.get("/devices?Offset=99").json == []


def test_a_deleted_device_is_gone_and_what_needed_it_needs_nothing(alertra: Caller, keyring: Keyring) -> None:
    router = alertra.device(FullName="Router")
    web = alertra.device(MasterDevice=router["device_id"])
    answer = alertra.delete(f"/devices/{router['device_id']}")
    assert (answer.status, answer.json) == (200, {})
    assert alertra.get(f"/devices/{router['device_id']}").status == 404
    assert alertra.get(f"/devices/{web['device_id']}?WithConfig=Y").json["MasterDevice"] is None


def test_nothing_may_depend_on_itself_however_far_around(alertra: Caller) -> None:
    first = alertra.device()
    second = alertra.device(MasterDevice=first["device_id"])
    third = alertra.device(MasterDevice=second["device_id"])
    for master in (first, second, third):
        answer = alertra.put(f"/devices/{first['device_id']}", {"MasterDevice": master["device_id"]})
        assert (answer.status, answer.json["Error"]["Field"]) == (400, "MasterDevice")


def test_a_new_device_is_told_to_every_contact_unless_it_names_its_own(alertra: Caller, channel: Any) -> None:
    ops, night = channel("Ops"), channel("Night")
    assert sorted(alertra.device()["Contacts"]) == sorted([ops["id"], night["id"]])
    assert alertra.device(Contacts=["Night"])["Contacts"] == [night["id"]]
    assert alertra.device(Contacts=[])["Contacts"] == []
    assert alertra.post("/devices", {**WEB, "Contacts": ["Nobody"]}).json["Error"]["Field"] == "Contacts"


def test_heartbeats_are_no_devices_and_devices_no_heartbeats(alertra: Caller, keyring: Keyring) -> None:
    heartbeat = alertra.api.check(name="Backup")
    device = alertra.device()
    check = check_of(keyring, device)
    assert len(alertra.get("/devices").json) == 1
    assert [found["name"] for found in alertra.api.get("/api/v1/checks/").json["checks"]] == ["Backup"]
    assert alertra.api.get(f"/api/v1/checks/{check.code}").status == 404
    assert alertra.api.call("GET", f"/ping/{check.code}").status == 404
    assert heartbeat["name"] == "Backup"
    assert checks.get(check.project, check.code).status == "new"
