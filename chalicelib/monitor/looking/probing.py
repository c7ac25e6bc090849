"""Probing: what a worker does with checks that are to be looked at, of one message or of several.

1. Read the checks, drop what is paused or gone meanwhile. At home, hand those that are probed from elsewhere to the
   places they name: each place has a queue and workers of its own, and writes to the tables at home.
2. Look at all of them at the same time, as many as the engine allows. Whatever has said nothing for some seconds is
   handed on, unjudged, to those who wait for stragglers (`wait`), and what said nothing when it was looked at last goes
   there at once. There a look begins again and has all its time.
3. Keep each result, without waiting long for those of the batch that hang. If a result of the same id has been kept,
   the message has come twice, and nothing more is done; but a check whose next look is far away is looked at once more,
   because the first worker may have died before it decided.
4. Weigh the look against what was seen since it began, and let the waist decide what it means. A failure that is not
   confirmed is looked at again: from the next place of the check, after its delay, together with those that failed
   beside it. A good look does not end an outage that enough other places still see.

A message holds `at` (the moment that is served, milliseconds since 1970), `checks` ([project, code] each), `here` where
one place asks another, `try` for a retry, `fresh` where the checks have just been made or changed, and `followed` where
the retry has been asked for already.
"""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import log, probes
from chalicelib.core import performance
from chalicelib.core.check import Check, Result
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.specs import ProbeSpec, probe_of
from chalicelib.core.watching import Observed
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import daily
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.looking import asking, weighing
from chalicelib.monitor.messages import Look
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.silence import is_silence
from chalicelib.store import checks, queues, results
from chalicelib.store.faults import Contended, Refused, StoreFault

WORKERS = 16
# So many seconds a probe may take without keeping up what others found.
PATIENCE = 2.0
# So many seconds a look has where others wait for it, and the milliseconds by which clocks may be short of them.
SHORT = 3.0
TICK = 10


# What is to be looked at, and the message that asks for it.
_Asked = tuple[Look, Check]


def work(services: Services, *messages: dict[str, Any], queue: str = asking.PROBES) -> int:
    """Does some messages, all at the same time. What comes from the queue of probes and has found a host silent for
    some seconds is handed on to that of stragglers, so that it holds no other up. Answers how many results it kept.
    Raises what must be tried again, when everything else is done."""
    looks, count = list[_Asked](), 0
    with raised_together("messages of probes") as failures:
        for message in messages:
            with kept(failures):
                looks += _asked(services, Look.from_message(message))
        if queue == asking.PROBES:
            silent = [one for one in looks if _was_silent(one[1])]
            looks = [one for one in looks if one not in silent]
            with kept(failures):
                asking.hand_on(services, silent)
        if looks:
            with kept(failures):
                batch = _Batch(services, looks, queue)
                count = batch.look()
                asking.hand_on(services, batch.silent)
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


def _was_silent(check: Check) -> bool:
    """Whether the host said nothing when it was looked at last, so that it probably says nothing now."""
    return check.status == "down" and is_silence(check.last_result) and _definition(check).timeout > SHORT


