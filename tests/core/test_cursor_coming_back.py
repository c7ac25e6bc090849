"""A conversation whose last message comes back after it was taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import cursor as moves
from chalicelib.core.cursor import LONGEST, Attempt, Cursor
from chalicelib.store import cursors

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MESSAGE = Attempt("down", NOW, 0, NOW, "timeout", "i1", NOW, NOW, lease=NOW + timedelta(minutes=1))
BEFORE = Cursor("c", settled=NOW - timedelta(hours=1), at=NOW - timedelta(hours=1), by="old")
TO = ("a@example.org", "b@example.org")


def taken(message: Attempt = MESSAGE) -> Cursor:
    sent = moves.leased(BEFORE, message, "try")
    return moves.kept(moves.told(sent, NOW, NOW), sent)


def test_what_was_taken_is_remembered_with_what_was_before_it() -> None:
    found = taken().taken
    assert found is not None
    assert (found.attempt, found.message, found.lost) == ("try", replace(MESSAGE, lease=None), ())
    assert found.before == replace(BEFORE, by="")


def test_it_is_kept_as_plain_data_and_read_again() -> None:
    cursor = replace(moves.lost(taken(), "try", TO[:1], TO), by="new")
    assert cursors.from_document("c", "new", cursors.to_document(cursor)) == cursor


def test_an_older_cursor_can_be_read() -> None:
    assert cursors.from_document("c", "b", {"state": "down"}) == Cursor("c", state="down", by="b")


def test_recipients_add_up_in_the_order_of_the_mail() -> None:
    cursor = moves.lost(moves.lost(taken(), "try", TO[1:], TO), "try", TO[:1], TO)
    assert cursor.taken and cursor.taken.lost == TO


def test_another_try_or_a_recipient_that_is_known_changes_nothing() -> None:
    cursor = moves.lost(taken(), "try", TO[:1], TO)
    assert moves.lost(cursor, "try", TO[:1], TO) == cursor
    assert moves.lost(cursor, "another", TO[1:], TO) == cursor
    assert moves.lost(BEFORE, "try", TO, TO) == BEFORE


def test_what_reached_nobody_failed_when_it_was_sent() -> None:
    back = moves.untold(taken(), "gone", NOW + timedelta(minutes=5), permanent=True)
    assert replace(back, attempt=None) == replace(BEFORE, by="")
    assert back.attempt is not None and back.attempt.given_up
    assert (back.attempt.count, back.attempt.at, back.attempt.error) == (1, NOW, "gone")
    assert not back.heard_down


def test_what_may_be_tried_again_is_tried_for_no_longer_than_anything_else() -> None:
    cursor, now = taken(), NOW
    for number in range(1, 100):
        cursor = moves.untold(cursor, "full", now, permanent=False)
        attempt = cursor.attempt
        assert attempt is not None and attempt.count == number
        if attempt.next_at is None:
            break
        now = attempt.next_at
        sent = moves.leased(cursor, replace(MESSAGE, first=now, at=now), f"try{number}")
        cursor = moves.kept(moves.told(sent, NOW, now), sent)
    assert cursor.attempt and cursor.attempt.given_up
    assert timedelta(hours=20) < now - NOW <= LONGEST


def taken_after(cursor: Cursor, number: int, **values: Any) -> Cursor:
    """The cursor after a further message was taken, an hour later each."""
    moment = NOW + timedelta(hours=number)
    message = replace(MESSAGE, **{"flip": moment, "began": moment, "first": moment, "at": moment, **values})
    sent = moves.leased(cursor, message, f"try{number}")
    return moves.kept(moves.told(sent, message.flip, message.at), sent)


def names(cursor: Cursor) -> list[str]:
    """The tries that are remembered, newest first."""
    taken, found = cursor.taken, []
    while taken:
        found.append(taken.attempt)
        taken = taken.before.taken
    return found


def test_the_last_messages_are_remembered() -> None:
    cursor = taken()
    for number in range(1, 7):
        cursor = taken_after(cursor, number)
    assert names(cursor) == ["try6", "try5", "try4", "try3"]
    assert len(names(cursor)) == moves.REMEMBERED
    assert cursors.from_document("c", cursor.by, cursors.to_document(cursor)) == cursor


def test_what_was_taken_more_than_a_day_before_is_not_remembered() -> None:
    assert names(taken_after(taken(), 24)) == ["try24", "try"]
    assert names(taken_after(taken(), 25)) == ["try25"]


def test_without_an_earlier_message_the_later_one_goes_on_from_what_was_before_both() -> None:
    later = taken_after(taken(), 1, event="up")
    assert moves.untold(later, "full", NOW, permanent=False).state == "down"

    alone = moves.passed_over(moves.lost(later, "try", TO, TO), "try")

    assert names(alone) == ["try1"]
    assert (alone.state, alone.settled, alone.by) == (later.state, later.settled, later.by)
    back = moves.untold(alone, "full", NOW, permanent=False)
    assert replace(back, attempt=None) == replace(BEFORE, by="")


def test_in_the_other_order_the_later_one_is_tried_on() -> None:
    back = moves.untold(taken_after(taken(), 1, event="up"), "full", NOW, permanent=False)
    assert (back.state, names(back)) == ("down", ["try"])

    alone = moves.passed_over(moves.lost(back, "try", TO, TO), "try")

    assert alone == replace(BEFORE, attempt=back.attempt, by=back.by)


def test_an_earlier_message_that_some_may_have_read_was_told() -> None:
    cursor = moves.lost(taken_after(taken(), 1), "try", TO[:1], TO)
    found = moves.taken_as(cursor, "try")
    assert found is not None and found.lost == TO[:1]
    assert moves.taken_as(cursor, "another") is None
    assert moves.passed_over(cursor, "another") == cursor
