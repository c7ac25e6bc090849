"""Uptime and outages over any span, with planned work taken out."""

from __future__ import annotations

import pytest

from tests.api.alertra.conftest import Caller, Look
from tests.conftest import Clock


@pytest.fixture
def device(alertra: Caller, look: Look, clock: Clock) -> str:
    """Up at 12:00, down from 12:10 to 12:20 and from 13:00 to 13:30, maintenance from 13:10 to 13:40; now 14:00."""
    made = alertra.device(Retries=0)
    path = f"/devices/{made['device_id']}"
    look(made)
    clock.move(minutes=10)
    look(made, fails="500 Internal Server Error")
    clock.move(minutes=10)
    look(made)
    clock.move(minutes=40)
    look(made, fails="no answer within 30 s")
    clock.move(minutes=10)
    alertra.put(f"{path}/start-maintenance", {"Duration": "00:30"})
    clock.move(minutes=20)
    look(made)
    clock.move(minutes=30)
    return path


def uptime(alertra: Caller, device: str, query: str = "") -> tuple[int, ...]:
    found = alertra.get(f"{device}/uptime?{query}").json["Uptime"]
    names = ("UpSeconds", "DownSeconds", "MaintenanceSeconds", "UnknownSeconds", "Outages")
    return tuple(found[name] for name in names)


def test_uptime_since_the_beginning(alertra: Caller, device: str) -> None:
    assert uptime(alertra, device) == (70 * 60, 20 * 60, 30 * 60, 0, 2)


def test_names_of_parameters_know_no_case(alertra: Caller, device: str) -> None:
    assert alertra.get(f"{device}/outages?LIMIT=1&offset=1").json == alertra.get(f"{device}/outages").json[1:]
    assert alertra.get(f"{device}/uptime?timestamp1=soon").status == 400


def test_uptime_of_a_span_inside(alertra: Caller, device: str) -> None:
    span = "Timestamp1=2026-11-21T12:15:00&Timestamp2=2026-11-21T13:05:00"
    assert uptime(alertra, device, span) == (40 * 60, 10 * 60, 0, 0, 2)


def test_an_outage_inside_maintenance_alone_does_not_count(alertra: Caller, device: str) -> None:
    span = "Timestamp1=2026-11-21T13:15:00&Timestamp2=2026-11-21T13:35:00"
    assert uptime(alertra, device, span) == (0, 0, 20 * 60, 0, 0)


def test_time_before_the_device_was_made_is_unknown(alertra: Caller, device: str) -> None:
    span = "Timestamp1=2026-11-21T11:00:00&Timestamp2=2026-11-21T12:05:00"
    assert uptime(alertra, device, span) == (5 * 60, 0, 0, 60 * 60, 0)
    assert uptime(alertra, device, "Timestamp1=2026-11-21T10:00:00&Timestamp2=2026-11-21T11:00:00")[3] == 3600


def test_the_future_is_not_counted(alertra: Caller, device: str) -> None:
    assert sum(uptime(alertra, device, "Timestamp2=2030-01-01T00:00:00")[:4]) == 2 * 3600


def test_a_moment_may_bear_an_offset_however_it_is_written(alertra: Caller, device: str) -> None:
    spans = [
        "2026-11-21T13:15:00%2B01:00",
        "2026-11-21T13:15:00+01:00",
        "2026-11-21T12:15:00Z",
        "2026-11-21%2012:15:00",
    ]
    assert len({uptime(alertra, device, f"Timestamp1={start}") for start in spans}) == 1


def test_time_while_inactive_is_unknown(alertra: Caller, device: str, clock: Clock) -> None:
    alertra.put(device, {"Active": "N"})
    clock.move(hours=1)
    assert uptime(alertra, device)[3] == 3600


def test_outages_are_listed_newest_first_with_their_reasons_and_places(alertra: Caller, device: str) -> None:
    newest, oldest = alertra.get(f"{device}/outages").json
    assert newest == {
        "device_id": device.rpartition("/")[2],
        "FullName": "Web site",
        "Start": "2026-11-21T13:00:00+00:00",
        "End": "2026-11-21T13:30:00+00:00",
        "Seconds": 1800,
        "MaintenanceSeconds": 1200,
        "Reason": "no answer within 30 s",
        "Locations": ["Home"],
    }
    assert (oldest["Start"], oldest["Reason"]) == ("2026-11-21T12:10:00+00:00", "500 Internal Server Error")
    assert alertra.get("/outages?Limit=1").json == [newest]
    assert alertra.get(f"{device}/outages?Timestamp2=2026-11-21T12:30:00").json == [oldest]


def test_an_outage_that_lasts_has_no_end(alertra: Caller, device: str, look: Look, clock: Clock) -> None:
    look({"device_id": device.rpartition("/")[2]}, fails="no answer within 30 s")
    clock.move(minutes=1)
    assert alertra.get(f"{device}/outages?Limit=1").json[0]["End"] is None


def test_the_parts_add_up_to_the_span_to_the_second(alertra: Caller, device: str, clock: Clock) -> None:
    clock.move(seconds=12.7)
    assert sum(uptime(alertra, device)[:4]) == 2 * 3600 + 12
