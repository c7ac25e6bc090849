"""What a rule says of a moment, the end of a bucket: whoever judges that moment, and whenever, comes to the same.

A bucket counts when it is over. There is one shortcut, `early`: where the buckets of a series hold one point each, that
point is the bucket's value already, so a rule of plain series is judged as it comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.core import breaches, criteria, pace, rules
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.criteria import BUCKET, Verdict
from chalicelib.core.errors import Invalid
from chalicelib.core.specs import Part, rule_of
from chalicelib.core.watching import Judged
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor.looking.reading import Buckets, Reader, buckets_of, closed, matcher, means_many, split_view
from chalicelib.monitor.looking.unforeseen import fails_the_query

# So much more is read of what may be missing: the bucket of its last value may lie across the window's beginning.
SPARE = 2 * BUCKET
LONG_AGO = datetime.fromtimestamp(0, UTC)

_ByLetter = Mapping[str, Mapping[str, Verdict]]


def judge(reader: Reader, check: Check, known: Breaches, moment: int) -> Judged:
    """The judgement on a rule, of which the series `known` breached before, at a moment (seconds since 1970) that is
    over."""
    at = max(datetime.fromtimestamp(moment, UTC), judged_from(check))
    try:
        with fails_the_query(reader.told, code=check.code):
            found = {part.letter: _settled(reader, check, known, part, moment) for part in rule_of(check).parts}
            made = _judgement(check, known, at, found)
    except (GraphiteError, Invalid) as error:
        made = rules.failure(check, known, at, str(error))
    return replace(made, moment=datetime.fromtimestamp(moment, UTC))


def judged_from(check: Check) -> datetime:
    """From when on a check is judged: since it was made, or resumed."""
    return check.since if check.since and check.status == "new" else check.created


def _judgement(check: Check, known: Breaches, at: datetime, found: _ByLetter) -> Judged:
    tree = expression.parse(rule_of(check).expression)
    made = rules.judgement(check, known, at, found, lambda letters: expression.evaluate(tree, letters))
    if breaches.size(made.triggered) > breaches.MOST:
        why = f"{len(made.triggered)} series breach, whose names are too long to be kept"
        return rules.failure(check, known, at, why)
    return made


def _settled(reader: Reader, check: Check, known: Breaches, part: Part, moment: int) -> Mapping[str, Verdict]:
    """The verdicts at a moment. What has begun to be missing while nobody looked is given time to settle, like a
    heartbeat whose deadline was missed then."""
    found = _verdicts(reader, check, known, part, moment)
    begun = [name for name, verdict in found.items() if verdict.breached and name not in known]
    away = reader.away() if begun and part.criterion.by_absence else None
    if away is None:
        return found
    now = datetime.fromtimestamp(moment, UTC)
    return found | {name: criteria.settled(part.criterion, found[name], away, now) for name in begun}


def _verdicts(reader: Reader, check: Check, known: Breaches, part: Part, moment: int) -> dict[str, Verdict]:
    seconds = _seconds(part)
    if graphite.is_plain(part.target):
        read = reader.plain(part.target, seconds, moment)
        found = {
            name: _verdict(reader, check, part, buckets, moment, name)
            for name, buckets in read.items()
            if _is_awaited(reader, part, name, buckets, moment)
        }
        return found | dict.fromkeys(_deleted(reader, known, part, found), Verdict(False))
    made = reader.evaluated(part.target, seconds, moment)
    require_different([one.name for one in made])
    return {one.name: _verdict(reader, check, part, buckets_of(one, moment, seconds), moment) for one in made}


def _seconds(part: Part) -> int:
    return criteria.window(part.criterion) + (SPARE if part.criterion.by_absence else 0)


def _is_awaited(reader: Reader, part: Part, name: str, buckets: Buckets, moment: int) -> bool:
    """Whether a series is to be judged: one that a pattern means must have been seen by then."""
    if not part.criterion.by_absence or not means_many(part.target) or any(value is not None for value in buckets):
        return True
    return _is_seen(reader, name, moment)


def _is_seen(reader: Reader, name: str, moment: int) -> bool:
    """Whether the series had ever had a point by then. One that is ahead of our clock is still to come."""
    known = reader.name(name)
    return known is not None and known.first < moment


def _deleted(reader: Reader, known: Breaches, part: Part, verdicts: Mapping[str, Verdict]) -> list[str]:
    """The triggered series of a target that somebody has deleted: no value will ever bring them back into bounds."""
    if not known:
        return []
    fits = matcher(split_view(part.target)[0])
    silent = [name for name in known if fits(name) and _is_silent(part, verdicts.get(name))]
    return [name for name in silent if reader.name(name) is None]


def _is_silent(part: Part, verdict: Verdict | None) -> bool:
    """A pattern finds what is in the catalogue alone, a name means itself, in it or not."""
    return verdict is None or (verdict.breached is None and not means_many(part.target))


def require_different(names: list[str]) -> None:
    """Raises GraphiteError when two series have one name: nobody could tell which of them is meant."""
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise GraphiteError(f"two series of the result are called {twice}")


def _verdict(
    reader: Reader, check: Check, part: Part, buckets: Buckets, moment: int, name: str | None = None
) -> Verdict:
    """A series that has had values is missing since the last; one that is waited for by its `name` and never had any,
    since the bucket in which the rule was made. Criteria that were changed judge nothing before points have come in
    since."""
    now, begin = datetime.fromtimestamp(moment, UTC), _last_begin(buckets, moment)
    if not part.criterion.by_absence:
        changed = rule_of(check).changed
        if changed and changed > max(reader.nudged, begin * 1000):
            return criteria.UNDECIDED
        return criteria.judge(part.criterion, buckets, now)
    if begin:
        return criteria.judge(part.criterion, (), now, last=datetime.fromtimestamp(begin + BUCKET, UTC))
    if name is None or _is_seen(reader, name, moment):
        return criteria.judge(part.criterion, (), now, last=LONG_AGO)
    made = -(-int(check.created.timestamp()) // BUCKET) * BUCKET
    return criteria.judge(part.criterion, (), now, since=datetime.fromtimestamp(made, UTC))


def _last_begin(buckets: Buckets, moment: int) -> int:
    """When the last bucket with a value began (Unix time); 0 where there is none."""
    found = (moment - back * BUCKET for back, value in enumerate(reversed(buckets), 1) if value is not None)
    return next(found, 0)


def open_buckets(now: datetime) -> list[int]:
    """When the buckets end that are not over, or may still have latecomers."""
    return [begin + BUCKET for begin in range(closed(now), int(now.timestamp()) + 1, BUCKET)]


def early(reader: Reader, check: Check, known: Breaches, end: int, now: datetime) -> Judged | None:
    """The judgement on a rule that its points of an open bucket allow; None where it must wait for the bucket's end,
    and where what came later has been judged already."""
    try:
        with fails_the_query(reader.told, code=check.code):
            return _early(reader, check, known, end, now)
    except (GraphiteError, Invalid):
        # The query fails, which is told at the end of the bucket.
        return None


def _early(reader: Reader, check: Check, known: Breaches, end: int, now: datetime) -> Judged | None:
    if not _may_be_early(check) or end <= _done(check):
        return None
    # What was over when the rule was made is none of its business.
    part, since_made = rule_of(check).parts[0], check.created.timestamp()
    ends, many = [one for one in open_buckets(now) if since_made < one <= end], means_many(part.target)
    if many:
        found, since = _breaching_early(reader, check, known, part, ends)
    else:
        found = _alone(reader, check, part, ends)
        since = _same_since(reader, check, part, ends, found) if found else end
    if not found:
        return None
    at = max(min(now, datetime.fromtimestamp(since, UTC)), judged_from(check))
    made = _judgement(check, known, at, {part.letter: found})
    # What ended before has been judged, or is left behind by a point that came after it.
    before = closed(now) if many else end - BUCKET
    return replace(made, moment=datetime.fromtimestamp(before, UTC))


def _alone(reader: Reader, check: Check, part: Part, ends: list[int]) -> dict[str, Verdict]:
    """The verdict on a series by its only point in the last of some open buckets, of which none may hold several. One
    that was missing is not, however many came."""
    for end in ends:
        ((name, buckets),) = reader.plain(part.target, _seconds(part), end).items()
        if buckets[-1] is not None and not (part.criterion.by_absence or _is_sparse(reader, part, name, end)):
            return {}
    return {name: _verdict(reader, check, part, buckets, end, name)} if buckets[-1] is not None else {}


def _same_since(reader: Reader, check: Check, part: Part, ends: list[int], found: dict[str, Verdict]) -> int:
    """Since when the verdict of the newest of some open buckets holds: the end of the first bucket that has the same
    verdict, as all after it have. One of them may be over already, but not judged yet."""
    since, done = ends[-1], _done(check)
    for end in reversed(ends[:-1]):
        ((name, buckets),) = reader.plain(part.target, _seconds(part), end).items()
        if end <= done or _verdict(reader, check, part, buckets, end, name).breached != found[name].breached:
            break
        since = end
    return since


def _may_be_early(check: Check) -> bool:
    """Whether a rule has one plain series or one pattern of them, whose verdict is its own: where several criteria
    meet, the values of one may be newer than those of the other."""
    spec = rule_of(check)
    if len(spec.parts) > 1 or not graphite.is_plain(spec.metric):
        return False
    tree = expression.parse(spec.expression)
    return [expression.evaluate(tree, {spec.parts[0].letter: met}) for met in (True, False)] == [True, False]


def _breaching_early(
    reader: Reader, check: Check, known: Breaches, part: Part, ends: list[int]
) -> tuple[dict[str, Verdict], int]:
    """The verdicts on the series of a pattern, with those that begin to breach by their only point of an open bucket,
    and the end of the first such bucket; no verdicts where none does. That one recovers says nothing of the pattern:
    another may be about to breach."""
    if part.criterion.by_absence:
        return {}, ends[-1]
    over = ends[0] - BUCKET
    found = _verdicts(reader, check, known, part, over) if over > check.created.timestamp() else {}
    begun: dict[int, dict[str, Verdict]] = {}
    for end in ends:
        new, several = _new(reader, check, part, end, found)
        if new:
            begun[end] = new
        if several:
            # What they make of their bucket is known at its end, and comes before all that is newer.
            break
    for new in begun.values():
        found = found | new
    return (found, min(begun)) if begun else ({}, ends[-1])


def _new(
    reader: Reader, check: Check, part: Part, end: int, before: Mapping[str, Verdict]
) -> tuple[dict[str, Verdict], bool]:
    """The series that begin to breach by their only point of a bucket, and whether others may by several."""
    found = {
        name: _verdict(reader, check, part, buckets, end, name)
        for name, buckets in reader.plain(part.target, _seconds(part), end).items()
        if buckets[-1] is not None and not (name in before and before[name].breached)
    }
    new = {name: verdict for name, verdict in found.items() if verdict.breached}
    reader.know(new)
    alone = {name: verdict for name, verdict in new.items() if _is_sparse(reader, part, name, end)}
    return alone, len(alone) < len(new)


def _is_sparse(reader: Reader, part: Part, name: str, moment: int) -> bool:
    """Whether each bucket of a series holds one point, as far as anybody can tell."""
    view = split_view(part.target)[1]
    counts = reader.counts(name, view, moment - _seconds(part), moment)
    if any(count is not None and count > 1 for count in counts):
        return False
    known = reader.name(name)
    return known is None or not pace.at(known.paces, moment).dense


def waiting(reader: Reader, check: Check, now: datetime) -> list[int]:
    """The ends of open buckets with points of a rule's plain series, at which it is to be judged; none for a rule that
    its points were enough for. What functions make is left to the clock."""
    ends = open_buckets(now)
    try:
        with fails_the_query(reader.told, code=check.code):
            held = [end for end in ends if _holds(reader, check, end)]
            return [end for end in held if not _suffices(reader, check, [one for one in ends if one <= end])]
    except (GraphiteError, Invalid):
        return []


def _holds(reader: Reader, check: Check, end: int) -> bool:
    return any(
        buckets[-1] is not None
        for part in rule_of(check).parts
        if graphite.is_plain(part.target)
        for buckets in reader.plain(part.target, _seconds(part), end).values()
    )


def _suffices(reader: Reader, check: Check, ends: list[int]) -> bool:
    part = rule_of(check).parts[0]
    return _may_be_early(check) and not means_many(part.target) and bool(_alone(reader, check, part, ends))


def moments(check: Check, now: datetime, back: int) -> list[int]:
    """The moments that are to be judged now: of the last `back` seconds those since the rule was made, flipped, or is
    known to have been judged."""
    last, since = closed(now), check.since.timestamp() if check.since else 0
    done = _done(check)
    return [moment for moment in range(last - back, last + 1, BUCKET) if moment > done and moment >= since]


def _done(check: Check) -> float:
    """Up to when a rule has been judged, or need not be."""
    return max(check.judged or check.created, check.created).timestamp()
