"""The minute's tick: hands what is looked at in a fixed period to the workers, as messages that can be read when its
moment has come.

1. Read which periods are in use and up to which moment everything has been handed out; nothing more to do where no
   period is.
2. Take the moments from there up to 75 s from now, so that each is served by one run and before it comes, wherever in
   its minute EventBridge fires. What runs that did not come should have served is served now, once and not for each
   moment that was missed; of a long absence the last ten minutes.
3. Ask the slots of the wheel that are due then, one query each, cut what stands there into batches, and send them to
   the queue of their letter.
4. Note the new moment. A run that fails or dies before has its successor serve the same moments again, and two runs at
   once serve the same: that does no harm, as the results' ids follow from the moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.core import kinds
from chalicelib.core.wheel import Member, Slot
from chalicelib.monitor.messages import due
from chalicelib.monitor.services import Services
from chalicelib.store import queues, wheel
from chalicelib.store.faults import StoreFault
from chalicelib.store.wheel import Wheel

WORKERS = 16
# Runs come 45 to 75 seconds apart.
LOOK_AHEAD = timedelta(seconds=75)
# What was due longer ago waits for its next moment.
CATCH_UP = timedelta(minutes=10)

# (project, code) of members of the wheel.
_Keys = list[tuple[str, str]]


def run(services: Services, at: datetime | None = None) -> int:
    """One tick: that of the schedule event of the moment `at`, or of now. Answers how many looks it asked for."""
    now = at or services.clock()
    known = wheel.state()
    if not known.periods:
        log.count(Ticks=1)
        return 0
    start, end = _begin(known, now), max(now, services.clock()) + LOOK_AHEAD
    shards = known.shards if known.measured else max(known.shards, wheel.measure())
    slots = [slot for letter, period in known.periods for slot in wheel.slots(letter, period, shards, start, end)]
    with ThreadPoolExecutor(WORKERS) as pool:
        asked = sum(pool.map(lambda slot: _serve(services, slot, start, now, end), slots))
    if start < end:
        wheel.note_served(known.served, end)
    log.count(Ticks=1, Looks=asked)
    return asked


def _begin(known: Wheel, now: datetime) -> datetime:
    """The moment from which on nothing has been handed out: on a wheel that never turned, this minute."""
    if known.served is None:
        return now.replace(second=0, microsecond=0)
    if known.served > now + CATCH_UP:
        log.error("the wheel is said to be served far ahead, by a wrong clock", served=known.served)
        return now.replace(second=0, microsecond=0)
    return max(known.served, now - CATCH_UP)


def _serve(services: Services, slot: Slot, start: datetime, now: datetime, end: datetime) -> int:
    """Hands out one slot: for the last moment before `now` that was missed, and for each from then on."""
    missed = slot.moments(start.timestamp(), min(now, end).timestamp())[-1:]
    coming = slot.moments(max(start, now).timestamp(), end.timestamp())
    moments = [*missed, *coming]
    members = list(wheel.members(slot))
    if members:
        ask(services, slot.letter, members, moments)
    return len(members) * len(moments)


def ask(services: Services, letter: str, members: _Keys, moments: Iterable[float], *, fresh: bool = False) -> None:
    """Has members looked at, at each of the moments (seconds since 1970); `fresh` ones have just been made or changed.
    Raises StoreFault."""
    kind = kinds.wheel_of(letter)
    if kind is None:
        log.error("nobody looks at what stands under this letter", letter=letter, members=len(members))
        return
    now, size = services.clock().timestamp(), kind.batch
    batches = [members[start : start + size] for start in range(0, len(members), size)]
    messages = [
        (max(math.ceil(moment - now), 0), due(int(moment * 1000), batch, fresh=fresh))
        for moment in moments
        for batch in batches
    ]
    queues.send_delayed(kind.queue, messages)


def join(services: Services, project: str, member: Member | None) -> None:
    """Has a member that has just been put on the wheel looked at, at those of its moments that were handed out before
    it came. What cannot be asked for is left to the next run."""
    if member is None:
        return
    now = services.clock()
    try:
        served = wheel.state().served
        if served and served > now:
            moments = wheel.slot_of(member).moments(now.timestamp(), served.timestamp())
            ask(services, member.letter, [(project, member.code)], moments, fresh=True)
    except StoreFault as fault:
        log.warning("first looks not asked for, the clock will", code=member.code, reason=str(fault))
