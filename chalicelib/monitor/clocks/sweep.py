"""The sweep: notices silence. Runs every minute and looks a little more than a minute ahead.

1. Ask each shard of the due index for the deadlines up to 75 s from now: one query each, however many checks.
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
from chalicelib.core.check import Check
from chalicelib.core.errors import Busy, Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.store import checks
from chalicelib.store.faults import Contended, Refused, StoreFault

WORKERS = 16
# So many checks are read with one call, and their news handed on with one.
TOGETHER = 10
# How long the first news of a group may wait for the rest of it.
HELD_BACK = timedelta(milliseconds=250)
# How long a check that cannot be decided is kept out of the way.
POISONED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Nominee:
    project: str
    code: str
    due: datetime


def run(services: Services) -> int:
    """One sweep. Answers how many checks it decided."""
    began = services.clock()
    nominees = sorted(_nominees(began + transitions.LOOK_AHEAD), key=lambda nominee: nominee.due)
    with ThreadPoolExecutor(WORKERS) as pool:
        redelivery = pool.submit(deliver.hand_on, services, began)
        decided = sum(_decide_wave(services, pool, wave) for wave in _waves(services, nominees))
        redelivery.result()
    log.count(Sweeps=1, DeadlinesDecided=decided)
    return decided


def _nominees(until: datetime) -> Iterator[Nominee]:
    for shard in checks.due_shards():
        for project, code, due in checks.due(shard, until):
            yield Nominee(project, code, due)


def _waves(services: Services, nominees: list[Nominee]) -> Iterator[list[Nominee]]:
    """The nominees in the order of their deadlines, as many at a time as have become due."""
    waiting = deque(nominees)
    while waiting:
        wait = (waiting[0].due - services.clock()).total_seconds()
        if wait > 0:
            services.sleep(wait)
        now = services.clock()
        wave = []
        while waiting and waiting[0].due <= now:
            wave.append(waiting.popleft())
        if wave:
            yield wave


def _decide_wave(services: Services, pool: ThreadPoolExecutor, wave: list[Nominee]) -> int:
    lag = (services.clock() - wave[0].due).total_seconds()
    groups = [wave[start : start + TOGETHER] for start in range(0, len(wave), TOGETHER)]
    list(pool.map(lambda group: _decide_group(services, group), groups))
    log.count(SweepLagSeconds=max(lag, 0.0))
    return len(wave)


def _decide_group(services: Services, group: list[Nominee]) -> None:
    """Reads a few checks with one call, decides each, and hands on their news together, but none of it late."""
    changes: list[status.Change] = []
    now = told = services.clock()
    for check in _read(group):
        change = _guarded(services, check, now)
        changes += [change] if change else []
        if services.clock() - told > HELD_BACK:
            transitions.tell(changes)
            changes, told = [], services.clock()
    transitions.tell(changes)


def _read(group: list[Nominee]) -> list[Check]:
    try:
        return checks.get_many([(nominee.project, nominee.code) for nominee in group])
    except StoreFault:
        log.error("deadlines not decided, the next sweep will", checks=len(group))
        return []


def _guarded(services: Services, check: Check, now: datetime) -> status.Change | None:
    """One decision, kept; None when there is nothing to tell or somebody else tells it."""
    try:
        return transitions.keep(check, status.DeadlinePassed(now))
    except (Refused, Contended):
        expire(services, check.project, check.code)
    except StoreFault:
        log.error("deadline not decided, the next sweep will", code=check.code)
    except Exception:  # noqa: BLE001
        # A check that cannot be decided (a zone that the calendar no longer knows) must not keep the sweep from others.
        log.error("deadline cannot be decided, put off for an hour", code=check.code)
        _put_off(check, now + POISONED)
    return None


def _put_off(check: Check, until: datetime) -> None:
    try:
        checks.postpone(check.project, check.code, until)
    except StoreFault:
        log.error("deadline not put off, the next sweep meets it again", code=check.code)


def expire(services: Services, project: str, code: str) -> None:
    """Decides one check whose deadline may have passed, on what it is at this moment."""
    try:
        transitions.apply(services, project, code, status.DeadlinePassed(services.clock()))
    except Missing:
        return
    except (StoreFault, Busy):
        log.error("deadline not decided, the next sweep will", code=code)
