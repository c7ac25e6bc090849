"""Which items a span of a series is read from: the largest that serve it, and the points for what is left.

Hours are taken off a list of what is wanted as they are found, so that no point counts twice however many forms of it
there are. A span without a gap costs one call for each form that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.store.series_ages import DAY, is_there, is_whole, minutes_expiry
from chalicelib.store.series_calls import Item, query
from chalicelib.store.series_cells import HOUR, Grid, unpack_cells, unpack_points
from chalicelib.store.series_marks import STALE
from chalicelib.store.series_minutes import MINUTE, Cells, Minutes

# So few hours are read point by point at once: looking for something larger first would cost another call.
FEW = 3
# More stretches than these are read as one, together with what lies between them.
STRETCHES = 3


def fill(grid: Grid, owner: str, now: datetime, *, points: bool, consistent: bool) -> None:
    """Lets all that is kept of a span fall into its grid; sums do not serve when `points` are wanted."""
    wanted = set(range(grid.start - grid.start % HOUR, grid.end, HOUR))
    if len(wanted) > FEW or not all(is_whole(hour, now) for hour in wanted):
        if points:
            _closed_hours(grid, owner, wanted, now)
        else:
            _sums(grid, owner, wanted, now)
    _points(grid, owner, {hour for hour in wanted if is_there(hour, now)}, now, consistent)


def _live(owner: str, low: str, high: str, now: datetime, *, consistent: bool = False) -> Iterator[Item]:
    moment = now.timestamp()
    found = query(owner, low, high, consistent=consistent)
    return (item for item in found if int(item["expires"]["N"]) > moment)


def _marked(owner: str, letter: str, first: int, last: int, now: datetime) -> tuple[list[tuple[int, Item]], set[int]]:
    """The items of one letter, each with the moment at which what it holds begins, and those moments of which the item
    lacks something."""
    items, stale = [], set[int]()
    for item in _live(owner, f"{letter}#{first:010d}", f"{letter}#{last:010d}{STALE}", now):
        name = item["at_key"]["S"][2:]
        if name.endswith(STALE):
            stale.add(int(name[:-1]))
        else:
            items.append((int(name), item))
    return items, stale


def _closed_hours(grid: Grid, owner: str, wanted: set[int], now: datetime) -> None:
    whole = sorted(hour for hour in wanted if is_whole(hour, now))
    if not whole:
        return
    items, stale = _marked(owner, "C", whole[0], whole[-1], now)
    for hour, item in items:
        if hour in wanted and hour not in stale:
            grid.take_points(unpack_points(hour, item["data"]["B"]))
            wanted.discard(hour)


def _sums(grid: Grid, owner: str, wanted: set[int], now: datetime) -> None:
    if grid.step % HOUR == 0:
        _days(grid, owner, wanted, now)
    for low, high in _stretches(wanted):
        items, stale = _marked(owner, "M", low, high - HOUR, now)
        for hour, item in items:
            minutes = Minutes.read(item)
            if (hour in stale or minutes.points is None) and is_there(hour, now):
                # What its sums lack is among its points.
                _take(grid, hour, minutes.late, MINUTE, wanted)
            else:
                _take(grid, hour, minutes.cells, MINUTE, wanted)
                wanted.discard(hour)


def _days(grid: Grid, owner: str, wanted: set[int], now: datetime) -> None:
    """Takes the sums of hours. A day that lacks something is read from its minutes, as long as these are kept."""
    for low, high in _stretches(wanted):
        items, stale = _marked(owner, "H", low - low % DAY, high - HOUR, now)
        for day, item in items:
            if day in stale and minutes_expiry(day) > now.timestamp():
                continue
            cells = unpack_cells(item["data"]["B"])
            _take(grid, day, cells, HOUR, wanted)
            served = {day + index * HOUR for index in cells}
            # A day may have been summed up before all of its hours were; as long as their points are there, they count.
            empty = (hour for hour in range(day, day + DAY, HOUR) if not is_there(hour, now))
            wanted -= served.union(empty)


def _take(grid: Grid, begin: int, cells: Cells, width: int, wanted: set[int]) -> None:
    for index, cell in cells.items():
        at = begin + index * width
        if at - at % HOUR in wanted:
            grid.take_cell(at, cell)


def _points(grid: Grid, owner: str, wanted: set[int], now: datetime, consistent: bool) -> None:
    for low, high in _stretches(wanted):
        begin = max(low, grid.start)
        for item in _live(owner, f"P#{begin:010d}", f"P#{high - 1:010d}#~", now, consistent=consistent):
            last = int(item["at_key"]["S"][2:12])
            hour = last - last % HOUR
            if hour in wanted:
                grid.take_points(unpack_points(hour, item["data"]["B"]))


def _stretches(hours: set[int]) -> list[tuple[int, int]]:
    """The hours as (begin, end) of those that follow on one another; one from first to last when they are many."""
    found: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + HOUR)
        else:
            found.append((hour, hour + HOUR))
    return found if len(found) <= STRETCHES else [(found[0][0], found[-1][1])]
