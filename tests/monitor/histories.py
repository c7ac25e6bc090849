"""Histories of metrics in memory: senders with their points and when they came, a rule, and the flips that judging made
of it live, on the real judging code, the real reader and the real core; the store and the queues alone are played.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from chalicelib.core import pace, status
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check, Flip
from chalicelib.core.criteria import BUCKET, Criterion
from chalicelib.core.pace import Pace
from chalicelib.core.specs import Part, RuleSpec
from chalicelib.languages import graphite
from chalicelib.languages.graphite.lines import meant
from chalicelib.monitor.looking import backtest, verdicts
from chalicelib.monitor.looking.reading import BACK, LATE, Reader, closed
from chalicelib.store.series_cells import Grid, PointGrid
from chalicelib.store.series_names import Name

# A history begins here, on the edge of a day.
T = 1_795_219_200
MINUTE, HOUR = 60, 3_600


@dataclass(frozen=True)
class Point:
    """`came` is when it was there to be read."""

    at: int
    value: float
    came: float


@dataclass
class Memory:
    """A source of series that knows what had come at a moment, and their paces as they were found out."""

    points: dict[str, list[Point]]
    paces: dict[str, tuple[Pace, ...]]
    now: float

    def _name(self, series: str) -> Name | None:
        first = next((point.at for point in self.points[series] if point.came <= self.now), None)
        if first is None:
            return None
        return Name(series, first, first, tuple(one for one in self.paces[series] if one.since <= self.now))

    def find(self, pattern: str, limit: int) -> list[Name]:
        found = (self._name(series) for series in sorted(self.points) if graphite.matches(meant(pattern), series))
        return [name for name in found if name][:limit]

    def get(self, names: Iterable[str]) -> dict[str, Name]:
        found = {series: self._name(series) for series in names if series in self.points}
        return {series: name for series, name in found.items() if name}

    def grids(self, names: Iterable[str], start: int, end: int, step: int, *, points: bool) -> dict[str, Grid]:
        found: dict[str, Grid] = {}
        for series in names:
            found[series] = grid = (PointGrid if points else Grid)(start, end, step)
            kept = self.points.get(series, [])
            first, last = (bisect_left(kept, moment, key=lambda point: point.at) for moment in (grid.start, grid.end))
            grid.take_points([(point.at, point.value) for point in kept[first:last] if point.came <= self.now])
        return found

    def resolution(self, start: int) -> int:
        return BUCKET


def paces_of(points: list[Point]) -> tuple[Pace, ...]:
    """The paces that a series has had, looked at with its second point and every few after that."""
    paces: tuple[Pace, ...] = ()
    moments: list[int] = []
    for number, point in enumerate(sorted(points, key=lambda one: one.came)):
        moments.append(point.at)
        if number == 1 or number % 8 == 0:
            paces = pace.added(paces, pace.measured(sorted(moments)[-pace.POINTS :], int(point.came)))
    return paces


@dataclass
class History:
    """Points of some series over some time, and a rule that was made a while after the first of them. `fails` tells
    whether its query failed at any moment, once it has been lived."""

    points: dict[str, list[Point]]
    spec: RuleSpec
    made: int
    end: int
    chance: random.Random
    memory: Memory = field(init=False)
    fails: bool = False

    def __post_init__(self) -> None:
        paces = {series: paces_of(points) for series, points in self.points.items()}
        self.memory = Memory(self.points, paces, self.end)

    @property
    def rule(self) -> Check:
        return Check("project", "rule", datetime.fromtimestamp(self.made, UTC), kind="rule", spec=self.spec)

    def lived(self) -> list[Flip]:
        """The flips of the rule as it was judged by the clock, somewhere in each minute, and when points came."""
        check, known, flips = self.rule, cast(Breaches, {}), list[Flip]()
        for now in self._looks():
            check, known = self._looked(check, known, now, flips)
        return flips

    def _looks(self) -> list[float]:
        ticks = [
            minute + self.chance.uniform(0, 15)
            for minute in range(self.made - self.made % MINUTE, self.end + MINUTE, MINUTE)
        ]
        nudges: set[int] = set()
        read = {
            one for part in self.spec.parts for one in graphite.patterns(part.target) if graphite.is_plain(part.target)
        }
        for series, points in self.points.items():
            if any(graphite.matches(pattern.partition(":")[0], series) for pattern in read):
                for point in points:
                    close = point.at // BUCKET * BUCKET + BUCKET + LATE
                    # As in life, points that follow closely have it judged once.
                    nudges |= {math.ceil(point.came / 3) * 3, math.ceil(max(point.came, close))}
        return sorted(moment for moment in (*ticks, *nudges, self.end + LATE) if self.made <= moment <= self.end + LATE)

    def _looked(self, check: Check, known: Breaches, now: float, flips: list[Flip]) -> tuple[Check, Breaches]:
        moment = datetime.fromtimestamp(now, UTC)
        horizon = (int(now) // BUCKET + 1) * BUCKET
        reader = Reader(replace(self.memory, now=now), closed(moment) - BACK, horizon)
        asks: list[tuple[Any, ...]] = [(verdicts.judge, one) for one in verdicts.moments(check, moment, BACK)]
        asks += [(verdicts.early, end, moment) for end in verdicts.open_buckets(moment)]
        for judge, *given in asks:
            judgement = judge(reader, check, known, *given)
            self.fails = self.fails or bool(judgement and judgement.details.get("query_failure"))
            change = status.decide(check, judgement) if judgement else None
            if change:
                check, known = change.after, change.series.now if change.series else known
                flips += [flip for flip in change.flips if flip.is_news]
        return check, known

    def tested(self) -> list[Flip]:
        """The flips that a backtest makes of the same points afterwards."""
        return backtest.over(self.memory, self.rule, datetime.fromtimestamp(self.end, UTC)).flips


def sender(
    chance: random.Random, step: int, length: int, values: str, *, jitter: int = 0, loss: float = 0.0
) -> list[Point]:
    """Points about `step` seconds apart, which come before their bucket counts."""
    found = []
    phase = chance.randrange(min(step, BUCKET))
    level = chance.uniform(0, 10)
    for number, at in enumerate(range(T + phase, T + length, step)):
        if chance.random() < loss:
            continue
        moved = at + (chance.randint(-jitter, jitter) if jitter else 0)
        came = min(moved + chance.uniform(0, 3), moved // BUCKET * BUCKET + BUCKET + LATE - 0.5)
        value = {
            "steady": level,
            "rising": 2.0 * number,
            "noisy": chance.uniform(0, 10),
            "blocks": 10.0 * (at // 600 % 2),
        }
        found.append(Point(moved, round(value[values], 3), max(came, moved)))
    return sorted(found, key=lambda point: point.at)


def some(seed: int) -> History:
    """A random history: senders of all paces, a plain metric, a pattern, a function or several criteria."""
    chance = random.Random(seed)
    length = chance.choice((10 * MINUTE, 20 * MINUTE, HOUR))
    points = {}
    for series in chance.sample(("h.a.r", "h.b.r", "h.c.r", "m", "c.n"), chance.randint(1, 5)):
        step = chance.choice((1, 3, 10, 15, 30, 30, 60, 60, 300))
        jitter = chance.choice((0, 0, step // 8)) if step > BUCKET else 0
        values = chance.choice(("steady", "rising", "noisy", "noisy", "blocks"))
        points[series] = sender(chance, step, length, values, jitter=jitter, loss=chance.choice((0, 0, 0.1, 0.5)))
        if chance.random() < 0.3:
            # The first point of one that sends several in a bucket is taken for the only one: that is known.
            begin, end = sorted(T + chance.randrange(MINUTE, length) for _ in range(2))
            points[series] = [point for point in points[series] if not begin <= point.at < end]
    dense = any(len(points) > 1 and points[1].at - points[0].at < BUCKET for points in points.values())
    made = T + (7 * MINUTE + chance.randrange(MINUTE) if dense else chance.choice((0, 0, 45)))
    return History(points, _spec(chance), made, T + length + 10 * MINUTE, chance)


VIEWS = ("", "", "", ":sum", ":max", ":min", ":obvs", ":sumrate", ":sum60", ":95pct")
FUNCTIONS = (
    "sumSeries(h.*.r)",
    "averageSeries(h.*.r{view})",
    "diffSeries(h.a.r,h.b.r)",
    "perSecond(m{view})",
    "perSecond(sumSeries(h.*.r,m))",
    "nonNegativeDerivative(c.n)",
    "transformNull(m,0)",
    "keepLastValue(h.a.r)",
    "movingAverage(m,'2min')",
    "movingMax(h.*.r,5)",
    "summarize(m{view},'5min','sum')",
    "summarize(h.*.r,'2min','max',true)",
    "smartSummarize(m,'1min','sum')",
    "hitcount(c.n,'1min')",
    "integral(c.n)",
    "timeShift(m,'3min')",
    "scale(h.*.r{view},2)",
    "asPercent(h.a.r,sumSeries(h.*.r))",
    "highestMax(h.*.r,1)",
    "countSeries(h.*.r)",
    "delay(m,2)",
    "group(m,summarize(c.n,'5min','sum'))",
    "fallbackSeries(m,constantLine(3))",
    "holtWintersAberration(m,3,'10min','2min')",
)


def _spec(chance: random.Random) -> RuleSpec:
    number = chance.choice((1, 1, 1, 2, 3))
    letters = "abc"[:number]
    parts = tuple(Part(letter, _target(chance), _criterion(chance)) for letter in letters)
    joined = chance.choice((" && ", " || ")).join(letters)
    return RuleSpec(parts, chance.choice((joined, joined, joined, f"!({joined})")))


def _target(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.35:
        return chance.choice(("m", "h.a.r", "c.n", "never")) + chance.choice(VIEWS)
    if kind < 0.5:
        return chance.choice(("h.*.r", "*", "h.{a,b}.r")) + chance.choice(VIEWS)
    return chance.choice(FUNCTIONS).format(view=chance.choice(VIEWS))


def _criterion(chance: random.Random) -> Criterion:
    bound = chance.choice((0, 1, 3, 5, 9, 50, 200))
    period = chance.choice((0, 0, 0, 1, 2, 5))
    kind = chance.choice(("above", "above", "below", "outside", "missing"))
    if kind == "missing":
        return Criterion("missing", period=chance.choice((1, 2, 5)))
    if kind == "outside":
        return Criterion(kind, above=bound + 3, below=bound, period=period)
    return Criterion(
        kind, above=bound if kind == "above" else None, below=bound if kind == "below" else None, period=period
    )
