"""Silences: spans in which nobody is told of a check, whatever a dialect calls them (maintenance, mute, downtime)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.core import status
from chalicelib.core.check import Check, Flip
from chalicelib.core.silence import Silence
from chalicelib.monitor import transitions
from chalicelib.monitor.house import House
from chalicelib.store import history


def lay(house: House, check: Check, duration: timedelta | None, kind: str, *, author: str = "") -> Check:
    """A silence from now on, for `duration` or until it is lifted. Raises Missing, Busy, Conflict (too many)."""
    now = house.clock()
    end = now + duration if duration else None
    return put(house, check, Silence(house.new_code(), now, end, kind, author=author))


def put(house: House, check: Check, silence: Silence) -> Check:
    """Lays this silence on the check, or changes the one with its id into it."""
    return transitions.apply(house, check.project, check.code, status.Silenced(house.clock(), silence))


def lift(house: House, check: Check, which: Callable[[Silence], bool] = lambda _silence: True) -> Check:
    """Ends every silence of the check that `which` is true of; a problem that nobody heard of is told then."""
    event = status.Unsilenced(house.clock(), which, _problem(check))
    return transitions.apply(house, check.project, check.code, event)


def _problem(check: Check) -> Flip | None:
    """The flip that took the check down, if it is down and silenced."""
    if not check.silences or check.status != "down" or check.since is None:
        return None
    found = history.flip_at(check.project, check.code, check.since)
    return found[0] if found else None


def since(check: Check, start: datetime, now: datetime) -> list[Silence]:
    """The check's silences that were not over at `start`: those that hold, those to come, and those that have ended."""
    return [*history.silences(check.code, start, now), *check.silences]
