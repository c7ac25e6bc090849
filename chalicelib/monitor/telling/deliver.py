"""The deliverer: takes news out of the outbox and tells every channel that should know. At least once, never lost.

For one entry:
1. Read it; if it is gone, somebody has delivered it. Read the check and its channels; news of a deleted check is
   dropped.
2. While the check is silenced, or what it depends on is down, the news is held back; when that is over it is told if
   the check still is what it says. An "up" whose "down" was held back and never told is nobody's news.
3. News of the same check that is older and still undelivered goes first, so that "up" never arrives before its "down".
4. For every channel, all at the same time: claim the notification with a lease, send, write the outcome into the
   channel's log. What was sent is never sent again; what failed is tried again after 30 s, 2 min, 10 min and 1 h, then
   given up; a permanent error is given up at once. Either shows on the channel.
5. When every channel has an outcome, remove the entry; otherwise put it off until the first retry.

Dying between any two steps leaves the entry in the outbox: the sweep hands it on again, and the log tells what is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import channels, log
from chalicelib.core import audience
from chalicelib.core.check import Channel, Check, Flip, Notification
from chalicelib.core.errors import Missing, Undelivered
from chalicelib.core.news import News
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import compose, holding
from chalicelib.store import checks, definitions, notifications, outbox
from chalicelib.store.outbox import Entry

BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
LEASE = timedelta(seconds=60)
# When to look again at what another deliverer is sending at this moment.
SOON = timedelta(seconds=5)
# News cannot be under way for longer than its retries take; older flips need no looking for.
LONGEST = sum(BACK_OFF, timedelta(hours=1))
WORKERS = 16


def deliver_nudges(services: Services, nudges: Iterable[dict[str, str]]) -> None:
    """Delivers the entries that messages of the `news` queue name."""
    found = (outbox.get(nudge["shard"], nudge["key"]) for nudge in nudges)
    deliver_all(services, [entry for entry in found if entry])


def deliver_all(services: Services, entries: list[Entry]) -> None:
    """Delivers many entries, those of one check in order and all checks at the same time; one that fails does not keep
    the others. Raises the first failure afterwards."""
    if not entries:
        return
    checks_news: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.flip.at):
        checks_news.setdefault(entry.flip.code, []).append(entry)
    with ThreadPoolExecutor(WORKERS) as pool:
        done = [pool.submit(_deliver_in_turn, services, news) for news in checks_news.values()]
    for future in done:
        future.result()


def _deliver_in_turn(services: Services, entries: list[Entry]) -> None:
    for entry in entries:
        deliver(services, entry)


def deliver(services: Services, entry: Entry) -> None:
    """Delivers one entry, see the module's description."""
    try:
        check = checks.told(entry.flip.project, entry.flip.code)
    except Missing:
        outbox.remove(entry)
        return
    until = holding.until(services, entry, check)
    if until:
        holding.hold(services, entry, until)
        return
    if not holding.still_news(entry, check):
        outbox.remove(entry)
        return
    earlier = _deliver_earlier(services, entry)
    audience = _audience(entry, check)
    tries = _tell_all(services, entry, check, audience, earlier) if audience else []
    again = [moment for moment in tries if moment]
    if not again:
        outbox.remove(entry)
        return
    later = outbox.move(entry, min(again), held=entry.held)
    wait = int((later.due - services.clock()).total_seconds()) + 1
    transitions.nudge([later], delay=max(wait, 0))


def _deliver_earlier(services: Services, entry: Entry) -> Entry | None:
    """Delivers the check's flip before this one first, if nobody has begun to; answers its entry, told or not."""
    flip = entry.flip
    if entry.reminder or flip.before is None or services.clock() - flip.before > LONGEST:
        return None
    earlier = outbox.of_flip(Flip(flip.project, flip.code, flip.before, flip.old, flip.old))
    waiting = outbox.get(earlier.shard, earlier.key)
    if waiting:
        deliver(services, waiting)
    return earlier


