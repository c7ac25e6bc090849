"""How points are packed into few bytes, summed into cells, and seen through Hosted Graphite's data views.

A cell sums the points of one stretch of time: how many, their sum, the least and the greatest. Every view but the
percentiles can be computed from cells, also from cells of cells; percentiles need the points themselves.
Source of the views: Hosted Graphite, Data Views.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from math import ceil
from typing import NamedTuple

HOUR = 3_600

# The first byte of what is packed: as it is, or compressed.
_PLAIN, _DEFLATED = b"\0", b"\1"
# Less than this is not worth trying to compress.
_SMALL = 150

_PERCENTILE = re.compile(r"([0-9]{1,2})pct")
_SUM_OVER = re.compile(r"sum([1-9][0-9]{0,6})")

Points = list[tuple[int, float]]


class Cell(NamedTuple):
    number: int
    total: float
    low: float
    high: float


def pack_points(hour: int, points: Iterable[tuple[int, float]]) -> bytes:
    """(at, value) pairs, all of the hour that begins at `hour`: ten bytes each, or fewer."""
    offsets, values = zip(*[(at - hour, value) for at, value in points], strict=True)
    count = len(values)
    return _squeezed(struct.pack(f"<{count}H{count}d", *offsets, *values))


def unpack_points(hour: int, data: bytes) -> Points:
    plain = _plain(data)
    count = len(plain) // 10
    numbers = struct.unpack(f"<{count}H{count}d", plain)
    return [(hour + offset, value) for offset, value in zip(numbers[:count], numbers[count:], strict=True)]


def pack_cells(cells: dict[int, Cell]) -> bytes:
    """Cells by their number (0 to 255). Of a cell of one point only the value is kept: it is its sum and both ends."""
    count = len(cells)
    many = [cell for cell in cells.values() if cell.number > 1]
    numbers = struct.pack(f"<{count}B{count}I", *cells, *(cell.number for cell in cells.values()))
    totals = struct.pack(f"<{count}d", *(cell.total for cell in cells.values()))
    ends = struct.pack(f"<{2 * len(many)}d", *(cell.low for cell in many), *(cell.high for cell in many))
    return _squeezed(bytes([count]) + numbers + totals + ends)


def unpack_cells(data: bytes) -> dict[int, Cell]:
    plain = _plain(data)
    count = plain[0]
    numbers = struct.unpack_from(f"<{count}B{count}I{count}d", plain, 1)
    counts, totals = numbers[count : 2 * count], numbers[2 * count :]
    many = sum(number > 1 for number in counts)
    ends = struct.unpack_from(f"<{2 * many}d", plain, 1 + 13 * count)
    lows, highs = iter(ends[:many]), iter(ends[many:])
    return {
        index: Cell(number, total, next(lows), next(highs)) if number > 1 else Cell(number, total, total, total)
        for index, number, total in zip(numbers[:count], counts, totals, strict=True)
    }


def _squeezed(plain: bytes) -> bytes:
    if len(plain) > _SMALL:
        deflated = zlib.compress(plain)
        if len(deflated) < len(plain):
            return _DEFLATED + deflated
    return _PLAIN + plain


def _plain(data: bytes) -> bytes:
    return zlib.decompress(data[1:]) if data[:1] == _DEFLATED else data[1:]


def summed(points: Iterable[tuple[int, float]], start: int, width: int) -> dict[int, Cell]:
    """The points from `start` on as cells of `width` seconds."""
    cells: dict[int, Cell] = {}
    for at, value in points:
        _merge(cells, (at - start) // width, Cell(1, value, value, value))
    return dict(sorted(cells.items()))


def joined(cells: Iterable[Cell]) -> Cell | None:
    """One cell of all that the given ones hold; None when there are none."""
    whole: dict[int, Cell] = {}
    for cell in cells:
        _merge(whole, 0, cell)
    return whole.get(0)


def merged(one: dict[int, Cell], other: dict[int, Cell]) -> dict[int, Cell]:
    """What both hold together."""
    cells = dict(one)
    for index, cell in other.items():
        _merge(cells, index, cell)
    return dict(sorted(cells.items()))


def _merge(cells: dict[int, Cell], index: int, cell: Cell) -> None:
    seen = cells.get(index)
    if seen is None:
        cells[index] = cell
        return
    low, high = min(seen.low, cell.low), max(seen.high, cell.high)
    cells[index] = Cell(seen.number + cell.number, seen.total + cell.total, low, high)


class Grid:
    """Buckets of `step` seconds from `start` to `end`, into which points and cells fall; the rest is let go."""

    def __init__(self, start: int, end: int, step: int) -> None:
        self.start = start - start % step
        self.end = end + -end % step
        self.step = step
        self.cells: dict[int, Cell] = {}

    def take_points(self, points: Points) -> None:
        for at, value in points:
            if self.start <= at < self.end:
                _merge(self.cells, (at - self.start) // self.step, Cell(1, value, value, value))

    def take_cell(self, at: int, cell: Cell) -> None:
        if self.start <= at < self.end:
            _merge(self.cells, (at - self.start) // self.step, cell)

    def seen(self, view: str) -> list[float | None]:
        """The buckets through a view of cells."""
        look = _look(view, self.step)
        values: list[float | None] = [None] * ((self.end - self.start) // self.step)
        for index, cell in self.cells.items():
            values[index] = look(cell)
        return values


class PointGrid(Grid):
    """Keeps the points of a bucket apart, as percentiles need them."""

    def __init__(self, start: int, end: int, step: int) -> None:
        super().__init__(start, end, step)
        self.values: dict[int, list[float]] = {}

    def take_points(self, points: Points) -> None:
        for at, value in points:
            if self.start <= at < self.end:
                self.values.setdefault((at - self.start) // self.step, []).append(value)

    def seen(self, view: str) -> list[float | None]:
        """The buckets through a percentile, or "obvs", how many points there are."""
        if view == "obvs":
            return [
                len(found) if found else None
                for found in map(self.values.get, range((self.end - self.start) // self.step))
            ]
        share = _share(view) or 0
        values: list[float | None] = [None] * ((self.end - self.start) // self.step)
        for index, found in self.values.items():
            values[index] = sorted(found)[max(ceil(share * len(found) / 100), 1) - 1]
        return values


def is_view(view: str) -> bool:
    """Whether there is such a view: avg, sum, sumrate, sumN, min, max, obvs, obvsrate, NNpct."""
    return view in _LOOKS or bool(_SUM_OVER.fullmatch(view)) or _share(view) is not None


def needs_points(view: str) -> bool:
    """Whether a view cannot be had from cells."""
    return _share(view) is not None


def _share(view: str) -> int | None:
    match = _PERCENTILE.fullmatch(view)
    return int(match[1]) if match and int(match[1]) else None


def _look(view: str, step: int) -> Callable[[Cell], float]:
    over = _SUM_OVER.fullmatch(view)
    if over:
        seconds = int(over[1])
        return lambda cell: cell.total / step * seconds
    look = _LOOKS[view]
    return lambda cell: look(cell, step)


_LOOKS: dict[str, Callable[[Cell, int], float]] = {
    "avg": lambda cell, _: cell.total / cell.number,
    "sum": lambda cell, _: cell.total,
    "sumrate": lambda cell, step: cell.total / step,
    "min": lambda cell, _: cell.low,
    "max": lambda cell, _: cell.high,
    "obvs": lambda cell, _: float(cell.number),
    "obvsrate": lambda cell, step: cell.number / step,
}
