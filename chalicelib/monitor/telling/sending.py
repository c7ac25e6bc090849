"""Sending one message through one channel, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import channels, log
from chalicelib.core import cursor as moves
from chalicelib.core.check import Channel, Check, unique_key
from chalicelib.core.conversation import Listener, Tell
from chalicelib.core.cursor import Attempt, Cursor
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News
from chalicelib.core.postmark import Postmark
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import pacing, reaching
from chalicelib.monitor.telling.outcomes import Outcome
from chalicelib.monitor.telling.pacing import Turn

LEASE = timedelta(seconds=60)
# How often a channel is mended by being told something: one check that fails time and again among others that do not
# is tried so often, not with each of them.
MENDS = timedelta(seconds=60)
# What was accepted may come back: where it did, that says little, and is believed no more often than this.
MENDS_BOUNCED = timedelta(hours=1)


def listener(channel: Channel, check: Check) -> Listener:
    """The channel as a conversation about the check sees it."""
    return Listener(
        down=channels.wants(channel, "down"),
        up=channels.wants(channel, "up"),
        incident=channels.kind_named(channel.kind).opens_incidents,
        remind=check.remind or channel.remind,
        mended=channel.mended,
    )


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that nobody else sends as long as its lease lasts: the conversation as it was `seen`, and leased."""

    channel: Channel
    seen: Cursor
    cursor: Cursor
    tell: Tell


def send(services: Services, leased: Leased, news: News, secret: str) -> Outcome:
    """Sends the message to those who do not have it yet; answers the conversation after it. `secret` is the
    project's."""
    channel, before = leased.channel, leased.seen.attempt
    news = replace(news, postmark=_postmark(leased, news))
    waited, had = before is not None and before.paced, _attempt(leased).reached
    turn = None if waited else pacing.first_turn(services, reaching.rest(services, channel, had))
    if turn:
        return _waits(services, leased, news, turn, "waits for its turn: its sender took no more")
    try:
        but, marks = reaching.tell(services, channel, news, secret, had)
    except Undelivered as error:
        return _not_sent(services, leased, news, error)
    if waited:
        pacing.taken(services, channel)
    return _sent(services, leased, news, but, marks)


def _attempt(leased: Leased) -> Attempt:
    assert leased.cursor.attempt is not None
    return leased.cursor.attempt


def _sent(services: Services, leased: Leased, news: News, but: str, marks: tuple[str, ...]) -> Outcome:
    """The message was taken by the recipients with these marks, `but` of some it is known why they will not have it."""
    channel = leased.channel
    now = services.clock()
    log.info("notified", channel=channel.code, kind=channel.kind, check=news.check.code, new=news.event, id=news.id)
    delay = {} if news.reminder else {"DeliverySeconds": (now - news.flip.at).total_seconds()}
    log.count(Deliveries=1, **delay)
    told = moves.told(leased.cursor, leased.tell.upto, now)
    if channels.comes_back(channel):
        told = moves.kept(told, leased.cursor, marks)
    works = not but and _works(channel, now)
    return Outcome(channel, news, leased.seen, leased.cursor, _by(told), now, error=but, works=works)


def _postmark(leased: Leased, news: News) -> Postmark:
    sent, attempt = leased.cursor, _attempt(leased)
    check = unique_key(news.check.code)
    return Postmark(
        leased.channel.project, leased.channel.code, news.now, check, attempt.flip, attempt.reminder, sent.by
    )


def _works(channel: Channel, now: datetime) -> bool:
    """Whether that it was told something is reason to think that the channel works again."""
    since = now - channel.mended if channel.mended else MENDS_BOUNCED * 2
    bounced = any(not bounce.final for bounce in channel.bounced.values())
    return (bool(channel.error) and since > MENDS) or (bounced and since > MENDS_BOUNCED)


def _by(cursor: Cursor) -> Cursor:
    """The cursor under a name of its own, which a repeated write of the same has too."""
    return replace(cursor, by=f"{cursor.by}!")


def _waits(
    services: Services, leased: Leased, news: News, turn: Turn, why: str, reached: tuple[str, ...] = ()
) -> Outcome:
    now = services.clock()
    cursor = moves.reached(leased.cursor, reached or _attempt(leased).reached)
    waiting = moves.throttled(cursor, why, now, turn.at, turn.place)
    return Outcome(leased.channel, news, leased.seen, leased.cursor, _by(waiting), now, error=why)


def _not_sent(services: Services, leased: Leased, news: News, error: Undelivered) -> Outcome:
    now, channel = services.clock(), leased.channel
    if error.after is not None and not error.permanent:
        log.count(DeliveriesThrottled=1)
        before = leased.seen.attempt
        in_turn = before is not None and before.paced
        rest = reaching.rest(services, channel, error.reached)
        turn = pacing.refused(services, rest, error.after, in_turn=in_turn)
        return _waits(services, leased, news, turn, error.message, error.reached)
    cursor = moves.reached(leased.cursor, error.reached)
    failed = moves.failed(cursor, error.message, now, permanent=error.permanent, unanswered=error.unanswered)
    given_up = failed.attempt is not None and failed.attempt.given_up
    if given_up and error.reached:
        # Those who have it are to hear how it goes on.
        return _sent(services, leased, news, error.message, error.reached)
    why = {"channel": channel.code, "kind": channel.kind, "project": channel.project, "check": news.check.code}
    log.warning("not notified", **why, reason=error.message, final=given_up)
    log.count(DeliveryFailures=1, **({"DeliveriesGivenUp": 1} if given_up else {}))
    return Outcome(channel, news, leased.seen, leased.cursor, _by(failed), now, error=error.message)
