"""Silences: spans in which nobody is told of a check, whatever a dialect calls them (maintenance, mute, downtime)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.core import status
from chalicelib.core.check import Check, Flip
from chalicelib.core.silence import Silence, silenced_until
from chalicelib.monitor import holding, transitions
from chalicelib.monitor.house import House
from chalicelib.store import history, outbox

# So much waiting news is looked through for that of one check.
WAITING = 1_000


def lay(house: House, check: Check, duration: timedelta | None, kind: str, *, author: str = "") -> Check:
    """A silence from now on, for `duration` or until it is lifted. Raises Missing, Busy, Conflict (too many)."""
    now = house.clock()
    end = now + duration if duration else None
    return put(house, check, Silence(house.new_code(), now, end, kind, author=author))


def put(house: House, check: Check, silence: Silence) -> Check:
    """Lays this silence on the check, or changes the one with its id into it; what waits for its end waits for the new
    one."""
    after = transitions.apply(house, check.project, check.code, status.Silenced(house.clock(), silence))
    _hasten(house, check, after)
    return after


def lift(house: House, check: Check, which: Callable[[Silence], bool] = lambda _silence: True) -> Check:
    """Ends every silence of the check that `which` is true of; a problem that nobody heard of is told then."""
    event = status.Unsilenced(house.clock(), which, _problem(check))
    after = transitions.apply(house, check.project, check.code, event)
    if after.status != "down":
        _hasten(house, check, after)
    return after


def _hasten(house: House, before: Check, after: Check) -> None:
    """News that waits for the end of a silence is looked at again every few minutes alone: where that end has come
    nearer, it is looked at there."""
    now = house.clock()
    quiet = silenced_until(after.silences, now)
    until = quiet.until if quiet else now
    if not before.silences or after.since is None or until is None or until > now + holding.LOOK_AGAIN:
        return
    for entry in outbox.due(_shard(after), now + holding.LOOK_AGAIN, at_most=WAITING):
        if entry.held and entry.due > until and (entry.flip.code, entry.flip.at) == (after.code, after.since):
            holding.hold(house, entry, until)


def _shard(check: Check) -> str:
    return outbox.of_flip(Flip(check.project, check.code, check.created, check.status, check.status)).shard


def _problem(check: Check) -> Flip | None:
    """The flip that took the check down, if it is down and silenced."""
    if not check.silences or check.status != "down" or check.since is None:
        return None
    found = history.flip_at(check.project, check.code, check.since)
    return found[0] if found else None


def since(check: Check, start: datetime, now: datetime) -> list[Silence]:
    """The check's silences that were not over at `start`: those that hold, those to come, and those that have ended."""
    return [*history.silences(check.code, start, now), *check.silences]
