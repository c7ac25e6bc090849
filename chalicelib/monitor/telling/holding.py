"""Holding news back: while a silence covers its check, and while what the check depends on cannot be reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core import instances, kinds
from chalicelib.core.check import Check, entity_of
from chalicelib.core.conversation import Holds
from chalicelib.core.errors import Missing
from chalicelib.core.silence import SilencedUntil, silenced_until
from chalicelib.languages import timeperiod
from chalicelib.store import checks
from chalicelib.store.outbox import Entry

# What comes back with its master is given so long, at least, to be seen up again.
MASTER_BACK = timedelta(seconds=60)
MASTER_SUSPECTED = timedelta(seconds=15)
# So many checks can wait for one master by name; further ones look after it themselves, as often as this.
DEPENDANTS = 50
MASTER_DOWN = timedelta(seconds=60)


def master_of(check: Check) -> Check | None:
    """The check without which this one cannot be reached, if there is one."""
    if not check.master:
        return None
    try:
        return checks.get(check.project, check.master)
    except Missing:
        return None


def holds(entry: Entry, check: Check, master: Check | None, now: datetime) -> Holds:
    """What keeps the news of a check back at present."""
    unreachable = _unreachable(check, master, now) if master else None
    return Holds(_silenced(check, now), unreachable, entry.held)


def _silenced(check: Check, now: datetime) -> SilencedUntil | None:
    """Whether a silence keeps the news back, or the time in which it is told has not begun."""
    silenced, text = silenced_until(check.silences, now) or _as_whole(check, now), kinds.of(check).told_in(check)
    period = timeperiod.parse(text) if text else None
    if silenced or period is None or period.covers(now):
        return silenced
    return SilencedUntil(period.next_change(now))


def _as_whole(check: Check, now: datetime) -> SilencedUntil | None:
    """Whether all that is wrong with a check as a whole is wrong with instances that are silenced by themselves."""
    if check.parent or check.status != "down" or not any(one.entities for one in check.silences):
        return None
    down = (entity_of(one.code) for one in checks.instances_of(check) if one.status == "down")
    return instances.silenced_as_whole(check, down, now)


def _unreachable(check: Check, master: Check, now: datetime) -> SilencedUntil | None:
    if master.status == "down":
        registers = check.code in master.holds or len(master.holds) < DEPENDANTS
        return SilencedUntil(None if registers else now + MASTER_DOWN)
    if master.suspicion:
        return SilencedUntil(now + MASTER_SUSPECTED)
    if master.since is None or check.since is None or check.since > master.since:
        return None
    seen_again = master.since + max(MASTER_BACK, timedelta(seconds=check.period))
    return SilencedUntil(seen_again) if seen_again > now else None
