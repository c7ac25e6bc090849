"""The waist: every change of an existing check's status comes from `core.status.decide` and is written by
`store.checks.write`.

This module brings an event to the first and its decision to the second; pings, whose record is written with the
decision, have `intake.pings`. A decision is made on a check as it was read, and kept only if the check has not changed
since; otherwise it is made again on what the check has become.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from chalicelib import log
from chalicelib.core import instances, kinds, status
from chalicelib.core.check import Check
from chalicelib.core.deadlines import Batch
from chalicelib.core.errors import Busy
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import parting
from chalicelib.store import checks, outbox, partings, queues, sweeps
from chalicelib.store.connection import Also, nothing, together
from chalicelib.store.faults import Contended, Refused, StoreFault
from chalicelib.store.outbox import Nudge
from chalicelib.store.partings import Parting

T = TypeVar("T")
ATTEMPTS = 12
# The sweep looks this far ahead; a deadline that a new definition puts nearer is announced to it.
LOOK_AHEAD = timedelta(seconds=75)


def apply(services: Services, project: str, code: str, event: status.Event) -> Check:
    """Decides what `event` does to the check and keeps it; answers the check as it is afterwards.

    Raises Missing, Conflict (from the decision), Busy, or StoreFault.
    """
    return retrying(services, lambda: _decide(services, checks.get(project, code), event))


def _decide(services: Services, seen: Check, event: status.Event) -> Check:
    change = keep(seen, event)
    if change is None:
        return seen
    tell([change])
    if isinstance(event, status.Redefined):
        _announce_deadline(services, change.after)
    return change.after


def instances_of(check: Check) -> list[Check]:
    """The instances of a check, of a kind that has any."""
    return checks.instances_of(check) if kinds.of(check).instanced else []


def keep(seen: Check, event: status.Event, also: Also | None = None) -> status.Change | None:
    """Decides on the check as it was seen and keeps the decision, without telling anyone of it yet; None for no change.
    `also` adds to the transaction.

    Raises Refused or Contended when the check has become another since.
    """
    change = decide(seen, event)
    if change is not None:
        keep_change(change, also)
    return change


def decide(seen: Check, event: status.Event) -> status.Change | None:
    """What `event` does to the check. Before silence becomes news it is asked whether anybody looked at the time."""
    change = status.decide(seen, event)
    if change is None or not any(flip.reason == "timeout" for flip in change.flips):
        return change
    away = sweeps.absence(event.at)
    return status.decide(seen, event, away) if away else change


def keep_change(change: status.Change, also: Also | None = None) -> None:
    """Keeps a decision, without telling anyone of it yet; `also` adds to the transaction. Raises Refused or Contended
    when the check has become another since."""
    parted = parting.of_change(change)
    if parted:
        also = together(also or nothing, partings.adding(change.after, parted, change.at))
    checks.write(change, also=also)
    if parted:
        nudge_words(change.after, parted)


def retrying(services: Services, attempt: Callable[[], T]) -> T:
    """Runs `attempt` until no competitor is in its way, a few times with growing random pauses. Raises Busy."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except Refused:
            continue
        except Contended:
            pause(services, number)
    raise Busy("too many changes at once")


def pause(services: Services, attempt: int) -> None:
    """Waits a random moment, longer with every attempt, so that competitors do not meet again."""
    services.sleep(0.005 * (attempt + 1) * int(services.random_text(1, "12345678")))


def tell(changes: list[status.Change]) -> None:
    """Nudges the deliverer about the news of `changes`. A nudge that fails costs time: the sweep finds the news."""
    nudge([one for change in changes for one in _nudges(change)])
    flips = sum(len(change.flips) for change in changes)
    if flips:
        log.count(Flips=flips)


def nudge_words(check: Check, parted: Parting) -> None:
    """Nudges the deliverer about the last words of conversations that have ended."""
    nudge(partings.places(check, parted) + ([outbox.of(check.project, check.code)] if parted.look else []))


def _nudges(change: status.Change) -> list[Nudge]:
    """What there may be to tell because of a change: of the check itself, and of those that waited for it."""
    check = change.after
    codes = ([check.code] if change.is_news else []) + list(change.released)
    freed = [outbox.of_instances(check.project, check.code)] if instances.freed(change) else []
    return [outbox.of(check.project, code) for code in codes] + freed


def nudge(nudges: list[Nudge], *, delay: int = 0) -> bool:
    """Whether the deliverer could be told of these items."""
    if not nudges:
        return True
    try:
        queues.send_all("news", [one.message() for one in nudges], delay=delay)
    except StoreFault as fault:
        log.warning("news could not be nudged, the sweep will find it", reason=str(fault), items=len(nudges))
        return False
    return True


def _announce_deadline(services: Services, check: Check) -> None:
    """A deadline nearer than the sweep looks ahead would be found up to a minute late."""
    now = services.clock()
    if check.due is None or check.due - now > LOOK_AHEAD:
        return
    batch = Batch(check.due, ((check.project, check.code),))
    try:
        queues.send_delayed("deadlines", [(batch.delay(now), batch.to_message())])
    except StoreFault as fault:
        log.warning("near deadline not announced, the sweep will find it", reason=str(fault), code=check.code)
