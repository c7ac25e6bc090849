"""Reducing a series to one value, as Grafana's alerting does."""

from __future__ import annotations

import math

from chalicelib.core.reducers import REDUCERS, Values

NOTHING: tuple[Values, ...] = ([], [None], [None, None])
CASES: list[tuple[str, Values, float | None]] = [
    ("avg", [1, None, 3], 2),
    ("min", [1, None, 3], 1),
    ("max", [1, None, 3], 3),
    ("sum", [1, None, 3], 4),
    ("sum", [0.1] * 10, 1.0),
    ("count", [1, None, 3], 3),
    ("count", [None, None], 2),
    ("count", [], None),
    ("count_non_null", [1, None, 3], 2),
    ("last", [1, 3, None], 3),
    ("median", [3, None, 1, 2], 2),
    ("median", [4, 1, 2, 3], 2.5),
    ("diff", [None, 5, 9, 3, None], -2),
    ("diff", [5], 0),
    ("diff_abs", [5, 3], 2),
    ("percent_diff", [200, None, 100], -50),
    ("percent_diff", [-200, 100], 150),
    ("percent_diff", [5, None], 0),
    ("percent_diff", [0, 5], math.inf),
    ("percent_diff", [0, -5], -math.inf),
    ("percent_diff", [0, 0], 0),
    ("percent_diff_abs", [200, 100], 50),
]


def test_a_series_is_reduced_to_one_value() -> None:
    for name, values, expected in CASES:
        assert REDUCERS[name](values) == expected, (name, values)


def test_what_has_no_value_has_none() -> None:
    for name, reduce in REDUCERS.items():
        for values in NOTHING:
            assert name == "count" or reduce(values) is None, (name, values)
