"""Averages in which some series count for more than others. Source: Graphite, Functions (Combine)."""

from __future__ import annotations

from itertools import zip_longest

from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.functions.combine import combined
from chalicelib.languages.graphite.naming import key_of
from chalicelib.languages.graphite.registry import function, node_or_tag, series_list
from chalicelib.languages.graphite.series import Series


@function(
    "weightedAverage",
    *(series_list("seriesListAvg"), series_list("seriesListWeight"), node_or_tag("nodes", None, many=True)),
)
def weighted_average(frame: Frame, averages: list[Series], weights: list[Series], *nodes: int | str) -> list[Series]:
    """The sum of all averages, each times the weight that shares its nodes, by the sum of all weights."""
    if len(averages) != len(weights):
        raise frame.wrong(f"{len(averages)} averages cannot have {len(weights)} weights", 1)
    by_key = {key_of(one, nodes): one for one in weights}
    products = [
        _product(one, by_key[key])
        for key, one in {key_of(one, nodes): one for one in averages}.items()
        if key in by_key
    ]
    if not products:
        return []
    (upper,), (lower,) = combined(products, "sum"), combined(weights, "sum")
    values = [a / b if a is not None and b else None for a, b in zip_longest(upper.values, lower.values)]
    name = f"weightedAverage({_together(averages)}, {_together(weights)}, {','.join(map(str, nodes))})"
    return [Series(name, upper.start, upper.end, upper.step, values, {"name": name})]


def _product(average: Series, weight: Series) -> Series:
    pairs = zip_longest(average.values, weight.values)
    values = [a * b if a is not None and b is not None else None for a, b in pairs]
    return average.like("product", values, consolidate="average")


def _together(found: list[Series]) -> str:
    return ",".join(sorted({one.path_expression for one in found}))
