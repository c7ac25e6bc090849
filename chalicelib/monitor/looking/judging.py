"""Judging rules: what a worker does with a batch of them, from the clock or because points of their series came in.

1. Read the rules, drop what is paused or gone, and bring those that read the same together.
2. Judge each: a verdict on every series of every criterion, and what they mean together.
3. Let the waist decide. What a cheap reading would change is judged again on one that sees every point; a rule that has
   become another meanwhile is judged anew, on what it and its series are then.
4. Have those judged again to the second that will miss something before the clock comes round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib import log
from chalicelib.core import breaches, criteria, rules, status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.criteria import BUCKET, Verdict
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.kinds import rule
from chalicelib.core.specs import Part, rule_of
from chalicelib.core.watching import Judged
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor import transitions
from chalicelib.monitor.looking.reading import Buckets, Reader, buckets_of, matcher, means_many, split_view
from chalicelib.monitor.services import Services
from chalicelib.store import checks, queues, satellites
from chalicelib.store.faults import Contended, Refused, StoreFault

Message = dict[str, Any]
# The reading of a project, and whether it is to see what was written a moment ago.
_Readers = Callable[[str, bool], Reader]
# What became of a rule, and when it is to be looked at again.
_Outcome = tuple[status.Change | None, datetime | None]

BATCH = 100
# So many seconds pass until the clock has every rule judged again.
ROUND = 60
# So much more is read of what may be missing: the bucket of its last value may lie across the window's beginning.
SPARE = 2 * BUCKET


def work(services: Services, message: Message) -> int:
    """Judges the rules of one message; `fresh` asks for a reading that sees every write, `points` says that some came
    at its moment. Answers how many it judged."""
    keys = [(project, code) for project, code in message["checks"]]
    fresh, nudged = bool(message.get("fresh")), message["at"] if message.get("points") else 0
    judged = 0
    for start in range(0, len(keys), BATCH):
        judged += _judge_batch(services, keys[start : start + BATCH], fresh=fresh, nudged=nudged)
    log.count(RulesJudged=judged)
    return judged


def _judge_batch(services: Services, keys: list[tuple[str, str]], *, fresh: bool, nudged: int) -> int:
    now = services.clock()
    readers: dict[tuple[str, bool], Reader] = {}

    def reader(project: str, consistent: bool) -> Reader:
        return readers.setdefault((project, consistent), Reader(project, now, consistent, nudged))

    found = [
        check for check in checks.get_many(keys, strongly=fresh) if check.kind == rule.name and check.status != "paused"
    ]
    known = satellites.of_rules(found)
    changes: list[status.Change] = []
    waiting: dict[int, list[list[str]]] = {}
    for check in found:
        triggered = known.get((check.project, check.code), {})
        change, due = _guarded(services, reader, check, triggered, fresh=fresh)
        changes += [change] if change else []
        if due and not fresh:
            waiting.setdefault(int((due - now).total_seconds()) + 1, []).append([check.project, check.code])
    transitions.tell(changes)
    _look_again(now, waiting)
    return len(found)


def _look_again(now: datetime, waiting: dict[int, list[list[str]]]) -> None:
    """Has rules judged in so many seconds, unless the clock is faster."""
    at = int(now.timestamp() * 1000)
    for seconds, members in waiting.items():
        if seconds >= ROUND:
            continue
        try:
            queues.send_all("rules", [{"at": at, "checks": members, "fresh": True}], delay=seconds)
        except StoreFault as fault:
            log.warning("rules not judged to the second, the next minute will", reason=str(fault), rules=len(members))


def _guarded(services: Services, reader: _Readers, check: Check, known: Breaches, *, fresh: bool) -> _Outcome:
    try:
        return _decide(services, reader, check, known, fresh=fresh)
    except Missing:
        return None, None
    except (StoreFault, Busy) as fault:
        log.error("rule not judged, the next minute will", code=check.code, reason=str(fault))
    except Exception:  # noqa: BLE001
        # A rule that cannot be judged (a definition of a later version) must not keep the others from it.
        log.error("rule cannot be judged", code=check.code)
    return None, None


def _decide(services: Services, reader: _Readers, check: Check, known: Breaches, *, fresh: bool) -> _Outcome:
    reading = reader(check.project, fresh)
    judgement = judge(reading, check, known)
    if not fresh and _is_another(check, judgement):
        # The reading may have missed what was written a moment ago: nobody is told of that.
        judgement = judge(reader(check.project, True), check, known)
    try:
        return transitions.keep(check, judgement), judgement.due
    except (Refused, Contended):
        anew = partial(_decide_anew, services, check.project, check.code, nudged=reading.nudged)
        return transitions.retrying(services, anew)


def _is_another(check: Check, judgement: Judged) -> bool:
    """Whether anything would change that a caller sees or is told."""
    turned = judgement.firing is not None and judgement.firing != (check.status == "down")
    return turned or judgement.triggered.keys() != judgement.known.keys()


def _decide_anew(services: Services, project: str, code: str, *, nudged: int) -> _Outcome:
    """The kept decision on what stands in the store at this moment. Raises Missing, Refused, Contended."""
    check = checks.get(project, code)
    known = satellites.of_rule(check)
    judgement = judge(Reader(project, services.clock(), consistent=True, nudged=nudged), check, known)
    return transitions.keep(check, judgement), judgement.due


def judge(reader: Reader, check: Check, known: Breaches) -> Judged:
    """The judgement on a rule, of which the series `known` breached before, at the reader's moment."""
    spec = rule_of(check)
    tree = expression.parse(spec.expression)
    try:
        verdicts = {part.letter: _verdicts(reader, check, known, part) for part in spec.parts}
    except GraphiteError as error:
        return rules.failure(check, known, reader.now, str(error))
    judgement = rules.judgement(check, known, reader.now, verdicts, lambda letters: expression.evaluate(tree, letters))
    if breaches.size(judgement.triggered) > breaches.MOST:
        why = f"{len(judgement.triggered)} series breach, whose names are too long to be kept"
        return rules.failure(check, known, reader.now, why)
    return judgement


