"""Which items a span of a series is read from: the largest that serve it, and the points for what is left.

Hours are taken off a list of what is wanted as they are found, so that no point counts twice however many forms of it
there are. A span without a gap costs one call for each form that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.store.series_ages import DAY, is_whole
from chalicelib.store.series_calls import Item, query
from chalicelib.store.series_cells import HOUR, Grid, unpack_cells, unpack_points

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
    _points(grid, owner, {hour for hour in wanted if is_whole(hour, now)}, now, consistent)


def _live(owner: str, low: str, high: str, now: datetime, *, consistent: bool = False) -> Iterator[Item]:
    moment = now.timestamp()
    found = query(owner, low, high, consistent=consistent)
    return (item for item in found if int(item["expires"]["N"]) > moment)


def _closed_hours(grid: Grid, owner: str, wanted: set[int], now: datetime) -> None:
    whole = sorted(hour for hour in wanted if is_whole(hour, now))
    if not whole:
        return
    for item in _live(owner, f"C#{whole[0]:010d}", f"C#{whole[-1]:010d}", now):
        hour = int(item["at_key"]["S"][2:])
        grid.take_points(unpack_points(hour, item["data"]["B"]))
        wanted.discard(hour)


def _sums(grid: Grid, owner: str, wanted: set[int], now: datetime) -> None:
    if grid.step % HOUR == 0:
        _take(grid, owner, wanted, now, "H", DAY, HOUR)
    _take(grid, owner, wanted, now, "M", HOUR, 60)


def _take(grid: Grid, owner: str, wanted: set[int], now: datetime, letter: str, length: int, width: int) -> None:
    """Takes the items of one letter, each of `length` seconds in cells of `width`, for the hours that are wanted."""
    for low, high in _stretches(wanted):
        first, last = low - low % length, high - HOUR
        for item in _live(owner, f"{letter}#{first:010d}", f"{letter}#{last:010d}", now):
            begin, served = int(item["at_key"]["S"][2:]), set[int]()
            for index, cell in unpack_cells(item["data"]["B"]).items():
                at = begin + index * width
                served.add(at - at % HOUR)
                if at - at % HOUR in wanted:
                    grid.take_cell(at, cell)
            # A day may have been summed up before all of its hours were; as long as their points are there, they count.
            empty = (hour for hour in range(begin, begin + length, HOUR) if not is_whole(hour, now))
            wanted -= served.union(empty)


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
