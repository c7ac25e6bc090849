"""Probing: what a worker does with checks that are to be looked at, of one message or of several.

1. Read the checks, drop what is paused or gone meanwhile. At home, hand those that are probed from elsewhere to the
   places they name: each place has a queue and workers of its own, and writes to the tables at home.
2. Look at all of them at the same time, as many as the engine allows.
3. Keep each result, without waiting long for those of the batch that hang. If a result of the same id has been kept,
   the message has come twice, and nothing more is done; but a check whose next look is far away is looked at once more,
   because the first worker may have died before it decided.
4. Weigh the look against what was seen since it began, and let the waist decide what it means. A failure that is not
   confirmed is looked at again: from the next place of the check, after its delay, together with those that failed
   beside it. A good look does not end an outage that enough other places still see.

A message holds `at` (the moment that is served, milliseconds since 1970), `checks` ([project, code] each), `here` where
one place asks another, `try` for a retry, and `fresh` where the checks have just been made or changed.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chalicelib import log, probes
from chalicelib.core import performance
from chalicelib.core.check import Check, Result
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.specs import ProbeSpec, probe_of
from chalicelib.core.watching import Observed, retries
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import daily
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.looking import weighing
from chalicelib.monitor.messages import Look
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Outcome, Task
from chalicelib.store import checks, queues, results
from chalicelib.store.faults import Contended, Refused, StoreFault

WORKERS = 16
# So many seconds a probe may take without keeping up what others found.
PATIENCE = 2.0
# In seconds: a check that is looked at more often than this is seen again soon enough whatever happens to one look.
OFTEN = 60
ANEW = 30


# What is to be looked at, and the message that asks for it.
_Asked = tuple[Look, Check]


def work(services: Services, *messages: dict[str, Any]) -> int:
    """Does some messages, all at the same time, so that a host which is silent holds no other up. Answers how many
    results it kept. Raises what must be tried again, when everything else is done."""
    looks, count = list[_Asked](), 0
    with raised_together("messages of probes") as failures:
        for message in messages:
            with kept(failures):
                looks += _asked(services, Look.from_message(message))
        if looks:
            with kept(failures):
                count = _look(services, looks)
    return count


def _asked(services: Services, asked: Look) -> list[_Asked]:
    """What this place looks at itself for a message; the others' places are told. Raises StoreFault."""
    # What is decided is kept on the check as it was seen alone, so it may have been seen a moment ago; but not before
    # the suspicion that a retry is about, nor before the change because of which it is looked at now.
    found = checks.get_many(list(asked.keys), strongly=asked.fresh or asked.attempt is not None)
    looked_at = [check for check in found if isinstance(check.spec, ProbeSpec) and check.status != "paused"]
    if not asked.here:
        for check in looked_at:
            daily.begin_day(check, asked.at)
    here = looked_at if asked.here else _mine(services, asked, looked_at)
    return [(asked, check) for check in here]


def _look(services: Services, looks: list[_Asked]) -> int:
    """Probes and keeps what is found. Keeping waits for the probes, for it would show in the times that they measure;
    but not long for those that take long: what others found is news."""
    over, patience = threading.Event(), time.monotonic() + PATIENCE
    keeping: list[Future[bool]] = []
    # Two messages may ask for the same check.
    by_key = {f"{number}#{check.code}": (asked, check) for number, (asked, check) in enumerate(looks)}
    retries = Retries(services)

    def keep(asked: Look, check: Check, outcome: Outcome) -> bool:
        over.wait(patience - time.monotonic())
        with retries.one_less():
            return _keep(services, asked, check, began, outcome, retries)

    def done(key: str, outcome: Outcome) -> None:
        retries.one_more()
        keeping.append(pool.submit(keep, *by_key[key], outcome))

    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            with services.prober() as engine:
                began = services.clock()
                outcomes = engine.run([Task(key, _definition(check)) for key, (_, check) in by_key.items()], done)
        finally:
            over.set()
        new = [future.result() for future in keeping]
    failed = sum(not outcome.ok for outcome in outcomes.values())
    log.count(Probes=len(outcomes), ProbeFailures=failed, ProbeLagSeconds=_lag(looks, began))
    return sum(new)


def _lag(looks: list[_Asked], began: datetime) -> float:
    """By how many seconds the latest of some looks came after its moment."""
    return max(0.0, *(began.timestamp() - asked.at / 1000 for asked, _ in looks))


def _definition(check: Check) -> probes.Definition:
    return probes.read(probe_of(check).definition)


def look_now(services: Services, check: Check) -> None:
    """Has a check looked at without waiting for its moment. What cannot be asked for is left to the clock."""
    at = int(services.clock().timestamp() * 1000)
    try:
        queues.send("probes", Look(at, ((check.project, check.code),), fresh=True).to_message())
    except StoreFault as fault:
        log.warning("first look not asked for, the clock will", reason=str(fault), code=check.code)


def places(services: Services, check: Check) -> list[str]:
    """The places from which a check is probed: the existing places that it names, else home."""
    known = services.settings.places
    named = [name for name in probe_of(check).locations if name in known]
    return named or known[:1]


def _mine(services: Services, asked: Look, found: list[Check]) -> list[Check]:
    """The checks that this place probes itself; the others' places are told."""
    elsewhere: dict[str, list[tuple[str, str]]] = {}
    mine = []
    for check in found:
        for place in places(services, check):
            if place == services.settings.location:
                mine.append(check)
            else:
                elsewhere.setdefault(place, []).append((check.project, check.code))
    for place, keys in elsewhere.items():
        _ask(services, place, Look(asked.at, tuple(keys), here=True, fresh=asked.fresh))
    return mine


