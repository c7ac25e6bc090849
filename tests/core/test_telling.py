"""What a channel is told next: tables of conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import cursor as moves
from chalicelib.core.conversation import Holds, Listener, Settled, Talk, Tell, Wait
from chalicelib.core.cursor import LONGEST, Cursor
from chalicelib.core.silence import SilencedUntil
from chalicelib.core.telling import decide
from tests.cases import each
from tests.core.conversations import (
    CODE,
    HEARD,
    NEW,
    at,
    check_after,
    decided,
    failing,
    flips_of,
    said,
)


@each(
    ("story", "expected"),
    [
        ("", "settled"),
        ("down@1", "down@01"),
        ("down@1 up@2", "down@01"),
        ("down@1 paused@2", "settled"),
        ("down@1q", "settled"),
        ("down@1q up@2q", "settled"),
        ("down@1q down@2", "down@02"),
        ("down@1s up@2s", "settled"),
        ("down@1s up@2", "down@01"),
        ("down@1s up@2s down@3", "down@03"),
        ("down@1 up@1x", "settled"),
        ("paused@1 new@2 up@3", "settled"),
        ("paused@1 new@2 down@3", "down@03"),
        ("down@1 up@2 down@3 up@4 down@5", "down@05 01-02 03-04"),
        ("down@1 up@2 down@3 up@4 down@5 up@6", "up@06 01-02 03-04 05-06"),
    ],
)
def test_who_was_told_of_no_outage(story: str, expected: str) -> None:
    assert decided(NEW, story) == expected


@each(
    ("story", "expected"),
    [
        ("up@1", "up@01 00-01"),
        ("up@1 down@2", "up@01 00-01"),
        ("paused@1", "settled"),
        ("paused@1 new@2", "settled"),
        ("paused@1 new@2 up@3", "up@03 00-03"),
        ("paused@1 new@2 down@3", "down@03 again 00-01"),
        ("up@1 paused@2", "up@01 00-01"),
        ("up@1s down@2s up@3s", "up@01 00-01"),
        ("up@1s down@2s", "settled"),
        ("up@1s down@2", "up@01 00-01"),
        ("up@1 down@2q", "up@01 00-01"),
        ("up@1 down@2 up@3 down@4 up@5", "up@05 00-01 02-03 04-05"),
        ("up@1 down@2 up@3 down@4 up@5 down@6", "down@06 again 00-01 02-03 04-05"),
    ],
)
def test_who_was_told_of_an_outage(story: str, expected: str) -> None:
    assert decided(HEARD, story) == expected


@each(
    ("before", "story", "expected"),
    [
        ("down@1", "down@1", "down@01"),
        ("down@1", "down@1 up@9", "up@09 01-09"),
        ("down@1", "down@1 up@9 down@20", "down@20 01-09"),
        ("down@1", "down@1 up@9s", "up@09 01-09"),
        ("down@1", "down@1 paused@5", "settled"),
        ("down@1", "down@1 paused@5 new@6 up@7", "settled"),
        ("down@1", "down@1 up@1x", "up@01 01-01"),
    ],
)
def test_what_a_channel_missed_ends_in_the_present(before: str, story: str, expected: str) -> None:
    assert decided(failing(NEW, before), story, now=70) == expected


@pytest.mark.parametrize(
    ("before", "story", "expected"),
    [
        ("up@1", "up@1", "up@01 00-01"),
        ("up@1", "up@1 down@5", "down@05 again 00-01"),
        ("up@1", "up@1s down@5s", "down@05 again 00-01"),
        ("up@1", "up@1 down@5 up@9", "up@09 00-01 05-09"),
    ],
)
def test_who_heard_down_and_missed_more(before: str, story: str, expected: str) -> None:
    assert decided(failing(HEARD, before), story, now=70) == expected


@each(
    ("cursor", "story", "expected"),
    [
        (HEARD, "paused@1", "up@01 00-01"),
        (HEARD, "up@1", "up@01 00-01"),
        (NEW, "down@1 up@2 down@3 up@4 down@5 up@6", "settled"),
        (failing(NEW, "down@1", incident=True), "down@1 up@9", "settled"),
        (failing(NEW, "down@1", unanswered=True), "down@1 up@9", "up@09 01-09"),
        (failing(NEW, "down@1", unanswered=True), "down@1 paused@9", "up@09 01-09"),
    ],
)
def test_an_incident_is_closed_if_it_may_be_open(cursor: Cursor, story: str, expected: str) -> None:
    assert decided(cursor, story, now=70, incident=True) == expected


def test_an_incident_is_closed_under_the_name_that_it_was_opened_under() -> None:
    flips = flips_of("up@1 down@2 up@3 down@4 up@5 down@6")
    again = decide(Talk(HEARD, flips, check_after(flips), Listener(incident=True), at(60)))
    assert isinstance(again, Tell)
    heard = moves.told(moves.leased(HEARD, again.attempt(at(60), at(61)), "x"), again.upto, at(60))
    flips = flips_of("down@6 up@7")
    closing = decide(Talk(heard, flips, check_after(flips), Listener(incident=True), at(61)))
    assert isinstance(closing, Tell)
    assert (again.incident, closing.event, closing.incident) == ("key", "up", "key")


def test_a_name_of_an_incident_holds_no_code() -> None:
    flips = flips_of("down@1")
    tell = decide(Talk(NEW, flips, check_after(flips), Listener(), at(1)))
    assert isinstance(tell, Tell)
    assert CODE[:8] not in tell.incident


@pytest.mark.parametrize(
    ("cursor", "story", "values", "expected"),
    [
        (NEW, "down@1", {"down": False}, "settled"),
        (NEW, "down@1 up@2", {"down": False}, "up@02 01-02"),
        (HEARD, "up@1", {"up": False}, "settled"),
        (HEARD, "up@1 down@2", {"up": False}, "down@02"),
    ],
)
def test_what_a_channel_does_not_want_counts_as_told(
    cursor: Cursor, story: str, values: dict[str, Any], expected: str
) -> None:
    assert decided(cursor, story, **values) == expected


SILENCED, ENDLESS = Holds(silenced=SilencedUntil(at(90))), Holds(silenced=SilencedUntil(None))
UNREACHABLE = Holds(unreachable=SilencedUntil(None))


@each(
    ("cursor", "story", "holds", "expected"),
    [
        (NEW, "down@1s", SILENCED, "wait 90"),
        (NEW, "down@1s", ENDLESS, "wait"),
        (NEW, "down@1s up@2s", SILENCED, "settled"),
        (HEARD, "up@1s", SILENCED, "wait 90"),
        (HEARD, "", SILENCED, "settled"),
        (NEW, "down@1", UNREACHABLE, "wait"),
        (NEW, "down@1 up@2", UNREACHABLE, "settled"),
        (NEW, "down@1 up@2 down@3", UNREACHABLE, "wait"),
        (NEW, "down@1 up@2 down@3 up@4 down@5 up@6", UNREACHABLE, "settled"),
        (HEARD, "up@1", UNREACHABLE, "up@01 00-01"),
        (HEARD, "up@1 down@2 up@3", UNREACHABLE, "up@01 00-01"),
        (NEW, "down@1 up@2", Holds(mastered=at(1)), "settled"),
        (NEW, "down@1", Holds(mastered=at(1)), "down@01"),
        (NEW, "down@1 up@2 down@3", Holds(mastered=at(1)), "down@03"),
    ],
)
def test_what_is_held_back(cursor: Cursor, story: str, holds: Holds, expected: str) -> None:
    assert decided(cursor, story, holds=holds) == expected


@pytest.mark.parametrize(
    ("story", "now", "expected"),
    [
        ("up@1 down@2", 3, "wait 7"),
        ("up@1 down@2", 7, "down@02"),
        ("up@1 down@2 up@3", 4, "settled"),
        ("up@1 down@2 up@8", 9, "down@02"),
    ],
)
def test_a_rule_that_is_told_every_so_often_rests(story: str, now: float, expected: str) -> None:
    told = replace(NEW, settled=at(1), at=at(2))
    assert decided(told, story, now, check={"kind": "rule", "remind": 300}) == expected


@pytest.mark.parametrize(
    ("cursor", "now", "expected"),
    [
        (HEARD, 4, "wait 5"),
        (HEARD, 5, "down@00 #1"),
        (replace(HEARD, reminder=3, at=at(15)), 20, "down@00 #4"),
        (NEW, 20, "settled"),
    ],
)
def test_a_lasting_outage_is_reminded_of(cursor: Cursor, now: float, expected: str) -> None:
    story = "down@0" if cursor.state == "down" else ""
    assert decided(cursor, story, now, remind=300) == expected


def test_reminders_wait_for_the_end_of_a_silence() -> None:
    assert decided(HEARD, "down@0", 20, SILENCED, remind=300) == "wait 90"


def test_nothing_is_tried_before_its_time() -> None:
    assert decided(failing(NEW, "down@1"), "down@1", now=59.1) == "wait 59.5"


def test_a_new_flip_is_tried_at_once() -> None:
    assert decided(failing(NEW, "down@1"), "down@1 up@59", now=59.1) == "up@59 01-59"


def test_a_new_flip_waits_for_what_holds_up_everything_on_its_channel() -> None:
    begun = failing(NEW, "down@1")
    paced = moves.throttled(begun, "too many", at(59), at(62))
    assert decided(paced, "down@1 up@59", now=60) == "wait 62"
    broken = moves.failed(paced, "out of order", at(60), permanent=False)
    assert decided(broken, "down@1 up@59", now=60.1) == "up@59 01-59"


def test_what_somebody_is_sending_is_waited_for() -> None:
    flips = flips_of("down@1 up@2")
    tell = decide(Talk(NEW, flips, check_after(flips), Listener(), at(2)))
    assert isinstance(tell, Tell)
    leased = moves.leased(NEW, tell.attempt(at(2), at(3)), "x")
    waits = decide(Talk(leased, flips, check_after(flips), Listener(), at(2.5)))
    assert isinstance(waits, Wait)
    assert (said(waits), waits.leased) == ("wait 3", True)
    assert decided(leased, "down@1 up@2", now=3) == "down@01"


def test_the_end_of_what_may_have_been_heard_waits_for_no_master() -> None:
    flips = flips_of("down@1")
    tell = decide(Talk(NEW, flips, check_after(flips), Listener(), at(1)))
    assert isinstance(tell, Tell)
    leased = moves.leased(NEW, tell.attempt(at(1), at(2)), "x")
    assert decided(leased, "down@1", 3, UNREACHABLE) == "wait"
    assert decided(leased, "down@1 up@2", 3, UNREACHABLE) == "up@02 01-02"
    assert decided(leased, "down@1 up@2", 3) == "down@01"


def test_what_was_tried_before_the_master_was_down_is_told_with_its_end() -> None:
    assert decided(failing(NEW, "down@1"), "down@1 up@2", 60, UNREACHABLE) == "up@02 01-02"
    late = failing(NEW, "down@1 up@2 down@3 up@4 down@5 up@6")
    assert decided(late, "down@1 up@2 down@3 up@4 down@5 up@6", 60, UNREACHABLE) == "up@06 01-02 03-04 05-06"


def test_what_was_given_up_rests_until_the_channel_is_mended() -> None:
    given_up = moves.failed(failing(NEW, "down@1"), "gone", at(60), permanent=True)
    assert decided(given_up, "down@1") == "settled"
    assert decided(given_up, "down@1", mended=at(59)) == "settled"
    assert decided(given_up, "down@1", now=62, mended=at(61)) == "down@01"
    assert decided(given_up, "down@1 up@5", now=62, mended=at(61)) == "up@05 01-05"


def test_a_message_is_tried_for_a_day() -> None:
    cursor, now, tries = NEW, at(1), 0
    flips = flips_of("down@1")
    while True:
        decision = decide(Talk(cursor, flips, check_after(flips), Listener(), now))
        if isinstance(decision, Settled):
            break
        if isinstance(decision, Wait):
            assert decision.until is not None
            now = decision.until
            continue
        tries += 1
        cursor = moves.failed(
            moves.leased(decision.cursor, decision.attempt(now, now), "x"), "busy", now, permanent=False
        )
    assert (tries, now - at(1) > LONGEST - timedelta(hours=1)) == (27, True)


def test_news_that_is_more_than_a_day_late_is_settled() -> None:
    flips = flips_of("down@1")
    decision = decide(Talk(NEW, flips, check_after(flips), Listener(), at(3000), stale=True))
    assert isinstance(decision, Settled)
    assert (decision.dropped, decision.cursor.state) == (True, "down")


def test_the_present_status_suffices_where_flips_have_expired() -> None:
    lasting = check_after([], status="down", since=at(1))
    decision = decide(Talk(NEW, [], lasting, Listener(), at(3000)))
    assert said(decision) == "down@01"
    back = decide(Talk(HEARD, [], check_after([], status="up", since=at(9)), Listener(), at(3000)))
    assert said(back) == "up@09 00-09"


def test_who_may_have_heard_down_before_a_pause_is_told_of_the_end() -> None:
    cursor = failing(NEW, "down@1", unanswered=True)
    assert decided(cursor, "down@1 paused@5 new@6 up@7", now=70) == "up@07 01-07"


def test_who_may_have_heard_down_before_a_pause_is_told_what_comes_after_it() -> None:
    paused = failing(NEW, "up@1 down@2", unanswered=True)
    rest = decide(Talk(paused, flips_of("up@1 down@2 paused@5"), check_after(flips_of("paused@5")), Listener(), at(60)))
    assert isinstance(rest, Settled)
    assert decided(rest.cursor, "up@1 down@2 paused@5 down@7", now=70) == "down@07 again 02-05"


def test_who_heard_down_and_may_have_heard_more_before_a_pause_is_told_what_comes_after_it() -> None:
    paused = failing(failing(HEARD, "up@1"), "up@1 down@2", unanswered=True)
    rest = decide(Talk(paused, flips_of("up@1 down@2 paused@5"), check_after(flips_of("paused@5")), Listener(), at(60)))
    assert isinstance(rest, Settled)
    assert decided(rest.cursor, "up@1 down@2 paused@5 down@7", now=70) == "down@07 again 02-05"


def test_what_may_have_been_heard_is_tried_again_although_a_late_ping_made_its_outage_begin_earlier() -> None:
    again = failing(failing(HEARD, "up@1"), "up@1 down@5", unanswered=True)
    assert decided(again, "up@1 down@4 down@5", now=70) == "down@04 again 00-01"


def test_late_pings_that_part_an_outage_that_may_have_been_heard_are_not_told_before_its_later_part() -> None:
    """The channel may have heard of the outage of 10:05 before it was found to begin earlier, and to have a gap."""
    earlier = failing(failing(NEW, "down@5", unanswered=True), "down@3 down@5", 60, unanswered=True)
    assert decided(earlier, "down@3 down@5", now=62) == "down@03"
    assert decided(earlier, "down@3 up@4 down@5", now=62) == "down@05 03-04"


def test_late_pings_that_part_an_outage_that_was_told_are_no_news() -> None:
    flips = flips_of("down@3 down@5")
    again = decide(Talk(failing(NEW, "down@5", unanswered=True), flips, check_after(flips), Listener(), at(60)))
    assert isinstance(again, Tell)
    told = moves.told(moves.leased(again.cursor, again.attempt(at(60), at(61)), "x"), again.upto, at(60))
    assert decided(told, "down@3 up@4 down@5", now=61) == "settled"
    assert decided(told, "down@3 up@4 down@5 up@60", now=61) == "up@00 03-00"


def test_what_may_have_been_heard_rests_between_its_tries_also_after_its_outage_was_found_to_begin_earlier() -> None:
    assert decided(failing(NEW, "down@5", unanswered=True), "down@3 down@5", now=59.4) == "wait 59.5"
    earlier = failing(failing(NEW, "down@5", unanswered=True), "down@3 down@5", 60, unanswered=True)
    assert decided(earlier, "down@3 down@5", now=61) == "wait 62"


def test_the_end_of_what_may_have_been_heard_stays_owed_while_it_fails() -> None:
    ending = failing(failing(NEW, "down@1", unanswered=True), "down@1 up@9")
    assert ending.heard_down
    assert decided(ending, "down@1 up@9", now=70) == "up@09 01-09"


def test_what_was_before_an_outage_that_may_have_been_heard_is_not_told_after_it() -> None:
    again = failing(failing(HEARD, "up@1"), "up@1 down@5", unanswered=True)
    assert decided(again, "up@1 down@5", now=70) == "down@05 again 00-01"
    assert decided(again, "up@1 down@5 paused@8", now=70) == "settled"
    assert decided(again, "up@1 down@5 up@8", now=70) == "up@08 05-08"


def test_what_was_before_a_message_whose_sender_died_is_not_told_after_it() -> None:
    tell = decide(
        Talk(failing(HEARD, "up@1"), flips_of("up@1 down@5"), check_after(flips_of("down@5")), Listener(), at(59))
    )
    assert isinstance(tell, Tell)
    died = moves.leased(tell.cursor, tell.attempt(at(59), at(60)), "x")
    assert decided(died, "up@1 down@5", now=70) == "down@05 again 00-01"


def test_an_outage_whose_beginning_a_late_ping_made_earlier_is_told_once() -> None:
    assert decided(failing(NEW, "down@5"), "down@3 down@5", now=70) == "down@03"
    assert decided(HEARD, "down@1 up@2 down@3 down@4", now=70) == "up@02 00-02"
    assert decided(HEARD, "down@1", now=70) == "settled"


def test_up_is_owed_to_who_heard_down_before_a_pause() -> None:
    flips = flips_of("paused@1 new@2")
    paused = decide(Talk(HEARD, flips, check_after(flips), Listener(), at(3)))
    assert isinstance(paused, Settled)
    flips = flips_of("paused@1 new@2 down@4 up@5")
    decision = decide(Talk(paused.cursor, flips, check_after(flips), Listener(), at(6)))
    assert said(decision) == "up@05 00-01 04-05"


def test_what_was_before_a_channel_came_is_no_news_to_it() -> None:
    flips = flips_of("down@1 up@2")
    assert said(decide(Talk(moves.joined("c", at(1)), flips, check_after(flips), Listener(), at(60)))) == "settled"