def _verdicts(reader: Reader, check: Check, known: Breaches, part: Part) -> dict[str, Verdict]:
    seconds = criteria.window(part.criterion) + (SPARE if part.criterion.by_absence else 0)
    if graphite.is_plain(part.target):
        named = not means_many(part.target)
        found = reader.plain(part.target, seconds)
        verdicts = {name: _verdict(reader, check, part, buckets, named=named) for name, buckets in found.items()}
        return verdicts | dict.fromkeys(_deleted(reader, known, part, verdicts), Verdict(False))
    made = reader.evaluated(part.target, seconds)
    require_different([one.name for one in made])
    return {one.name: _verdict(reader, check, part, buckets_of(one, reader.until, seconds)) for one in made}


def _deleted(reader: Reader, known: Breaches, part: Part, verdicts: Mapping[str, Verdict]) -> list[str]:
    """The triggered series of a target that somebody has deleted: no value will ever bring them back into bounds."""
    if not known:
        return []
    fits = matcher(split_view(part.target)[0])
    silent = (name for name in known if fits(name) and _is_silent(part, verdicts.get(name)))
    return [name for name in silent if not reader.is_known(name)]


def _is_silent(part: Part, verdict: Verdict | None) -> bool:
    """A pattern finds what is in the catalogue alone, a name means itself, in it or not."""
    return verdict is None or (verdict.breached is None and not means_many(part.target))


def require_different(names: list[str]) -> None:
    """Raises GraphiteError when two series have one name: nobody could tell which of them is meant."""
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise GraphiteError(f"two series of the result are called {twice}")


def _verdict(reader: Reader, check: Check, part: Part, buckets: Buckets, *, named: bool = False) -> Verdict:
    """A series that has had values is missing since the last; one that is `named` and never had any, since the rule was
    made. Criteria that were changed judge nothing before points have come in since."""
    now = reader.now
    if not part.criterion.by_absence:
        changed = rule_of(check).changed
        if changed and changed > max(reader.nudged, _last_begin(buckets, reader.until) * 1000):
            return criteria.UNDECIDED
        return criteria.judge(part.criterion, buckets, now)
    last = _last(buckets, reader.until, now)
    if last is None and named and not reader.is_known(split_view(part.target)[0]):
        return criteria.judge(part.criterion, buckets, now, since=check.created)
    return criteria.judge(part.criterion, buckets, now, last=last or LONG_AGO)


LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _last(buckets: Buckets, until: int, now: datetime) -> datetime | None:
    """The end of the last bucket with a value, but not later than now."""
    begin = _last_begin(buckets, until)
    return min(datetime.fromtimestamp(begin + BUCKET, now.tzinfo), now) if begin else None


def _last_begin(buckets: Buckets, until: int) -> int:
    """When the last bucket with a value began (Unix time); 0 where there is none."""
    found = (until - back * BUCKET for back, value in enumerate(reversed(buckets), 1) if value is not None)
    return next(found, 0)
