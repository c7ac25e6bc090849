"""The points of metric series: written as they come, read in even buckets.

Moments of points are whole seconds since 1970; only `now` is a datetime.

What is kept and for how long: every point for some days (`P#`), with one item for all points of a closed hour (`C#`) so
that a day costs a handful of read units; sums of minutes for months (`M#`), sums of hours for years (`H#`). An hour is
rolled up a little after its end; the hours that a later point belongs to are told to the caller of `add`, who has them
rolled up again.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from chalicelib.store import series_names, series_paces
from chalicelib.store.series_ages import is_closed, is_whole, minutes_expiry, owner_of, raw_expiry
from chalicelib.store.series_calls import Item, Sleep, at_once, delete_all, item_of, key_of, put_all, query
from chalicelib.store.series_cells import HOUR, Grid, PointGrid, needs_points, pack_points
from chalicelib.store.series_cells import is_view as is_view
from chalicelib.store.series_reading import fill

BUCKETS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Added:
    """What a request brought beyond its points: the (series, hour) that are closed and so must be rolled up again, and
    the series that were never seen before."""

    late: tuple[tuple[str, int], ...] = ()
    fresh: tuple[str, ...] = ()


def add(
    project: str,
    given: Mapping[str, Sequence[tuple[int, float]]],
    now: datetime,
    *,
    salt: bytes = b"",
    sleep: Sleep = time.sleep,
) -> Added:
    """Keeps the points (at, value) of a request, one item for each series and hour.

    The same points sent again with the same `salt` change nothing; points of other requests are always kept beside
    them, so that several values of one interval all count. Raises StoreFault when a part could not be written; the same
    request may then be sent again.
    """
    parts = list(_by_hour(given))
    digest = blake2b(salt, digest_size=6)
    for part in parts:
        digest.update(f"{part.series} {part.hour} ".encode() + part.data)
    request = urlsafe_b64encode(digest.digest()).decode()
    newest: dict[str, int] = {}
    for part in parts:
        newest[part.series] = max(newest.get(part.series, 0), part.last)
    fresh = series_names.note(project, newest, now, sleep, given=given)
    put_all((_item(project, part, request, now) for part in parts), sleep)
    series_paces.learn(project, given, now, sleep, passed_over=fresh)
    late = tuple((part.series, part.hour) for part in parts if is_closed(part.hour, HOUR, now))
    return Added(late, fresh)


class _Part(NamedTuple):
    """Points of one series and hour, packed; `last` is the moment of the last of them."""

    series: str
    hour: int
    last: int
    data: bytes


def _by_hour(given: Mapping[str, Sequence[tuple[int, float]]]) -> Iterator[_Part]:
    """What becomes an item: it never reaches over the end of an hour, so that an hour can be read by itself."""
    for series, points in given.items():
        if len(points) == 1:
            at = points[0][0]
            yield _Part(series, at - at % HOUR, at, pack_points(at - at % HOUR, points))
            continue
        hours: dict[int, list[tuple[int, float]]] = {}
        for point in points:
            hours.setdefault(point[0] - point[0] % HOUR, []).append(point)
        for hour, found in hours.items():
            yield _Part(series, hour, max(found)[0], pack_points(hour, found))


def _item(project: str, part: _Part, request: str, now: datetime) -> Item:
    """Called by its last point, so that reading from a moment on misses none and reads nothing before it."""
    owner, key = owner_of(project, part.series), f"{part.last:010d}#{request}"
    if is_whole(part.hour, now):
        return item_of(owner, f"P#{key}", raw_expiry(part.hour), part.data)
    return item_of(owner, f"L#{key}", minutes_expiry(part.hour), part.data)


def read(
    project: str,
    series: str,
    start: int,
    end: int,
    now: datetime,
    *,
    step: int = 30,
    view: str = "avg",
    consistent: bool = False,
) -> list[float | None]:
    """The buckets of `step` seconds from the one that holds `start` to the last that begins before `end`, through a
    view (`is_view`). `step` is 30 or whole minutes; `resolution` says which is fine enough for a span that is not. None
    where there is no value, and where a percentile or 30 seconds are asked for that are no longer kept.

    `consistent` also sees what was written a moment ago, at twice the price.
    """
    if not is_view(view):
        raise ValueError(f"cannot read {series} as {view}")
    found = grids(project, [series], start, end, now, step=step, points=needs_points(view), consistent=consistent)
    return found[series].seen(view)


def grids(
    project: str,
    names: Iterable[str],
    start: int,
    end: int,
    now: datetime,
    *,
    step: int = 30,
    points: bool = False,
    consistent: bool = False,
) -> dict[str, Grid]:
    """What is kept of several series, several at a time, as grids that can be seen through any view; with `points`
    through percentiles and "obvs" alone. The span and the step are those of `read`."""
    if (step != 30 and step % 60) or (end - start) // step > BUCKETS_MAX:
        raise ValueError(f"cannot read {start} to {end} in steps of {step} s")
    wanted = list(names)

    def one(series: str) -> Grid:
        grid = (PointGrid if points else Grid)(start, end, step)
        fill(grid, owner_of(project, series), now, points=points or step == 30, consistent=consistent)
        return grid

    return dict(zip(wanted, at_once(one, wanted), strict=True))


def last_seen(project: str, series: str, now: datetime, *, consistent: bool = False) -> int | None:
    """The moment of the newest point; to the hour when that is older than points are kept, None without any."""
    found = query(owner_of(project, series), "P#", "P#~", newest=True, limit=1, consistent=consistent)
    item = next(found, None)
    if item and int(item["expires"]["N"]) > now.timestamp():
        return int(item["at_key"]["S"].split("#")[1])
    name = series_names.get(project, series, now)
    return name.last if name else None


def purge(project: str, series: str, *, at_most: int, sleep: Sleep = time.sleep) -> bool:
    """Deletes up to `at_most` items of a deleted series; True when nothing is left."""
    owner = owner_of(project, series)
    keys: list[Item] = []
    for item in query(owner, " ", "~", limit=at_most, keys_only=True):
        if len(keys) == at_most:
            break
        keys.append(key_of(owner, item["at_key"]["S"]))
    delete_all(keys, sleep)
    return len(keys) < at_most
