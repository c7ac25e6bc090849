"""Backtesting: the flips that a rule would have made over the history that is kept. Nothing is written.

Each target is read once for the whole span; then a check that exists only here is judged from moment to moment by the
same functions that judge the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import criteria, rules, status
from chalicelib.core.check import Check, Flip
from chalicelib.core.criteria import BUCKET, Verdict
from chalicelib.core.errors import Invalid
from chalicelib.languages import expression, graphite
from chalicelib.monitor.reading import Buckets, Reader, buckets_of, split_view
from chalicelib.store import series, series_ages

SPAN_MAX = timedelta(days=92)
# A span is judged at so many moments at most; short ones every 30 seconds.
STEPS_MAX = 3_000
SERIES_MAX = 100


@dataclass(frozen=True, slots=True)
class Backtest:
    """The flips oldest first; the rule was judged `judged` times, every `step` seconds."""

    flips: list[Flip]
    step: int
    judged: int


def run(project: str, watch: dict[str, Any], start: datetime, end: datetime, now: datetime) -> Backtest:
    """Raises Invalid for a span or a number of series that is too large, GraphiteError or TooMany from reading."""
    if end - start > SPAN_MAX:
        raise Invalid("from", f"must not be more than {SPAN_MAX.days} days before until")
    reader = Reader(project, now)
    low, high = _even(start), _even(end)
    parts = rules.parts(watch)
    lead = max(criteria.window(part.criterion) for part in parts)
    read = {part.letter: _read(reader, part.target, low - lead, high) for part in parts}
    step = -(-(high - low) // (STEPS_MAX * BUCKET)) * BUCKET
    return _walk(Check(project, "backtest", start, kind="rule", watch=watch), parts, read, (low, high, lead, step))


def _even(moment: datetime) -> int:
    return int(moment.timestamp()) // BUCKET * BUCKET


def _read(reader: Reader, target: str, low: int, high: int) -> dict[str, Buckets]:
    """Every series of a target in buckets of 30 seconds over [low, high)."""
    if graphite.is_plain(target):
        pattern, view = split_view(target)
        names = reader.names(pattern) or ([] if graphite.is_pattern(pattern) else [pattern])
        _require_few(names)
        step = min(series_ages.resolution(low, reader.now), 3_600)
        found = series.read_many(reader.project, names, low // step * step, high, reader.now, step=step, view=view)
        return {name: _spread(values, low // step * step, step, low, high) for name, values in found.items()}
    made = reader.rendered(target, low, high)
    _require_few([one.name for one in made])
    return {one.name: buckets_of(one, high, high - low) for one in made}


def _require_few(names: list[str]) -> None:
    if len(names) > SERIES_MAX:
        raise Invalid("alert.metric", f"matches {len(names)} series; a backtest judges at most {SERIES_MAX}")


def _spread(values: Buckets, first: int, step: int, low: int, high: int) -> Buckets:
    places = ((moment - first) // step for moment in range(low, high, BUCKET))
    return [values[place] if place < len(values) else None for place in places]


def _walk(
    check: Check, parts: list[rules.Part], read: Mapping[str, dict[str, Buckets]], span: tuple[int, int, int, int]
) -> Backtest:
    low, high, lead, step = span
    tree = expression.parse(check.watch.get("expression") or rules.FIRST)
    flips: list[Flip] = []
    moments = range(low + step, high + 1, step)
    for moment in moments:
        now = datetime.fromtimestamp(moment, UTC)
        verdicts = {
            part.letter: _verdicts(check, part, read[part.letter], (moment - low + lead) // BUCKET, now)
            for part in parts
        }
        judgement = rules.judgement(check, now, verdicts, lambda letters: expression.evaluate(tree, letters))
        change = status.decide(check, judgement)
        if change:
            check = change.after
            flips += [flip for flip in change.flips if flip.is_news]
    return Backtest(flips, step, len(moments))


def _verdicts(check: Check, part: rules.Part, read: dict[str, Buckets], end: int, now: datetime) -> dict[str, Verdict]:
    """The verdict on every series with the buckets that had begun by then."""
    size = criteria.window(part.criterion) // BUCKET
    found = {}
    for name, buckets in read.items():
        window = buckets[max(end - size, 0) : end]
        if part.criterion.type == "missing":
            back = next((number for number, value in enumerate(reversed(window)) if value is not None), None)
            last = None if back is None else now - timedelta(seconds=back * BUCKET)
            found[name] = criteria.judge(part.criterion, (), now, last=last, since=check.created)
        else:
            found[name] = criteria.judge(part.criterion, window, now)
    return found
