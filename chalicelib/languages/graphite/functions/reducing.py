"""Series of one host, say, brought together by a function of several lists. Source: Graphite, Functions (Combine).

Graphite's `mapSeries` makes a list of lists, of which nothing but `reduceSeries` can take anything. Here it puts the
series that belong together next to one another, which is what `reduceSeries` needs of it, and any function may follow.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.functions.group import grouped
from chalicelib.languages.graphite.naming import key_of
from chalicelib.languages.graphite.registry import (
    Function,
    bound,
    function,
    functions,
    integer,
    node_or_tag,
    series_list,
    string,
)
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tree import Call, Literal


@function("mapSeries", "map", series_list(), node_or_tag("mapNodes", many=True))
def map_series(frame: Frame, found: list[Series], *nodes: int | str) -> list[Series]:
    return [one for group in grouped(found, lambda one: key_of(one, nodes)).values() for one in group]


@function(
    "reduceSeries",
    "reduce",
    *(series_list("seriesLists"), string("reduceFunction"), integer("reduceNode"), string("reduceMatchers", many=True)),
)
def reduce_series(frame: Frame, found: list[Series], name: str, place: int, *matchers: str) -> list[Series]:
    """`a.reduce.asPercent` for `a.used` and `a.total`, say: series that are the same before a node become the arguments
    of a function in the order in which `matchers` has that node. Where one is missing, nothing is made."""
    reducer = functions().get(name)
    if reducer is None or reducer.reach is not None:
        raise frame.wrong("reduceFunction must be a function of series at the present", 1)
    made = []
    for key, series in _by_matcher(found, name, place).items():
        if set(matchers) <= series.keys():
            made += [one.called(key) for one in _reduced(frame, reducer, [series[one] for one in matchers])[:1]]
    return made


def _by_matcher(found: list[Series], name: str, place: int) -> dict[str, dict[str, Series]]:
    """For each name of a result, series by their node at `place`; the last of several."""
    groups: dict[str, dict[str, Series]] = {}
    for one in found:
        parts = one.name.split(".")
        if -len(parts) <= place < len(parts):
            groups.setdefault(f"{'.'.join(parts[:place])}.reduce.{name}", {})[parts[place]] = one
    return groups


def _reduced(frame: Frame, reducer: Function, series: Sequence[Series]) -> list[Series]:
    """What a function makes of arguments of one series each, which are the same whatever window it asks for."""
    at = frame.call.at
    call = Call(reducer.name, at, tuple(Literal(place, at) for place in range(len(series))))
    lists: list[Value] = [[one] for one in series]
    inner = Frame(frame.context, call, lambda node, _: lists[call.args.index(node)])
    return reducer.run(inner, *bound(reducer, call, lists, []))
