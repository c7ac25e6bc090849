"""What comes back: a message that was accepted has not arrived, or its reader wants no more.

1. Find the channel by the postmark of the message. One that is gone needs to know nothing.
2. Keep on the channel from whom it came back, unless the channel was changed or tested since, or does not tell him any
   more.
3. Find the line of its log, and with it the check. It is written a moment after the message was sent: what comes before
   it waits.
4. Where the message has come back from everybody, its conversation is what it was before, as after a send that failed.

Each step may be done twice, and in any order with another message's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import channels, log
from chalicelib.channels import feedback
from chalicelib.channels.feedback import LIMIT_REACHED, SET_TAG, Feedback
from chalicelib.core import cursor as moves
from chalicelib.core import postmark
from chalicelib.core.check import Bounce, Channel, Notification
from chalicelib.core.cursor import Cursor
from chalicelib.core.errors import Missing
from chalicelib.core.postmark import Postmark
from chalicelib.core.recipients import mark as mark_of
from chalicelib.monitor import transitions
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.services import ALPHANUMERIC, Services
from chalicelib.monitor.telling import outcomes
from chalicelib.store import cursors, definitions, notifications, outbox, queues, receipts, tellings
from chalicelib.store.faults import Refused

# The outcome of a message is written within half a minute, or it never is.
WRITTEN = timedelta(minutes=2)
LOOK_AGAIN = 30
LINE_LIMIT = 1_000


def hear_all(services: Services, messages: Iterable[Mapping[str, Any]]) -> None:
    """Does what messages of the queue say; one that fails does not keep the others. Raises what failed afterwards."""
    with raised_together("messages that came back") as failures:
        for message in messages:
            with kept(failures):
                hear(services, message)


def hear(services: Services, message: Mapping[str, Any]) -> None:
    """Does what a message of the queue says, as often as it comes."""
    done = [_hear(services, found) for found in feedback.read(message)]
    if not all(done):
        queues.send("feedback", dict(message), delay=LOOK_AGAIN)


def _hear(services: Services, found: Feedback) -> bool:
    """False if it must be heard again, as what it is about is not written yet."""
    mark = _postmark(services, found)
    if mark is None:
        return True
    try:
        channel = _keep(services, found, mark)
    except Missing:
        return True
    if not mark.check or mark.flip is None:
        return True
    line = notifications.find(channel.code, mark.flip, mark.check, mark.reminder)
    if line is None:
        return services.clock() - mark.sent > WRITTEN
    return _take_back(services, found, mark, channel, line)


def _postmark(services: Services, found: Feedback) -> Postmark | None:
    """The postmark, of a message of this installation."""
    if found.receipt:
        return receipts.find(found.receipt, services.clock())
    if found.tags.get(SET_TAG) != services.outlet.mail_set:
        log.warning("feedback is not about mails of this stage", set=found.tags.get(SET_TAG))
        return None
    return postmark.from_tags(found.tags)


def _keep(services: Services, found: Feedback, mark: Postmark) -> Channel:
    """Shows on the channel from whom the message came back. Raises Missing if the channel is gone."""

    def attempt() -> Channel:
        channel = definitions.channel(mark.project, mark.channel)
        bounced = _bounced(found, mark, channel)
        if bounced != channel.bounced:
            definitions.bounce(channel, bounced)
            _count(found, channel, mark)
        return channel

    return transitions.retrying(services, attempt)


def _bounced(found: Feedback, mark: Postmark, channel: Channel) -> dict[str, Bounce]:
    """From whom messages of the channel came back, with this one."""
    if found.row.outcome == "late" or (channel.mended and channel.mended > mark.sent):
        return channel.bounced
    known = dict(channel.bounced)
    for recipient in set(found.recipients) & set(channels.recipients(channel)):
        before = known.get(recipient)
        if before is None or not before.final:
            known[recipient] = Bounce(found.why(recipient), found.is_for_good)
    return known


def _count(found: Feedback, channel: Channel, mark: Postmark) -> None:
    why = {"channel": channel.code, "check": mark.check, "reason": found.row.why}
    log.warning("came back", **why, final=found.is_for_good)
    log.count(MessagesCameBack=1, **({"SpendingLimitReached": 1} if found.row is LIMIT_REACHED else {}))


def _take_back(services: Services, found: Feedback, mark: Postmark, channel: Channel, line: Notification) -> bool:
    """Writes what the feedback means for the conversation and for the line of the log. False while somebody is telling
    the channel something else."""
    seen = cursors.get(line.check, channel.code) if found.is_lost else None
    if seen and seen.attempt and seen.attempt.is_leased(services.clock()):
        return False
    sent_to = _sent_to(found, channel, seen, mark.attempt)
    lost = moves.lost(seen, mark.attempt, found.recipients, sent_to) if seen else None
    try:
        if seen and lost and lost != seen:
            _write(services, found, mark, line, seen, lost, sent_to)
            return True
    except Refused:
        return False
    if line.attempt == mark.attempt:
        _note(found, line, reached=not found.is_lost or set(found.recipients) != set(sent_to))
    return True


def _sent_to(found: Feedback, channel: Channel, seen: Cursor | None, attempt: str) -> list[str]:
    """To whom the message was sent that came back, all recipients of the channel together, each of whom had a mail of
    his own. Who is in the channel no more stands there by his mark: he has read it."""
    taken = moves.taken_as(seen, attempt) if seen else None
    if taken is None or not taken.reached:
        return list(found.addressed)
    known = {mark_of(address): address for address in (*channels.recipients(channel), *found.addressed)}
    return [known.get(mark, mark) for mark in taken.reached]


def _write(
    services: Services,
    found: Feedback,
    mark: Postmark,
    line: Notification,
    seen: Cursor,
    lost: Cursor,
    sent_to: list[str],
) -> None:
    """Keeps the conversation without the message, or, while somebody may have read that, from whom it came back.
    Raises Refused."""
    by, now, taken = services.random_text(16, ALPHANUMERIC), services.clock(), moves.taken_as(lost, mark.attempt)
    assert taken is not None
    if set(taken.lost) < set(sent_to):
        tellings.keep(line.check, seen, replace(lost, by=by))
        _note(found, line, reached=True)
        return
    if lost.attempt or taken is not lost.taken:
        tellings.keep(line.check, seen, replace(moves.passed_over(lost, mark.attempt), by=by))
        if line.attempt == mark.attempt:
            _note(found, line, reached=False)
        return
    error = _words(found, line.error)
    back = replace(moves.untold(lost, error, now, permanent=found.row.outcome != "again"), by=by)
    assert back.attempt is not None
    told = outcomes.came_back(line, back.attempt, error, now)
    tellings.take_back(mark.project, line.check, seen, back, told, now)
    transitions.nudge([outbox.of(mark.project, line.check)])


def _note(found: Feedback, line: Notification, *, reached: bool) -> None:
    """Says in the line of the message what came back of it."""
    words = _words(found, line.error)
    if words != line.error:
        notifications.note(line, words, reached=reached)


def _words(found: Feedback, before: str) -> str:
    """What the line says, with this."""
    fresh = [found.why(recipient) for recipient in found.recipients]
    return "; ".join([*filter(None, [before]), *(words for words in fresh if words not in before)])[:LINE_LIMIT]
