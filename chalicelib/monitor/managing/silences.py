"""Silences: spans in which nobody is told of a check, whatever a dialect calls them (maintenance, mute, downtime)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.core import status
from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import history


def lay(services: Services, check: Check, duration: timedelta | None, kind: str, *, author: str = "") -> Check:
    """A silence from now on, for `duration` or until it is lifted. Raises Missing, Busy, Conflict (too many)."""
    now = services.clock()
    end = now + duration if duration else None
    return put(services, check, Silence(services.new_code(), now, end, kind, author=author))


def put(services: Services, check: Check, silence: Silence) -> Check:
    """Lays this silence on the check, or changes the one with its id into it; what waits for its end waits for the new
    one."""
    return transitions.apply(services, check.project, check.code, status.Silenced(services.clock(), silence))


def lift(services: Services, check: Check, which: Callable[[Silence], bool] = lambda _silence: True) -> Check:
    """Ends every silence of the check that `which` is true of; what still is true of what nobody heard is told then."""
    return transitions.apply(services, check.project, check.code, status.Unsilenced(services.clock(), which))


def since(check: Check, start: datetime, now: datetime) -> list[Silence]:
    """The check's silences that were not over at `start`: present, future and ended ones."""
    return [*history.silences(check.code, start, now), *check.silences]
