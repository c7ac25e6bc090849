"""Reading series for rules: each series once, however many rules of a batch ask for it, at whatever moments.

A plain target is a name, a name with wildcards, or either with a data view behind a colon; anything else is a Graphite
expression. A reading is of a moment, the end of a bucket: nothing of later buckets is in it, nor is a series that was
first seen later, and each series has the step that was known then. So what is read of a moment is the same when it has
just passed and months later.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from chalicelib.core import pace
from chalicelib.core.away import Away
from chalicelib.core.criteria import BUCKET
from chalicelib.languages import graphite
from chalicelib.languages.graphite import Context, Series, TooMany
from chalicelib.languages.graphite.lines import meant
from chalicelib.monitor.looking.sources import Source, Stored
from chalicelib.store import series, series_names, sweeps
from chalicelib.store.series_cells import Grid, needs_points
from chalicelib.store.series_names import Name

# A pattern that matches more series than this is refused: one rule must not read a whole project.
SERIES_MAX = 1_000
# A function may ask for what lies a week or a year before.
POINTS_MAX = 50_000
# So many steps before its window are read for a function, whose first values may need those before them.
LEAD = 2
# Of one target may come series of so many steps.
STEPS_MAX = 12
# A bucket counts when it has been over for so many seconds: what is sent at its end is under way for a while.
LATE = 5
# Rules are judged at the moments of the last so many seconds, in case nobody has come to it before.
BACK = 150
VIEW = "avg"

Buckets = list[float | None]


def closed(now: datetime) -> int:
    """The end of the last bucket that counts at a moment."""
    return (int(now.timestamp()) - LATE) // BUCKET * BUCKET


def seconds_to(moment: int, now: datetime) -> int:
    """In how many whole seconds a moment can be judged."""
    return max(math.ceil(moment + LATE - now.timestamp()), 0)


@dataclass(slots=True)
class _Block:
    """A stretch of one series, as it was read."""

    start: int
    end: int
    step: int
    grid: Grid
    seen: dict[str, Buckets] = field(default_factory=dict)

    def part(self, view: str, low: int, high: int) -> Buckets:
        values = self.seen.get(view)
        if values is None:
            values = self.seen[view] = finite(self.grid.seen(view))
        return values[(low - self.start) // self.step : (high - self.start) // self.step]


@dataclass(slots=True)
class Reader:
    """What has been read of a project so far, for moments from `earliest` on; nothing from `horizon` on is read for
    them. `nudged` is when the points came that are why it reads (milliseconds since 1970), 0 when there are none;
    `told` the errors that nobody foresaw and of which the owner has heard. `away` finds the last time in which
    nobody looked."""

    source: Source
    earliest: int
    horizon: int
    nudged: int = 0
    told: set[str] = field(default_factory=set)
    away: Callable[[], Away | None] = lambda: None
    _names: dict[str, list[Name]] = field(default_factory=dict)
    _known: dict[str, Name | None] = field(default_factory=dict)
    _blocks: dict[tuple[str, int, bool], _Block] = field(default_factory=dict)
    _made: dict[tuple[str, int, int], list[Series]] = field(default_factory=dict)

    def names(self, pattern: str) -> list[str]:
        """The series that a pattern means, at most SERIES_MAX; a plain name means itself, known or not. Raises
        TooMany."""
        if not graphite.is_pattern(pattern):
            return [meant(pattern)]
        return [name.series for name in self.known(pattern)]

    def known(self, pattern: str) -> list[Name]:
        """Those of the series that a name or a pattern means which have ever had a point. Raises TooMany."""
        if not graphite.is_pattern(pattern):
            name = self.name(meant(pattern))
            return [name] if name else []
        if pattern not in self._names:
            found = self.source.find(pattern, SERIES_MAX + 1)
            if len(found) > SERIES_MAX:
                raise TooMany(f"{pattern} matches more than {SERIES_MAX} series")
            self._names[pattern] = found
            self._known.update({name.series: name for name in found})
        return self._names[pattern]

    def name(self, series: str) -> Name | None:
        """A series as the catalogue has it, None when it has never had a point."""
        if series not in self._known:
            self.know([series])
        return self._known[series]

    def know(self, names: Iterable[str]) -> None:
        """Reads several names at once, for `name`."""
        missing = [name for name in names if name not in self._known]
        if missing:
            found = self.source.get(missing)
            self._known.update({name: found.get(name) for name in missing})

    def plain(self, target: str, seconds: int, moment: int) -> dict[str, Buckets]:
        """The `seconds` before a moment of every series of a plain target, in buckets of 30 seconds."""
        pattern, view = split_view(target)
        names, low = self.names(pattern), moment - seconds
        step = self._finest(low, moment, moment)
        self._load(names, step, view, low, moment, moment)
        if step == BUCKET:
            return {name: self._block(name, step, view).part(view, low, moment) for name in names}
        found = {}
        for name in names:
            block = self._block(name, step, view)
            start, end = low // step * step, -(-moment // step) * step
            values = block.part(view, start, end)
            found[name] = buckets_of(_upto(Series(name, start, end, step, values), moment), moment, seconds)
        return found

    def counts(self, name: str, view: str, low: int, high: int) -> Buckets:
        """How many points lie in each bucket of a series that `plain` has read; None for none."""
        return self._block(name, BUCKET, view).part("obvs", low, high)

    def evaluated(self, target: str, seconds: int, moment: int) -> list[Series]:
        """The series that an expression makes of what was known at a moment, of which values count whose whole interval
        lies before it and after the `seconds` that are asked for, or of the last such one. Raises what the language
        raises.

        A result is taken from an evaluation whose window begins and ends with its own step, so that sums of an hour,
        say, are sums of whole hours; series of several steps come from as many evaluations.
        """
        key = (target, seconds, moment)
        if key in self._made:
            return self._made[key]
        taken: list[Series] = []
        every: list[Series] = []
        todo, done = [self._step(target, moment)], set[int]()
        while todo and len(done) < STEPS_MAX:
            step = todo.pop()
            done.add(step)
            start, end = _window(seconds, step, moment)
            found = graphite.evaluate(target, Context(start, end, partial(self._fetch, moment)))
            taken += [_between(one, start, end) for one in found if one.step == step]
            every += [one for one in found if one.step != step]
            todo += sorted({one.step for one in found} - done.union(todo))
        # What has a step of its own in every window, as a constant line has, is taken as it comes.
        names = {one.name for one in taken}
        for one in every:
            if one.name not in names:
                names.add(one.name)
                taken.append(one)
        self._made[key] = taken
        return taken

    def _step(self, target: str, moment: int) -> int:
        """The coarsest step of the series that a target reads."""
        read = [name for pattern in graphite.patterns(target) for name in self.known(split_view(pattern)[0])]
        return max((pace.at(name.paces, moment).step for name in read), default=BUCKET)

    def rendered(self, target: str, start: int, end: int) -> list[Series]:
        """The series that a target makes of a span, the bucket that is still filling included."""
        return graphite.evaluate(target, Context(start, end, partial(self._fetch, None)))

    def _fetch(self, moment: int | None, target: str, start: int, end: int) -> list[Series]:
        pattern, view = split_view(target)
        if (end - start) // self.source.resolution(start) > POINTS_MAX:
            raise TooMany(f"{target} is to be read over more than {POINTS_MAX} points")
        names = [name for name in self.known(pattern) if moment is None or name.first < moment]
        finest = self._finest(start, end, moment)
        known = end if moment is None else moment
        steps = {name.series: max(pace.at(name.paces, known).step, finest) for name in names}
        found = {}
        for step in set(steps.values()):
            low, high = start // step * step, -(-end // step) * step
            same = [name for name in steps if steps[name] == step]
            self._load(same, step, view, low, high, moment)
            for name in same:
                values = self._block(name, step, view).part(view, low, high)
                called = name if view == VIEW else f"{name}:{view}"
                one = Series(called, low, high, step, values, tags=series_names.tags_of(name))
                found[name] = one if moment is None else _upto(one, moment)
        return [found[name] for name in steps]

    def _finest(self, low: int, high: int, moment: int | None) -> int:
        """The finest step in which all of a span is there and can be read at once, at every moment alike."""
        low, high = self._widened(low, high, moment)
        finest = self.source.resolution(low)
        return finest if high - low <= POINTS_MAX * finest else -(-(high - low) // (POINTS_MAX * 60)) * 60

    def _widened(self, low: int, high: int, moment: int | None) -> tuple[int, int]:
        """A span with what the same question at any other moment would ask for."""
        if moment is None:
            return low, high
        return low - max(moment - self.earliest, 0), high + max(self.horizon - moment, 0)

    def _block(self, name: str, step: int, view: str) -> _Block:
        return self._blocks[name, step, needs_points(view)]

    def _load(self, names: Sequence[str], step: int, view: str, low: int, high: int, moment: int | None) -> None:
        """Reads what of these series is not there yet."""
        points = needs_points(view)
        missing = [name for name in names if not self._covers(self._blocks.get((name, step, points)), low, high)]
        if not missing:
            return
        low, high = self._widened(low, high, moment)
        low, high = low // step * step, -(-high // step) * step
        found = self.source.grids(missing, low, high, step, points=points)
        self._blocks.update({(name, step, points): _Block(low, high, step, grid) for name, grid in found.items()})

    @staticmethod
    def _covers(block: _Block | None, low: int, high: int) -> bool:
        return block is not None and block.start <= low and high <= block.end


def reader_of(project: str, now: datetime, *, consistent: bool = False, nudged: int = 0) -> Reader:
    """A reader of what the store has, for the moments that are to be judged now."""
    horizon = (int(now.timestamp()) // BUCKET + 1) * BUCKET
    away = cache(partial(sweeps.absence, now))
    return Reader(Stored(project, now, consistent), closed(now) - BACK, horizon, nudged, away=away)


def _window(seconds: int, step: int, moment: int) -> tuple[int, int]:
    """From the last whole steps before a moment to some before the `seconds` that are asked for, or the last step."""
    end = moment // step * step
    return (moment - max(seconds, step)) // step * step - LEAD * step, end


def _between(one: Series, start: int, end: int) -> Series:
    """A series without the values whose intervals reach over the window: they are made of a part of theirs."""
    if start <= one.start and one.start + len(one.values) * one.step <= end:
        return one
    whole: Buckets = [
        value if start <= one.start + place * one.step and one.start + (place + 1) * one.step <= end else None
        for place, value in enumerate(one.values)
    ]
    return one.like(values=whole)


def _upto(one: Series, moment: int) -> Series:
    """A series without the values of buckets that are not over at a moment."""
    if one.start + len(one.values) * one.step <= moment:
        return one
    over = max((moment - one.start) // one.step, 0)
    return one.like(values=one.values[:over] + [None] * (len(one.values) - over))


def split_view(target: str) -> tuple[str, str]:
    """A plain target as pattern and data view, the average where none is named (Hosted Graphite, Data Views)."""
    pattern, colon, view = target.rpartition(":")
    return (pattern, view) if colon and pattern and series.is_view(view) else (target, VIEW)


def means_many(target: str) -> bool:
    """Whether a target means whatever it finds: what it does not find is not waited for, as a name is."""
    return not graphite.is_plain(target) or graphite.is_pattern(split_view(target)[0])


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a series is the one, or one of those, that a name, a pattern or a seriesByTag call means."""
    tagged = graphite.tag_query(pattern)
    if tagged:
        return lambda name: tagged[1](graphite.tags_of(name))
    return partial(graphite.matches, meant(pattern)) if graphite.is_pattern(pattern) else meant(pattern).__eq__


def buckets_of(found: Series, until: int, seconds: int) -> Buckets:
    """The last `seconds` of a series, or its last step where that is longer, in buckets of 30 seconds: a longer step
    fills all that it covers."""
    moments = range(until - max(seconds, found.step), until, BUCKET)
    places = ((moment - found.start) // found.step for moment in moments)
    return finite(found.values[place] if 0 <= place < len(found.values) else None for place in places)


def finite(values: Iterable[float | None]) -> Buckets:
    """The values without those that arithmetic has made of numbers too large for it: they say nothing."""
    return [value if value is None or value - value == 0 else None for value in values]
