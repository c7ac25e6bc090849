"""Judging rules: what a worker does with a batch of them, from the clock or because points of their series came in.

1. Read the rules, drop what is paused or gone, and bring those that read the same together.
2. Judge each: a verdict on every series of every criterion, and what they mean together.
3. Let the waist decide; whoever else judged the rule meanwhile has decided on newer data.
4. Have those judged again to the second that will miss something before the clock comes round.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from chalicelib import log
from chalicelib.core import criteria, rules, status
from chalicelib.core.check import Check
from chalicelib.core.criteria import BUCKET, Verdict
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.watching import Judged
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor import transitions
from chalicelib.monitor.house import House
from chalicelib.monitor.reading import Buckets, Reader, buckets_of, split_view
from chalicelib.store import checks, queues
from chalicelib.store.faults import Contended, Refused, StoreFault

Message = dict[str, Any]

BATCH = 100
# So many seconds pass until the clock has every rule judged again.
ROUND = 60
# So much more is read of what may be missing: the bucket of its last value may lie across the window's beginning.
SPARE = 2 * BUCKET


def work(house: House, message: Message) -> int:
    """Judges the rules of one message; `fresh` says that their points came a moment ago. Answers how many it judged."""
    keys = [(project, code) for project, code in message["checks"]]
    judged = 0
    for start in range(0, len(keys), BATCH):
        judged += _judge_batch(house, keys[start : start + BATCH], fresh=bool(message.get("fresh")))
    log.count(RulesJudged=judged)
    return judged


def _judge_batch(house: House, keys: list[tuple[str, str]], *, fresh: bool) -> int:
    now = house.clock()
    readers: dict[str, Reader] = {}
    found = [
        check for check in checks.get_many(keys, strongly=fresh) if check.kind == "rule" and check.status != "paused"
    ]
    changes: list[status.Change] = []
    waiting: dict[int, list[list[str]]] = {}
    for check in found:
        reader = readers.setdefault(check.project, Reader(check.project, now, consistent=fresh))
        change, due = _guarded(house, reader, check)
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


def _guarded(house: House, reader: Reader, check: Check) -> tuple[status.Change | None, datetime | None]:
    """What became of the rule, and when it is to be looked at again."""
    try:
        judgement = judge(reader, check)
        return _keep(house, check, judgement), judgement.due
    except (StoreFault, Busy) as fault:
        log.error("rule not judged, the next minute will", code=check.code, reason=str(fault))
    except Exception:  # noqa: BLE001
        # A rule that cannot be judged (a definition of a later version) must not keep the others from it.
        log.error("rule cannot be judged", code=check.code)
    return None, None


def _keep(house: House, check: Check, judgement: Judged) -> status.Change | None:
    """The kept decision, to be told with the others; one that met a competitor is told at once."""
    try:
        return transitions.keep(check, judgement)
    except Missing:
        return None
    except (Refused, Contended):
        transitions.apply(house, check.project, check.code, judgement)
        return None


def judge(reader: Reader, check: Check) -> Judged:
    """The judgement on a rule at the reader's moment."""
    tree = expression.parse(check.watch.get("expression") or rules.FIRST)
    try:
        verdicts = {part.letter: _verdicts(reader, check, part) for part in rules.parts(check.watch)}
    except GraphiteError as error:
        quiet = check.watch.get("on_query_failure") == "ignore"
        return rules.failure(check, reader.now, str(error), quiet=quiet)
    return rules.judgement(check, reader.now, verdicts, lambda letters: expression.evaluate(tree, letters))


def _verdicts(reader: Reader, check: Check, part: rules.Part) -> dict[str, Verdict]:
    seconds = criteria.window(part.criterion) + (SPARE if part.criterion.type == "missing" else 0)
    if graphite.is_plain(part.target):
        named = not means_many(part.target)
        found = reader.plain(part.target, seconds)
        return {name: _verdict(reader, check, part, buckets, named=named) for name, buckets in found.items()}
    made = reader.evaluated(part.target, seconds)
    require_different([one.name for one in made])
    return {one.name: _verdict(reader, check, part, buckets_of(one, reader.until, seconds)) for one in made}


def require_different(names: list[str]) -> None:
    """Raises GraphiteError when two series have one name: nobody could tell which of them is meant."""
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise GraphiteError(f"two series of the result are called {twice}")


def means_many(target: str) -> bool:
    """Whether a target means whatever it finds: what it does not find is not waited for, as a name is."""
    if not graphite.is_plain(target):
        return True
    pattern = split_view(target)[0]
    return graphite.is_pattern(pattern) or graphite.tag_query(pattern) is not None


def _verdict(reader: Reader, check: Check, part: rules.Part, buckets: Buckets, *, named: bool = False) -> Verdict:
    """A series that has had values is missing since the last; one that is `named` and never had any, since the rule was
    made."""
    now = reader.now
    if part.criterion.type != "missing":
        return criteria.judge(part.criterion, buckets, now)
    last = _last(buckets, reader.until, now)
    if last is None and named and not reader.is_known(split_view(part.target)[0]):
        return criteria.judge(part.criterion, buckets, now, since=check.created)
    return criteria.judge(part.criterion, buckets, now, last=last or LONG_AGO)


LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _last(buckets: Buckets, until: int, now: datetime) -> datetime | None:
    """The end of the last bucket with a value, but not later than now."""
    for back, value in enumerate(reversed(buckets)):
        if value is not None:
            end = datetime.fromtimestamp(until - back * BUCKET, now.tzinfo)
            return min(end, now)
    return None
