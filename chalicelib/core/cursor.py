"""The cursor of a conversation: what one channel was told of one check, by value, and the message under way. Pure.

It stands for itself: the flips that it was made of may expire, and a mute may last for ever. What is told next is
`core.telling`'s to decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

Heard = Literal["up", "down"]

# Pauses after each failed try; the last is repeated.
BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
# A message is tried for so long from its first try.
LONGEST = timedelta(days=1)
# So many messages that were taken are remembered, for as long: more than one may be on its way back.
REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that was begun and has no good outcome yet.

    `flip` is the newest flip that it covers, `reminder` its number among the reminders (0: none), `began` the beginning
    of the outage it is about. It was first tried at `first` and last at `at`; `count` tries have failed, a throttled
    one (`paced`) is not counted. It is tried again at `next_at`, never if that is None and no `lease` lasts: given up.
    `place` is its place in the line of those who wait for its sender, None where it has none.
    While a `lease` lasts somebody is sending it; a lease that is over without an outcome leaves it unknown. `unsure`:
    a try, or one of an earlier message to the same effect, was not answered, and may have been taken; or some of the
    channel's recipients have it: `reached` are their marks (see `core.recipients`), and they do not get it again.
    """

    event: Heard
    flip: datetime
    reminder: int
    began: datetime
    reason: str
    incident: str
    first: datetime
    at: datetime
    count: int = 0
    next_at: datetime | None = None
    lease: datetime | None = None
    error: str = ""
    paced: bool = False
    place: int | None = None
    unsure: bool = False
    reached: tuple[str, ...] = ()

    @property
    def may_be_heard(self) -> bool:
        """Whether it may have been taken without anybody learning it."""
        return self.unsure or self.lease is not None

    def is_leased(self, now: datetime) -> bool:
        """Whether somebody is sending it."""
        return self.lease is not None and self.lease > now

    @property
    def given_up(self) -> bool:
        return self.next_at is None and self.lease is None


@dataclass(frozen=True, slots=True)
class Taken:
    """The message that a service took last and that may come back: `message` as it was sent, `attempt` the name of that
    try, `before` what the channel had heard before it, with the message that was taken before this one. It has come
    back from the recipients in `lost`; those with the marks `reached` were sent it, whom nobody wrote down before each
    got a message of his own."""

    message: Attempt
    attempt: str
    before: Cursor
    lost: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a channel's conversation about a check has come.

    Flips up to `settled` are no news any more, whether they were told, not wanted, or passed while nobody was to be
    told; None where every flip is. `state` is what the channel heard last, "up" also where it heard nothing; when that
    is "down", the outage began at `since` for `reason`, `incident` is the name that it was told under, and `reminder`
    the number of its last reminder. `at` is when it was told last. `by` names the last writer: no two writes have the
    same, so that a cursor that has changed is known by it. `stopped` is when that outage ended in a pause, of which
    nobody was told. It is not `sure` that the channel heard of the outage if nobody learned how the telling ended.
    `taken` is there where being accepted is not being delivered.
    """

    channel: str
    settled: datetime | None = None
    state: Heard = "up"
    since: datetime | None = None
    stopped: datetime | None = None
    sure: bool = True
    reason: str = ""
    incident: str = ""
    reminder: int = 0
    at: datetime | None = None
    attempt: Attempt | None = None
    by: str = ""
    taken: Taken | None = None

    @property
    def heard_down(self) -> bool:
        """Whether the channel has heard "down", or may have: nobody learned how the sending of it ended."""
        tried = self.attempt
        return self.state == "down" or (tried is not None and tried.event == "down" and tried.may_be_heard)


def joined(channel: str, since: datetime | None) -> Cursor:
    """The cursor of a channel that comes to a check whose newest flip is that of `since`: what was, is no news."""
    return Cursor(channel, since)


def settled(cursor: Cursor, upto: datetime | None, stopped: datetime | None = None) -> Cursor:
    """Nothing of the flips up to `upto` is to be told. What the channel may have heard, it counts as having heard."""
    known = heard(cursor) if cursor.heard_down and cursor.state != "down" else cursor
    return replace(known, settled=_later(known.settled, upto), stopped=cursor.stopped or stopped, attempt=None)


def resumed(left: Cursor, seen: Cursor, by: str) -> Cursor:
    """The conversation of a channel that is back before it was told that it was over: as it is `seen` if something has
    been told in the one that began since, otherwise as it was `left`, with what has been tried since."""
    if seen.at is not None or seen.state == "down":
        return seen
    return replace(settled(left, None), attempt=seen.attempt, by=by)


def heard(cursor: Cursor) -> Cursor:
    """The "down" under way, of which nobody knows whether it was taken, counts as heard."""
    tried = cursor.attempt
    assert tried is not None
    told_of = replace(cursor, state="down", since=tried.began, reason=tried.reason, incident=tried.incident)
    return replace(told_of, settled=_later(cursor.settled, tried.flip), stopped=None, sure=False, attempt=None)


def leased(cursor: Cursor, message: Attempt, by: str) -> Cursor:
    """Somebody sends `message`; of the same one that failed before, the tries are remembered. The end of what may have
    been heard is owed from then on."""
    before = cursor.attempt
    if message.event == "up" and before and before.event == "down" and before.may_be_heard:
        cursor = heard(cursor)
    if before and before.event == message.event:
        message = replace(message, unsure=before.may_be_heard)
    if before and (before.event, before.flip, before.reminder) == (message.event, message.flip, message.reminder):
        message = replace(message, first=before.first, count=before.count, paced=before.paced, error=before.error)
        message = replace(message, reached=before.reached)
    return replace(cursor, attempt=message, by=by)


def told(cursor: Cursor, upto: datetime | None, now: datetime) -> Cursor:
    """The message under way was taken: it covered the flips up to `upto`."""
    message = cursor.attempt
    assert message is not None
    heard = replace(cursor, settled=_later(cursor.settled, upto), at=now, stopped=None, sure=True, attempt=None)
    heard = replace(heard, state=message.event)
    if message.event == "up":
        return replace(heard, since=None, reason="", incident="", reminder=0)
    return replace(
        heard, since=message.began, reason=message.reason, incident=message.incident, reminder=message.reminder
    )


def reached(cursor: Cursor, marks: tuple[str, ...]) -> Cursor:
    """Some of the channel's recipients have the message under way, or nobody (no marks)."""
    message = cursor.attempt
    assert message is not None
    return replace(cursor, attempt=replace(message, reached=marks, unsure=message.unsure or bool(marks)))


