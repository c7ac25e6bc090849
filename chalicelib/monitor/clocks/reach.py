"""Where deadlines and news lie: in the partitions that are set, and wherever else they still are.

What decides where something is written is a setting; what was written stays where it is. So whoever looks asks the
partitions that are set and those that hold anything: after the owner has set another number, while functions of a
deployment are replaced one after the other, after one that was rolled back, where a place was told otherwise, and in a
table that was restored. News is moved to its place besides, since others look for it there by its name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.monitor.memory import Reach
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, checks, outbox
from chalicelib.store.faults import StoreFault

# A process looks when it begins, again when it is twice as old, and from then on every ten minutes: functions that a
# deployment replaces later than this one may write elsewhere until then.
OFTEN, SELDOM = timedelta(seconds=45), timedelta(minutes=10)


def look(services: Services, now: datetime) -> tuple[list[str], list[str]]:
    """The partitions of the due index and those of the outbox that are to be asked. Where they cannot be looked for,
    those that are known."""
    known = services.memory.reach
    if known is None or now - known.last >= min(max(known.last - known.first, OFTEN), SELDOM):
        try:
            known = services.memory.reach = _found(known.first if known else now, now)
        except StoreFault as fault:
            log.error(
                "partitions that another number has left are not looked for until the next sweep", reason=str(fault)
            )
    due, news = (known.due, known.outbox) if known else (frozenset(), frozenset())
    return _with(check_items.due_shards(), due), _with(outbox.shards(), news)


def _found(first: datetime, now: datetime) -> Reach:
    return Reach(first, now, frozenset(checks.due_shards()), frozenset(outbox.look_for_strays(now)))


def _with(own: list[str], found: frozenset[str]) -> list[str]:
    return [*own, *sorted(found.difference(own))]
