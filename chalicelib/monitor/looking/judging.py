"""Judging rules: what a worker does with a batch of them, from the clock or because points of their series came in.

1. Read the rules, drop what is paused or gone, and take them project by project: those of one read from one reading.
2. Judge each at the moments that have passed since it was last judged, the ends of buckets, oldest first, and then, as
   far as that is allowed, by the points of the bucket that is still filling. The alerts of panels are judged beside
   them, each at the last moment that has passed.
3. Let the waist decide. What a cheap reading would change is judged again on one that sees every point; a rule that has
   become another meanwhile is judged anew, on what it and its series are then.
4. Have those judged again to the second that will miss something, or whose bucket will be over, before the clock comes
   round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib import log
from chalicelib.core import status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.kinds import panel, rule
from chalicelib.core.watching import Judged
from chalicelib.monitor import transitions
from chalicelib.monitor.looking import panels, verdicts
from chalicelib.monitor.looking.reading import BACK, Reader, closed, reader_of, seconds_to
from chalicelib.monitor.messages import Judge
from chalicelib.monitor.services import Services
from chalicelib.store import checks, queues, satellites
from chalicelib.store.faults import Contended, Refused, StoreFault

Message = dict[str, Any]
# Judges a rule, of which some series breached before, on a reading; None where there is nothing to be said.
_Ask = Callable[[Reader, Check, Breaches], Judged | None]

JUDGED = (rule.name, panel.name)
BATCH = 100
# So many seconds pass until the clock has every rule judged again.
ROUND = 60


def work(services: Services, message: Message) -> int:
    """Judges the rules of one message. Answers how many it judged."""
    asked = Judge.from_message(message)
    for start in range(0, len(asked.keys), BATCH):
        _judge_batch(services, replace(asked, keys=asked.keys[start : start + BATCH]))
    log.count(RulesJudged=len(asked.keys))
    return len(asked.keys)


@dataclass(slots=True)
class _Batch:
    """What the rules of one project in a message are judged on: when, the readings, and the changes made so far."""

    services: Services
    asked: Judge
    project: str
    now: datetime
    changes: list[status.Change] = field(default_factory=list)
    readers: dict[bool, Reader] = field(default_factory=dict)

    def reader(self, *, consistent: bool) -> Reader:
        if consistent not in self.readers:
            nudged = self.asked.at if self.asked.points else 0
            self.readers[consistent] = reader_of(self.project, self.now, consistent=consistent, nudged=nudged)
        return self.readers[consistent]


def _judge_batch(services: Services, asked: Judge) -> None:
    read = checks.get_many(list(asked.keys), strongly=asked.fresh)
    found = [check for check in read if check.kind in JUDGED and check.status != "paused"]
    known = satellites.of_rules(found)
    waiting: dict[int, list[tuple[str, str]]] = {}
    for project, rules in _by_project(found):
        batch = _Batch(services, asked, project, services.clock())
        for check in rules:
            for moment in _guarded(batch, check, known.get((project, check.code), {})):
                waiting.setdefault(moment, []).append((project, check.code))
        transitions.tell(batch.changes)
    _look_again(services, asked, waiting)


def _by_project(found: list[Check]) -> list[tuple[str, list[Check]]]:
    """The rules of each project, those of a project with few before those of one with many: who has one alert is told
    before the hundred of a neighbour are judged."""
    together: dict[str, list[Check]] = {}
    for check in found:
        together.setdefault(check.project, []).append(check)
    return sorted(together.items(), key=lambda one: len(one[1]))


def _look_again(services: Services, asked: Judge, waiting: dict[int, list[tuple[str, str]]]) -> None:
    """Has rules judged at these moments (seconds since 1970), unless the clock is faster."""
    now = services.clock()
    at = asked.at if asked.points else int(now.timestamp() * 1000)
    together: dict[int, list[tuple[str, str]]] = {}
    for moment, members in waiting.items():
        together.setdefault(seconds_to(moment, now), []).extend(members)
    for seconds, members in together.items():
        if seconds >= ROUND:
            continue
        again = Judge(at, tuple(members), fresh=True, points=asked.points, final=True)
        try:
            queues.send_all("rules", [again.to_message()], delay=seconds)
        except StoreFault as fault:
            log.warning("rules not judged to the second, the next minute will", reason=str(fault), rules=len(members))


def _guarded(batch: _Batch, check: Check, known: Breaches) -> list[int]:
    """Judges a rule; the moments at which it is to be looked at again (seconds since 1970)."""
    try:
        due = _decide(batch, check, known)
        if not batch.asked.fresh:
            return [int(due.timestamp())] if due else []
        if batch.asked.final or not batch.asked.points:
            return []
        ends = verdicts.waiting(batch.reader(consistent=True), check, batch.now)
        return [end for end in ends if batch.services.memory.asks_first(check.code, end)]
    except Missing:
        return []
    except (StoreFault, Busy) as fault:
        log.error("rule not judged, the next minute will", code=check.code, reason=str(fault))
    except Exception:  # noqa: BLE001
        # A rule that cannot be judged (a definition of a later version) must not keep the others from it.
        log.fault("rule cannot be judged", code=check.code)
    return []


def _decide(batch: _Batch, check: Check, known: Breaches) -> datetime | None:
    """Keeps what is decided on a rule; when it is due again. Raises Missing, Busy, StoreFault."""
    try:
        return _kept(batch, check, known)
    except (Refused, Contended):
        return transitions.retrying(batch.services, lambda: _anew(batch, check))


def _anew(batch: _Batch, seen: Check) -> datetime | None:
    """The decision on what stands in the store at this moment. Raises Missing, Refused, Contended."""
    check = checks.get(seen.project, seen.code)
    asked = replace(batch.asked, fresh=True)
    fresh = _Batch(batch.services, asked, batch.project, batch.services.clock(), batch.changes)
    return _kept(fresh, check, satellites.of_rule(check))


def _kept(batch: _Batch, check: Check, known: Breaches) -> datetime | None:
    """Judges a rule at every moment that is to be judged, keeps each decision before the next, and tells when it is due
    again. Raises Missing, Refused, Contended."""
    due = None
    for ask in _asks(check, batch.now):
        judgement = ask(batch.reader(consistent=batch.asked.fresh), check, known)
        if judgement and not batch.asked.fresh and _is_another(check, judgement):
            # The reading may have missed what was written a moment ago: nobody is told of that.
            judgement = ask(batch.reader(consistent=True), check, known)
        change = transitions.keep(check, judgement) if judgement else None
        if change:
            batch.changes.append(change)
            check, known = change.after, change.series.now if change.series else known
        due = judgement.due if judgement else due
    return due


def _asks(check: Check, now: datetime) -> list[_Ask]:
    """What is asked of a check now. The alert of a panel is judged once in its frequency, by what is over."""
    if check.kind == panel.name:
        return [partial(_of_panel, closed(now))]
    asks: list[_Ask] = [partial(_at, moment) for moment in verdicts.moments(check, now, BACK)]
    return asks + [partial(_early, end, now) for end in verdicts.open_buckets(now)]


def _of_panel(moment: int, reader: Reader, check: Check, known: Breaches) -> Judged:
    return panels.judge(reader, check, known, moment)


def _at(moment: int, reader: Reader, check: Check, known: Breaches) -> Judged | None:
    return verdicts.judge(reader, check, known, moment)


def _early(end: int, now: datetime, reader: Reader, check: Check, known: Breaches) -> Judged | None:
    return verdicts.early(reader, check, known, end, now)


def _is_another(check: Check, judgement: Judged) -> bool:
    """Whether anything would change that a caller sees or is told."""
    turned = judgement.firing is not None and judgement.firing != (check.status == "down")
    return turned or judgement.triggered.keys() != judgement.known.keys()
