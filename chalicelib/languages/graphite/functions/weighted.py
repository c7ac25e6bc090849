"""An average whose parts weigh differently. Source: Graphite, Functions (Combine): weightedAverage."""

from __future__ import annotations

from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import key_of
from chalicelib.languages.graphite.registry import function, node_or_tag, series_list
from chalicelib.languages.graphite.series import Series, Values, aligned, paths


@function(
    "weightedAverage", series_list("seriesListAvg"), series_list("seriesListWeight"), node_or_tag("nodes", many=True)
)
def weighted_average(frame: Frame, found: list[Series], weights: list[Series], *nodes: int | str) -> list[Series]:
    """Each series by the weight that has the same nodes; at a moment, those count that have both."""
    weighing = {key_of(one, nodes): one for one in weights}
    pairs = [(one, weighing[key]) for one in found if (key := key_of(one, nodes)) in weighing]
    if not pairs:
        return []
    together = aligned([one for pair in pairs for one in pair])
    values: Values = [_weighed(list(row)) for row in together.rows()]
    shown = ", ".join(f"'{node}'" if isinstance(node, str) else str(node) for node in nodes)
    named = f"weightedAverage({paths(found)}, {paths(weights)}, {shown})"
    return [Series(named, together.start, together.end, together.step, values)]


def _weighed(row: Values) -> float | None:
    """`row` holds value and weight by turns."""
    total = weight = 0.0
    for value, by in zip(row[::2], row[1::2], strict=True):
        if value is not None and by is not None:
            total += value * by
            weight += by
    return total / weight if weight else None
