"""Runs many probes at the same time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib import log, probes
from chalicelib.core.addresses import allowed
from chalicelib.core.errors import Invalid
from chalicelib.net.lookups import Resolver
from chalicelib.probes import failures
from chalicelib.probes.base import SILENT, Definition, Done, Outcome, Phases, Task
from chalicelib.probes.connection import Session, trust

if TYPE_CHECKING:
    from chalicelib.probes.curl import Curl

CONCURRENCY = 50
# So many threads there may be, most of which wait.
THREADS = 500


class Places:
    """At most `most` of `probes` probes at work, whatever the number of those that wait for hosts which say nothing."""

    def __init__(self, most: int, probes: int, clock: Callable[[], float]) -> None:
        self._most, self._left, self._clock = most, probes, clock
        self._changed = threading.Condition()
        self._began: dict[str, float] = {}

    def working(self) -> int:
        young = self._clock() - SILENT
        return sum(began > young for began in list(self._began.values()))

    def wanted(self) -> int:
        """How many places are taken, or will be by those who have not begun."""
        silent = len(self._began) - self.working()
        return min(self._most, max(self._left - silent, 0))

    @contextlib.contextmanager
    def one(self, key: str) -> Iterator[None]:
        """Waits for a place."""
        with self._changed:
            while self.working() >= self._most:
                self._changed.wait(0.05)
            self._began[key] = self._clock()
        try:
            yield
        finally:
            with self._changed:
                del self._began[key]
                self._left -= 1
                self._changed.notify()


class Prober:
    """Runs probes, at most `concurrency` (two or more) at work at a time, beside those whose hosts are silent. It is
    kept for the next run, and for one thread at a time.

    HTTP goes through curl, in the calling thread, where pycurl is installed and `use_curl` does not say otherwise; the
    other types have threads. `authorities` is a file of certificates (PEM) to trust in place of the system's; `resolve`
    looks names up in place of the system; `clock` measures, `now` tells the date. Raises ValueError for a network that
    is none.
    """

    def __init__(
        self,
        allowed_networks: tuple[str, ...] = (),
        concurrency: int = CONCURRENCY,
        *,
        authorities: str | None = None,
        resolve: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        use_curl: bool | None = None,
    ) -> None:
        allowed("127.0.0.1", allowed_networks)
        self._networks = allowed_networks
        self._concurrency = max(2, concurrency)
        self._authorities = authorities
        self._resolve = resolve
        self._clock = clock
        self._now = now
        self._curl = None if use_curl is False else self._make_curl(needed=use_curl is True)

    def _make_curl(self, *, needed: bool) -> Curl | None:
        """pycurl may be missing, or be made for another C library than this machine has."""
        try:
            from chalicelib.probes.curl import Curl
        except ImportError:
            if needed:
                raise
            return None
        return Curl(self._networks, self._authorities, self._resolve, self._clock, self._now)

    def run(self, tasks: list[Task], done: Done = lambda _key, _outcome: None) -> dict[str, Outcome]:
        """The outcome of every task by its key; `done` is told of each as it ends, in one thread or another. Each probe
        ends within its definition's `timeout`, counted from when it is its turn."""
        began = self._clock()
        curled = [task for task in tasks if self._curl and task.definition.type == "http"]
        others = [task for task in tasks if not (self._curl and task.definition.type == "http")]
        if not others:
            return self._run_curl(curled, lambda: self._concurrency, began, done)
        if any(task.definition.verifies for task in others):
            self._load_trusted()
        most = self._concurrency // 2 if curled else self._concurrency
        places = Places(most, len(others), self._clock)
        with ThreadPoolExecutor(min(len(others), THREADS), "probing") as pool:
            futures = {task.key: pool.submit(self._run_one, task, places, began, done) for task in others}
            outcomes = self._run_curl(curled, lambda: self._concurrency - places.wanted(), began, done)
            return outcomes | {key: future.result() for key, future in futures.items()}

    def _load_trusted(self) -> None:
        """While nobody's time is measured: it would pass for that of the first server to be verified."""
        # What cannot be loaded is the outcome of those who need it, and theirs alone.
        with contextlib.suppress(OSError):
            trust(self._authorities, verify=True)

    def _run_curl(
        self, tasks: list[Task], endpoints: Callable[[], int], began: float, done: Done
    ) -> dict[str, Outcome]:
        return self._curl.run(tasks, endpoints, began, done) if self._curl and tasks else {}

    def _run_one(self, task: Task, places: Places, began: float, done: Done) -> Outcome:
        with places.one(task.key):
            outcome = self._attempt(task, began)
        done(task.key, outcome)
        return outcome

    def _attempt(self, task: Task, began: float) -> Outcome:
        try:
            kind = probes.kind_named(task.definition.type)
            line = self._line(task.definition, 1e3 * (self._clock() - began))
        except Invalid:
            log.error("a probe has a definition that cannot be read", key=task.key)
            return Outcome(False, failures.INTERNAL, Phases())
        return failures.attempt(kind, task.definition, line)

    def _line(self, definition: Definition, block: float) -> Session:
        return Session(
            definition.timeout,
            self._networks,
            clock=self._clock,
            now=self._now,
            resolve=self._resolve,
            authorities=self._authorities,
            block=block,
        )
