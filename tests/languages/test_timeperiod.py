"""Notification periods: the measured cases, the language, and what is wrong with a text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.core.periods import ALWAYS, NEVER, Period, Times
from chalicelib.languages.timeperiod import LENGTH_MAX, parse
from tests.cases import each

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "vectors/timeperiod.jsonl").read_text().splitlines()]
# The original reads no further than to the first range that holds, so that it meets some mistakes on some days alone.
MISTAKEN = {case["period"] for case in CASES if case["error"]}
# A Monday.
MONDAY = datetime(2026, 1, 5, 9, 15, 3, tzinfo=UTC)


@each("case", [case for case in CASES if case["period"] not in MISTAKEN])
def test_a_moment_is_in_the_period_or_out_of_it_as_it_was_with_the_original(case: dict[str, Any]) -> None:
    moment = datetime.fromisoformat(case["dt"]).replace(tzinfo=UTC)
    assert parse(case["period"]).covers(moment) is case["in_period"]


@each("text", sorted(MISTAKEN))
def test_what_the_original_could_not_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.field == "period"


def test_every_scale_has_a_short_name_and_a_long_one() -> None:
    short = "yr {2026} mo {1} wk {1} yd {5} md {5} wd {2} hr {9} min {15} sec {3}"
    long = "year {2026} month {1} week {1} yday {5} mday {5} wday {2} hour {9} minute {15} second {3}"
    assert parse(short) == parse(long) == parse(short.upper())
    assert parse(short).covers(MONDAY)


@each("text", ["mo {January}", "mo {jan-feb}", "wd {Monday}", "wd {mo}", "wd {MONDAY}", "yr {26}"])
def test_the_first_letters_of_a_word_and_the_last_figures_of_a_year_do(text: str) -> None:
    assert parse(text).covers(MONDAY)


def test_a_range_whose_end_is_before_its_beginning_goes_round() -> None:
    assert parse("wd {fri-tue} hr {22-6}") == Period((Times(wday=((6, 3),), hour=((22, 6),)),))


def test_different_scales_hold_together_and_the_same_one_holds_either_way() -> None:
    assert parse("hr {9} hr {20} wd {2}") == Period((Times(hour=((9, 9), (20, 20)), wday=((2, 2),)),))


def test_alternatives_are_kept_apart_and_the_same_one_is_kept_once() -> None:
    assert parse("hr {9}, wd {2}, hr{9}") == Period((Times(hour=((9, 9),)), Times(wday=((2, 2),))))


@each("text", ["", "  ", "always", "NONE", ",", "hr {1},", "never,,", "hr {0-23}", "wd {1-7} hr {0-23}"])
def test_a_period_without_limits_is_always(text: str) -> None:
    assert parse(text) == ALWAYS


def test_never_adds_nothing_to_other_alternatives() -> None:
    assert parse("never") == parse(" Never , never") == NEVER
    assert parse("never, hr {9}") == parse("hr {9}")


@pytest.mark.parametrize("text", ["hr{9-16}wd{mon}", "  hr  {  9 - 16  }  wd  {mon}  ", "hr\t{9-16}\nwd {\nmon}"])
def test_white_space_means_nothing_but_between_ranges(text: str) -> None:
    assert parse(text) == parse("hr {9-16} wd {mon}")


@each(
    ("text", "position", "found", "expected"),
    [
        ("hr 9-16", 4, "'9'", "expected {"),
        ("hr", 3, "the end", "expected {"),
        ("foo {1}", 1, "'foo'", "expected one of yr, mo, wk, yd, md, wd, hr, min, sec, always and never"),
        ("hr {9} foo {1}", 8, "'foo'", "expected one of yr"),
        ("always {1}", 1, "'always'", "expected one of yr"),
        ("hr {24}", 5, "'24'", "expected an hour from 0 to 23"),
        ("hr {9-24}", 7, "'24'", "expected an hour from 0 to 23"),
        ("hr {-9}", 5, "'-'", "expected an hour"),
        ("hr {9-}", 7, "'}'", "expected an hour"),
        ("hr {1-2-3}", 8, "'-'", "expected a blank or }"),
        ("hr {}", 5, "'}'", "expected an hour"),
        ("hr {9am-5pm}", 6, "'am'", "expected a blank or }"),
        ("hr {9", 6, "the end", "expected a blank or }"),
        ("wd {mon,fri}", 8, "','", "expected a blank or }"),
        ("wd {mon  fri}", 9, "' '", "expected a weekday from 1 to 7, or su to sa"),
        ("wd {m}", 5, "'m'", "expected a weekday"),
        ("mo {ju}", 5, "'ju'", "expected a month from 1 to 12, or jan to dec"),
        ("mo {0}", 5, "'0'", "expected a month"),
        ("yr {026}", 5, "'026'", "expected a year from 1 to 9999"),
        ("yr {0000}", 5, "'0000'", "expected a year"),
        ("min {\N{ARABIC-INDIC DIGIT FIVE}}", 6, "'\N{ARABIC-INDIC DIGIT FIVE}'", "expected a minute"),
        ("hr {9}}", 7, "'}'", ""),
        ("9-17", 1, "'9'", ""),
    ],
)
def test_a_mistake_is_told_with_its_position(text: str, position: int, found: str, expected: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.message.startswith(f"cannot be understood at position {position}, where {found} stands")
    assert expected in caught.value.message


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="longer than 1000 characters"):
        parse("hr {1}," * LENGTH_MAX)
