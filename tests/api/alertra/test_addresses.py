"""Where a device is: a URL or the parts of HostData, and which of them holds when one is changed."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.specs import probe_of
from chalicelib.monitor.managing.projects import Keyring
from tests.api.alertra.conftest import Caller, check_of

TCP = {"URL": None, "Method": "TCP", "HostData": {"Host": "a.example.org", "Port": 25}}


@pytest.mark.parametrize(
    ("change", "url"),
    [
        ({"URL": "b.example.org:26"}, "b.example.org:26"),
        ({"URL": "b.example.org"}, "b.example.org:25"),
        ({"URL": "tcp://b.example.org:26"}, "b.example.org:26"),
        ({"HostData": {"Host": "c.example.org"}}, "c.example.org:25"),
        ({"HostData": {"Port": 27}}, "a.example.org:27"),
        ({"URL": "b.example.org:26", "HostData": {"Port": 27}}, "b.example.org:27"),
        ({"URL": "b.example.org:26", "HostData": {"Host": "c.example.org"}}, "c.example.org:25"),
    ],
)
def test_host_and_port_follow_what_was_changed(alertra: Caller, change: dict[str, Any], url: str) -> None:
    device = alertra.device(**TCP)
    path = f"/devices/{device['device_id']}"
    assert alertra.put(path, change).json["URL"] == url
    alertra.put(path, {"URL": device["URL"]})
    host_data = {**device["HostData"], **change.get("HostData", {})}
    assert alertra.put(path, {**device, **change, "HostData": host_data}).json["URL"] == url


def test_a_document_that_was_read_may_come_back_with_another_url_or_another_method(alertra: Caller) -> None:
    read = alertra.device()
    path = f"/devices/{read['device_id']}"
    plain = alertra.put(path, {**read, "URL": "http://plain.example.org/"}).json
    assert (plain["Method"], plain["URL"]) == ("HTTP", "http://plain.example.org/")
    secure = alertra.put(path, {**plain, "Method": "HTTPS"}).json
    assert (secure["Method"], secure["URL"]) == ("HTTPS", "https://plain.example.org/")


def test_another_method_keeps_the_host_and_takes_the_usual_port(alertra: Caller) -> None:
    path = f"/devices/{alertra.device(**TCP)['device_id']}"
    assert alertra.put(path, {"Method": "SSH"}).json["URL"] == "a.example.org:22"
    assert alertra.put(path, {"Method": "SMTP", "URL": "mail.example.org"}).json["URL"] == "mail.example.org:25"


@pytest.mark.parametrize(
    "change", [{"HostData": {"Domain": "b.org"}}, {"HostData": {"Host": "b.org"}}, {"URL": "b.org"}]
)
def test_a_domain_has_three_names(alertra: Caller, change: dict[str, Any]) -> None:
    made = alertra.device(URL=None, Method="WHOIS", HostData={"Host": "a.org"})
    assert (made["URL"], made["HostData"]["Domain"]) == ("a.org", "a.org")
    assert alertra.put(f"/devices/{made['device_id']}", change).json["HostData"]["Domain"] == "b.org"


def test_a_certificate_is_asked_for_by_the_name_of_the_host_unless_another_was_given(
    alertra: Caller, keyring: Keyring
) -> None:
    plain = alertra.device(URL=None, Method="CERT", HostData={"Host": "a.example.org"})
    named = alertra.device(URL=None, Method="CERT", HostData={"Host": "192.0.2.1", "ServerName": "a.example.org"})
    for device, server_name in ((plain, "b.example.org"), (named, "a.example.org")):
        alertra.put(f"/devices/{device['device_id']}", {"HostData": {"Host": "b.example.org"}})
        assert probe_of(check_of(keyring, device)).definition["server_name"] == server_name


@pytest.mark.parametrize("port", [0, -1, 70_000, 1.5, True, "http", [1], {}])
@pytest.mark.parametrize("method", ["HTTP", "TCP"])
def test_a_port_that_is_none_is_refused_by_its_name(alertra: Caller, method: str, port: Any) -> None:
    answer = alertra.post("/devices", {"Method": method, "HostData": {"Host": "example.org", "Port": port}})
    assert (answer.status, answer.json["Error"]["Field"]) == (400, "HostData.Port")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"URL": "https://me:secret@example.org/", "HostData": {"Path": "/x"}}, "URL"),
        ({"URL": "smtp://me:secret@example.org/", "Method": "SMTP"}, "URL"),
        ({"URL": ["https://example.org/"]}, "URL"),
        ({"URL": None, "Method": "HTTP", "HostData": {"Host": "a.example.org/b"}}, "HostData.Host"),
        ({"URL": None, "Method": "HTTP", "HostData": {"Host": "me@example.org"}}, "HostData.Host"),
        ({"URL": None, "Method": "HTTP", "HostData": {"Host": "example.org", "Path": 5}}, "HostData.Path"),
        ({"URL": None, "Method": "HTTP"}, "URL"),
        ({"URL": None, "Method": "TCP", "HostData": {"Port": 25}}, "HostData.Host"),
        ({"URL": None}, "URL"),
    ],
)
def test_an_address_that_is_none_is_refused_by_its_name(alertra: Caller, body: dict[str, Any], field: str) -> None:
    answer = alertra.post("/devices", body)
    assert (answer.status, answer.json["Error"]["Field"]) == (400, field), answer.text
    assert alertra.get("/devices").json == []


@pytest.mark.parametrize(
    ("nothing", "url"),
    [
        ({"Port": None}, "https://example.org/health?x=1"),
        ({"Path": None}, "https://example.org:8443/"),
        ({"Port": None, "Path": None}, "https://example.org/"),
        ({"Port": None, "Path": "/ready"}, "https://example.org/ready?x=1"),
        ({"Host": None}, "https://example.org:8443/health?x=1"),
    ],
)
def test_null_takes_a_port_or_a_path_off_a_url(alertra: Caller, nothing: dict[str, Any], url: str) -> None:
    device = alertra.device(URL="https://example.org:8443/health?x=1")
    assert alertra.put(f"/devices/{device['device_id']}", {"HostData": nothing}).json["URL"] == url


def test_null_takes_nothing_off_a_url_that_comes_with_it(alertra: Caller) -> None:
    device = alertra.device()
    change = {"URL": "https://example.org:8443/health", "HostData": {"Port": None, "Path": None}}
    assert alertra.put(f"/devices/{device['device_id']}", change).json["URL"] == change["URL"]


def test_the_scheme_of_a_url_knows_no_case(alertra: Caller) -> None:
    device = alertra.device(URL="HTTPS://example.org/")
    assert device["Method"] == "HTTPS"
    changed = alertra.put(f"/devices/{device['device_id']}", {"Method": "HTTP"}).json
    assert (changed["Method"], changed["URL"]) == ("HTTP", "http://example.org/")
