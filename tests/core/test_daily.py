"""The sum of a day: counts, means, and percentiles by nearest rank."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.check import Result
from chalicelib.core.daily import PHASES, percentile, summed
from tests.cases import each

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def result(code: int = 1, **phases: Any) -> Result:
    return Result("0" * 48, NOON, "Home", code, "", **phases)


# The worked example of nearest rank that textbooks share.
@each(("rank", "value"), [(5, 15), (30, 20), (40, 20), (50, 35), (99, 50), (100, 50)])
def test_a_percentile_is_a_value_that_occurs(rank: int, value: float) -> None:
    assert percentile([15, 20, 35, 40, 50], rank) == value


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200), st.integers(1, 100))
def test_so_many_of_a_hundred_do_not_exceed_a_percentile_and_fewer_do_not_exceed_less(
    times: list[float], rank: int
) -> None:
    found = percentile(sorted(times), rank)
    assert found in times
    assert sum(time <= found for time in times) * 100 >= rank * len(times)
    assert sum(time < found for time in times) < math.ceil(len(times) * rank / 100)


def test_a_day_of_one_result_is_that_result() -> None:
    document = summed([result(dns=1.2344, connect=2, ssl=3, ttfb=4, ttlb=5, block=6)])
    assert (document["count"], document["failures"]) == (1, 0)
    assert document["phases"]["dns"] == [1.234, 1.234, 1.234, 1.234]
    assert document["phases"]["block"] == [6, 6, 6, 6]
    assert document["phases"]["total"] == [15.234] * 4
    assert tuple(document["phases"]) == PHASES


def test_the_time_of_what_failed_is_not_counted_but_a_warning_is_good() -> None:
    document = summed([result(ttlb=10), result(code=2, ttlb=30), result(code=0, ttlb=30_000)])
    assert (document["count"], document["failures"]) == (3, 1)
    assert document["phases"]["ttlb"] == [20, 10, 30, 30]


@pytest.mark.parametrize(("results", "count"), [([], 0), ([result(code=0)], 1)])
def test_without_a_good_result_there_are_no_times(results: list[Result], count: int) -> None:
    assert summed(results) == {"count": count, "failures": count, "phases": {}}


def test_the_order_of_the_results_does_not_matter() -> None:
    results = [result(ttlb=number) for number in (5, 1, 4, 2, 3)]
    assert summed(results) == summed(sorted(results, key=lambda one: one.ttlb))