class _Batch:
    """Looks that begin at the same time. `silent` are those that were given up because their hosts said nothing."""

    def __init__(self, services: Services, looks: list[_Asked], queue: str) -> None:
        self._services = services
        # Two messages may ask for the same check.
        self._by_key = {f"{number}#{check.code}": (asked, check) for number, (asked, check) in enumerate(looks)}
        self._looks = looks
        self._limit = SHORT if queue == asking.PROBES else float("inf")
        self._retries = asking.Retries(services, queue)
        self._over, self._patience = threading.Event(), time.monotonic() + PATIENCE
        self._keeping: list[Future[bool]] = []
        self.silent: list[_Asked] = []

    def look(self) -> int:
        """Probes and keeps what is found; answers how many results are new. Keeping waits for the probes, for it would
        show in the times that they measure; but not long for those that take long: what others found is news."""
        with ThreadPoolExecutor(WORKERS) as pool:

            def done(key: str, outcome: Outcome) -> None:
                if self._is_given_up(key, outcome):
                    self.silent.append(self._by_key[key])
                    return
                self._retries.one_more()
                self._keeping.append(pool.submit(self._keep, key, outcome))

            try:
                with self._services.prober() as engine:
                    self._began = self._services.clock()
                    outcomes = engine.run([self._task(key) for key in self._by_key], done)
            finally:
                self._over.set()
            new = [future.result() for future in self._keeping]
        failed = sum(not outcome.ok for outcome in outcomes.values()) - len(self.silent)
        log.count(Probes=len(new), ProbeFailures=failed, ProbeLagSeconds=_lag(self._looks, self._began))
        return sum(new)

    def _task(self, key: str) -> Task:
        definition = _definition(self._by_key[key][1])
        return Task(key, replace(definition, timeout=min(definition.timeout, self._limit)))

    def _is_given_up(self, key: str, outcome: Outcome) -> bool:
        """Whether a look has failed because it had less time than it should have: its clock runs in milliseconds."""
        if outcome.ok or outcome.phases.total < 1e3 * self._limit - TICK:
            return False
        return _definition(self._by_key[key][1]).timeout > self._limit

    def _keep(self, key: str, outcome: Outcome) -> bool:
        self._over.wait(self._patience - time.monotonic())
        with self._retries.one_less():
            return _keep(self._services, *self._by_key[key], self._began, outcome, self._retries)


def _lag(looks: list[_Asked], began: datetime) -> float:
    """By how many seconds the latest of some looks came after its moment."""
    return max(0.0, *(began.timestamp() - asked.at / 1000 for asked, _ in looks))


def _definition(check: Check) -> probes.Definition:
    return probes.read(probe_of(check).definition)


def look_now(services: Services, check: Check) -> None:
    """Has a check looked at without waiting for its moment. What cannot be asked for is left to the clock."""
    at = int(services.clock().timestamp() * 1000)
    try:
        queues.send(asking.PROBES, Look(at, ((check.project, check.code),), fresh=True).to_message())
    except StoreFault as fault:
        log.warning("first look not asked for, the clock will", reason=str(fault), code=check.code)


def _mine(services: Services, asked: Look, found: list[Check]) -> list[Check]:
    """The checks that this place probes itself; the others' places are told."""
    elsewhere: dict[str, list[tuple[str, str]]] = {}
    mine = []
    for check in found:
        for place in asking.places(services, check):
            if place == services.settings.location:
                mine.append(check)
            else:
                elsewhere.setdefault(place, []).append((check.project, check.code))
    for place, keys in elsewhere.items():
        asking.ask(services, place, Look(asked.at, tuple(keys), here=True, fresh=asked.fresh))
    return mine


def _keep(
    services: Services, asked: Look, check: Check, began: datetime, outcome: Outcome, again: asking.Retries
) -> bool:
    started = began + timedelta(milliseconds=outcome.phases.block)
    verdict = performance.verdict(probe_of(check), outcome.phases.total)
    ok = outcome.ok and not performance.is_failure(probe_of(check), verdict)
    text = outcome.text if ok or not outcome.ok else f"took {_limit(check, verdict)} ms or more: {outcome.text}"
    result = _result(services, asked, check, started, outcome, verdict, ok, text)
    daily.await_late(services, check.code, asked.at)
    if not results.add(check.code, result):
        if check.period > asking.OFTEN:
            again.anew(asked, check)
        return False
    look = Observed(started, ok, text, services.settings.location, probe_of(check).definition)
    after = _observe(services, check, look)
    if after and not ok and after.suspicion:
        again.add(asked, after)
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
        if check.period > asking.OFTEN:
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
    others = (place for place in asking.places(services, check) if place != look.location)
    counted = weighing.weighed(services, check, look, others)
    change = transitions.keep(check, counted) if counted else None
    if change is None:
        return check
    transitions.tell([change])
    return change.after