def _ask(services: Services, place: str, look: Look, *, delay: int = 0) -> None:
    region = dict(services.settings.locations).get(place)
    queues.send_all("probes", [look.to_message()], delay=delay, region=region)


def _keep(services: Services, asked: Look, check: Check, began: datetime, outcome: Outcome, retries: Retries) -> bool:
    started = began + timedelta(milliseconds=outcome.phases.block)
    verdict = performance.verdict(probe_of(check), outcome.phases.total)
    ok = outcome.ok and not performance.is_failure(probe_of(check), verdict)
    text = outcome.text if ok or not outcome.ok else f"took {_limit(check, verdict)} ms or more: {outcome.text}"
    result = _result(services, asked, check, started, outcome, verdict, ok, text)
    daily.await_late(services, check.code, asked.at)
    if not results.add(check.code, result):
        if check.period > OFTEN:
            _look_anew(services, asked, check)
        return False
    look = Observed(started, ok, text, services.settings.location, probe_of(check).definition)
    after = _observe(services, check, look)
    if after and not ok and after.suspicion:
        _look_again(services, asked, after, retries)
    return True


def _limit(check: Check, verdict: performance.Verdict) -> int:
    """The milliseconds from which the verdict is this one."""
    spec = probe_of(check)
    return spec.perf_crit if verdict == "Critical" else spec.perf_warn


def _result(
    services: Services,
    asked: Look,
    check: Check,
    at: datetime,
    outcome: Outcome,
    verdict: str,
    ok: bool,
    text: str,
) -> Result:
    phases = outcome.phases
    good = 2 if outcome.warning or verdict != "Ok" else 1
    return Result(
        id=result_id(check.code, services.settings.location, asked.at, asked.attempt or 0),
        at=at,
        location=services.settings.location,
        code=good if ok else 0,
        text=text,
        performance=verdict,
        block=round(phases.block, 3),
        dns=phases.dns,
        connect=phases.connect,
        ssl=phases.ssl,
        ttfb=phases.ttfb,
        ttlb=phases.ttlb,
        size=outcome.size,
    )


def result_id(code: str, location: str, at: int, number: int) -> str:
    """48 hexadecimal digits that follow from what was asked for and sort by time; `at` in milliseconds since 1970."""
    rest = hashlib.sha256(f"{code}#{location}#{number}".encode()).hexdigest()
    return f"{at:012x}{rest[:36]}"


def _observe(services: Services, check: Check, look: Observed) -> Check | None:
    """Lets the waist decide; the check after it, None for one that is gone. What cannot be decided now is seen again
    with the next look, if that is near; otherwise the message has to come again."""
    try:
        return _decided(services, check, look)
    except Missing:
        return None
    except (Busy, StoreFault):
        if check.period > OFTEN:
            raise
        log.error("look not decided, the next one will be", code=check.code)
        return None


def _decided(services: Services, seen: Check, look: Observed) -> Check:
    try:
        return _decide(services, seen, look)
    except (Refused, Contended):
        return transitions.retrying(services, lambda: _decide(services, checks.get(seen.project, seen.code), look))


def _decide(services: Services, check: Check, look: Observed) -> Check:
    """The check after a look. Raises Refused or Contended when it has become another meanwhile."""
    others = (place for place in places(services, check) if place != look.location)
    counted = weighing.weighed(services, check, look, others)
    change = transitions.keep(check, counted) if counted else None
    if change is None:
        return check
    transitions.tell([change])
    return change.after


def _look_again(services: Services, asked: Look, check: Check, again: Retries) -> None:
    """Asks the next place of the check to confirm; the same one where there is no other."""
    number = (asked.attempt or 0) + 1
    if number <= retries(check):
        again.add(_next_place(services, check), probe_of(check).retry_delay, number, check)


class Retries:
    """The retries that one message's looks ask for. Those that go to one place after one delay travel together, when
    nothing else is being kept: many hosts that fall silent together end together, and a message for each would keep
    every worker busy until the last of them has timed out."""

    def __init__(self, services: Services) -> None:
        self._services = services
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
                self._send(place, delay, number, some)

    def add(self, place: str, delay: int, number: int, check: Check) -> None:
        with self._lock:
            self._waiting.setdefault((place, delay, number), []).append(check)

    def _send(self, place: str, delay: int, number: int, some: list[Check]) -> None:
        at = int(self._services.clock().timestamp() * 1000) + delay * 1000
        again = Look(at, tuple((one.project, one.code) for one in some), here=True, attempt=number)
        try:
            _ask(self._services, place, again, delay=delay)
        except StoreFault as fault:
            if any(one.period > OFTEN for one in some):
                raise
            for one in some:
                log.warning("retry not asked for, the next look confirms", reason=str(fault), code=one.code)


def _look_anew(services: Services, asked: Look, check: Check) -> None:
    """Asks for the same look again, as another one: its result is not kept yet."""
    at = int(services.clock().timestamp() * 1000) + ANEW * 1000
    anew = Look(at, ((check.project, check.code),), here=True, attempt=asked.attempt or 0)
    _ask(services, services.settings.location, anew, delay=ANEW)


def _next_place(services: Services, check: Check) -> str:
    """A place that has not seen the failure, in the order of the check's places."""
    mine = places(services, check)
    seen: Iterable[str] = check.suspicion.locations if check.suspicion else ()
    unseen = [place for place in mine if place not in seen]
    if unseen:
        return unseen[0]
    here = services.settings.location
    return mine[(mine.index(here) + 1) % len(mine)] if here in mine else mine[0]
