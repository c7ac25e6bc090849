"""Get a list of checks's logged pings, and List a Ping's Logged Body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.conftest import Clock

RUN, OTHER = "9d9cb5c1-3a35-4dff-9d4f-0b0d2c1d3f01", "9d9cb5c1-3a35-4dff-9d4f-0b0d2c1d3f02"


def durations(api: Api, check: dict[str, Any]) -> list[float | None]:
    """Of the pings, oldest first."""
    return [ping.get("duration") for ping in reversed(api.pings(check))]


def play(api: Api, clock: Clock, check: dict[str, Any], *actions: str) -> None:
    """The actions, a second and a half apart."""
    for action in actions:
        assert api.ping(check, action).status == 200
        clock.move(seconds=1.5)


def test_a_check_that_was_never_pinged_has_none(api: Api) -> None:
    assert api.pings(api.check()) == []


def test_a_ping_is_told_with_all_its_fields(api: Api) -> None:
    check = api.check()
    headers = {"User-Agent": "curl/8.5.0", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    api.ping(check, f"/start?rid={RUN}", method="PUT", headers=headers)
    (ping,) = api.pings(check)
    assert ping == {
        "type": "start",
        "date": "2026-11-21T12:00:00.000000+00:00",
        "n": 1,
        "scheme": "https",
        "remote_addr": "192.0.2.7",
        "method": "PUT",
        "ua": "curl/8.5.0",
        "rid": RUN,
        "body_url": None,
    }
    assert list(ping) == ["type", "date", "n", "scheme", "remote_addr", "method", "ua", "rid", "body_url"]


def test_the_newest_comes_first(api: Api, clock: Clock) -> None:
    check = api.check()
    play(api, clock, check, "", "/start", "/fail", "/log", "/0", "/7")
    found = [(ping["n"], ping["type"]) for ping in api.pings(check)]
    assert found == [(6, "fail"), (5, "success"), (4, "log"), (3, "fail"), (2, "start"), (1, "success")]


def test_moments_have_microseconds(api: Api, clock: Clock) -> None:
    check = api.check()
    clock.move(microseconds=113073)
    api.ping(check)
    assert api.pings(check)[0]["date"] == "2026-11-21T12:00:00.113073+00:00"


def test_as_many_are_told_as_the_log_is_long(api: Api, clock: Clock, services: Services) -> None:
    services.settings = replace(services.settings, ping_log_limit=3)
    check = api.check()
    play(api, clock, check, *[""] * 5)
    assert [ping["n"] for ping in api.pings(check)] == [5, 4, 3]
    assert api.shown(check)["n_pings"] == 5


def test_a_run_that_began_before_the_log_does_keeps_its_duration(api: Api, clock: Clock, services: Services) -> None:
    services.settings = replace(services.settings, ping_log_limit=2)
    check = api.check()
    play(api, clock, check, "/start", "/log", "/log", "")
    assert durations(api, check) == [None, 4.5]


@pytest.mark.parametrize(
    ("actions", "found"),
    [
        (["/start", ""], [None, 1.5]),
        (["/start", "/fail"], [None, 1.5]),
        (["/start", "/0"], [None, 1.5]),
        (["/start", "/log", "/5"], [None, None, 3.0]),
        (["", "/start"], [None, None]),
        (["/start", "", ""], [None, 1.5, None]),
        (["/start", "/start", ""], [None, None, 1.5]),
        ([f"/start?rid={RUN}", f"?rid={RUN}"], [None, 1.5]),
        ([f"/start?rid={RUN}", f"?rid={OTHER}"], [None, None]),
        ([f"/start?rid={RUN}", ""], [None, None]),
        (["/start", f"?rid={RUN}"], [None, None]),
        ([f"/start?rid={RUN}", f"/start?rid={OTHER}", f"?rid={RUN}", f"?rid={OTHER}"], [None, None, 3.0, 3.0]),
    ],
)
def test_a_duration_belongs_to_the_run_that_ends(
    actions: list[str], found: list[float | None], api: Api, clock: Clock
) -> None:
    check = api.check()
    play(api, clock, check, *actions)
    assert durations(api, check) == found


def test_a_run_of_more_than_three_days_has_no_duration(api: Api, clock: Clock) -> None:
    check = api.check(timeout=2592000, grace=2592000)
    api.ping(check, "/start")
    clock.move(hours=72, microseconds=1)
    api.ping(check)
    assert durations(api, check) == [None, None]


def test_the_last_duration_of_a_check_is_in_whole_seconds(api: Api, clock: Clock) -> None:
    check = api.check()
    assert "last_duration" not in check
    play(api, clock, check, "/start", "/0")
    assert api.shown(check)["last_duration"] == 1
    play(api, clock, check, "")
    assert "last_duration" not in api.shown(check)


def test_old_pings_disappear(api: Api, clock: Clock) -> None:
    check = api.check()
    api.ping(check)
    clock.move(days=91)
    api.ping(check)
    assert [ping["n"] for ping in api.pings(check)] == [2]


# Bodies


def body_of(api: Api, check: dict[str, Any], n: object) -> Any:
    return api.get(f"/api/v1/checks/{check['uuid']}/pings/{n}/body")


def test_a_body_is_found_under_the_address_that_the_ping_tells(api: Api) -> None:
    check = api.check()
    api.ping(check, method="POST", data="Žurnāls\nline 2".encode())
    url = f"https://tocsin.example.org/api/v1/checks/{check['uuid']}/pings/1/body"
    assert api.pings(check)[0]["body_url"] == url
    answer = api.get(url.removeprefix("https://tocsin.example.org"))
    assert (answer.status, answer.text) == (200, "Žurnāls\nline 2")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_what_is_no_text_in_a_body_is_marked(api: Api) -> None:
    check = api.check()
    api.ping(check, method="POST", data=b"\xffab\x00c")
    assert body_of(api, check, 1).text == "\ufffdab\0c"


@pytest.mark.parametrize("n", ["1", "3", "0", "x", "-1", "1.0", "%C2%B2", "9" * 5000])
def test_a_body_that_is_not_there_is_not_found(n: str, api: Api) -> None:
    check = api.check()
    api.ping(check)
    api.ping(check, method="POST", data=b"two")
    answer = body_of(api, check, n)
    assert answer.status == 404
    assert answer.error.startswith("ping")


def test_a_body_older_than_the_log_is_not_found(api: Api, clock: Clock, services: Services) -> None:
    services.settings = replace(services.settings, ping_log_limit=2)
    check = api.check()
    for _ in range(3):
        api.ping(check, method="POST", data=b"body")
        clock.move(seconds=1)
    assert [body_of(api, check, n).status for n in (1, 2, 3)] == [404, 200, 200]
