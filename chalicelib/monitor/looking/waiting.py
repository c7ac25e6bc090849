"""Waiting for stragglers: whoever waits for hosts that are silent takes meanwhile what else is to be waited for.

A wait is a minute at most and nearly no work. If each kept an execution for itself, a few dozen that begin at different
moments would keep all that an account has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from chalicelib import log
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.looking import asking, probing
from chalicelib.monitor.services import Services
from chalicelib.store import queues
from chalicelib.store.faults import StoreFault

# For so many seconds others are taken, not all for as long: those who wait must not all cease at once.
TAKES, SPREAD = 60.0, 150.0
# So many looks are waited for in one process: each has a connection, some have a thread.
LOOKS = 500
# So many batches are under way at most; each may be small.
BATCHES = 50
# So many seconds pass between two looks into the queue, unless a wait ends before.
POLL = 1.0


def wait(services: Services, *messages: dict[str, Any]) -> int:
    """Does messages about hosts that have been silent, each look with all its time, and others that come meanwhile.
    Answers how many results it kept. Raises what must be tried again, when everything else is done."""
    first = _Waiting(services, _looks(messages))
    with raised_together("batches of stragglers") as failures, ThreadPoolExecutor(1) as pool:
        meanwhile = pool.submit(first.take)
        count = 0
        with kept(failures):
            try:
                count = probing.work(services, *messages, queue=asking.STRAGGLERS)
            finally:
                first.end()
        with kept(failures):
            count += meanwhile.result()
    return count


class _Waiting:
    """What is taken while the first batch, of so many looks, is waited for, until that is `over`."""

    def __init__(self, services: Services, first: int) -> None:
        self._services = services
        self._first = first
        self._region = dict(services.settings.locations).get(services.settings.location)
        self._until = time.monotonic() + TAKES + SPREAD * int(services.random_text(2, "0123456789")) / 100
        self._jobs: list[tuple[int, Future[int]]] = []
        self._over = False
        self._ended = threading.Event()

    def end(self) -> None:
        """The first batch is done."""
        self._over = True
        self._ended.set()

    def take(self) -> int:
        """Takes messages as long as anything is waited for; answers how many results it kept."""
        with raised_together("batches that were taken") as failures:
            with ThreadPoolExecutor(BATCHES) as pool:
                while self._goes_on() and self._take_some(pool):
                    pass
            count = 0
            for _, job in self._jobs:
                with kept(failures):
                    count += job.result()
        return count

    def _goes_on(self) -> bool:
        return time.monotonic() < self._until and bool(self._under_way())

    def _under_way(self) -> int:
        """How many looks are being waited for."""
        return sum(size for size, job in self._jobs if not job.done()) + (0 if self._over else self._first)

    def _take_some(self, pool: ThreadPoolExecutor) -> bool:
        """Takes what can be read and there is room for. False if the queue cannot be reached: others take it."""
        room = (LOOKS - self._under_way()) // asking.MOST
        if room < 1:
            self._rest()
            return True
        try:
            receipts, messages = queues.take(asking.STRAGGLERS, room, region=self._region)
        except StoreFault as fault:
            log.warning("no more stragglers taken", reason=str(fault))
            return False
        if messages:
            self._jobs.append((_looks(messages), pool.submit(self._do, receipts, messages)))
        else:
            self._rest()
        return True

    def _rest(self) -> None:
        """Waits for the next look into the queue, or until something that is waited for has ended."""
        self._ended.wait(POLL)
        self._ended.clear()

    def _do(self, receipts: list[str], messages: list[dict[str, Any]]) -> int:
        try:
            count = probing.work(self._services, *messages, queue=asking.STRAGGLERS)
            queues.drop(asking.STRAGGLERS, receipts, region=self._region)
        finally:
            self._ended.set()
        return count


def _looks(messages: Iterable[dict[str, Any]]) -> int:
    return sum(len(message["checks"]) for message in messages)
