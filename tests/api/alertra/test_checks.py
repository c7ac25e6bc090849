"""Results: newest first, by page and by time, one by its id; and the sums of days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.monitor.clocks import daily
from chalicelib.monitor.looking import probing
from tests.api.alertra.conftest import Caller, Look, check_of
from tests.conftest import Clock, Story


@pytest.fixture
def device(alertra: Caller, look: Look, clock: Clock) -> str:
    """Looked at thirty times, a minute apart, the last time in vain."""
    made = alertra.device()
    for number in range(30):
        look(made, fails="no answer within 30 s" if number == 29 else "")
        clock.move(minutes=1)
    return f"/devices/{made['device_id']}"


def test_results_come_newest_first_twenty_five_at_a_time(alertra: Caller, device: str) -> None:
    found = alertra.get(f"{device}/checks").json
    assert len(found) == 25
    assert [result["Timestamp"] for result in found] == sorted((one["Timestamp"] for one in found), reverse=True)
    assert (found[0]["ResultCode"], found[0]["CheckResult"]) == (0, "no answer within 30 s")
    rest = alertra.get(f"{device}/checks?Limit=100&Offset=25").json
    assert len(rest) == 5
    assert not {one["check_id"] for one in rest} & {one["check_id"] for one in found}


def test_results_of_a_span(alertra: Caller, device: str) -> None:
    found = alertra.get(f"{device}/checks?Timestamp1=2026-11-21T12:03:00&Timestamp2=2026-11-21T12:05:00").json
    assert [one["Timestamp"][11:16] for one in found] == ["12:04", "12:03"]


def test_the_phases_add_up_to_the_whole(alertra: Caller, device: str) -> None:
    one = alertra.get(f"{device}/checks?Limit=1&Offset=1").json[0]
    assert one["RequestTime"] == pytest.approx(174.845)
    phases = sum(one[phase] for phase in ("DNSTime", "ConnectTime", "SSLTime", "TTFB", "TTLB"))
    assert phases == pytest.approx(one["RequestTime"], abs=0.01)
    assert one["TTLB"] == round(2.345, 2)
    assert one["Kbps"] == pytest.approx(2048 * 8 / 174.845, abs=0.001)


def test_one_result_by_its_id(alertra: Caller, device: str) -> None:
    one = alertra.get(f"{device}/checks?Limit=1").json[0]
    assert alertra.get(f"{device}/checks/{one['check_id']}").json == one
    assert alertra.get(f"{device}/checks/{'0' * 48}").status == 404


def test_results_expire(alertra: Caller, device: str, clock: Clock) -> None:
    clock.move(days=91)
    assert alertra.get(f"{device}/checks").json == []


def test_a_day_is_summed_when_the_next_begins_and_outlives_its_results(
    story: Story,
    alertra: Caller,
    device: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(daily, "LATE", 0)
    story.clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    # The look that would have confirmed the failure is not part of the story.
    story.queues.take("stragglers")
    check = check_of(story.keyring, {"device_id": device.rpartition("/")[2]})
    probing.work(
        story.services, {"at": int(story.clock.now.timestamp() * 1000), "checks": [[check.project, check.code]]}
    )
    story.queues.work()
    story.clock.move(days=100)
    (day,) = alertra.get(f"{device}/daily?Timestamp1=2026-11-21&Timestamp2=2026-11-21T23:59:59").json
    assert (day["Day"], day["Location"], day["Count"], day["Failures"]) == ("2026-11-21", "Home", 30, 1)
    assert day["Mean"]["RequestTime"] == pytest.approx(174.845)
    assert day["P99"]["DNSTime"] == 12.5


def test_the_present_day_is_summed_when_somebody_asks(alertra: Caller, device: str) -> None:
    (day,) = alertra.get(f"{device}/daily").json
    assert (day["Day"], day["Count"]) == ("2026-11-21", 30)