def failed(cursor: Cursor, error: str, now: datetime, *, permanent: bool, unanswered: bool = False) -> Cursor:
    """The message under way was not taken, or `unanswered`; it is tried again after a pause, or given up."""
    message = cursor.attempt
    assert message is not None
    next_at = None if permanent else now + BACK_OFF[min(message.count, len(BACK_OFF) - 1)]
    if next_at and next_at - message.first > LONGEST:
        next_at = None
    failure = replace(message, count=message.count + 1, at=now, next_at=next_at, lease=None, error=error, paced=False)
    return replace(cursor, attempt=replace(failure, unsure=message.unsure or unanswered))


def throttled(cursor: Cursor, error: str, now: datetime, until: datetime, place: int | None = None) -> Cursor:
    """The message under way was not taken because there were too many: no try is counted, only its time moves."""
    message = cursor.attempt
    assert message is not None
    given_up = until - message.first > LONGEST
    waiting = replace(message, at=now, next_at=None if given_up else until, lease=None, error=error, paced=True)
    return replace(cursor, attempt=replace(waiting, place=place))


def placed(cursor: Cursor, until: datetime, place: int | None) -> Cursor:
    """What waits for its sender waits until then, at this place."""
    assert cursor.attempt is not None
    return replace(cursor, attempt=replace(cursor.attempt, next_at=until, place=place))


def given_up(cursor: Cursor) -> Cursor:
    """The message under way, whose senders died for a day, is not tried again."""
    assert cursor.attempt is not None
    return replace(cursor, attempt=replace(cursor.attempt, lease=None, next_at=None, unsure=True))


def kept(cursor: Cursor, sent: Cursor, marks: tuple[str, ...] = ()) -> Cursor:
    """The cursor after a message was taken, as `told` makes it of the one under which it was `sent`, for a service from
    which the message may come back. `marks` are those of the recipients who were sent it."""
    message = sent.attempt
    assert message is not None
    before = replace(sent, attempt=None, taken=_not_forgotten(sent.taken, message.at - LONGEST), by="")
    return replace(cursor, taken=Taken(replace(message, lease=None), sent.by, before, reached=marks))


def _not_forgotten(taken: Taken | None, since: datetime, more: int = REMEMBERED - 1) -> Taken | None:
    """The message that was taken before another and those before it, so many `more`, as far as they were sent since
    then."""
    if taken is None or more == 0 or taken.message.at < since:
        return None
    before = replace(taken.before, taken=_not_forgotten(taken.before.taken, since, more - 1))
    return replace(taken, before=before)


def taken_as(cursor: Cursor, attempt: str) -> Taken | None:
    """The message that was taken in the try of that name, None if it is not remembered."""
    taken = cursor.taken
    while taken is not None and taken.attempt != attempt:
        taken = taken.before.taken
    return taken


def lost(cursor: Cursor, attempt: str, recipients: Iterable[str], of: Iterable[str]) -> Cursor:
    """The message of that try has come back from these recipients, of all whom it was sent to. While others may have
    read it, it was told. The same cursor if the message is not remembered, or they are known."""
    taken = cursor.taken
    if taken is None:
        return cursor
    if taken.attempt != attempt:
        before = lost(taken.before, attempt, recipients, of)
        return replace(cursor, taken=replace(taken, before=before))
    gone = {*taken.lost, *recipients}
    return replace(cursor, taken=replace(taken, lost=tuple(one for one in dict.fromkeys(of) if one in gone)))


def untold(cursor: Cursor, error: str, now: datetime, *, permanent: bool) -> Cursor:
    """The message that was taken last has reached nobody, and nothing was tried since: as if it had failed when it was
    sent, what it told is not known."""
    taken = cursor.taken
    assert taken is not None
    back = failed(replace(taken.before, attempt=replace(taken.message, reached=())), error, now, permanent=permanent)
    assert back.attempt is not None
    # A channel that was changed after it had been sent is told again.
    return replace(back, attempt=replace(back.attempt, at=taken.message.at))


def passed_over(cursor: Cursor, attempt: str) -> Cursor:
    """The message of that try has reached nobody, and another was taken or tried since: that one goes on from what the
    channel had heard before the message."""
    taken = cursor.taken
    if taken is None:
        return cursor
    if taken.attempt == attempt:
        return replace(taken.before, attempt=cursor.attempt, by=cursor.by)
    return replace(cursor, taken=replace(taken, before=passed_over(taken.before, attempt)))


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max(a, b) if a and b else a or b
