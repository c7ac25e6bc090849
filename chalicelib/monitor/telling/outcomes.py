"""Writing down what became of messages, and what becomes of the outbox item. What cannot be written is written again:
a message whose outcome nobody knows would be sent twice."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal

from chalicelib import log
from chalicelib.core import kinds
from chalicelib.core.check import Channel, Check, Notification
from chalicelib.core.cursor import Attempt, Cursor
from chalicelib.core.errors import Missing
from chalicelib.core.news import News
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import definitions, notifications, outbox, queues, tallies, tellings
from chalicelib.store.faults import Contended, Refused, StoreFault
from chalicelib.store.tellings import Plan, Told

# What cannot be written is tried so often, with pauses that double: 25 s in all, as a function has a minute.
TRIES = 9
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: the conversation as it was `seen`, while the message was sent, and now. `error` is why
    it was not taken, or not by all recipients; `works`: the channel has had an error and has none any more."""

    channel: Channel
    news: News
    seen: Cursor
    leased: Cursor
    cursor: Cursor
    at: datetime
    error: str = ""
    works: bool = False


def firmly(services: Services, write: Callable[[], None], tries: int = TRIES) -> None:
    """Writes until it is written. Raises Refused at once, and the last fault when there is no time left."""
    for number in range(tries):
        try:
            write()
            return
        except (StoreFault, Contended):
            if number == tries - 1:
                raise
            services.sleep(PAUSE * 2**number)


def state(rest: Attempt | None) -> Literal["sent", "retry", "failed"]:
    """The word of the log for a message of which the attempt `rest` is left to be made."""
    if rest is None:
        return "sent"
    return "failed" if rest.given_up else "retry"


def line(outcome: Outcome) -> Notification:
    """The outcome as a line of the channel's log."""
    sent, now = outcome.leased.attempt, outcome.cursor.attempt
    assert sent is not None
    return Notification(
        channel=outcome.channel.code,
        check=outcome.news.check.code,
        flip=sent.flip,
        new="ended" if outcome.news.ended else outcome.news.flip.new,
        reminder=sent.reminder,
        state=state(now),
        attempts=now.count if now else sent.count + 1,
        attempt=outcome.leased.by,
        error=outcome.error,
        at=outcome.at,
        next_at=now.next_at if now else None,
    )


def came_back(line: Notification, attempt: Attempt, error: str, now: datetime) -> Notification:
    """The line of a message that was told and has come back from everybody, so that this attempt is left of it."""
    count, next_at = attempt.count, attempt.next_at
    return replace(line, state=state(attempt), attempts=count, error=error, at=now, next_at=next_at)


def write(services: Services, check: Check, outcome: Outcome, plan: Plan | None) -> bool:
    """Writes the outcome of a message, and with it what becomes of the outbox item. False if that could not be, because
    something has come meanwhile."""
    failed = outcome.cursor.attempt is not None
    owed = outcome.seen.attempt is not None
    told = Told(outcome.leased, outcome.cursor, line(outcome), owes=failed, paid=owed and not failed)
    planned = _write(services, check, told, plan)
    if plan and not planned:
        _write(services, check, told, None)
    if plan and planned:
        remember(services, check, plan)
    _fold(outcome)
    show(services, outcome)
    return planned


def _write(services: Services, check: Check, told: Told, plan: Plan | None) -> bool:
    try:
        firmly(services, partial(tellings.write, check, told, plan, services.clock()))
    except Refused:
        if plan is None:
            # The conversation has ended, or the lease was over and somebody else has gone on with it.
            log.warning("outcome came too late", channel=told.cursor.channel, check=check.code, state=told.line.state)
        return False
    return True


def settle(services: Services, check: Check, plan: Plan) -> bool:
    """Moves or removes the outbox item, with no outcome left to write. False if something has come meanwhile."""
    try:
        if plan.changes(check.code):
            firmly(services, partial(tellings.write, check, None, plan, services.clock()))
    except Refused:
        return False
    remember(services, check, plan)
    return True


def remember(services: Services, check: Check, plan: Plan) -> None:
    """Has the check looked at when its time comes; what is far away the sweep finds. Only who moved the item does so:
    nudges must not multiply."""
    transitions.nudge_words(check, plan.strangers)
    if plan.waits and plan.until and plan.until != plan.entry.due:
        delay = max(0, seconds_until(plan.until, services.clock()) - plan.lead)
        if delay <= queues.MAX_DELAY:
            transitions.nudge([plan.entry.nudge], delay=delay)


def seconds_until(moment: datetime, now: datetime) -> int:
    """Whole seconds after which `moment` is reached; none if it has been."""
    return max(0, math.ceil((moment - now).total_seconds()))


def await_moment(services: Services, due: datetime | None) -> None:
    """Waits for the moment of an item that is looked at less than a second before it: messages of a queue come at whole
    seconds."""
    early = (due - services.clock()).total_seconds() if due else 0.0
    if 0.0 < early < 1.0:
        # Whoever sleeps wakes up a little before or behind.
        services.sleep(early + 0.001)


def _fold(outcome: Outcome) -> None:
    """What failed before and was told, or tried, with what came after it is no retry any more."""
    before, sent = outcome.seen.attempt, outcome.leased.attempt
    if before is None or sent is None or before.given_up or (before.count == 0 and not before.paced):
        return
    if (before.flip, before.reminder) != (sent.flip, sent.reminder):
        notifications.fold(outcome.channel.code, outcome.news.check.code, before.flip, before.reminder)


def show(services: Services, outcome: Outcome) -> None:
    """Shows on the channel whether it works, and counts. That is for people: a fault here costs no news."""
    channel, attempt = outcome.channel, outcome.cursor.attempt
    try:
        if outcome.works:
            definitions.works(channel, outcome.at)
            transitions.nudge([outbox.of_channel(channel.project, channel.code)])
        elif not outcome.error and channel.error:
            definitions.show_error(channel, "")
        elif outcome.error and not (attempt and attempt.paced):
            definitions.show_error(channel, _shown(outcome, given_up=attempt is not None and attempt.given_up))
        _count(outcome)
    except (StoreFault, Contended, Missing) as fault:
        log.warning("channel not shown as it is", channel=channel.code, reason=str(fault))


def _count(outcome: Outcome) -> None:
    """Counts the attempt under its channel; one that has to wait for its sender is none yet."""
    attempt = outcome.cursor.attempt
    if attempt is None:
        tallies.count(outcome.channel.code, ("delivered",), outcome.at)
    elif not attempt.paced:
        counts: tuple[tallies.Count, ...] = ("failed", "given_up") if attempt.given_up else ("failed",)
        tallies.count(outcome.channel.code, counts, outcome.at)


def _shown(outcome: Outcome, *, given_up: bool) -> str:
    """The error as the channel shows it, with what was given up because of it."""
    if not given_up:
        return outcome.error
    return f"{outcome.error} (given up: {kinds.label(outcome.news.check)} is {outcome.news.event})"