def _audience(entry: Entry, check: Check) -> list[Channel]:
    """The channels to be told: those that hear of the check now; a reminder's own, as long as the same outage lasts."""
    assigned = audience.of_check(check, definitions.channels(check.project))
    if not entry.reminder:
        return assigned
    if check.status != "down" or check.since != entry.flip.at:
        return []
    return [channel for channel in assigned if channel.code == entry.channel and (check.remind or channel.remind)]


def _tell_all(
    services: Services, entry: Entry, check: Check, audience: list[Channel], earlier: Entry | None
) -> list[datetime | None]:
    news = compose.compose(services, entry, check)
    if len(audience) == 1:
        return [_tell(services, entry, news, audience[0], earlier)]
    with ThreadPoolExecutor(min(len(audience), WORKERS)) as pool:
        return list(pool.map(lambda channel: _tell(services, entry, news, channel, earlier), audience))


def _tell(services: Services, entry: Entry, news: News, channel: Channel, earlier: Entry | None) -> datetime | None:
    """Tells one channel. Answers when to try again, None when it is told, given up, or not its news."""
    if not channels.wants(channel, news.event):
        return None
    blocked = _blocked(services, channel, earlier)
    if blocked:
        return blocked
    claimed, notification = notifications.claim(channel.code, entry, services.clock(), LEASE)
    if not claimed:
        return _unfinished(services, notification)
    try:
        kind = channels.kind_named(channel.kind)
        kind.send(channel.settings, [replace(news, id=f"{news.id}#{channel.code}")], services.outlet)
    except Undelivered as error:
        return _not_sent(services, entry, channel, error, notification.attempts)
    except Exception:  # noqa: BLE001
        # A fault of ours in one kind of channel: it is retried like any other failure, and the log has the trace.
        log.error("channel failed unexpectedly", channel=channel.code, kind=channel.kind)
        return _not_sent(services, entry, channel, Undelivered("internal error"), notification.attempts)
    _sent(services, entry, channel, news.check.remind or channel.remind)
    return None


def _blocked(services: Services, channel: Channel, earlier: Entry | None) -> datetime | None:
    """When this channel may be told although the flip before waits for it: not before that has an outcome."""
    notification = notifications.state(channel.code, earlier) if earlier else None
    again = _unfinished(services, notification) if notification else None
    return again + timedelta(seconds=1) if again else None


def _unfinished(services: Services, notification: Notification) -> datetime | None:
    """When to look again at a notification that has no outcome yet, None for one that has."""
    if notification.state == "sending":
        return services.clock() + SOON
    return notification.next_at if notification.state == "retry" else None


def _sent(services: Services, entry: Entry, channel: Channel, remind: int) -> None:
    now = services.clock()
    reminder = None
    if remind and entry.flip.new == "down":
        due = now + timedelta(seconds=remind)
        reminder = Entry(entry.flip, due, channel.code, entry.reminder + 1)
    notifications.sent(channel.code, entry, now, reminder)
    if channel.error:
        definitions.show_error(channel, "")
    delay = (now - entry.flip.at).total_seconds()
    log.info("notified", channel=channel.code, kind=channel.kind, check=entry.flip.code, new=entry.flip.new)
    log.count(Deliveries=1, **({} if entry.reminder else {"DeliverySeconds": delay}))


def _not_sent(services: Services, entry: Entry, channel: Channel, error: Undelivered, attempts: int) -> datetime | None:
    now = services.clock()
    given_up = error.permanent or attempts > len(BACK_OFF)
    next_at = None if given_up else now + BACK_OFF[attempts - 1]
    notifications.not_sent(channel.code, entry, now, error.message, next_at)
    definitions.show_error(channel, error.message)
    log.warning("not notified", channel=channel.code, check=entry.flip.code, reason=error.message, final=given_up)
    log.count(DeliveryFailures=1)
    return next_at
