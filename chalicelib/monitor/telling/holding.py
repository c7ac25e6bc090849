"""Holding news back: while a silence covers its check, while what the check depends on is down, and while a rule that
is told every so often has been told a moment ago. What still is true when that is over is told then.

A "down" that is held is marked in the history, so that the "up" after it, which nobody would understand, is not told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core import kinds
from chalicelib.core.check import Check, Flip
from chalicelib.core.errors import Missing
from chalicelib.core.silence import silenced_until
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import checks, history, notifications, outbox
from chalicelib.store.outbox import Entry

# A silence may have been changed meanwhile: held news is looked at this often.
LOOK_AGAIN = timedelta(minutes=10)
MASTER_DOWN = timedelta(seconds=60)
MASTER_SUSPECTED = timedelta(seconds=15)
# What comes back with its master is given so long, at least, to be seen up again.
MASTER_BACK = timedelta(seconds=60)
# So many flips are looked through for the last that was told.
FLIPS = 50


def until(services: Services, entry: Entry, check: Check) -> datetime | None:
    """When to look at the news again, None when it need not be held."""
    now = services.clock()
    quiet = silenced_until(check.silences, now)
    if quiet:
        return min(quiet.until or now + LOOK_AGAIN, now + LOOK_AGAIN)
    if entry.flip.new != "down":
        return None
    return _without_master(entry, check, now) or _told_lately(entry, check, now)


def _without_master(entry: Entry, check: Check, now: datetime) -> datetime | None:
    if not check.master:
        return None
    try:
        master = checks.get(check.project, check.master)
    except Missing:
        return None
    if master.status == "down":
        return now + MASTER_DOWN
    if master.suspicion:
        return now + MASTER_SUSPECTED
    if master.since is None or entry.flip.at > master.since:
        return None
    seen_again = master.since + max(MASTER_BACK, timedelta(seconds=check.period))
    return seen_again if seen_again > now else None


def _told_lately(entry: Entry, check: Check, now: datetime) -> datetime | None:
    """A rule that is told every so often stays silent for as long after each telling (Hosted Graphite Alerts API,
    Creating Alerts, notification_type)."""
    if not kinds.of(check).spaced or not check.remind or entry.reminder:
        return None
    interval = timedelta(seconds=check.remind)
    told = _last_told(check, entry.flip, now - interval, now)
    return told + interval if told and told + interval > now else None


def _last_told(check: Check, flip: Flip, since: datetime, now: datetime) -> datetime | None:
    for earlier in history.flips(check.project, check.code, since, flip.at, now)[:FLIPS]:
        states = (notifications.state(channel, outbox.of_flip(earlier)) for channel in check.channels)
        told = [state.at for state in states if state and state.state == "sent" and state.at]
        if told:
            return max(told)
    return None


def hold(services: Services, entry: Entry, until: datetime) -> None:
    """Puts the news off until then."""
    if entry.flip.new == "down" and not entry.reminder and not entry.held:
        history.mark_held(entry.flip, True)
    later = outbox.move(entry, until, held=True)
    wait = int((later.due - services.clock()).total_seconds()) + 1
    transitions.nudge([later], delay=max(wait, 0))


def still_news(entry: Entry, check: Check) -> bool:
    """Whether the news is to be told now: it was held and is not true any more, or is the end of what nobody heard."""
    flip = entry.flip
    if flip.new == "up" and _down_was_held(flip):
        return False
    if not entry.held or entry.reminder:
        return True
    if check.since != flip.at:
        return False
    return flip.new != "down" or _released(flip)


def _down_was_held(flip: Flip) -> bool:
    found = history.flip_at(flip.project, flip.code, flip.before) if flip.before else None
    return found is not None and found[0].new == "down" and found[1]


def _released(flip: Flip) -> bool:
    """Takes the mark off, for from now on the "up" is news too; unless the check has just come up, unheard."""
    history.mark_held(flip, False)
    if checks.get(flip.project, flip.code).since == flip.at:
        return True
    history.mark_held(flip, True)
    return False
