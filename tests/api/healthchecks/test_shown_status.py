"""The status that a reader sees: true at the moment of reading, whether or not anything has been written yet; and what
the versions of the API call it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.conftest import Clock


def seen(api: Api, check: dict[str, Any]) -> tuple[str, str, bool, str | None]:
    """Status in version 1 and 2, whether a run is under way, and the time of the next ping."""
    one, two, three = (api.shown(check, version) for version in (1, 2, 3))
    assert (two["status"], two["started"], two["next_ping"]) == (three["status"], three["started"], one["next_ping"])
    assert one["started"] == two["started"]
    return one["status"], two["status"], one["started"], one["next_ping"] and one["next_ping"][11:19]


@pytest.fixture
def check(api: Api) -> dict[str, Any]:
    """Every hour, ten minutes of grace."""
    return api.check(timeout=3600, grace=600)


def test_new(check: dict[str, Any], api: Api) -> None:
    assert seen(api, check) == ("new", "new", False, None)


def test_up_until_the_period_ends(check: dict[str, Any], api: Api, clock: Clock) -> None:
    api.ping(check)
    clock.move(seconds=3600, microseconds=-1)
    assert seen(api, check) == ("up", "up", False, "13:00:00")


def test_in_grace_from_the_end_of_the_period(check: dict[str, Any], api: Api, clock: Clock) -> None:
    api.ping(check)
    clock.move(seconds=3600)
    assert seen(api, check) == ("grace", "grace", False, "13:00:00")


def test_down_from_the_end_of_the_grace_time(check: dict[str, Any], api: Api, clock: Clock) -> None:
    api.ping(check)
    clock.move(seconds=4200)
    assert seen(api, check) == ("down", "down", False, None)


def test_down_after_a_failure(check: dict[str, Any], api: Api) -> None:
    api.ping(check)
    api.ping(check, "/fail")
    assert seen(api, check) == ("down", "down", False, None)


def test_started_is_a_status_in_version_1_alone(check: dict[str, Any], api: Api, clock: Clock) -> None:
    api.ping(check, "/start")
    assert seen(api, check) == ("started", "new", True, "12:00:00")
    api.ping(check)
    assert seen(api, check) == ("up", "up", False, "13:00:00")
    clock.move(minutes=10)
    api.ping(check, "/start")
    assert seen(api, check) == ("started", "up", True, "12:10:00")


def test_a_run_on_a_check_that_is_down(check: dict[str, Any], api: Api) -> None:
    api.ping(check, "/fail")
    api.ping(check, "/start")
    assert seen(api, check) == ("started", "down", True, None)


def test_a_run_that_takes_longer_than_the_grace_time(check: dict[str, Any], api: Api, clock: Clock) -> None:
    api.ping(check)
    api.ping(check, "/start")
    clock.move(seconds=600)
    assert seen(api, check) == ("down", "down", True, None)


def test_a_cron_check_is_late_after_its_firing(api: Api, clock: Clock) -> None:
    check = api.check(schedule="30 14 * * *", tz="Europe/Riga", grace=600)
    api.ping(check)
    assert seen(api, check) == ("up", "up", False, "12:30:00")
    clock.move(minutes=30)
    assert seen(api, check) == ("grace", "grace", False, "12:30:00")
    clock.move(minutes=10)
    assert seen(api, check) == ("down", "down", False, None)


def test_an_oncalendar_check_that_never_fires_again_stays_up(api: Api, clock: Clock) -> None:
    check = api.check(schedule="2026-12-24 12:00:00")
    clock.move(days=60)
    api.ping(check)
    clock.move(days=1000)
    assert seen(api, check) == ("up", "up", False, None)
