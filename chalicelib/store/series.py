"""The points of metric series: written as they come, read in even buckets.

Moments of points are whole seconds since 1970; only `now` is a datetime.

What is kept and for how long: every point for some days (`P#`), with one item for all points of a closed hour (`C#`) so
that a day costs a handful of read units; sums of minutes for months (`M#`), sums of hours for years (`H#`). Which of
them lack something is written beside them with the points (`series_marks`), so that every reading holds every point.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.store import series_late, series_marks, series_names, series_paces
from chalicelib.store.series_ages import is_closed, is_whole, owner_of
from chalicelib.store.series_calls import Item, Sleep, at_once, delete_all, key_of, put_all, query
from chalicelib.store.series_cells import HOUR, Grid, PointGrid, needs_points
from chalicelib.store.series_cells import is_view as is_view
from chalicelib.store.series_parts import Given, Part, item, parts_of, request_of
from chalicelib.store.series_reading import fill

BUCKETS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Added:
    """What a request brought beyond its points: the (series, hour) that are over and so must be rolled up again, and
    the series that were never seen before."""

    late: tuple[tuple[str, int], ...] = ()
    fresh: tuple[str, ...] = ()


def add(
    project: str,
    given: Given,
    now: datetime,
    *,
    salt: bytes = b"",
    deletions: int = 0,
    sleep: Sleep = time.sleep,
) -> Added:
    """Keeps the points (at, value) of a request, one item for each series and hour. `deletions` is how many the project
    has seen (`directory.deletions`), as it was read for this request.

    The same points sent again with the same `salt` change nothing; points of other requests are always kept beside
    them, so that several values of one interval all count. Raises StoreFault when a part could not be written; the same
    request may then be sent again.
    """
    parts = parts_of(given)
    request = request_of(parts, salt)
    newest: dict[str, int] = {}
    for part in parts:
        newest[part.series] = max(newest.get(part.series, 0), part.last)
    noted = series_names.note(project, newest, now, sleep, given=given, deletions=deletions)
    fresh = noted.fresh
    parts = [part._replace(owner=owner_of(project, part.series, noted.editions[part.series])) for part in parts]
    late = _keep(project, parts, request, now, sleep)
    series_paces.learn(project, given, now, sleep, passed_over=fresh)
    return Added(tuple((part.series, part.hour) for part in late), fresh)


def _keep(project: str, parts: list[Part], request: str, now: datetime, sleep: Sleep) -> list[Part]:
    """Keeps the points where those of their hours are: of one that is not over, of one that is, of long ago. Answers
    those of hours that are over."""
    coming = [part for part in parts if not is_closed(part.hour, HOUR, now)]
    over = [part for part in parts if is_closed(part.hour, HOUR, now)]
    late = [part for part in over if is_whole(part.hour, now)]
    old = [part for part in over if not is_whole(part.hour, now)]
    series_marks.note(project, ((part.series, part.hour) for part in coming), request, now, sleep)
    put_all((item(part, request) for part in coming), sleep)
    series_late.keep(project, late, request, now, sleep)
    series_late.add_to_minutes(project, old, request, sleep)
    return over


def read(
    project: str,
    series: str,
    start: int,
    end: int,
    now: datetime,
    *,
    step: int = 30,
    view: str = "avg",
    edition: str = "",
    consistent: bool = False,
) -> list[float | None]:
    """The buckets of `step` seconds from the one that holds `start` to the last that begins before `end`, through a
    view (`is_view`). `step` is 30 or whole minutes; `resolution` says which is fine enough for a span that is not. None
    where there is no value, and where a percentile or 30 seconds are asked for that are no longer kept.

    `consistent` also sees what was written a moment ago, at twice the price.
    """
    if not is_view(view):
        raise ValueError(f"cannot read {series} as {view}")
    one = {series: edition}
    found = grids(project, one, start, end, now, step=step, points=needs_points(view), consistent=consistent)
    return found[series].seen(view)


def grids(
    project: str,
    names: Mapping[str, str | None],
    start: int,
    end: int,
    now: datetime,
    *,
    step: int = 30,
    points: bool = False,
    consistent: bool = False,
) -> dict[str, Grid]:
    """What is kept of several series, each with its edition (None: nothing is read), several at a time, as grids that
    can be seen through any view; with `points` through percentiles and "obvs" alone. The span and the step are those
    of `read`."""
    if (step != 30 and step % 60) or (end - start) // step > BUCKETS_MAX:
        raise ValueError(f"cannot read {start} to {end} in steps of {step} s")
    wanted = list(names)

    def one(series: str) -> Grid:
        grid = (PointGrid if points else Grid)(start, end, step)
        edition = names[series]
        if edition is not None:
            owner = owner_of(project, series, edition)
            fill(grid, owner, now, points=points or step == 30, consistent=consistent)
        return grid

    return dict(zip(wanted, at_once(one, wanted), strict=True))


def purge(project: str, series: str, *, at_most: int, edition: str = "", sleep: Sleep = time.sleep) -> bool:
    """Deletes up to `at_most` items of a deleted edition of a series; True when nothing is left."""
    owner = owner_of(project, series, edition)
    keys: list[Item] = []
    for found in query(owner, " ", "~", limit=at_most, keys_only=True):
        if len(keys) == at_most:
            break
        keys.append(key_of(owner, found["at_key"]["S"]))
    delete_all(keys, sleep)
    return len(keys) < at_most
