"""Telling one message to everybody whom a channel reaches.

Each recipient of a mail or a text gets one of his own, with a link of his own by which he stops the mails. Who has the
message already does not get it again when it is tried anew for the others. What one recipient's side refuses for good
keeps nobody else from it: the message counts as told, and the channel shows who did not get it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from chalicelib import channels, log
from chalicelib.core import recipients
from chalicelib.core.check import Channel
from chalicelib.core.errors import Moved, Undelivered
from chalicelib.core.news import News
from chalicelib.core.phrases import shortened
from chalicelib.core.postmark import Postmark
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import outcomes, pacing
from chalicelib.store import definitions, receipts
from chalicelib.store.faults import Contended, Refused, StoreFault

# One go takes so long at most, well below a lease; who is left is told with the next try.
ENOUGH = timedelta(seconds=20)
SAID_LIMIT = 1_000


@dataclass(slots=True)
class _Round:
    """How far a message has come: the marks of those who have it, and who could not have it now, or ever."""

    reached: set[str]
    failed: dict[str, Undelivered] = field(default_factory=dict)
    refused: dict[str, Undelivered] = field(default_factory=dict)


def tell(
    services: Services, channel: Channel, news: News, secret: str, had: Collection[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """Tells the news to all who are to hear of it and do not have it yet (`had` are the marks of those who do). Answers
    who of them never will, and why, empty if all have it; and the marks of those who have it.

    Raises Undelivered, with the marks of those who have it, if others may be told later, or if nobody ever can be.
    """
    if not channels.recipients(channel):
        _send(services, channel, news)
        return "", ()
    left = channels.recipients(rest(services, channel, had))
    if not left and not had:
        channels.reachable(channel)
        raise Undelivered(standing(services, channel), permanent=True)
    done, end = _Round(set(had)), services.clock() + ENOUGH
    for number, address in enumerate(left):
        if number:
            services.sleep(pacing.gap(services, channel))
        if services.clock() >= end:
            done.failed[address] = Undelivered("there was no time left for it")
            break
        own = replace(news, stop=stop_link(services, channel, secret, address))
        if not _tell_one(services, channel, own, address, done):
            break
    return _outcome(channel, done), tuple(sorted(done.reached))


def rest(services: Services, channel: Channel, had: Collection[str]) -> Channel:
    """The channel as if it reached those alone who are to hear of a message and do not have it yet."""
    people = channels.sent_to(channel)
    told = recipients.told(channel, people, confirming=services.settings.confirm_addresses)
    left = [address for address in told if recipients.mark(address) not in had]
    return channels.narrowed(channel, left) if channels.recipients(channel) else channel


def standing(services: Services, channel: Channel) -> str:
    """Who of the channel's recipients is not told at present because of his own wish, or because he has not told it
    yet; empty if all are told."""
    people = channels.recipients(channel)
    return recipients.standing(channel, people, confirming=services.settings.confirm_addresses)


def trouble(services: Services, channel: Channel) -> str:
    """Why the channel does not work, or not for all whom it reaches; empty if it does."""
    missing = standing(services, channel)
    return channel.trouble if missing in channel.trouble else "; ".join(filter(None, [missing, channel.trouble]))


def stop_link(services: Services, channel: Channel, secret: str, address: str) -> str:
    """Where the recipient stops the mails of the channel; empty for other kinds, and without an address of the site."""
    root = services.settings.site_root
    if channel.kind != "email" or not (root and secret):
        return ""
    return f"{root}/stop/{recipients.sign(secret, 'stop', channel.project, address, channel.code)}"


def _tell_one(services: Services, channel: Channel, news: News, address: str, done: _Round) -> bool:
    """Tells one recipient, and notes the outcome. Answers whether the next one is worth a try now."""
    try:
        _send(services, channels.narrowed(channel, [address]), news)
        done.reached.add(recipients.mark(address))
    except Undelivered as error:
        (done.refused if error.permanent else done.failed)[address] = error
        # A service that takes nothing, or does not answer, is not asked for each of them.
        return error.permanent or not (error.unanswered or error.after is not None)
    return True


def _send(services: Services, channel: Channel, news: News) -> None:
    try:
        receipt = _hand_over(services, channel, news)
    except Moved as moved:
        receipt = _hand_over(services, _moved(services, channel, moved), news)
    if receipt and news.postmark:
        _keep_receipt(services, receipt, news.postmark)


def _hand_over(services: Services, channel: Channel, news: News) -> str | None:
    try:
        return channels.kind_named(channel.kind).send(channel.settings, [news], services.outlet)
    except Undelivered:
        raise
    except Exception as error:
        # A fault of ours in one kind of channel: it is retried like any other failure, and the log has the trace.
        log.fault("channel failed unexpectedly", channel=channel.code, kind=channel.kind)
        raise Undelivered("internal error") from error


def _moved(services: Services, channel: Channel, moved: Moved) -> Channel:
    """The channel where its receiver stands now. If that cannot be kept, or its owner changes it at this moment, the
    receiver says it again next time: the message goes there in any case."""
    settings = {**channel.settings, **moved.settings}
    try:
        outcomes.firmly(services, partial(definitions.move, channel, settings), tries=2)
        log.info("channel moved", channel=channel.code, kind=channel.kind)
    except (StoreFault, Contended, Refused) as fault:
        log.warning("a channel stays where it was", channel=channel.code, reason=str(fault))
    return replace(channel, settings=settings)


def _keep_receipt(services: Services, receipt: str, mark: Postmark) -> None:
    """Keeps what finds the message again if it comes back. The message itself has been told, whatever becomes of
    that."""
    try:
        outcomes.firmly(services, partial(receipts.keep, receipt, mark), tries=4)
    except (StoreFault, Contended) as fault:
        log.warning("nobody will learn whether a message arrives", channel=mark.channel, reason=str(fault))


def _outcome(channel: Channel, done: _Round) -> str:
    refused, failed = done.refused, done.failed
    if failed:
        last = list(failed.values())[-1]
        unanswered = any(error.unanswered for error in failed.values())
        said = _said(channel, {**refused, **failed})
        raise Undelivered(said, after=last.after, unanswered=unanswered, reached=done.reached)
    if refused and not done.reached:
        raise Undelivered(_said(channel, refused), permanent=True)
    return _said(channel, refused)


def _said(channel: Channel, errors: dict[str, Undelivered]) -> str:
    """The errors in words; of a channel with several recipients they say whose."""
    if len(channels.recipients(channel)) == 1:
        return "".join(error.message for error in errors.values())
    by_message: dict[str, list[str]] = {}
    for address, error in errors.items():
        by_message.setdefault(error.message, []).append(address)
    said = "; ".join(f"{', '.join(some)}: {message}" for message, some in by_message.items())
    return shortened(said, SAID_LIMIT)
