"""The points of series: what is written is read in even buckets, whatever came twice, late or in one piece."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.store import series, series_rolls
from chalicelib.store.series_ages import resolution
from chalicelib.store.series_cells import HOUR
from tests import intercepted
from tests.conftest import NOW
from tests.store.series_scene import PROJECT, T

pytestmark = pytest.mark.usefixtures("services")
OTHER = "6f0f6a3e-0000-4000-8000-000000000002"


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The operations that were called."""
    with intercepted.operations() as made:
        yield made


def add(points: list[tuple[int, float]], name: str = "a.b", **options: Any) -> series.Added:
    return series.add(PROJECT, {name: points}, NOW, **options)


def read(start: int, end: int, **options: Any) -> list[float | None]:
    return series.read(PROJECT, "a.b", start, end, NOW, **options)


def test_points_are_read_in_buckets_of_30_seconds() -> None:
    add([(T - 90, 1.0), (T - 31, 2.0), (T - 30, 3.0)])
    assert read(T - 120, T) == [None, 1, 2, 3]


def test_a_span_begins_with_the_bucket_of_its_start() -> None:
    add([(T - 90, 1.0), (T - 60, 2.0)])
    assert read(T - 70, T - 45) == [1, 2]


def test_all_values_of_an_interval_count() -> None:
    add([(T - 30, 1.0), (T - 29, 2.0)])
    add([(T - 28, 9.0)])
    views = {view: read(T - 30, T, view=view)[0] for view in ("avg", "sum", "min", "max", "obvs", "50pct")}
    assert views == {"avg": 4, "sum": 12, "min": 1, "max": 9, "obvs": 3, "50pct": 2}


def test_the_same_request_twice_counts_once() -> None:
    for _ in range(2):
        series.add(PROJECT, {"a.b": [(T - 30, 1.0)], "c": [(T - 30, 2.0)]}, NOW)
    assert read(T - 30, T, view="obvs") == [1]


def test_the_same_point_in_different_requests_counts_each_time() -> None:
    add([(T - 30, 1.0)])
    series.add(PROJECT, {"a.b": [(T - 30, 1.0)], "c": [(T - 30, 2.0)]}, NOW)
    add([(T - 30, 1.0)], salt=b"another")
    assert read(T - 30, T, view="sum") == [3]


def test_series_and_projects_are_apart() -> None:
    series.add(PROJECT, {"a.b": [(T - 30, 1.0)], "a.b2": [(T - 30, 2.0)]}, NOW)
    series.add(OTHER, {"a.b": [(T - 30, 3.0)]}, NOW)
    assert read(T - 30, T) == [1]
    found = series.grids(PROJECT, dict.fromkeys(["a.b2", "a.b", "none"], ""), T - 30, T, NOW)
    assert {name: grid.seen("avg") for name, grid in found.items()} == {
        "a.b2": [2],
        "a.b": [1],
        "none": [None],
    }


def test_points_out_of_order_and_over_the_end_of_an_hour_are_read_wherever_they_lie() -> None:
    points = [(T - 2 * HOUR + 30 * n, float(n)) for n in range(240)]
    random.Random(1).shuffle(points)
    add(points)
    assert read(T - 2 * HOUR, T) == list(range(240))
    assert read(T - HOUR - 60, T - HOUR + 60) == [118, 119, 120, 121]


def test_reading_from_the_middle_of_what_came_together_misses_nothing() -> None:
    add([(T - 600 + 30 * n, float(n)) for n in range(20)])
    assert read(T - 300, T - 240) == [10, 11]


def test_the_items_of_a_request_are_one_for_each_series_and_hour(calls: list[str]) -> None:
    points = [(T - HOUR + 10 * n, 1.0) for n in range(360)]
    series.add(PROJECT, {f"s{n}": points for n in range(25)}, NOW)
    # One reads and one writes the names, two mark their hours and their days, one writes the points; that series are
    # new has another ask whether any were ever deleted.
    assert sorted(calls) == ["BatchGetItem", *["BatchWriteItem"] * 4, "GetItem"]
    calls.clear()
    series.add(PROJECT, {f"s{n}": points for n in range(25)}, NOW)
    assert calls == ["BatchWriteItem"]


