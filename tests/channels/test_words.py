"""How news is put into words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels import words
from chalicelib.core.check import Ping
from chalicelib.core.kinds import heartbeat
from tests.cases import each
from tests.channels.samples import AT, HOSTILE, PAGE, PINGS, SITE, check, news, outage


@each(
    ("seconds", "said"),
    [
        (0, "less than a second"),
        (0.9, "less than a second"),
        (1, "1 second"),
        (60, "1 minute"),
        (61, "1 minute, 1 second"),
        (3_900, "1 hour, 5 minutes"),
        (3_901, "1 hour, 5 minutes"),
        (3_601, "1 hour, 1 second"),
        (86_400, "1 day"),
        (30 * 86_400 + 7_200 + 60, "30 days, 2 hours"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == said


@each(
    ("seconds", "said"),
    [(59, "59 seconds"), (61, "1 minute, 1 second"), (3_601, "1 hour"), (3_661, "1 hour, 1 minute"), (86_401, "1 day")],
)
def test_an_outage_of_hours_is_not_counted_in_seconds(seconds: float, said: str) -> None:
    assert words.lasted(timedelta(seconds=seconds)) == said
    assert words.summary(news("up", downtime=timedelta(seconds=seconds))) == f"It is back, after {said} down."


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ([(7, 0)], "It was down from 2026-11-21 02:08:07 to 02:15:07 UTC."),
        (
            [(7, 20), (3, 0)],
            "It was down from 2026-11-21 01:48:07 to 01:55:07 UTC and from 2026-11-21 02:12:07 to 02:15:07 UTC.",
        ),
        ([(180, 0)], "It was down from 2026-11-20 23:15:07 UTC to 2026-11-21 02:15:07 UTC."),
    ],
)
def test_what_a_channel_missed_is_told_with_the_end(over: list[tuple[int, int]], said: str) -> None:
    told = news("up", over=tuple(outage(minutes, ago) for minutes, ago in over))
    assert words.summary(told) == f"It is back. {said}"


def test_what_a_channel_missed_is_counted_in_what_is_down_again() -> None:
    told = news(reason="fail", over=(outage(7, 20), outage(3, 5)), heard=True)
    assert words.headline(told) == "DOWN AGAIN"
    assert words.summary(told).endswith("It is down for the third time in 27 minutes.")


def test_a_moment_is_told_in_utc_alone_for_a_check_that_lives_there() -> None:
    assert words.local_moment(AT, "UTC") == "2026-11-21 02:15:07 UTC"


def test_a_moment_is_told_by_the_clock_of_the_check_too() -> None:
    assert words.local_moment(AT, "Europe/Riga") == "2026-11-21 02:15:07 UTC (2026-11-21 04:15:07 Europe/Riga)"


@each("zone", ["Mars/Olympus", "../../etc/passwd", "", "Europe", "\0"])
def test_a_zone_that_is_not_known_here_does_not_keep_the_news_back(zone: str) -> None:
    assert words.local_moment(AT, zone) == "2026-11-21 02:15:07 UTC"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (news(), "DOWN"),
        (news(reminder=1), "STILL DOWN"),
        (news("up"), "UP"),
        (news("test"), "TEST"),
    ],
)
def test_the_headline_says_what_it_is_about(told: Any, said: str) -> None:
    assert words.headline(told) == said


def test_a_failure_is_told_with_its_exit_status() -> None:
    assert words.summary(news()) == "It reported a failure (exit status 3)."


def test_a_failure_without_an_exit_status_is_told_without() -> None:
    assert words.summary(news(pings=PINGS[1:])) == "It reported a failure."


def test_the_exit_status_is_that_of_the_failure_and_not_of_a_later_one() -> None:
    later = Ping(10, "fail", AT + timedelta(seconds=1), exitstatus=99)
    assert heartbeat.exit_status(news(pings=(later, *PINGS))) == 3


def test_silence_is_told_as_silence() -> None:
    assert words.summary(news(reason="timeout")) == "No sign of success came in time, and the grace time is over."


def test_a_run_that_did_not_end_is_told_as_such() -> None:
    began = AT - timedelta(seconds=3_600)
    told = news(reason="timeout", check=check(last_start=began))
    assert words.summary(told) == "The run that began at 2026-11-21 01:15:07 UTC did not end within 1 hour."


def test_a_reason_in_other_words_is_passed_on_on_one_line() -> None:
    assert words.summary(news(reason="status 500\r\nfrom Riga")) == "status 500 from Riga"


def test_an_outage_that_was_none_is_taken_back_with_the_ping_that_arrived_late() -> None:
    told = news("up", downtime=timedelta(microseconds=1))
    late = replace(told.flip, reason="late", details={"late": "2026-11-21T09:59:50.123456+00:00"})

    assert words.summary(replace(told, flip=late)) == "A ping of 2026-11-21 09:59:50 UTC arrived late: it was not down."


def test_coming_back_is_told_with_the_downtime() -> None:
    assert words.summary(news("up")) == "It is back, after 1 hour, 5 minutes down."
    assert words.summary(news("up", downtime=None)) == "It is back."


def test_a_reminder_tells_how_long_it_has_been_and_why() -> None:
    told = news(reminder=2, downtime=timedelta(days=2, hours=3))
    assert words.summary(told) == "It has been down for 2 days, 3 hours. It reported a failure (exit status 3)."


def test_a_simple_check_is_told_with_its_period_in_full() -> None:
    rhythm = heartbeat.rhythm(check(timeout=90_061, grace=60))
    assert rhythm == [("Period", "1 day, 1 hour, 1 minute, 1 second"), ("Grace time", "1 minute")]


def test_a_check_with_a_schedule_is_told_with_it_and_its_zone() -> None:
    rhythm = heartbeat.rhythm(check(schedule_kind="oncalendar", schedule="Mon 9:00\nFri 17:00", tz="Europe/Riga"))
    assert rhythm[:2] == [("Schedule", "Mon 9:00 Fri 17:00"), ("Time zone", "Europe/Riga")]


@each("name", HOSTILE.values())
def test_a_label_is_one_line_that_can_be_encoded(name: str) -> None:
    label = words.label(news(check=check(name=name)))
    assert 0 < len(label) <= 100
    assert label.splitlines() == [label]
    assert label.isprintable()
    label.encode()


@pytest.mark.parametrize("name", ["", " \t\n "])
def test_a_check_without_a_name_is_called_so_for_whoever_knows_its_code_can_ping(name: str) -> None:
    assert words.label(news(check=check(name=name))) == "Unnamed check"


def test_what_is_cut_says_so() -> None:
    assert words.shortened("abcdef", 6) == "abcdef"
    assert words.shortened("abcdefg", 6) == "abcde…"


def test_a_body_keeps_its_lines_and_loses_what_is_more_than_a_character() -> None:
    assert words.body_text(b"  one\r\n\ttwo\x1b[31m\x00\xff\n", 100) == "one\n\ttwo�[31m��"


def test_a_body_is_cut_by_characters_also_when_it_is_not_ascii() -> None:
    assert words.body_text("ж".encode() * 5_000, 100) == "ж" * 99 + "…"


def test_there_is_no_link_where_there_is_no_page() -> None:
    assert words.link(news()) == f"https://tocsin.example.org/status/{PAGE}"
    assert words.link(news("test")) == ""
    assert words.link(news(page="")) == ""
    assert words.link(news(site=replace(SITE, root=""))) == ""
