"""Pinging API: what each signal does to a check; run ids; keyword filters; checks that take POST alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.conftest import Clock

RUN, OTHER = "9d9cb5c1-3a35-4dff-9d4f-0b0d2c1d3f01", "9d9cb5c1-3a35-4dff-9d4f-0b0d2c1d3f02"


def kinds(api: Api, check: dict[str, Any]) -> list[str]:
    return [ping["type"] for ping in api.pings(check)]


def test_success_makes_a_check_up_and_counts(api: Api) -> None:
    check = api.check()
    api.ping(check)
    shown = api.shown(check)
    assert (shown["status"], shown["n_pings"], shown["last_ping"]) == ("up", 1, "2026-11-21T12:00:00+00:00")


def test_failure_makes_it_down_at_once(api: Api) -> None:
    check = api.check()
    api.ping(check, "/fail")
    shown = api.shown(check)
    assert (shown["status"], shown["last_ping"]) == ("down", "2026-11-21T12:00:00+00:00")


def test_start_leaves_the_last_ping_alone(api: Api, clock: Clock) -> None:
    check = api.check()
    api.ping(check)
    clock.move(minutes=1)
    api.ping(check, "/start")
    shown = api.shown(check)
    assert (shown["status"], shown["n_pings"], shown["last_ping"]) == ("started", 2, "2026-11-21T12:00:00+00:00")


def test_a_log_entry_only_counts(api: Api) -> None:
    check = api.check()
    api.ping(check, "/log", method="POST", data=b"half way")
    shown = api.shown(check)
    assert (shown["status"], shown["n_pings"], shown["last_ping"]) == ("new", 1, None)
    assert api.pings(check)[0]["body_url"]


def test_a_second_failure_flips_nothing(api: Api) -> None:
    check = api.check()
    for _ in range(3):
        api.ping(check, "/fail")
    assert len(api.get(f"/api/v1/checks/{check['uuid']}/flips/").json["flips"]) == 1


@pytest.mark.parametrize("given", [RUN, RUN.upper()])
def test_a_run_id_is_answered_in_small_letters(given: str, api: Api) -> None:
    check = api.check()
    assert api.ping(check, f"/start?rid={given}").status == 200
    assert api.pings(check)[0]["rid"] == RUN


@pytest.mark.parametrize(
    "given", ["", "x", RUN.replace("-", ""), f"%7B{RUN}%7D", f"urn:uuid:{RUN}", RUN + "0", "%FF", "%00", "１" * 36]
)
def test_a_run_id_must_be_a_uuid_with_dashes(given: str, api: Api) -> None:
    check = api.check(methods="POST")
    for action in ("", "/start", "/fail", "/log", "/3"):
        answer = api.ping(check, f"{action}?rid={given}")
        assert (answer.status, answer.text) == (400, "invalid uuid format")
    assert api.shown(check)["n_pings"] == 0


def test_a_success_of_another_run_leaves_the_first_running(api: Api) -> None:
    check = api.check()
    api.ping(check, f"/start?rid={RUN}")
    api.ping(check, f"?rid={OTHER}")
    assert api.shown(check)["started"] is True
    api.ping(check, f"?rid={RUN}")
    assert api.shown(check)["started"] is False


@pytest.mark.parametrize("end", ["", f"/fail?rid={OTHER}", "/fail"])
def test_a_failure_or_a_success_without_a_run_id_ends_any_run(end: str, api: Api) -> None:
    check = api.check()
    api.ping(check, f"/start?rid={RUN}")
    api.ping(check, end)
    assert api.shown(check)["started"] is False


def test_a_check_that_takes_post_alone_ignores_other_methods(api: Api) -> None:
    check = api.check(methods="POST")
    for method in ("GET", "HEAD", "PUT", "OPTIONS"):
        assert api.ping(check, "/fail", method=method).text == "OK"
    assert (api.shown(check)["status"], api.shown(check)["n_pings"]) == ("new", 4)
    assert kinds(api, check) == ["ign"] * 4
    api.ping(check, method="POST")
    assert api.shown(check)["status"] == "up"


FILTERED = {"filter_http_body": True, "success_kw": "DONE, ok", "failure_kw": "ERROR", "start_kw": "BEGIN"}


@pytest.mark.parametrize(
    ("action", "body", "kind"),
    [
        ("", b"all DONE here", "success"),
        ("", b"not yet", "ign"),
        ("", b"", "ign"),
        ("", b"done", "ign"),
        ("", b"looks ok", "success"),
        ("", b"BEGIN", "start"),
        ("", b"DONE with ERROR", "fail"),
        ("", b"BEGIN DONE", "success"),
        ("/start", b"DONE", "success"),
        ("/fail", b"DONE", "success"),
        ("/fail", b"nothing", "ign"),
        ("/log", b"DONE", "success"),
        ("/log", b"nothing", "ign"),
        ("/3", b"DONE", "success"),
        ("", b"\xff\xfe DONE \x00", "success"),
    ],
)
def test_a_keyword_in_the_body_wins_over_the_address(action: str, body: bytes, kind: str, api: Api) -> None:
    check = api.check(**FILTERED)
    assert api.ping(check, action, method="POST", data=body).text == "OK"
    assert kinds(api, check) == [kind]


def test_a_body_without_a_keyword_may_mean_failure(api: Api) -> None:
    check = api.check(**FILTERED, filter_default_fail=True)
    api.ping(check, method="POST", data=b"nothing")
    assert kinds(api, check) == ["fail"]


def test_keywords_of_subjects_do_not_matter_to_http(api: Api) -> None:
    check = api.check(subject="DONE", subject_fail="ERROR")
    api.ping(check, method="POST", data=b"ERROR")
    assert kinds(api, check) == ["success"]


def test_a_ping_that_is_ignored_for_its_method_is_not_searched(api: Api) -> None:
    check = api.check(**FILTERED, methods="POST")
    api.ping(check, method="PUT", data=b"ERROR")
    assert kinds(api, check) == ["ign"]
