"""Packing, cells and data views: nothing is lost in a few bytes, and each view means what it says."""

from __future__ import annotations

import math
import random

import pytest

from chalicelib.store.series_cells import (
    HOUR,
    Cell,
    Grid,
    PointGrid,
    is_view,
    joined,
    merged,
    needs_points,
    pack_cells,
    pack_points,
    summed,
    unpack_cells,
    unpack_points,
)
from tests.cases import each

VALUES = [0.0, -0.0, 1.5, -1e308, 5e-324, math.pi, 1e15 + 0.3]


@each("count", [1, 2, 7, 120, 3600])
def test_points_are_the_same_after_packing(count: int) -> None:
    chance = random.Random(count)
    points = [(7 * HOUR + chance.randrange(HOUR), chance.choice([*VALUES, chance.random()])) for _ in range(count)]
    assert unpack_points(7 * HOUR, pack_points(7 * HOUR, points)) == points


def test_a_point_takes_ten_bytes_and_regular_ones_fewer() -> None:
    assert len(pack_points(0, [(30, math.pi)])) == 11
    assert len(pack_points(0, [(30 * n, float(n % 5)) for n in range(120)])) < 400


@pytest.mark.parametrize("count", [1, 24, 60])
def test_cells_are_the_same_after_packing(count: int) -> None:
    chance = random.Random(count)
    points = [(chance.randrange(HOUR), chance.random()) for _ in range(count * 2)]
    cells = summed(points, 0, 60)
    assert unpack_cells(pack_cells(cells)) == cells
    assert any(cell.number > 1 for cell in cells.values()) or count == 1


def test_cells_of_one_point_each_take_their_value_alone() -> None:
    cells = summed([(60 * n, math.sqrt(n)) for n in range(60)], 0, 60)
    assert len(pack_cells(cells)) < 60 * 10
    assert unpack_cells(pack_cells(cells)) == cells


def test_cells_of_cells_are_the_cells_of_all_their_points() -> None:
    points = [(n * 7 % HOUR, float(n)) for n in range(500)]
    halves = summed(points[:200], 0, 60), summed(points[200:], 0, 60)
    assert merged(*halves) == summed(points, 0, 60)
    assert joined(merged(*halves).values()) == Cell(500, sum(range(500)), 0.0, 499.0)
    assert joined([]) is None


@each(
    ("view", "value"),
    [
        ("avg", 4.0),
        ("sum", 16.0),
        ("sumrate", 16 / 30),
        ("sum60", 32.0),
        ("min", 1.0),
        ("max", 9.0),
        ("obvs", 4.0),
        ("obvsrate", 4 / 30),
    ],
)
def test_a_view_shows_what_it_is_called(view: str, value: float) -> None:
    grid = Grid(0, 60, 30)
    grid.take_points([(30, 1.0), (31, 2.0), (59, 4.0), (59, 9.0), (60, 100.0), (-1, 100.0)])
    assert grid.seen(view) == [None, pytest.approx(value)]


@each(("view", "value"), [("50pct", 50), ("95pct", 95), ("1pct", 1), ("99pct", 99), ("05pct", 5)])
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(view: str, value: float) -> None:
    grid = PointGrid(0, 30, 30)
    grid.take_points([(0, float(n)) for n in range(100, 0, -1)])
    assert grid.seen(view) == [value]


def test_a_percentile_of_few_points_is_one_of_them() -> None:
    grid = PointGrid(0, 30, 30)
    grid.take_points([(1, 7.0), (2, 3.0)])
    assert (grid.seen("01pct"), grid.seen("50pct"), grid.seen("51pct")) == ([3], [3], [7])


def test_there_are_the_published_views_and_no_others() -> None:
    assert all(map(is_view, ("avg", "sum", "sumrate", "sum30", "min", "max", "obvs", "obvsrate", "90pct", "5pct")))
    assert not any(map(is_view, ("", "count", "sum0", "sum-1", "100pct", "0pct", "00pct", "pct", "average", "avg ")))
    assert needs_points("90pct") and not needs_points("avg")


def test_a_grid_begins_and_ends_at_whole_steps() -> None:
    grid = Grid(95, 130, 30)
    assert (grid.start, grid.end, grid.seen("avg")) == (90, 150, [None, None])
