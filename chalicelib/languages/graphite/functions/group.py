"""Series that share a part of their name or a tag in one each. Source: Graphite, Functions (Combine)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.functions.combine import combined
from chalicelib.languages.graphite.naming import key_of
from chalicelib.languages.graphite.registry import (
    Implementation,
    aggregation_name,
    function,
    integer,
    node_or_tag,
    series_list,
    series_lists,
    string,
)
from chalicelib.languages.graphite.series import Series


def grouped(found: Iterable[Series], key: Callable[[Series], str]) -> dict[str, list[Series]]:
    """Series by a key, in the order in which the keys turn up."""
    groups: dict[str, list[Series]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups


def _combined_by(found: list[Series], key: Callable[[Series], str], by: str) -> list[Series]:
    """One series a group, called by its key; functions around it still name what it was made of."""
    return [one.called(name) for name, group in grouped(found, key).items() for one in combined(group, by)]


@function("group", series_lists())
def group(frame: Frame, *lists: list[Series]) -> list[Series]:
    return list(chain(*lists))


@function("aggregateWithWildcards", series_list(), aggregation_name("func"), integer("position", None, many=True))
def aggregate_with_wildcards(frame: Frame, found: list[Series], by: str, *positions: int) -> list[Series]:
    """Sums up what differs in the parts of the name at these positions alone, which the result leaves out."""
    return _combined_by(found, lambda one: _without(one.name, positions), by)


def _without(name: str, positions: tuple[int, ...]) -> str:
    return ".".join(part for place, part in enumerate(name.split(".")) if place not in positions)


def _with_wildcards(by: str) -> Implementation:
    def combine(frame: Frame, found: list[Series], *positions: int) -> list[Series]:
        return aggregate_with_wildcards(frame, found, by, *positions)

    return combine


_POSITIONS = integer("position", None, many=True)
function("sumSeriesWithWildcards", series_list(), _POSITIONS)(_with_wildcards("sum"))
function("averageSeriesWithWildcards", series_list(), _POSITIONS)(_with_wildcards("average"))
function("multiplySeriesWithWildcards", series_list(), _POSITIONS)(_with_wildcards("multiply"))


@function("groupByNode", series_list(), node_or_tag("nodeNum"), aggregation_name("callback", "average"))
def group_by_node(frame: Frame, found: list[Series], node: int | str, by: str) -> list[Series]:
    return group_by_nodes(frame, found, by, node)


@function("groupByNodes", series_list(), aggregation_name("callback"), node_or_tag("nodes", None, many=True))
def group_by_nodes(frame: Frame, found: list[Series], by: str, *nodes: int | str) -> list[Series]:
    return _combined_by(found, lambda one: key_of(one, nodes), by)


@function("groupByTags", series_list(), aggregation_name("callback"), string("tags", many=True))
def group_by_tags(frame: Frame, found: list[Series], by: str, *tags: str) -> list[Series]:
    """One series for each set of values of the tags, called `name;tag=value` with the tags in order. The name is that
    of the metric where the series share one, else that of the aggregation."""
    for one in found:
        for tag in tags:
            if not one.tags.get(tag):
                raise frame.wrong(f"{one.name} has no tag {tag}")
    names = {one.tags.get("name", "") for one in found}
    shared = names.pop() if len(names) == 1 else by
    made = []
    for name, group in grouped(found, lambda one: _tagged_name(one, tags, shared)).items():
        own = {"name": name.partition(";")[0], **{tag: group[0].tags[tag] for tag in tags}}
        made += [one.like(name, tags=own) for one in combined(group, by)]
    return made


def _tagged_name(series: Series, tags: tuple[str, ...], shared: str) -> str:
    name = series.tags["name"] if "name" in tags else shared
    return ";".join([name, *(f"{tag}={series.tags[tag]}" for tag in sorted({*tags} - {"name"}))])
