"""Sending one message through one channel, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib import channels, log
from chalicelib.core import cursor as moves
from chalicelib.core.check import Channel, Check, unique_key
from chalicelib.core.conversation import Listener, Tell
from chalicelib.core.cursor import Cursor
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News
from chalicelib.core.postmark import Postmark
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import outcomes, pacing
from chalicelib.monitor.telling.outcomes import Outcome
from chalicelib.monitor.telling.pacing import Turn
from chalicelib.store import receipts
from chalicelib.store.faults import Contended, StoreFault

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


def send(services: Services, leased: Leased, news: News) -> Outcome:
    """Sends the message; answers the conversation after it."""
    channel, before = leased.channel, leased.seen.attempt
    news = replace(news, postmark=_postmark(leased, news))
    waited = before is not None and before.paced
    turn = None if waited else pacing.first_turn(services, channel)
    if turn:
        return _waits(services, leased, news, turn, "waits for its turn: its sender took no more")
    try:
        receipt = channels.kind_named(channel.kind).send(channels.reachable(channel), [news], services.outlet)
    except Undelivered as error:
        return _not_sent(services, leased, news, error)
    except Exception:  # noqa: BLE001
        # A fault of ours in one kind of channel: it is retried like any other failure, and the log has the trace.
        log.fault("channel failed unexpectedly", channel=channel.code, kind=channel.kind)
        return _not_sent(services, leased, news, Undelivered("internal error"))
    now = services.clock()
    log.info("notified", channel=channel.code, kind=channel.kind, check=news.check.code, new=news.event, id=news.id)
    delay = {} if news.reminder else {"DeliverySeconds": (now - news.flip.at).total_seconds()}
    log.count(Deliveries=1, **delay)
    if receipt and news.postmark:
        keep_receipt(services, receipt, news.postmark)
    if waited:
        pacing.taken(services, channel)
    told = moves.told(leased.cursor, leased.tell.upto, now)
    if channels.comes_back(channel):
        told = moves.kept(told, leased.cursor)
    return Outcome(channel, news, leased.seen, leased.cursor, _by(told), now, works=_works(channel, now))


def keep_receipt(services: Services, receipt: str, mark: Postmark) -> None:
    """Keeps what finds the message again if it comes back. The message itself has been told, whatever becomes of
    that."""
    try:
        outcomes.firmly(services, partial(receipts.keep, receipt, mark), tries=4)
    except (StoreFault, Contended) as fault:
        log.warning("nobody will learn whether a message arrives", channel=mark.channel, reason=str(fault))


def _postmark(leased: Leased, news: News) -> Postmark:
    sent, attempt = leased.cursor, leased.cursor.attempt
    assert attempt is not None
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


def _waits(services: Services, leased: Leased, news: News, turn: Turn, why: str) -> Outcome:
    now = services.clock()
    waiting = moves.throttled(leased.cursor, why, now, turn.at, turn.place)
    return Outcome(leased.channel, news, leased.seen, leased.cursor, _by(waiting), now, error=why)


def _not_sent(services: Services, leased: Leased, news: News, error: Undelivered) -> Outcome:
    now, attempt, channel = services.clock(), leased.cursor.attempt, leased.channel
    assert attempt is not None
    if error.after is not None and not error.permanent:
        log.count(DeliveriesThrottled=1)
        before = leased.seen.attempt
        in_turn = before is not None and before.paced
        turn = pacing.refused(services, channel, error.after, in_turn=in_turn)
        return _waits(services, leased, news, turn, error.message)
    failed = moves.failed(leased.cursor, error.message, now, permanent=error.permanent, unanswered=error.unanswered)
    given_up = failed.attempt is not None and failed.attempt.given_up
    why = {"channel": channel.code, "check": news.check.code, "reason": error.message}
    log.warning("not notified", **why, final=given_up)
    log.count(DeliveryFailures=1, **({"DeliveriesGivenUp": 1} if given_up else {}))
    return Outcome(channel, news, leased.seen, leased.cursor, _by(failed), now, error=error.message)
