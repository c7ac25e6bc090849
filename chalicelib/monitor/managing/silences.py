"""Silences: spans in which nobody is told of a check, whatever a dialect calls them (maintenance, mute, downtime)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.core import status
from chalicelib.core.check import Check, Flip
from chalicelib.core.silence import Silence, silenced_until
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import holding
from chalicelib.store import history, outbox
from chalicelib.store.faults import StoreFault

# So much waiting news is looked through for that of one check.
LOOKED_THROUGH = 1_000


def lay(services: Services, check: Check, duration: timedelta | None, kind: str, *, author: str = "") -> Check:
    """A silence from now on, for `duration` or until it is lifted. Raises Missing, Busy, Conflict (too many)."""
    now = services.clock()
    end = now + duration if duration else None
    return put(services, check, Silence(services.new_code(), now, end, kind, author=author))


def put(services: Services, check: Check, silence: Silence) -> Check:
    """Lays this silence on the check, or changes the one with its id into it; what waits for its end waits for the new
    one."""
    after = transitions.apply(services, check.project, check.code, status.Silenced(services.clock(), silence))
    _hasten(services, check, after)
    return after


def lift(services: Services, check: Check, which: Callable[[Silence], bool] = lambda _silence: True) -> Check:
    """Ends every silence of the check that `which` is true of; a problem that nobody heard of is told then."""
    event = status.Unsilenced(services.clock(), which, _problem(check))
    after = transitions.apply(services, check.project, check.code, event)
    if after.status != "down":
        _hasten(services, check, after)
    return after


def _hasten(services: Services, before: Check, after: Check) -> None:
    """News that waits for the end of a silence is looked at again every few minutes alone: where that end has come
    nearer, it is looked at there. What cannot be moved now is told those few minutes late."""
    now = services.clock()
    quiet = silenced_until(after.silences, now)
    until = quiet.until if quiet else now
    if not before.silences or until is None or until > now + holding.LOOK_AGAIN:
        return
    try:
        for entry in _waiting(after, now):
            if entry.due > until:
                holding.hold(services, entry, until)
    except StoreFault as fault:
        log.warning("held news not hastened", reason=str(fault), code=after.code)


def _waiting(check: Check, now: datetime) -> list[outbox.Entry]:
    """What is held back of the change to the check's present status."""
    if check.since is None:
        return []
    shard = outbox.of_flip(Flip(check.project, check.code, check.since, check.status, check.status)).shard
    found = outbox.due(shard, now + holding.LOOK_AGAIN, at_most=LOOKED_THROUGH)
    return [entry for entry in found if entry.held and (entry.flip.code, entry.flip.at) == (check.code, check.since)]


def _problem(check: Check) -> Flip | None:
    """The flip that took the check down, if it is down and silenced."""
    if not check.silences or check.status != "down" or check.since is None:
        return None
    found = history.flip_at(check.project, check.code, check.since)
    return found[0] if found else None


def since(check: Check, start: datetime, now: datetime) -> list[Silence]:
    """The check's silences that were not over at `start`: those that hold, those to come, and those that have ended."""
    return [*history.silences(check.code, start, now), *check.silences]
