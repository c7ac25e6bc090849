"""Asking for looks: at other places, again after a failure, and with all their time at hosts that say nothing.

Two queues carry looks. What `probes` holds is done within seconds, whatever is silent; `stragglers` holds what has all
its time, so that nobody else waits for it. Looks of one message that go to one place after one delay travel together:
many hosts that fall silent together are looked at again together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalicelib import log
from chalicelib.core.check import Check
from chalicelib.core.specs import probe_of
from chalicelib.core.watching import retries
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.messages import Look
from chalicelib.monitor.services import Services
from chalicelib.store import queues
from chalicelib.store.faults import StoreFault

PROBES, STRAGGLERS = "probes", "stragglers"
# In seconds: a check that is looked at more often than this is seen again soon enough whatever happens to one look.
OFTEN = 60
ANEW = 30
# So many checks are in one message at most.
MOST = 50


def places(services: Services, check: Check) -> list[str]:
    """The places from which a check is probed: the existing places that it names, else home."""
    known = services.settings.places
    named = [name for name in probe_of(check).locations if name in known]
    return named or known[:1]


def ask(services: Services, place: str, look: Look, *, delay: int = 0, queue: str = PROBES) -> None:
    """Has a place look, in so many seconds. Raises StoreFault."""
    region = dict(services.settings.locations).get(place)
    queues.send_all(queue, [look.to_message()], delay=delay, region=region)


def hand_on(services: Services, silent: list[tuple[Look, Check]]) -> None:
    """Has looks that found hosts silent begin again with all their time. Where a failure would have to be confirmed,
    the look that does so is asked for at once: a host that is dark is known to be after one timeout and not after
    two. Raises StoreFault."""
    looks: dict[Look, list[Check]] = {}
    confirming: dict[tuple[str, int, int], list[Check]] = {}
    for asked, check in silent:
        doubted = check.status != "down" and asked.next_attempt <= retries(check)
        looks.setdefault(replace(asked, keys=(), here=True, followed=doubted), []).append(check)
        if doubted:
            place = next_place(services, check, (services.settings.location,))
            confirming.setdefault((place, probe_of(check).retry_delay, asked.next_attempt), []).append(check)
    with raised_together("looks that are handed on") as failures:
        for look, some in looks.items():
            with kept(failures):
                _ask_for(services, services.settings.location, look, some, STRAGGLERS)
        for (place, delay, number), some in confirming.items():
            with kept(failures):
                look = Look(_in(services, delay), (), here=True, attempt=number)
                _ask_for(services, place, look, some, STRAGGLERS, delay)


class Retries:
    """The retries that one batch of looks asks for on one queue. Those that go to one place after one delay travel
    together, when nothing else is being kept: many hosts that fail together end together, and a message for each would
    keep every worker busy."""

    def __init__(self, services: Services, queue: str) -> None:
        self._services = services
        self._queue = queue
        self._lock = threading.Lock()
        self._keeping = 0
        self._waiting: dict[tuple[str, int, int], list[Check]] = {}

    def one_more(self) -> None:
        """A look has ended, and is about to be kept."""
        with self._lock:
            self._keeping += 1

    @contextmanager
    def one_less(self) -> Iterator[None]:
        """A look is kept inside the block. Raises StoreFault for what cannot be asked for, and is not seen again
        soon."""
        try:
            yield
        finally:
            with self._lock:
                self._keeping -= 1
                ready, self._waiting = ({}, self._waiting) if self._keeping else (self._waiting, {})
            for (place, delay, number), some in ready.items():
                look = Look(_in(self._services, delay), (), here=True, attempt=number)
                _ask_for(self._services, place, look, some, self._queue, delay)

    def add(self, asked: Look, check: Check) -> None:
        """Has the next place of the check confirm what this look found; the same one where there is no other."""
        number = asked.next_attempt
        if number > retries(check) or asked.followed:
            return
        key = (next_place(self._services, check), probe_of(check).retry_delay, number)
        with self._lock:
            self._waiting.setdefault(key, []).append(check)

    def anew(self, asked: Look, check: Check) -> None:
        """Asks for the same look again, as another one: its result is not kept yet. Raises StoreFault."""
        look = Look(_in(self._services, ANEW), _keys([check]), here=True, attempt=asked.attempt or 0)
        ask(self._services, self._services.settings.location, look, delay=ANEW, queue=self._queue)


def next_place(services: Services, check: Check, seen: Iterable[str] = ()) -> str:
    """A place that has not seen the failure, in the order of the check's places; `seen` are more that have."""
    mine = places(services, check)
    unseen = [place for place in mine if place not in (*seen, *(check.suspicion.locations if check.suspicion else ()))]
    if unseen:
        return unseen[0]
    here = services.settings.location
    return mine[(mine.index(here) + 1) % len(mine)] if here in mine else mine[0]


def _ask_for(services: Services, place: str, look: Look, some: list[Check], queue: str, delay: int = 0) -> None:
    """Asks for a look at some checks. What cannot be asked for is left to their next looks, if those are near. Raises
    StoreFault."""
    try:
        for start in range(0, len(some), MOST):
            keys = _keys(some[start : start + MOST])
            ask(services, place, replace(look, keys=keys), delay=delay, queue=queue)
    except StoreFault as fault:
        if any(one.period > OFTEN for one in some):
            raise
        for one in some:
            log.warning("look not asked for, the next one will do", reason=str(fault), code=one.code)


def _keys(some: list[Check]) -> tuple[tuple[str, str], ...]:
    return tuple((one.project, one.code) for one in some)


def _in(services: Services, delay: int) -> int:
    """The moment in so many seconds, in milliseconds since 1970."""
    return int(services.clock().timestamp() * 1000) + delay * 1000
