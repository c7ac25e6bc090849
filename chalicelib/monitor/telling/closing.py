"""The last word of a conversation that has ended while its channel believed that the check is down: incidents are
closed, people are told that nobody watches it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.core import audience, telling
from chalicelib.core import cursor as moves
from chalicelib.core.check import Channel, Check
from chalicelib.core.conversation import Settled, Talk, Tell, Wait
from chalicelib.core.cursor import Cursor
from chalicelib.core.errors import Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.services import ALPHANUMERIC, Services
from chalicelib.monitor.telling import compose, outcomes, pacing, sending
from chalicelib.monitor.telling.sending import Leased
from chalicelib.store import checks, cursors, notifications, outbox, partings, queues, tellings
from chalicelib.store.faults import Contended, Refused
from chalicelib.store.gathering import Gathered
from chalicelib.store.outbox import Entry

# A last word that was given up waits so long for its channel to work again.
RESTS = timedelta(days=30)


def deliver(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    """Tells a last word, with all that it needs in its own item: the check may be gone."""
    entry = gathered.entry
    if "rest" in (entry.data or {}):
        _part(services, entry)
        return
    check, cursor, at = partings.read(entry.data or {})
    channel = next((one for one in channels if one.code == cursor.channel), None)
    if channel is None:
        forget(entry)
        return
    listener = sending.listener(channel, check)
    if not listener.incident and _is_back(services, entry, check, channel, cursor):
        return
    talk = Talk(cursor, [], check, listener, services.clock())
    decision = telling.last_word(talk, at)
    if isinstance(decision, Settled):
        if not _rests(entry, decision.cursor, talk.now):
            forget(entry)
    elif isinstance(decision, Wait):
        _wait(services, entry, decision)
    else:
        paced = pacing.paced(services, channel, cursor)
        if paced:
            _wait(services, entry, paced)
        else:
            _tell(services, gathered, check, channel, decision)


def _rests(entry: Entry, cursor: Cursor, now: datetime) -> bool:
    """Whether it was given up, and waits for its channel to work again."""
    given_up = cursor.attempt is not None and cursor.attempt.given_up
    return given_up and entry.due is not None and entry.due > now


def forget(entry: Entry) -> None:
    """Nobody is told this last word any more, nor owed it."""
    outbox.forget(entry)
    notifications.forgive(outbox.channel_of(entry.subject), entry.subject)


def _is_back(services: Services, entry: Entry, check: Check, channel: Channel, cursor: Cursor) -> bool:
    """Whether the channel hears of the check again, so that it must not be told that nobody watches it: its old
    conversation goes on where it was left, unless it has been told something since."""
    try:
        now = checks.as_told(check.project, check.code)
    except Missing:
        return False
    if not audience.of_check(now, [channel]):
        return False
    seen = cursors.of(check.code).get(channel.code, Cursor(channel.code))
    if seen.attempt and seen.attempt.is_leased(services.clock()):
        # Somebody is telling it something, and is about to write down whether it was taken.
        _wait(services, entry, Wait(cursor, seen.attempt.lease, leased=True))
        return True
    try:
        tellings.resume(entry, now, seen, moves.resumed(cursor, seen, f"{entry.mark}+"), services.clock())
    except Refused:
        # Somebody has told it something meanwhile, or was faster.
        return True
    transitions.nudge([outbox.of(check.project, check.code)])
    return True


def _part(services: Services, entry: Entry) -> None:
    """Gives last words that stand together places of their own, a few at a time."""
    try:
        transitions.nudge(partings.unbundle(entry, services.clock()))
    except Refused:
        return


def _wait(services: Services, entry: Entry, wait: Wait) -> None:
    if wait.until == entry.due:
        return
    try:
        tellings.take_word(entry, replace(wait.cursor, by=entry.mark), wait.until)
    except Refused:
        return
    _look_again(services, entry, wait.until)


def _tell(services: Services, gathered: Gathered, check: Check, channel: Channel, tell: Tell) -> None:
    now, entry = services.clock(), gathered.entry
    message = tell.attempt(now, now + sending.LEASE)
    begun = moves.leased(tell.cursor, message, services.random_text(16, ALPHANUMERIC))
    try:
        outcomes.firmly(services, partial(tellings.take_word, entry, begun, message.lease), tries=4)
    except (Refused, Contended):
        return
    taken = replace(entry, mark=begun.by)
    subject = compose.subject(check, gathered.project)
    news = compose.compose(services, subject, channel, tell, ended=True)
    outcome = sending.send(services, Leased(channel, tell.cursor, begun, tell), news, subject.secret)
    rest = outcome.cursor.attempt
    until = (rest.next_at or now + RESTS) if rest else None
    owed, line = outcome.seen.attempt is not None, outcomes.line(outcome)
    end = partial(tellings.end_word, taken, outcome.cursor, line, until, services.clock(), owed=owed)
    try:
        outcomes.firmly(services, end)
    except Refused:
        return
    outcomes.show(services, outcome)
    _look_again(services, taken, until)


def _look_again(services: Services, entry: Entry, until: datetime | None) -> None:
    """Nudges for a last word that waits until then. What waits longer than a message can is left to the sweep."""
    if until is None:
        return
    delay = outcomes.seconds_until(until, services.clock())
    if delay <= queues.MAX_DELAY:
        transitions.nudge([entry.nudge], delay=delay)
