"""Series by themselves: copies, longer steps, alignment."""

from __future__ import annotations

import math

from chalicelib.languages.graphite import Series
from chalicelib.languages.graphite.series import aligned, paths
from tests.cases import each
from tests.languages.graphite.scene import N, Values


def series(name: str = "a", values: Values | None = None, *, start: int = 0, step: int = 60) -> Series:
    found = values or [1.0, 2.0, N, 4.0, N, N, 9.0]
    return Series(name, start, start + len(found) * step, step, found)


def test_a_series_knows_its_tags_and_path_by_its_name() -> None:
    found = series("disk.used;host=a;dc=b")
    assert found.tags == {"name": "disk.used", "host": "a", "dc": "b"}
    assert found.path_expression == "disk.used;host=a;dc=b"


def test_a_copy_can_be_changed() -> None:
    found = series()
    copied = found.copy()
    copied.values.append(1.0)
    copied.tags["x"] = "y"
    assert found == series()


def test_a_series_with_another_name_is_known_by_it() -> None:
    found = series().like("b", [1.0])
    assert (found.name, found.path_expression, found.values, found.step) == ("b", "b", [1.0], 60)


def test_a_series_that_is_called_something_is_known_as_before() -> None:
    found = series().called("b")
    assert (found.name, found.path_expression) == ("b", "a")


@each(
    ("how", "values"),
    [
        ("average", [1.5, 4, N, 9]),
        ("avg", [1.5, 4, N, 9]),
        ("sum", [3, 4, N, 9]),
        ("max", [2, 4, N, 9]),
        ("min", [1, 4, N, 9]),
        ("first", [1, 4, N, 9]),
        ("last", [2, 4, N, 9]),
        ("avg_zero", [1.5, 2, N, 9]),
    ],
)
def test_values_merge_into_longer_steps_as_the_series_says(how: str, values: Values) -> None:
    found = series().like(consolidate=how).merged(2)
    assert (found.values, found.step) == (values, 120)


def test_a_merged_value_needs_its_share_of_values() -> None:
    assert series().like(xff=0.6).merged(2).values == [1.5, N, N, N]


def test_nothing_is_merged_into_the_same_step() -> None:
    found = series()
    assert found.merged(1) is found


def test_series_are_aligned_to_the_span_of_all() -> None:
    found = aligned((series(start=120), series(start=0), series(start=60, step=90)))
    assert (found.start, found.end, found.step) == (0, 540, 180)
    assert [len(one.values) for one in found.series] == [3, 3, 4]
    assert list(found.rows())[3] == (N, N, 9)


def test_steps_without_a_common_one_get_their_least_common_multiple() -> None:
    assert aligned((series(step=40), series(step=60))).step == math.lcm(40, 60)


def test_series_are_called_together_by_their_paths_each_once() -> None:
    assert paths([series("b"), series("a"), series("b").called("c")]) == "b,a"
