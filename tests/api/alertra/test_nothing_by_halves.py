"""What is refused changes nothing, what is misread is refused, and what is shown is the whole truth."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.monitor.clocks import daily as sums
from tests.api.alertra.conftest import WEB, Caller, Look
from tests.api.client import Api
from tests.api.conftest import Contents
from tests.conftest import Clock

BAD = ["fmt=pdf", "filename=a%0D%0AX:%20b"]


@pytest.mark.parametrize("query", BAD)
def test_an_answer_that_cannot_be_given_stops_the_deed(
    alertra: Caller, contents: Callable[[], Contents], query: str
) -> None:
    device = f"/devices/{alertra.device()['device_id']}"
    window = alertra.post(f"{device}/maintenance", {"At": "01:00", "Duration": "01:00"}).json["window_id"]
    before = contents()
    for method, path, body in (
        ("POST", "/devices", WEB),
        ("PUT", device, {"FullName": "other"}),
        ("DELETE", device, None),
        ("PUT", f"{device}/start-maintenance", {}),
        ("PUT", f"{device}/stop-maintenance", None),
        ("POST", f"{device}/maintenance", {"At": "02:00", "Duration": "01:00"}),
        ("DELETE", f"{device}/maintenance/{window}", None),
    ):
        answer = alertra.call(method, f"{path}?{query}", body)
        assert (answer.status, answer.json["Error"]["Field"]) == (400, query.partition("=")[0])
    assert contents() == before


def test_the_key_is_judged_before_the_format(alertra: Caller) -> None:
    assert alertra.get("/devices?fmt=pdf", key="").status == 401


def test_a_field_without_an_object_around_it_is_not_taken_for_an_empty_body(alertra: Caller) -> None:
    device = f"/devices/{alertra.device()['device_id']}"
    for body in (b"<Duration>02:00</Duration>", b"<Maintenance>02:00</Maintenance>"):
        headers = {"Content-Type": "application/xml"}
        answer = alertra.call("PUT", f"{device}/start-maintenance", data=body, headers=headers)
        assert (answer.status, answer.json["Error"]["Field"]) == (400, "body")
    assert alertra.get(f"{device}/maintenance").json == []


def test_outages_of_all_devices_up_to_a_moment_before_some_were_made(alertra: Caller, look: Look, clock: Clock) -> None:
    old = alertra.device(Retries=0)
    look(old)
    clock.move(hours=1)
    look(old, fails="no answer")
    clock.move(days=2)
    young = alertra.device()
    before = (clock.now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    (outage,) = alertra.get(f"/outages?Timestamp2={before}").json
    assert outage["device_id"] == old["device_id"]
    assert alertra.get(f"/devices/{young['device_id']}/uptime?Timestamp2={before}").json["Uptime"] == {
        "UpSeconds": 0,
        "DownSeconds": 0,
        "MaintenanceSeconds": 0,
        "Outages": 0,
        "UnknownSeconds": 0,
    }


def test_another_projects_device_is_as_unknown_as_none(alertra: Caller, stranger: Api) -> None:
    foreign = Caller(stranger, stranger.key).device()["device_id"]
    answers = [alertra.post("/devices", {**WEB, "MasterDevice": master}) for master in (foreign, foreign[::-1])]
    assert [(answer.status, answer.json["Error"]["Field"]) for answer in answers] == [(400, "MasterDevice")] * 2


def test_a_sum_made_during_the_day_does_not_pass_for_the_whole_day(alertra: Caller, look: Look, clock: Clock) -> None:
    device = alertra.device()
    daily = f"/devices/{device['device_id']}/daily"
    look(device)
    assert [day["Count"] for day in alertra.get(daily).json] == [1]
    clock.move(hours=11)
    look(device)
    clock.move(hours=1, minutes=5)
    assert [day["Count"] for day in alertra.get(daily).json] == [2]
    clock.now -= timedelta(minutes=10)
    look(device)
    clock.move(minutes=20)
    assert [day["Count"] for day in alertra.get(daily).json] == [3]
    clock.move(days=100)
    assert sums.MISSED_MAX < 100
    since = (clock.now - timedelta(days=101)).strftime("%Y-%m-%d")
    assert [day["Count"] for day in alertra.get(f"{daily}?Timestamp1={since}").json] == [3]


def test_hello_says_what_the_document_says_with_the_key_that_opened(alertra: Caller) -> None:
    expected = (
        f"Hello 127.0.0.1\n\nUsing key:  {alertra.key}\nKey type:   API\nAuth level: UW\nHTTP Auth:  No\n\n"
        "The time is 2026-11-21 12:00:00 UTC.\nHave a splendid day."
    )
    basic = base64.b64encode(f"alice:{alertra.key}".encode()).decode()
    assert alertra.get("/hello").text == expected
    assert alertra.get("/hello", key="", headers={"Authorization": f"Basic {basic}"}).text == expected


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/xml;q=0.1, application/json", "application/json"),
        ("text/csv;q=0.2, application/xml;q=0.3", "application/xml; charset=utf-8"),
        ("application/xml;q=0, */*", "application/json"),
        ("text/csv;q=much", "application/json"),
        ("text/csv, application/xml", "text/csv; charset=utf-8"),
    ],
)
def test_what_is_wanted_most_is_given(alertra: Caller, accept: str, kind: str) -> None:
    assert alertra.get("/devices", headers={"Accept": accept}).headers["content-type"] == kind


def test_maintenance_that_is_started_anew_keeps_what_has_passed(alertra: Caller, look: Look, clock: Clock) -> None:
    made = alertra.device()
    device = f"/devices/{made['device_id']}"
    look(made)
    alertra.put(f"{device}/start-maintenance", {"Duration": "01:00"})
    clock.move(minutes=30)
    alertra.put(f"{device}/start-maintenance", {"Duration": "00:10"})
    clock.move(minutes=30)
    uptime = alertra.get(f"{device}/uptime").json["Uptime"]
    assert (uptime["MaintenanceSeconds"], uptime["UpSeconds"]) == (2400, 1200)


@pytest.mark.parametrize("days", [0, False, {}, 5, [7], [[]], ["Mon", None], "Funday"])
def test_days_that_are_none_are_not_taken_for_every_day(alertra: Caller, days: object) -> None:
    device = f"/devices/{alertra.device()['device_id']}"
    answer = alertra.post(f"{device}/maintenance", {"Days": days, "At": "01:00", "Duration": "00:30"})
    assert (answer.status, answer.json["Error"]["Field"]) == (400, "Days")
