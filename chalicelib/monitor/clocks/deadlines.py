"""Deadlines: what a worker does with a message that names checks whose time is over.

1. Put a message back that came before its time.
2. Read its checks with one call, as they are at this moment, and whether anybody looked when they fell due.
3. Decide each and keep the decision if the check still is what it was decided on, otherwise decide it anew. A check
   that was pinged, or decided by whoever had the same message, leaves nothing to do.
4. Hand on the news, a few together.

What cannot be kept now is nominated again by the next sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.core import status
from chalicelib.core.away import Away
from chalicelib.core.check import Check
from chalicelib.core.deadlines import Batch
from chalicelib.core.errors import Busy, Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import checks, queues, sweeps
from chalicelib.store.faults import Contended, Refused, StoreFault

WORKERS = 5
# How long a check that cannot be decided is kept out of the way.
POISONED = timedelta(hours=1)

Message = dict[str, object]


def work(services: Services, message: Message) -> int:
    """Does one message. Answers how many checks it was about. Raises StoreFault if it could not be put back."""
    batch, now = Batch.from_message(message), services.clock()
    if batch.at > now:
        queues.send_delayed("deadlines", [(batch.delay(now), message)])
        return 0
    decide(services, batch)
    return len(batch.keys)


def decide(services: Services, batch: Batch) -> None:
    """Decides the checks of a batch, here and now."""
    now = services.clock()
    try:
        found = checks.get_many(list(batch.keys))
        away = sweeps.absence(now) if any(check.due and check.due <= now for check in found) else None
    except StoreFault as fault:
        log.error("deadlines not decided, the next sweep will", checks=len(batch.keys), reason=str(fault))
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda first: _decide_some(services, found[first::WORKERS], away), range(WORKERS)))


def _decide_some(services: Services, some: Sequence[Check], away: Away | None) -> None:
    """Decides a few checks one after the other, and hands on their news together."""
    now = services.clock()
    decided = [_guarded(services, check, now, away) for check in some]
    changes = [change for change in decided if change]
    transitions.tell(changes)
    late = [(now - flip.at).total_seconds() for change in changes for flip in change.flips]
    if late:
        log.count(DeadlinesPassed=len(late), DetectionSeconds=max(late))


def _guarded(services: Services, check: Check, now: datetime, away: Away | None) -> status.Change | None:
    """One decision, kept; None when there is nothing to tell or somebody else tells it."""
    try:
        change = status.decide(check, status.DeadlinePassed(now), away)
        if change is not None:
            transitions.keep_change(change)
        return change
    except (Refused, Contended):
        expire(services, check.project, check.code)
    except StoreFault as fault:
        log.error("deadline not decided, the next sweep will", code=check.code, reason=str(fault))
    except Exception:  # noqa: BLE001
        # A check that cannot be decided (a zone that the calendar no longer knows) must not keep workers from others.
        log.fault("deadline cannot be decided, put off for an hour", code=check.code)
        _put_off(check, now + POISONED)
    return None


def _put_off(check: Check, until: datetime) -> None:
    try:
        checks.postpone(check.project, check.code, until)
    except StoreFault as fault:
        log.error("deadline not put off, the next sweep meets it again", code=check.code, reason=str(fault))


def expire(services: Services, project: str, code: str) -> None:
    """Decides one check whose deadline may have passed, on what it is at this moment."""
    try:
        transitions.apply(services, project, code, status.DeadlinePassed(services.clock()))
    except Missing:
        return
    except (StoreFault, Busy) as fault:
        log.error("deadline not decided, the next sweep will", code=code, reason=str(fault))
