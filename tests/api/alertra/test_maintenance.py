"""Maintenance: started and stopped by a script, planned once, planned every week."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.alertra.conftest import Caller, Look
from tests.api.client import Api
from tests.conftest import Clock


@pytest.fixture
def device(alertra: Caller, look: Look) -> str:
    made = alertra.device(Retries=0)
    look(made)
    return str(made["device_id"])


def status(alertra: Caller, device: str) -> str:
    return str(alertra.get(f"/devices/{device}").json["Status"])


def test_a_maintenance_ends_after_its_duration(alertra: Caller, device: str, clock: Clock) -> None:
    assert alertra.put(f"/devices/{device}/start-maintenance", {"Duration": "02:00"}).json["Status"] == "Maintenance"
    clock.move(hours=2, seconds=-1)
    assert status(alertra, device) == "Maintenance"
    clock.move(seconds=1)
    assert status(alertra, device) == "Up"


@pytest.mark.parametrize("body", [None, {}, {"Duration": None}])
def test_without_a_duration_it_lasts_until_it_is_stopped(alertra: Caller, device: str, clock: Clock, body: Any) -> None:
    assert alertra.put(f"/devices/{device}/start-maintenance", body).status == 200
    clock.move(days=100)
    assert status(alertra, device) == "Maintenance"
    assert alertra.put(f"/devices/{device}/stop-maintenance").json["Status"] == "Up"
    assert status(alertra, device) == "Up"


def test_a_stop_by_a_clock_that_is_behind_ends_it_too(alertra: Caller, device: str, clock: Clock) -> None:
    alertra.put(f"/devices/{device}/start-maintenance")
    clock.move(seconds=-1)
    alertra.put(f"/devices/{device}/stop-maintenance")
    clock.move(seconds=10)

    assert alertra.get(f"/devices/{device}").json["Status"] != "Maintenance"
    assert alertra.get(f"/devices/{device}/maintenance").json == []


def test_stopping_what_was_not_started_is_no_error(alertra: Caller, device: str) -> None:
    assert alertra.put(f"/devices/{device}/stop-maintenance").status == 200


def test_a_second_start_takes_the_place_of_the_first(alertra: Caller, device: str, clock: Clock) -> None:
    alertra.put(f"/devices/{device}/start-maintenance", {"Duration": "10:00"})
    clock.move(hours=1)
    alertra.put(f"/devices/{device}/start-maintenance", {"Duration": "01:00"})
    clock.move(hours=1)
    assert status(alertra, device) == "Up"
    uptime = alertra.get(f"/devices/{device}/uptime").json["Uptime"]
    assert (uptime["MaintenanceSeconds"], uptime["UpSeconds"]) == (7200, 0)


def test_an_xml_body_starts_a_maintenance_too(alertra: Caller, device: str) -> None:
    body = b"<Maintenance><Duration>02:00</Duration></Maintenance>"
    answer = alertra.call(
        "PUT", f"/devices/{device}/start-maintenance", data=body, headers={"Content-Type": "text/xml"}
    )
    assert (answer.status, answer.json["Status"]) == (200, "Maintenance")


def test_a_maintenance_is_planned_once(alertra: Caller, device: str, clock: Clock) -> None:
    planned = {"Start": "2026-11-21T22:00:00", "End": "2026-11-22T00:00:00+01:00"}
    answer = alertra.post(f"/devices/{device}/maintenance", planned)
    assert (answer.status, answer.json["Start"], answer.json["End"]) == (
        *(201, "2026-11-21T22:00:00+00:00"),
        "2026-11-21T23:00:00+00:00",
    )
    assert status(alertra, device) == "Up"
    clock.now = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert status(alertra, device) == "Maintenance"
    assert alertra.get(f"/devices/{device}/maintenance").json[0]["Active"] == "Y"
    clock.move(hours=1)
    assert (status(alertra, device), alertra.get(f"/devices/{device}/maintenance").json) == ("Up", [])


def test_a_maintenance_is_planned_for_every_week_by_the_clocks_of_a_zone(
    alertra: Caller, device: str, clock: Clock
) -> None:
    weekly = {"Days": ["Sat", "sun"], "At": "02:30", "Duration": "01:00", "TimeZone": "Europe/Stockholm"}
    made = alertra.post(f"/devices/{device}/maintenance", weekly).json
    assert (made["Days"], made["At"], made["Duration"], made["TimeZone"]) == (
        *(["Sat", "Sun"], "02:30", "01:00"),
        "Europe/Stockholm",
    )
    clock.now = datetime(2026, 11, 22, 1, 45, tzinfo=UTC)
    assert status(alertra, device) == "Maintenance"
    clock.now = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert status(alertra, device) == "Maintenance"
    clock.now = datetime(2027, 3, 29, 1, 0, tzinfo=UTC)
    assert status(alertra, device) == "Up"


def test_a_planned_maintenance_is_shown_changed_and_taken_back(alertra: Caller, device: str) -> None:
    made = alertra.post(f"/devices/{device}/maintenance", {"At": "02:30", "Duration": "01:00"}).json
    path = f"/devices/{device}/maintenance/{made['window_id']}"
    assert alertra.get(path).json == made
    changed = alertra.put(path, {"At": "03:30", "Duration": "02:00"}).json
    assert (changed["window_id"], changed["At"]) == (made["window_id"], "03:30")
    assert alertra.get("/maintenance-schedules").json == [changed]
    assert alertra.delete(path).status == 200
    assert (alertra.get(path).status, alertra.get("/maintenance-schedules").json) == (404, [])


def test_stopping_leaves_what_is_planned(alertra: Caller, device: str) -> None:
    alertra.post(f"/devices/{device}/maintenance", {"At": "02:30", "Duration": "01:00"})
    alertra.put(f"/devices/{device}/start-maintenance")
    alertra.put(f"/devices/{device}/stop-maintenance")
    assert len(alertra.get(f"/devices/{device}/maintenance").json) == 1


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("Start", {}),
        ("End", {"Start": "2026-11-21T22:00:00"}),
        ("End", {"Start": "2026-11-21T22:00:00", "End": "2026-11-21T21:00:00"}),
        ("End", {"Start": "2026-01-01T00:00:00", "End": "2026-01-02T00:00:00"}),
        ("End", {"Start": "2026-11-21T22:00:00", "End": "2036-11-21T21:00:00"}),
        ("Start", {"Start": "soon", "End": "2026-11-21T21:00:00"}),
        ("At", {"Duration": "01:00"}),
        ("Duration", {"At": "02:30"}),
        ("Duration", {"At": "02:30", "Duration": "200:00"}),
        ("TimeZone", {"At": "02:30", "Duration": "01:00", "TimeZone": "Mars"}),
        ("Days", {"At": "02:30", "Duration": "01:00", "Days": ["someday"]}),
        ("Colour", {"At": "02:30", "Duration": "01:00", "Colour": "red"}),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(
    alertra: Caller, device: str, field: str, body: dict[str, Any]
) -> None:
    answer = alertra.post(f"/devices/{device}/maintenance", body)
    assert (answer.status, answer.json["Error"]["Field"]) == (400, field)
    assert alertra.get(f"/devices/{device}/maintenance").json == []


def test_a_second_key_is_nobodys_name(alertra: Caller, device: str, reader: Api) -> None:
    headers = {"Alertra-API-Key": alertra.key, "Authorization": f"Bearer {reader.key}"}
    alertra.put(f"/devices/{device}/start-maintenance", key="", headers=headers)
    assert "Author" not in alertra.get(f"/devices/{device}/maintenance").json[0]


def test_who_started_it_is_kept(alertra: Caller, device: str) -> None:
    import base64

    basic = base64.b64encode(f"backup:{alertra.key}".encode()).decode()
    alertra.put(f"/devices/{device}/start-maintenance", key="", headers={"Authorization": f"Basic {basic}"})
    assert alertra.get(f"/devices/{device}/maintenance").json[0]["Author"] == "backup"
