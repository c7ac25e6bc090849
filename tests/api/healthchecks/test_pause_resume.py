"""Pause Monitoring of a Check, Resume Monitoring of a Check, and what pings do to a paused check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Answer, Api
from tests.conftest import Clock
from tests.sent import Sent


def pause(api: Api, check: dict[str, Any], data: bytes | None = b"") -> Answer:
    return api.post(f"/api/v1/checks/{check['uuid']}/pause", data=data)


def resume(api: Api, check: dict[str, Any]) -> Answer:
    return api.post(f"/api/v1/checks/{check['uuid']}/resume", data=b"")


def flips(api: Api, check: dict[str, Any]) -> list[int]:
    found = api.get(f"/api/v1/checks/{check['uuid']}/flips/").json["flips"]
    return [flip["up"] for flip in found]


def new(api: Api, check: dict[str, Any], clock: Clock) -> None:
    """Nothing has come yet."""


def started(api: Api, check: dict[str, Any], clock: Clock) -> None:
    api.ping(check, "/start")


def up(api: Api, check: dict[str, Any], clock: Clock) -> None:
    api.ping(check)


def late(api: Api, check: dict[str, Any], clock: Clock) -> None:
    api.ping(check)
    clock.move(minutes=61)


def down(api: Api, check: dict[str, Any], clock: Clock) -> None:
    api.ping(check, "/fail")


def overdue(api: Api, check: dict[str, Any], clock: Clock) -> None:
    """Down, but nobody has noticed yet."""
    api.ping(check)
    clock.move(hours=5)


@pytest.mark.parametrize("state", [new, started, up, late, down, overdue])
def test_a_check_can_be_paused_in_any_state(state: Callable[..., None], api: Api, clock: Clock) -> None:
    check = api.check(timeout=3600, grace=600)
    state(api, check, clock)
    answer = pause(api, check)
    assert answer.status == 200
    shown = answer.json
    assert (shown["status"], shown["started"], shown["next_ping"]) == ("paused", False, None)
    assert api.shown(check) == shown


@pytest.mark.parametrize("data", [None, b"", b"{}", b'{"whatever": [1]}'])
def test_the_body_of_a_pause_may_be_empty_or_any_object(data: bytes | None, api: Api) -> None:
    assert pause(api, api.check(), data).status == 200


@pytest.mark.parametrize("data", [b"x", b"[]", b'"x"', b"\xff", b"a=b"])
def test_a_pause_with_a_broken_body_is_refused(data: bytes, api: Api) -> None:
    check = api.check()
    assert pause(api, check, data).status == 400
    assert api.shown(check)["status"] == "new"


def test_a_paused_check_can_be_paused_again(api: Api) -> None:
    check = api.check()
    first, second = pause(api, check), pause(api, check)
    assert (second.status, second.json) == (200, first.json)
    assert flips(api, check) == [0]


def test_a_paused_check_never_goes_down(api: Api, clock: Clock, minute: Callable[[], None], sent: Sent) -> None:
    check = api.check(timeout=60, grace=60)
    api.ping(check)
    pause(api, check)
    for _ in range(5):
        minute()
    assert api.shown(check)["status"] == "paused"
    assert sent.mails == []


def test_a_ping_ends_the_pause(api: Api) -> None:
    check = api.check()
    pause(api, check)
    api.ping(check)
    assert api.shown(check)["status"] == "up"
    assert flips(api, check) == [1, 0]


def test_a_failure_ends_the_pause_with_the_check_down(api: Api) -> None:
    check = api.check()
    pause(api, check)
    api.ping(check, "/fail")
    assert api.shown(check)["status"] == "down"


def test_a_start_shows_on_a_paused_check_and_can_miss_its_end(api: Api, clock: Clock) -> None:
    check = api.check(grace=60)
    pause(api, check)
    api.ping(check, "/start")
    assert api.shown(check)["status"] == "started"
    assert api.shown(check, 2)["status"] == "paused"
    clock.move(seconds=60)
    assert api.shown(check, 2)["status"] == "down"


@pytest.mark.parametrize("action", ["", "/start", "/fail", "/log", "/1"])
def test_a_check_that_waits_for_its_owner_ignores_pings_but_keeps_them(action: str, api: Api) -> None:
    check = api.check(manual_resume=True)
    pause(api, check)
    assert api.ping(check, action).text == "OK"
    shown = api.shown(check)
    assert (shown["status"], shown["n_pings"], shown["last_ping"]) == ("paused", 1, None)
    assert [ping["type"] for ping in api.pings(check)] == ["ign"]


def test_taking_the_flag_away_lets_the_next_ping_through(api: Api) -> None:
    check = api.check(manual_resume=True)
    pause(api, check)
    api.post(f"/api/v1/checks/{check['uuid']}", json={"manual_resume": False})
    assert api.shown(check)["status"] == "paused"
    api.ping(check)
    assert api.shown(check)["status"] == "up"


def test_the_flag_means_nothing_to_a_check_that_is_not_paused(api: Api) -> None:
    check = api.check(manual_resume=True)
    api.ping(check)
    assert api.shown(check)["status"] == "up"


def test_a_resumed_check_is_as_good_as_new(api: Api) -> None:
    check = api.check()
    api.ping(check)
    pause(api, check)
    answer = resume(api, check)
    assert answer.status == 200
    shown = answer.json
    assert (shown["status"], shown["last_ping"], shown["next_ping"]) == ("new", None, None)
    assert (shown["n_pings"], shown["started"]) == (1, False)
    assert flips(api, check) == [0, 0, 1]


@pytest.mark.parametrize("state", [new, started, up, down])
def test_what_is_not_paused_cannot_be_resumed(state: Callable[..., None], api: Api, clock: Clock) -> None:
    check = api.check()
    state(api, check, clock)
    before = api.shown(check)
    answer = resume(api, check)
    assert (answer.status, answer.error) == (409, "check is not paused")
    assert api.shown(check) == before


def test_who_was_told_that_a_check_is_down_before_it_was_paused_is_told_that_it_is_back(
    api: Api, channel: Callable[..., Any], minute: Callable[[], None], sent: Sent
) -> None:
    channel()
    check = api.check(name="Backup", channels="*")
    api.ping(check, "/fail")
    minute()
    pause(api, check)
    api.ping(check)
    minute()
    assert sent.subjects == ["DOWN | Backup", "UP | Backup"]
