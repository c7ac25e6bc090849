"""Uptime and outages of a check over any span, from what is kept of its flips and silences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.core import uptime
from chalicelib.core.check import TICK, Check, Flip, Status
from chalicelib.core.uptime import Outage, Uptime
from chalicelib.monitor.managing import silences
from chalicelib.monitor.services import Services
from chalicelib.store import history

# So many checks' histories are read at the same time.
WORKERS = 16
# A flip may bear a moment a little ahead of this process's clock.
_AHEAD = timedelta(minutes=1)


def of_check(services: Services, check: Check, start: datetime, end: datetime) -> Uptime:
    """How [start, end) divides. Time before the check was made is unknown."""
    begin = min(max(start, check.created), end)
    flips, before = _flips(services, check, begin)
    found = uptime.uptime(flips, before, silences.since(check, begin, services.clock()), begin, end)
    earlier = uptime.uptime((), "new", (), start, begin).unknown
    return replace(found, unknown=found.unknown + earlier)


def outages(services: Services, check: Check, start: datetime, end: datetime) -> list[Outage]:
    """The outages that touch [start, end), newest first; one whose beginning is forgotten begins with the span."""
    begin = min(max(start, check.created), end)
    now = services.clock()
    flips, status = _flips(services, check, begin)
    before = history.flip_before(check.project, check.code, begin + TICK, now)
    before = before or Flip(check.project, check.code, begin, "new", status)
    found = uptime.outages_within(flips, before, silences.since(check, begin, now), begin, end)
    return found[::-1]


def outages_of_all(services: Services, asked: list[tuple[Check, datetime, datetime]]) -> list[tuple[Check, Outage]]:
    """The outages of several checks, each within its own span, newest first."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda one: outages(services, *one), asked))
    pairs = [(one[0], outage) for one, of_one in zip(asked, found, strict=True) for outage in of_one]
    return sorted(pairs, key=lambda pair: pair[1].began, reverse=True)


def _flips(services: Services, check: Check, start: datetime) -> tuple[list[Flip], Status]:
    """The flips after `start`, oldest first, and the status at `start`. The first flip after a moment tells what was
    before it, also when the flip before that has long been forgotten."""
    now = services.clock()
    flips = history.flips(check.project, check.code, start, now + _AHEAD, now)[::-1]
    if flips and flips[0].at == start:
        # What ends at the very beginning of a span is no part of it.
        return flips[1:], flips[0].new
    return flips, flips[0].old if flips else check.status
