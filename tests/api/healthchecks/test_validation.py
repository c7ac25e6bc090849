"""What the fields of a check may hold, rule by rule: create and update share them (Create a Check, Update an Existing
Check). The first field that is wrong is named, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Api

Contents = Callable[[], dict[str, list[str]]]

TEXTS = ["channels", "desc", "failure_kw", "methods", "name", "schedule", "slug", "start_kw", "subject", "subject_fail"]
TEXTS += ["success_kw", "tags", "tz"]
BOOLEANS = ["filter_subject", "filter_body", "filter_http_body", "filter_default_fail", "manual_resume"]
NO_TEXTS: list[object] = [None, 1, 1.5, True, [], {}]
NO_NUMBERS: list[object] = [None, "3600", 3600.0, 1e400, [], {}, "abc"]
TOO_SMALL: list[object] = [59, 0, -1, True, -(10**20)]
TOO_LARGE: list[object] = [2592001, 31536000, 10**20]
NO_BOOLEANS: list[object] = [None, "yes", 0, 1, [], {}]
NO_ARRAYS: list[object] = [None, "name", 1, {}, True]
NO_FIELDS: list[object] = ["status", "", 1, None, [], {}, "Name"]
NO_PATTERNS = ["A", "a b", "ä", "a/b", "a.b", "a\n"]
NO_SCHEDULES = ["", "   ", "nonsense", "* * * *", "* * * * * *", "@hourly", "@daily", "60 * * * *", "* * 31 2 *"]
NO_SCHEDULES += ["* * ? * *", "H * * * *", "* * L-3 * *", "5-1 * * * *", "a\nb", "0 0 * * MONDAY"]
NO_ZONES = ["", "Mars/Olympus", "europe/riga", "EUROPE/RIGA", "Riga", "../etc/passwd", "/etc/localtime", "UTC "]
NO_ZONES += ["Factory", "Europe", "+02:00", "x" * 1000]

ROWS: list[tuple[str, object, str]] = [
    *((field, value, f"{field} is not a string") for field in TEXTS for value in NO_TEXTS),
    *((field, value, f"{field} is not a boolean") for field in BOOLEANS for value in NO_BOOLEANS),
    *((field, value, f"{field} is not a number") for field in ("timeout", "grace") for value in NO_NUMBERS),
    *((field, value, f"{field} is too small") for field in ("timeout", "grace") for value in TOO_SMALL),
    *((field, value, f"{field} is too large") for field in ("timeout", "grace") for value in TOO_LARGE),
    *((field, "x" * 101, f"{field} is too long") for field in ("name", "schedule", "slug")),
    *((field, "x" * 201, f"{field} is too long") for field in ("subject", "subject_fail", "start_kw", "success_kw")),
    ("failure_kw", "x" * 201, "failure_kw is too long"),
    *(("schedule", value, "schedule is not a valid cron or OnCalendar expression") for value in NO_SCHEDULES),
    *(("tz", value, "tz is not a valid timezone") for value in NO_ZONES),
    *(("methods", value, "methods has unexpected value") for value in ("GET", "post", "POST,GET", " POST")),
    *(("slug", value, "slug does not match pattern") for value in NO_PATTERNS),
    *(("unique", value, "unique is not an array") for value in NO_ARRAYS),
    *(("unique", [value], "an item in 'unique' has unexpected value") for value in NO_FIELDS),
    ("unique", ["name", "nope"], "an item in 'unique' has unexpected value"),
]


def by_error(rows: list[tuple[str, object, str]]) -> dict[str, list[tuple[str, object]]]:
    """The rows of one error together: a house each is enough."""
    found: dict[str, list[tuple[str, object]]] = {}
    for field, value, error in rows:
        found.setdefault(error, []).append((field, value))
    return found


@pytest.mark.parametrize(("error", "cases"), by_error(ROWS).items())
def test_a_value_that_breaks_its_rule_is_refused_by_name(
    error: str, cases: list[tuple[str, object]], api: Api, contents: Contents
) -> None:
    one = f"/api/v1/checks/{api.check(name='Before', schedule='5 4 * * *')['uuid']}"
    before = contents()
    for field, value in cases:
        for path in ("/api/v1/checks/", one):
            answer = api.post(path, json={field: value})
            assert (value, answer.status, answer.error) == (value, 400, f"json validation error: {error}")
    assert contents() == before


GOOD: list[tuple[str, list[Any]]] = [
    ("name", ["", "x" * 100, " not trimmed ", "Žurnāls 備份 ☃ 😀", "<b>&amp;", "a\tb\nc"]),
    ("tags", ["", "a", "a b  c ", "x" * 5000]),
    ("desc", ["", "line\nline", "x" * 100_000]),
    ("timeout", [60, 61, 86400, 2592000]),
    ("grace", [60, 2592000]),
    ("manual_resume", [True, False]),
    ("methods", ["POST", ""]),
    ("slug", ["", "a", "0-9_a", "x" * 100]),
    (
        "schedule",
        ["* * * * *", "*/5 * * * MON-FRI", "0 0 * * MON#2", "0 0 L * *", "Mon *-*-* 05:00:00", "12:00\n18:00"],
    ),
    ("success_kw", ["", "x" * 200, "DONE, FINISHED"]),
    ("start_kw", ["x" * 200]),
    ("failure_kw", ["ERROR"]),
    ("filter_subject", [True, False]),
    ("filter_body", [True]),
    ("filter_http_body", [True]),
    ("filter_default_fail", [True]),
]


@pytest.mark.parametrize(("field", "values"), GOOD)
def test_a_value_within_its_rule_is_kept_as_it_is(field: str, values: list[Any], api: Api) -> None:
    check = api.check()
    for value in values:
        assert api.check(**{field: value})[field] == value
        assert api.post(f"/api/v1/checks/{check['uuid']}", json={field: value}).json[field] == value
        assert api.shown(check)[field] == value


def test_the_first_of_several_errors_is_told_in_the_order_of_the_names(api: Api) -> None:
    wrong: dict[str, object] = {"unique": 1, "tz": "?", "timeout": 1, "tags": 1, "name": 1, "grace": 1, "desc": 1}
    for field in ("desc", "grace", "name", "tags", "timeout", "tz", "unique"):
        answer = api.post("/api/v1/checks/", json=wrong)
        assert answer.error.split()[3] == field
        del wrong[field]
    assert api.post("/api/v1/checks/", json=wrong).status == 201


def test_unknown_fields_are_not_looked_at(api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"kind": "simple", "status": "up", "n_pings": None, "project": [1]})
    assert (answer.status, answer.json["status"], answer.json["n_pings"]) == (201, "new", 0)


def test_a_number_may_not_be_written_as_a_fraction_even_if_it_is_whole(api: Api) -> None:
    answer = api.post("/api/v1/checks/", data=b'{"timeout": 3600.0}')
    assert (answer.status, answer.error) == (400, "json validation error: timeout is not a number")


def test_a_schedule_that_is_refused_is_not_echoed(api: Api) -> None:
    answer = api.post("/api/v1/checks/", json={"schedule": "<script>"})
    assert "script" not in answer.text
