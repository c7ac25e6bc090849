"""Backtesting: the flips that a rule would have made over the history that is kept. Nothing is written.

Each target is read once for the whole span; then a check that exists only here is judged from moment to moment by the
same functions that judge the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.core import criteria, rules, status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check, Flip
from chalicelib.core.criteria import BUCKET, Verdict
from chalicelib.core.errors import Invalid
from chalicelib.core.kinds import rule
from chalicelib.core.specs import Part, RuleSpec, rule_of
from chalicelib.languages import expression, graphite
from chalicelib.monitor.looking.judging import LONG_AGO, require_different
from chalicelib.monitor.looking.reading import POINTS_MAX, Buckets, Reader, buckets_of, means_many, split_view
from chalicelib.store import series_ages, series_names

SPAN_MAX = timedelta(days=92)
# A span is judged at so many moments at most; short ones every 30 seconds.
STEPS_MAX = 3_000
SERIES_MAX = 100
# A gateway hangs up after half a minute: so many buckets are read at most, and looked at for one criterion.
READ_MAX = 10_000_000
WORK_MAX = 20_000_000


@dataclass(frozen=True, slots=True)
class Backtest:
    """The flips oldest first; the rule was judged `judged` times, every `step` seconds."""

    flips: list[Flip]
    step: int
    judged: int


def run(project: str, spec: RuleSpec, start: datetime, end: datetime, now: datetime) -> Backtest:
    """Raises Invalid for a span or a number of series that is too large, GraphiteError or TooMany from reading."""
    if end - start > SPAN_MAX:
        raise Invalid("from", f"must not be more than {SPAN_MAX.days} days before until")
    reader = Reader(project, now)
    low, high = _even(start), _even(end)
    parts = spec.parts
    lead = max(criteria.window(part.criterion) for part in parts)
    step = max(-(-(high - low) // (STEPS_MAX * BUCKET)), 1) * BUCKET
    span = _Span(low - lead, low, high, step)
    for part in parts:
        _require_little(reader, part, span)
    read = {part.letter: _read(reader, part.target, span) for part in parts}
    return _walk(Check(project, "backtest", start, kind=rule.name, spec=spec), parts, read, span)


@dataclass(frozen=True, slots=True)
class _Span:
    """Read is what lies between `first` and `high`; judged are the moments after `low`, every `step` seconds."""

    first: int
    low: int
    high: int
    step: int

    @property
    def moments(self) -> range:
        return range(self.low + self.step, self.high + 1, self.step)


@dataclass(frozen=True, slots=True)
class _Past:
    """The buckets of a series over a span. Before the bucket number `known` nobody knew of it; None where nobody does
    to this day, but it is waited for by its name."""

    buckets: Buckets
    known: int | None = 0


def _even(moment: datetime) -> int:
    return int(moment.timestamp()) // BUCKET * BUCKET


def _require_little(reader: Reader, part: Part, span: _Span) -> None:
    """Refuses what would not be read and judged before the caller gives up. Raises Invalid, TooMany."""
    found = [reader.names(split_view(pattern)[0]) for pattern in graphite.patterns(part.target)]
    count = sum(len(names) for names in found)
    if graphite.is_plain(part.target):
        _require_few(found[0])
    buckets = count * (span.high - span.first) // BUCKET
    judged = count * len(span.moments) * criteria.window(part.criterion) // BUCKET
    if buckets > READ_MAX or judged > WORK_MAX:
        days = -(-(span.high - span.low) // 86_400)
        raise Invalid("from", f"asks for {count} series over {days} days, which is too much: ask for fewer")


def _read(reader: Reader, target: str, span: _Span) -> dict[str, _Past]:
    """Every series of a target in buckets of 30 seconds."""
    if graphite.is_plain(target):
        return _read_plain(reader, target, span)
    made = reader.rendered(target, span.first, span.high)
    names = [one.name for one in made]
    _require_few(names)
    require_different(names)
    found = {one.name: buckets_of(one, span.high, span.high - span.first) for one in made}
    return {name: _Past(buckets, _first_value(buckets)) for name, buckets in found.items()}


def _read_plain(reader: Reader, target: str, span: _Span) -> dict[str, _Past]:
    pattern, view = split_view(target)
    step = _step(span, reader.now)
    low, high = span.first // step * step, -(-span.high // step) * step
    found = reader.many(reader.names(pattern), low, high, step, view)
    past = {}
    for name, values in found.items():
        buckets = _spread(values, low, step, span)
        seen = series_names.get(reader.project, name, reader.now)
        known = None if seen is None else 0 if seen.first < span.first else _first_value(buckets)
        past[name] = _Past(buckets, known)
    return past


def _step(span: _Span, now: datetime) -> int:
    """The finest step in which all of a span is there and can be read at once."""
    finest = series_ages.resolution(span.first, now)
    coarse = -(-(span.high - span.first) // (POINTS_MAX * 60)) * 60
    return max(finest, coarse) if span.high - span.first > POINTS_MAX * finest else finest


def _first_value(buckets: Buckets) -> int:
    """The number of the first bucket with a value; 0 when there is none, for then it was known before."""
    return next((number for number, value in enumerate(buckets) if value is not None), 0)


def _require_few(names: list[str]) -> None:
    if len(names) > SERIES_MAX:
        raise Invalid("alert.metric", f"matches {len(names)} series; a backtest judges at most {SERIES_MAX}")


def _spread(values: Buckets, first: int, step: int, span: _Span) -> Buckets:
    return [values[(moment - first) // step] for moment in range(span.first, span.high, BUCKET)]


def _walk(check: Check, parts: tuple[Part, ...], read: Mapping[str, dict[str, _Past]], span: _Span) -> Backtest:
    tree = expression.parse(rule_of(check).expression)
    flips: list[Flip] = []
    known: Breaches = {}
    for moment in span.moments:
        now, end = datetime.fromtimestamp(moment, UTC), (moment - span.first) // BUCKET
        verdicts = {part.letter: _verdicts(check, part, read[part.letter], end, now) for part in parts}
        judgement = rules.judgement(check, known, now, verdicts, lambda letters: expression.evaluate(tree, letters))
        change = status.decide(check, judgement)
        if change:
            check = change.after
            known = change.series.now if change.series else known
            flips += [flip for flip in change.flips if flip.is_news]
    return Backtest(flips, span.step, len(span.moments))


def _verdicts(check: Check, part: Part, read: dict[str, _Past], end: int, now: datetime) -> dict[str, Verdict]:
    """The verdict on every series that was known by then or is waited for by its name, as it stood when the bucket with
    the number `end` began."""
    size = criteria.window(part.criterion) // BUCKET
    waited = not means_many(part.target)
    found = {}
    for name, past in read.items():
        known = past.known is not None and past.known < end
        if not known and not waited:
            continue
        # The last bucket of a window is the one that has just begun, which is empty.
        window = past.buckets[max(end - size + 1, 0) : end]
        if not part.criterion.by_absence:
            found[name] = criteria.judge(part.criterion, window, now)
            continue
        back = next((number for number, value in enumerate(reversed(window)) if value is not None), None)
        last = None if back is None else now - timedelta(seconds=back * BUCKET)
        if last is None and known:
            last = LONG_AGO
        found[name] = criteria.judge(part.criterion, (), now, last=last, since=check.created)
    return found
