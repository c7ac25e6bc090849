"""What both languages of schedules share, on the measured cases in tests/vectors/schedules.jsonl."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import schedule
from tests.cases import each

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "vectors/schedules.jsonl").read_text().splitlines()]
FIRINGS = [case for case in CASES if "next_utc" in case]
VERDICTS = [case for case in CASES if "api_accepts" in case]

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def accepted(expression: str) -> bool:
    try:
        schedule.validate(expression)
    except ValueError as error:
        assert str(error) == "not a valid cron or OnCalendar expression"
        return False
    return True


def following(case: dict[str, Any]) -> list[str | None]:
    after: datetime | None = datetime.fromisoformat(case["after"])
    firings: list[str | None] = []
    for _ in case["next_utc"]:
        after = schedule.next_firing(case["kind"], case["schedule"], case["tz"], after) if after else None
        firings.append(after.isoformat() if after else None)
    return firings


@each("case", FIRINGS)
def test_it_fires_when_measured(case: dict[str, Any]) -> None:
    assert following(case) == case["next_utc"]


@each("case", VERDICTS)
def test_it_accepts_and_refuses_what_was_measured(case: dict[str, Any]) -> None:
    assert accepted(case["schedule"]) is case["api_accepts"]


@each("case", CASES)
def test_it_takes_each_measured_expression_for_its_language(case: dict[str, Any]) -> None:
    assert schedule.kind_of(case["schedule"]) == case["kind"]


@each(
    ("expression", "kind"),
    [
        ("  0 3 * * *  \n", "cron"),
        ("0\t3 *  * *", "cron"),
        ("five words that mean nothing", "cron"),
        ("0 3 * *\n*", "oncalendar"),
        ("* * * * * *", "oncalendar"),
        ("@hourly", "oncalendar"),
        ("daily", "oncalendar"),
        ("", "oncalendar"),
    ],
)
def test_one_line_of_five_words_is_cron_and_the_rest_is_oncalendar(expression: str, kind: str) -> None:
    assert schedule.kind_of(expression) == kind


@pytest.mark.parametrize(("kind", "expression"), [("cron", "0 12 * * *"), ("oncalendar", "12:00")])
def test_a_firing_is_strictly_after_the_moment_asked_about(kind: schedule.Kind, expression: str) -> None:
    moment = timedelta(microseconds=1)
    assert schedule.next_firing(kind, expression, "UTC", NOON - moment) == NOON
    assert schedule.next_firing(kind, expression, "UTC", NOON) == NOON + timedelta(days=1)
    assert schedule.next_firing(kind, expression, "UTC", NOON + moment) == NOON + timedelta(days=1)


@pytest.mark.parametrize(("kind", "expression"), [("cron", "0 15 * * *"), ("oncalendar", "15:00")])
def test_the_moment_may_come_in_any_zone_and_the_firing_is_in_utc(kind: schedule.Kind, expression: str) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-9)))
    firing = schedule.next_firing(kind, expression, "Europe/Riga", elsewhere)
    assert firing == datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    assert firing.tzinfo is UTC


@pytest.mark.parametrize("expression", ["2020-01-01", "Mon 2001-02-02", "*-02-30", "1999..2001-06-01 03:00"])
def test_a_calendar_that_lies_in_the_past_never_fires_again(expression: str) -> None:
    assert schedule.next_firing("oncalendar", expression, "Europe/Riga", NOON) is None


def test_a_line_that_lies_in_the_past_leaves_the_other_lines_firing() -> None:
    assert schedule.next_firing("oncalendar", "2020-01-01\n13:00\n14:00", "UTC", NOON) == NOON + timedelta(hours=1)


@pytest.mark.parametrize("line", ["15:00 Europe/Kyiv", "15:00 Europe/Kiev", "*-*-* 15:00:00   Europe/Kiev "])
def test_a_line_may_name_its_own_zone(line: str) -> None:
    assert schedule.next_firing("oncalendar", f"23:00\n{line}", "America/New_York", NOON) == NOON + timedelta(hours=1)


def test_an_unknown_zone_is_an_error_of_the_zone_and_not_of_the_schedule() -> None:
    with pytest.raises(ValueError, match=r"^not a valid timezone$"):
        schedule.next_firing("cron", "* * * * *", "Mars/Olympus", NOON)


REFUSED = {
    "nothing": "",
    "white space": " \n\t ",
    "a NUL": "* * * * *\0",
    "digits of another script": "١ * * * *",
    "full-width digits": "１２:00",
    "a letter whose upper case is ASCII": "0 0 * * ſun",
    "a letter whose lower case is ASCII": "wee\u212aly",
    "a lone surrogate": "\ud800 * * * *",
    "a no-break space": "*\u00a0* * * *",
    "a control character that Python takes for white space": "*\x1f* * * *",
    "a number of 90 digits": "9" * 90 + " * * * *",
    "commas": "," * 100,
    "dashes": "-" * 100,
    "tildes": "~" * 100,
    "colons": ":" * 100,
    "an empty line between lines": "12:00\n\n13:00",
    "30 February in cron": "0 0 30 2 *",
    "the 31st of the short months": "0 0 31 4,6,9,11 *",
    "a weekday on a weekend": "0 0 LW * */6",
    "a second Monday on the first day": "0 0 */40 * MON#2",
    "30 February in OnCalendar": "*-02-30",
    "impossible dates by the dozen": "2-30\n2-31\n4-31\n6-31\n9-31\n11-31\n2-30,31\n02-30\n02-31\n04-31\n06-31\n09-31",
    "only years before 2000": "1999-12-31",
    "a year beyond the calendar": "2200-01-01",
    "a zone that climbs out of the database": "12:00 ../../etc/passwd",
    "a zone that is a path": "12:00 /etc/localtime",
    "a zone that is a folder of the database": "12:00 America",
    "a zone with a NUL": "12:00 Europe\0Riga",
    "a zone in lower case": "12:00 europe/riga",
    "a zone of the machine": "12:00 localtime",
    "a zone that is not set": "12:00 Factory",
    "a zone alone": "Europe/Riga",
}


@each("expression", REFUSED.values())
def test_hostile_and_impossible_expressions_are_refused(expression: str) -> None:
    assert not accepted(expression)


@each(
    "expression",
    [
        "0 0 * 2 MON#5",
        "0 0 29 2 */7",
        "0 0 31 2 MON",
        "Mon 02-29",
        "2199-12-31",
        "12:00\r\n13:00",
        "\n12:00\n",
        "*/" + "9" * 90 + " 0 * * *",
    ],
)
def test_rare_firings_and_odd_spellings_are_accepted(expression: str) -> None:
    assert accepted(expression)
