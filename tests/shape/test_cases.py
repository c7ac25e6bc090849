"""The one test of many cases tells each that fails."""

from __future__ import annotations

import pytest

from tests.cases import each


def test_every_case_is_tried_and_each_that_fails_is_told_by_its_name() -> None:
    tried = []

    @each("a, b", [(1, 1), (1, 2), (3, 3), (4, 5)])
    def same(a: int, b: int) -> None:
        tried.append(a)
        assert a == b

    with pytest.raises(ExceptionGroup, match="2 of 4 cases") as told:
        same()
    assert tried == [1, 1, 3, 4]
    assert [error.__notes__ for error in told.value.exceptions] == [["case: a=1, b=2"], ["case: a=4, b=5"]]


def test_tables_are_multiplied_and_fixtures_handed_on() -> None:
    tried: list[str] = []

    @each("a", "xy")
    @each("b", [1, 2])
    def keep(kept: list[str], a: str, b: int) -> None:
        kept.append(f"{a}{b}")

    keep(kept=tried)
    assert tried == ["x1", "x2", "y1", "y2"]


def test_one_failure_is_raised_as_it_is() -> None:
    @each("a", [0, 1])
    def never_zero(a: int) -> None:
        assert a

    with pytest.raises(AssertionError) as told:
        never_zero()
    assert told.value.__notes__ == ["case: a=0"]
