"""JSON, XML and CSV, and files to download."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from tests.api.alertra.conftest import Caller, Look


def test_a_list_as_csv_begins_every_line_with_the_device_id(alertra: Caller) -> None:
    made = [alertra.device(FullName=name) for name in ("One", "=cmd|' /C calc'!A0", 'Two, "quoted"')]
    answer = alertra.get("/devices?fmt=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0].startswith("device_id,")
    assert [line[:48] for line in lines[1:]] == [device["device_id"] for device in made]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["FullName"] for row in rows] == ["One", "'=cmd|' /C calc'!A0", 'Two, "quoted"']


def test_a_list_as_xml(alertra: Caller) -> None:
    device = alertra.device(FullName="R&D <one>\u2028", HostData={"headers": {"X-A!": "1"}})
    answer = alertra.get("/devices?fmt=xml&WithConfig=Y")
    root = ElementTree.fromstring(answer.text)
    assert (root.tag, [child.tag for child in root]) == ("Devices", ["Device"])
    assert root.findtext("Device/device_id") == device["device_id"]
    assert root.findtext("Device/FullName") == "R&D <one>\u2028"
    assert root.findtext("Device/HostData/headers/Entry") == "1"


def test_results_and_uptime_as_xml(alertra: Caller, look: Look) -> None:
    device = alertra.device()
    look(device)
    checks = ElementTree.fromstring(alertra.get(f"/devices/{device['device_id']}/checks?fmt=xml").text)
    assert (checks.tag, checks[0].tag, checks[0].findtext("ResultCode")) == ("Checks", "Check", "1")
    uptime = ElementTree.fromstring(alertra.get(f"/devices/{device['device_id']}/uptime?fmt=xml").text)
    assert (uptime.tag, uptime.findtext("UpSeconds")) == ("Uptime", "0")


def test_uptime_as_csv_is_one_line_of_figures(alertra: Caller, look: Look) -> None:
    device = alertra.device()
    look(device)
    lines = alertra.get(f"/devices/{device['device_id']}/uptime?fmt=csv").text.splitlines()
    assert lines == ["UpSeconds,DownSeconds,MaintenanceSeconds,Outages,UnknownSeconds", "0,0,0,0,0"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/xml", "application/xml; charset=utf-8"),
        ("text/html, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_accept_asks_for_a_format(alertra: Caller, accept: str, kind: str) -> None:
    assert alertra.get("/devices", headers={"Accept": accept}).headers["content-type"] == kind


def test_fmt_has_the_last_word(alertra: Caller) -> None:
    assert alertra.get("/devices?fmt=json", headers={"Accept": "text/csv"}).text == "[]"


def test_a_filename_makes_a_download(alertra: Caller) -> None:
    answer = alertra.get("/devices?fmt=csv&filename=mydevices.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="mydevices.csv"'


def test_a_device_is_made_from_xml(alertra: Caller) -> None:
    body = """<Device><FullName>Web</FullName><Method>HTTP</Method><Frequency>120</Frequency>
      <HostData><Host>example.org</Host><Port>8080</Port><FollowRedirects>false</FollowRedirects>
      <headers><X-A>1</X-A></headers></HostData></Device>"""
    answer = alertra.call("POST", "/devices?fmt=xml", data=body.encode(), headers={"Content-Type": "application/xml"})
    device = ElementTree.fromstring(answer.text)
    assert (answer.status, device.tag, device.findtext("URL")) == (201, "Device", "http://example.org:8080/")
    assert device.findtext("Frequency") == "120"
    assert device.findtext("HostData/headers/X-A") == "1"


def test_an_error_speaks_xml_where_that_was_asked_for(alertra: Caller) -> None:
    answer = alertra.call("POST", "/devices?fmt=xml", {"Frequency": 5})
    error = ElementTree.fromstring(answer.text)
    assert (answer.status, error.tag) == (400, "Error")
    assert error.findtext("Code") == "BadRequest"


def test_truths_are_written_in_a_table_as_they_are_in_json(alertra: Caller) -> None:
    device = alertra.device()
    (row,) = csv.DictReader(io.StringIO(alertra.get(f"/devices/{device['device_id']}?WithConfig=Y&fmt=csv").text))
    assert row["HostData.FollowRedirects"] == "true"
