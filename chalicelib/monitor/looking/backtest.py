"""Backtesting: the flips that a rule would have made over the history that is kept. Nothing is written.

A check that exists only here is judged from moment to moment by the same functions that judge the real ones; the reader
is asked for the whole span at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core import criteria, status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check, Flip
from chalicelib.core.criteria import BUCKET
from chalicelib.core.errors import Invalid
from chalicelib.core.kinds import rule
from chalicelib.core.specs import Part, RuleSpec, rule_of
from chalicelib.core.watching import Judged
from chalicelib.languages import graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor.looking import verdicts
from chalicelib.monitor.looking.reading import Reader, split_view
from chalicelib.monitor.looking.sources import Source, Stored
from chalicelib.monitor.looking.unforeseen import fails_the_query

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
    return over(Stored(project, now), Check(project, "backtest", start, kind=rule.name, spec=spec), end)


def over(source: Source, check: Check, end: datetime) -> Backtest:
    """The backtest of a rule, from when it was made, on the series of a source. Raises what `run` raises."""
    if end - check.created > SPAN_MAX:
        raise Invalid("from", f"must not be more than {SPAN_MAX.days} days before until")
    low, high = _even(check.created), _even(end)
    reader = Reader(source, low + BUCKET, high)
    with fails_the_query(reader.told, targets=[part.target for part in rule_of(check).parts]):
        return _of_span(reader, check, low, high)


def _of_span(reader: Reader, check: Check, low: int, high: int) -> Backtest:
    step = max(_step(reader, part, low, high) for part in rule_of(check).parts)
    moments = range(low + step, high + 1, step)
    for part in rule_of(check).parts:
        _require_few(reader, part, high)
    flips: list[Flip] = []
    known: Breaches = {}
    for moment in moments:
        change = status.decide(check, _judged(reader, check, known, moment))
        if change:
            check = change.after
            known = change.series.now if change.series else known
            flips += [flip for flip in change.flips if flip.is_news]
    return Backtest(flips, step, len(moments))


def _judged(reader: Reader, check: Check, known: Breaches, moment: int) -> Judged:
    """The judgement at a moment. Raises GraphiteError for a query that fails, which is worth more here than a flip."""
    made = verdicts.judge(reader, check, known, moment)
    if made.details.get("query_failure"):
        raise GraphiteError(made.reason.removeprefix("query failed: "))
    return made


def _even(moment: datetime) -> int:
    return int(moment.timestamp()) // BUCKET * BUCKET


def _require_few(reader: Reader, part: Part, high: int) -> None:
    """Refuses a target of too many series. Raises Invalid, TooMany, and GraphiteError where two have one name."""
    if graphite.is_plain(part.target):
        names = reader.names(split_view(part.target)[0])
    else:
        names = [one.name for one in reader.evaluated(part.target, criteria.window(part.criterion), high)]
        verdicts.require_different(names)
    if len(names) > SERIES_MAX:
        raise Invalid("alert.metric", f"matches {len(names)} series; a backtest judges at most {SERIES_MAX}")


def _step(reader: Reader, part: Part, low: int, high: int) -> int:
    """How many seconds lie between two moments that are judged. A function that looks far back is judged more seldom.
    Raises Invalid for what would not be read and judged before the caller gives up, TooMany."""
    found = [reader.names(split_view(pattern)[0]) for pattern in graphite.patterns(part.target)]
    count, window = sum(len(names) for names in found), criteria.window(part.criterion)
    often = min(STEPS_MAX, (high - low) // BUCKET)
    if count * (high - low + window) // BUCKET > READ_MAX or count * often * window // BUCKET > WORK_MAX:
        days = -(-(high - low) // 86_400)
        raise Invalid("from", f"asks for {count} series over {days} days, which is too much: ask for fewer")
    each = count * (window + graphite.reach(part.target, BUCKET)) // BUCKET
    often = min(often, max(WORK_MAX // max(each, 1), 1))
    return max(-(-(high - low) // (max(often, 1) * BUCKET)), 1) * BUCKET
