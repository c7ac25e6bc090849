"""The minute's tick: hands what is looked at in a fixed period to the workers, and writes nothing.

1. Ask which periods are in use: one read, and nothing more to do where none is.
2. Ask the slots of the wheel that this minute serves: one query each.
3. Cut what stands there into batches and send them to the queue of their kind. What has a period under a minute is
   sent several times, each time to be read a period later.

A minute that is missed stays missed; one that is served twice does no harm, as the results' ids follow from the minute.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib import log
from chalicelib.core import kinds
from chalicelib.monitor.services import Services
from chalicelib.store import queues, wheel

WORKERS = 16


def run(services: Services) -> int:
    """One tick. Answers how many looks it asked for."""
    minute = int(services.clock().timestamp()) // wheel.MINUTE
    periods = wheel.periods()
    if not periods:
        return 0
    with ThreadPoolExecutor(WORKERS) as pool:
        asked = sum(pool.map(lambda kind: _serve(kind[0], kind[1], minute), periods))
    log.count(Ticks=1, Looks=asked)
    return asked


def _serve(letter: str, period: int, minute: int) -> int:
    members = [list(member) for slot in wheel.slots(letter, period, minute) for member in wheel.members(slot)]
    if not members:
        return 0
    kind = kinds.wheel_of(letter)
    if kind is None:
        log.error("nobody looks at what stands under this letter", letter=letter, period=period)
        return 0
    start = minute * wheel.MINUTE
    for delay in range(0, wheel.MINUTE, min(period, wheel.MINUTE)):
        queues.send_all(kind.queue, _batches(kind.batch, start + delay, members), delay=delay)
    return len(members)


def _batches(size: int, at: int, members: list[list[str]]) -> list[dict[str, Any]]:
    """Messages of `size` checks each; `at` is the moment that is served, in milliseconds since 1970."""
    return [{"at": at * 1000, "checks": members[start : start + size]} for start in range(0, len(members), size)]
