"""List Check's Status Changes: newest first, within a span, for either kind of key and identifier."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api
from tests.conftest import Clock

START = 1795262400  # 2026-11-21T12:00:00 UTC


@pytest.fixture
def check(api: Api, clock: Clock) -> dict[str, Any]:
    """Up at 0 s, down at 100 s, up at 200 s."""
    check = api.check()
    for action in ("", "/fail", ""):
        api.ping(check, action)
        clock.move(seconds=100)
    return check


def seen(api: Api, check: dict[str, Any], query: str = "") -> list[int]:
    """The flips as seconds since START."""
    answer = api.get(f"/api/v1/checks/{check['uuid']}/flips/{query}")
    assert answer.status == 200, answer.text
    stamps = [flip["timestamp"] for flip in answer.json["flips"]]
    return [(int(stamp[14:16]) * 60 + int(stamp[17:19])) for stamp in stamps]


def test_the_newest_comes_first(check: dict[str, Any], api: Api) -> None:
    assert api.get(f"/api/v1/checks/{check['uuid']}/flips/").json == {
        "flips": [
            {"timestamp": "2026-11-21T12:03:20+00:00", "up": 1},
            {"timestamp": "2026-11-21T12:01:40+00:00", "up": 0},
            {"timestamp": "2026-11-21T12:00:00+00:00", "up": 1},
        ]
    }


def test_a_new_check_has_none(api: Api) -> None:
    assert seen(api, api.check()) == []


def test_a_missed_deadline_is_told_at_its_moment_although_nobody_noticed(api: Api, clock: Clock) -> None:
    check = api.check(timeout=60, grace=60)
    api.ping(check)
    clock.move(minutes=10)
    api.ping(check)
    assert seen(api, check) == [600, 120, 0]


def test_pausing_and_resuming_count_as_not_up(check: dict[str, Any], api: Api) -> None:
    for verb in ("pause", "resume"):
        api.post(f"/api/v1/checks/{check['uuid']}/{verb}")
    flips = api.get(f"/api/v1/checks/{check['uuid']}/flips/").json["flips"]
    assert [flip["up"] for flip in flips] == [0, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?seconds=150", [200]),
        ("?seconds=0", [200, 100, 0]),
        ("?seconds=", [200, 100, 0]),
        ("?seconds=31536000", [200, 100, 0]),
        (f"?start={START}", [200, 100, 0]),
        (f"?start={START + 1}", [200, 100]),
        (f"?start={START + 100}", [200, 100]),
        (f"?end={START + 200}", [100, 0]),
        (f"?end={START + 201}", [200, 100, 0]),
        (f"?start={START + 100}&end={START + 200}", [100]),
        (f"?start={START + 200}&end={START + 100}", []),
        ("?start=0&end=10000000000", [200, 100, 0]),
        ("?other=1", [200, 100, 0]),
    ],
)
def test_a_span_holds_its_start_and_not_its_end(query: str, found: list[int], check: dict[str, Any], api: Api) -> None:
    assert seen(api, check, query) == found


WRONG = ["abc", "-1", "1.5", "1e3", "10000000001", "9" * 5000, "%C2%B2", "+1", " 1", "0x1"]


@pytest.mark.parametrize("name", ["seconds", "start", "end"])
def test_a_limit_that_is_no_number_in_range_is_refused_by_name(name: str, check: dict[str, Any], api: Api) -> None:
    for value in WRONG:
        answer = api.get(f"/api/v1/checks/{check['uuid']}/flips/?{name}={value}")
        assert (value, answer.status) == (value, 400)
        assert answer.error.startswith(f"{name} must be a whole number")


def test_only_the_length_of_a_span_may_be_empty(check: dict[str, Any], api: Api) -> None:
    for name in ("start", "end"):
        assert api.get(f"/api/v1/checks/{check['uuid']}/flips/?{name}=").status == 400
    assert api.get(f"/api/v1/checks/{check['uuid']}/flips/?seconds=31536001").status == 400


def test_a_read_only_key_and_a_unique_key_are_enough(check: dict[str, Any], api: Api, reader: Api) -> None:
    key = reader.shown(check)["unique_key"]
    assert reader.get(f"/api/v1/checks/{key}/flips/").json == api.get(f"/api/v1/checks/{check['uuid']}/flips/").json
    assert len(reader.get(f"/api/v3/checks/{check['uuid']}/flips/").json["flips"]) == 3
    assert api.get(f"/api/v1/checks/{'0' * 40}/flips/").status == 404
