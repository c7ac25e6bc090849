"""What is known of a check at a moment, gathered for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from chalicelib.core import status
from chalicelib.core.check import Check, Flip, Ping
from chalicelib.core.outages import Outage, outages
from chalicelib.monitor.services import Services
from chalicelib.store import history

State = Literal["new", "up", "grace", "down", "paused"]

PINGS, OUTAGES = 15, 5
# Outages are looked for further and further back: the flips of a busy check's year are many.
WINDOWS = (timedelta(days=1), timedelta(days=30), timedelta(days=400))


@dataclass(frozen=True, slots=True)
class Facts:
    """`check` is as it is after any deadline that has passed by `now`, whether or not the sweep has been there.

    `pings` are more than the page lists, for runs that began before the oldest listed one.
    """

    check: Check
    now: datetime
    pings: list[Ping]
    outages: list[Outage]

    @property
    def state(self) -> State:
        return cast(State, status.shown(self.check, self.now, with_started=False))

    @property
    def since(self) -> datetime:
        """When this state began; lateness begins without a flip."""
        late = status.grace_start(self.check, with_started=False) if self.state == "grace" else None
        return late or self.check.since or self.check.created


def gather(services: Services, check: Check) -> Facts:
    now = services.clock()
    missed = status.decide(check, status.DeadlinePassed(now))
    pings = history.pings(check.code, min(2 * PINGS, services.settings.ping_log_limit), now)
    if missed is None:
        return Facts(check, now, pings, _outages(check, now, ()))
    return Facts(missed.after, now, pings, _outages(check, now, missed.flips))


def _outages(check: Check, now: datetime, missed: tuple[Flip, ...]) -> list[Outage]:
    """The latest outages. A missed flip may have been kept in the meantime: it counts once."""
    found: list[Outage] = []
    for window in WINDOWS:
        kept = history.flips(check.project, check.code, now - window, now + timedelta(minutes=1), now)
        moments = {flip.at for flip in kept}
        found = outages([*(flip for flip in reversed(missed) if flip.at not in moments), *kept])
        if len(found) >= OUTAGES:
            break
    return found[:OUTAGES]
