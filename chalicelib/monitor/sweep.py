"""The sweep: notices silence. Runs every minute and looks a little more than a minute ahead.

1. Ask each shard of the due index for the deadlines up to 75 s from now (one query each, whatever the number of checks).
2. Hand undelivered news whose time has come to the deliverer again.
3. Sleep until the next deadline, then decide every check that is due, many at a time; repeat.

The index only nominates. Runs may overlap, repeat or die at any point: every decision is made on a strong read and kept
by a conditional write, and whatever was not decided still stands in the index for the next run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.core import status
from chalicelib.core.errors import Missing, TocsinError
from chalicelib.monitor import deliver, transitions
from chalicelib.monitor.house import House
from chalicelib.store import checks, outbox
from chalicelib.store.faults import StoreFault

WORKERS = 16
# How long a check that cannot be decided is kept out of the way.
POISONED = timedelta(hours=1)
OUTBOX_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Nominee:
    project: str
    code: str
    due: datetime


def run(house: House) -> int:
    """One sweep. Answers how many checks it decided."""
    began = house.clock()
    nominees = sorted(_nominees(began + transitions.LOOK_AHEAD), key=lambda nominee: nominee.due)
    with ThreadPoolExecutor(WORKERS) as pool:
        redelivery = pool.submit(redeliver, house, began)
        decided = sum(_decide_wave(house, pool, wave) for wave in _waves(house, nominees))
        redelivery.result()
    log.count(Sweeps=1, DeadlinesDecided=decided)
    return decided


def _nominees(until: datetime) -> Iterator[Nominee]:
    for shard in checks.due_shards():
        for project, code, due in checks.due(shard, until):
            yield Nominee(project, code, due)


def _waves(house: House, nominees: list[Nominee]) -> Iterator[list[Nominee]]:
    """The nominees in the order of their deadlines, as many at a time as have become due."""
    waiting = deque(nominees)
    while waiting:
        wait = (waiting[0].due - house.clock()).total_seconds()
        if wait > 0:
            house.sleep(wait)
        now = house.clock()
        wave = []
        while waiting and waiting[0].due <= now:
            wave.append(waiting.popleft())
        if wave:
            yield wave


def _decide_wave(house: House, pool: ThreadPoolExecutor, wave: list[Nominee]) -> int:
    lag = (house.clock() - wave[0].due).total_seconds()
    list(pool.map(lambda nominee: expire(house, nominee.project, nominee.code), wave))
    log.count(SweepLagSeconds=max(lag, 0.0))
    return len(wave)


def expire(house: House, project: str, code: str) -> None:
    """Decides one check whose deadline may have passed."""
    now = house.clock()
    try:
        transitions.apply(house, project, code, status.DeadlinePassed(now))
    except Missing:
        return
    except (StoreFault, TocsinError):
        # AWS could not serve us or too many writers met: it stands in the index, the next run decides it.
        log.error("deadline not decided, the next sweep will", code=code)
    except Exception:
        # A check that cannot be decided (a zone that the calendar no longer knows) must not keep the sweep from others.
        log.error("deadline cannot be decided, put off for an hour", code=code)
        checks.postpone(project, code, now + POISONED)


def redeliver(house: House, now: datetime) -> None:
    """Hands every entry of the outbox that was due at `now` to the deliverer; without its queue, delivers here."""
    for shard in outbox.shards():
        waiting = outbox.due(shard, now, at_most=OUTBOX_BATCH)
        if waiting:
            log.info("news waiting in the outbox", shard=shard, entries=len(waiting))
        if not transitions.nudge(waiting):
            deliver.deliver_all(house, waiting)