def test_points_of_an_hour_that_is_closed_are_told() -> None:
    closed = T - 2 * HOUR
    assert add([(closed + 5, 1.0), (T - 10, 2.0)]).late == (("a.b", closed),)
    assert add([(T - 5, 3.0)]).late == ()


def test_an_hour_closes_five_minutes_after_its_end() -> None:
    point = {"a.b": [(T - 1, 1.0)]}
    assert series.add(PROJECT, point, NOW + timedelta(seconds=299)).late == ()
    assert series.add(PROJECT, point, NOW + timedelta(seconds=300)).late == (("a.b", T - HOUR),)


def test_a_series_that_was_never_seen_is_told_once() -> None:
    assert add([(T - 30, 1.0)]).fresh == ("a.b",)
    assert add([(T, 1.0)]).fresh == ()


def test_what_has_expired_is_not_read() -> None:
    add([(T - 30, 1.0)])
    later = NOW + timedelta(days=7)
    assert series.read(PROJECT, "a.b", T - 60, T, later) == [None, None]


@pytest.mark.parametrize(("days", "step"), [(0, 30), (2.9, 30), (3.1, 60), (180, 60), (190, 3600), (2000, 3600)])
def test_the_resolution_is_the_finest_in_which_a_span_is_kept(days: float, step: int) -> None:
    assert resolution(int(T - days * 86_400), NOW) == step


@pytest.mark.parametrize(("start", "options"), [(T - 60, {"step": 45}), (0, {}), (T - 60, {"view": "count"})])
def test_what_cannot_be_read_is_refused(start: int, options: Any) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        read(start, T, **options)


def test_an_hour_is_read_in_one_call(calls: list[str]) -> None:
    for n in range(120):
        add([(T - HOUR + 30 * n, float(n))])
    calls.clear()
    assert read(T - HOUR, T) == list(range(120))
    assert calls == ["Query"]


def test_a_day_of_rolled_hours_is_read_in_a_call_for_each_form_that_it_has(calls: list[str]) -> None:
    add([(T - 24 * HOUR + 30 * n, float(n)) for n in range(2880)])
    for hour in range(T - 24 * HOUR, T - HOUR, HOUR):
        series_rolls.roll_up(PROJECT, "a.b", hour, NOW)
    for options, expected, forms in (
        ({"step": 30}, [float(n) for n in range(2880)], 2),
        ({"step": 60}, [2 * n + 0.5 for n in range(1440)], 2),
        ({"step": 3600, "view": "max"}, [120 * n + 119 for n in range(24)], 3),
        ({"step": 3600, "view": "50pct"}, [120 * n + 59 for n in range(24)], 2),
    ):
        calls.clear()
        assert read(T - 24 * HOUR, T, **options) == expected
        assert calls == ["Query"] * forms


def test_a_series_is_deleted_in_pieces() -> None:
    for n in range(5):
        add([(T - 30 * n, 1.0)])
    series_rolls.roll_up(PROJECT, "a.b", T - HOUR, NOW)
    assert not series.purge(PROJECT, "a.b", at_most=3)
    assert series.purge(PROJECT, "a.b", at_most=100)
    assert read(T - 300, T + 30) == [None] * 11


def test_what_is_read_is_what_a_list_of_all_points_gives() -> None:
    chance = random.Random(7)
    kept: list[tuple[int, float]] = []
    hours = range(T - 50 * HOUR, T, HOUR)
    for _ in range(60):
        begin = chance.choice(hours)
        points = [(begin + chance.randrange(2 * HOUR), chance.random()) for _ in range(chance.choice((1, 5, 40)))]
        kept += [point for point in points if point[0] < T]
        add([point for point in points if point[0] < T])
    for hour in hours[:-1]:
        if chance.random() < 0.6:
            series_rolls.roll_up(PROJECT, "a.b", hour, NOW)
    for step in (30, 60, 300, 3600, 7200):
        start, end = T - 49 * HOUR - 700, T - 500
        first = start - start % step
        expected: list[float | None] = []
        for at in range(first, end, step):
            values = [value for moment, value in kept if at <= moment < at + step]
            expected.append(sum(values) / len(values) if values else None)
        assert read(start, end, step=step) == [value if value is None else pytest.approx(value) for value in expected]
