"""The grammar of cron expressions and the dates they mean."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.core import schedule
from tests.cases import each

START = datetime(2026, 1, 1, tzinfo=UTC)


def accepted(expression: str) -> bool:
    try:
        schedule.validate(expression)
    except ValueError:
        return False
    return True


def firings(expression: str, count: int, after: datetime = START) -> list[str]:
    found = []
    for _ in range(count):
        following = schedule.next_firing("cron", expression, "UTC", after)
        assert following is not None
        found.append(f"{following:%Y-%m-%d %H:%M}")
        after = following
    return found


def dates(expression: str, count: int, after: datetime = START) -> list[str]:
    return [firing.removesuffix(" 00:00") for firing in firings(expression, count, after)]


@each(
    "expression",
    [
        "? * * * *",
        "0 0 ? * *",
        "0 0 * * ?",
        "H * * * *",
        "R * * * *",
        "~ * * * *",
        "H/15 * * * *",
        "H(0-9) * * * *",
        "0 0 15W * *",
        "0 0 W * *",
        "0 0 L-3 * *",
        "0 0 1-L * *",
        "0 0 L/2 * *",
        "0 0 * * L",
        "0 0 * * L5",
        "0 0 * * FRIL",
        "0 0 * * 8L",
        "0 0 * * MON#0",
        "0 0 * * MON#6",
        "0 0 * * MON#",
        "0 0 * * 1-3#2",
        "0 0 * * MON#2/2",
        "0 L * * *",
        "0 0 * L *",
        "0 0 * JANUARY *",
        "0 0 * * MONDAY",
        "0 0 * MON *",
        "0 0 * * JAN",
        "0 0 JAN * *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 0 *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "-1 * * * *",
        "+1 * * * *",
        "1.5 * * * *",
        "1_0 * * * *",
        "0x1 * * * *",
        "*/0 * * * *",
        "1-5/0 * * * *",
        "*/-5 * * * *",
        "*/ * * * *",
        "/5 * * * *",
        "** * * * *",
        "*-5 * * * *",
        "*5 * * * *",
        "1-2-3 * * * *",
        "1/2/3 * * * *",
        "1- * * * *",
        ", * * * *",
        "1, * * * *",
        "1,,2 * * * *",
        "@daily",
        "@reboot",
        "* * * *",
        "* * * * * *",
    ],
)
def test_what_only_other_crons_read_is_refused(expression: str) -> None:
    assert not accepted(expression)


@each(
    "expression",
    ["5-1 * * * *", "30,5-1 * * * *", "0 22-2 * * *", "0 0 * NOV-FEB *", "0 0 * * FRI-MON", "0 0 * * SAT-SUN"],
)
def test_a_range_that_wraps_is_refused(expression: str) -> None:
    assert not accepted(expression)


@each(
    ("expression", "same"),
    [
        ("0 0 * * 0", "0 0 * * 7"),
        ("0 0 * * 0", "0 0 * * sun"),
        ("0 0 * * 6-7", "0 0 * * SAT,SUN"),
        ("0 0 * * SUN-TUE", "0 0 * * 0-2"),
        ("0 0 * JAN,dec *", "0 0 * 1,12 *"),
        ("0 0 * Mar-aUG/2 *", "0 0 * 3,5,7 *"),
        ("5/15 0 * * *", "5,20,35,50 0 * * *"),
        ("0 9-17/4 * * *", "0 9,13,17 * * *"),
        ("05 007 * * *", "5 7 * * *"),
        ("30-30 4 * * *", "30 4 * * *"),
        ("30-30/5 4 * * *", "30 4 * * *"),
        ("*/40 6 * * *", "0,40 6 * * *"),
        ("*/99 6 * * *", "0 6 * * *"),
        ("7,7,7 1 * * *", "7 1 * * *"),
        ("0 0 * * MON/2", "0 0 * * 1,3,5,7"),
        ("0 0 * * 7L", "0 0 * * 0L"),
        ("0 0 * * 7#2", "0 0 * * SUN#2"),
    ],
)
def test_two_spellings_mean_the_same_times(expression: str, same: str) -> None:
    assert firings(expression, 12) == firings(same, 12)


def test_month_ends_are_found_whatever_the_length_of_the_month() -> None:
    assert dates("0 0 L * *", 4) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_the_last_weekday_is_the_friday_before_a_month_that_ends_on_a_weekend() -> None:
    assert dates("0 0 LW * *", 5) == ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"]


def test_a_list_may_mix_the_last_day_the_last_weekday_and_numbers() -> None:
    assert dates("0 0 L,LW,15 5 *", 3) == ["2026-05-15", "2026-05-29", "2026-05-31"]


def test_the_31st_skips_the_short_months() -> None:
    assert dates("0 0 31 * *", 4) == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]


def test_a_leap_day_waits_for_a_leap_year_and_2100_is_none() -> None:
    assert dates("0 0 29 2 *", 2) == ["2028-02-29", "2032-02-29"]
    assert dates("0 0 29 2 *", 2, datetime(2095, 1, 1, tzinfo=UTC)) == ["2096-02-29", "2104-02-29"]


def test_far_years_work_like_near_ones() -> None:
    assert dates("0 0 1 1 *", 2, datetime(2999, 6, 1, tzinfo=UTC)) == ["3000-01-01", "3001-01-01"]


def test_a_fifth_monday_in_february_is_found_decades_ahead() -> None:
    assert dates("0 0 * 2 MON#5", 2) == ["2044-02-29", "2072-02-29"]


def test_nth_weekdays_are_counted_from_the_start_and_from_the_end_of_the_month() -> None:
    assert dates("0 0 * * MON#2", 3) == ["2026-01-12", "2026-02-09", "2026-03-09"]
    assert dates("0 0 * * 5L", 3) == ["2026-01-30", "2026-02-27", "2026-03-27"]
    assert dates("0 0 * 5 MON#1,MON#5,5L", 3) == ["2026-05-04", "2026-05-29", "2027-05-03"]


def test_an_nth_weekday_may_stand_in_a_list_with_plain_weekdays() -> None:
    assert dates("0 0 * 6 MON#2,SAT", 4) == ["2026-06-06", "2026-06-08", "2026-06-13", "2026-06-20"]


def test_a_day_of_the_month_or_a_weekday_is_enough_when_neither_begins_with_a_star() -> None:
    assert dates("0 0 13 2 FRI", 4) == ["2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27"]
    assert dates("0 0 3 2 MON#2", 2) == ["2026-02-03", "2026-02-09"]
    assert dates("0 0 LW 2 MON", 5) == ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-02-27"]
    assert dates("0 0 1-31 2 MON", 2) == ["2026-02-01", "2026-02-02"]


def test_both_must_hold_when_either_begins_with_a_star() -> None:
    assert dates("0 0 */10 2 SUN", 2) == ["2026-02-01", "2027-02-21"]
    assert dates("0 0 1-7 2 */6", 3) == ["2026-02-01", "2026-02-07", "2027-02-06"]
    assert dates("0 0 LW 2-5 */5", 2) == ["2026-02-27", "2026-05-29"]


def test_an_impossible_day_of_the_month_leaves_the_weekday_firing() -> None:
    assert dates("0 0 31 2 MON", 2) == ["2026-02-02", "2026-02-09"]


def test_asking_twice_or_out_of_order_gives_the_same_answers() -> None:
    forward = firings("*/7 1,2 * * *", 40)
    moments = [datetime.strptime(firing, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for firing in forward]
    backward = [firings("*/7 1,2 * * *", 1, moment)[0] for moment in reversed(moments[:-1])]
    assert backward == forward[:0:-1]
