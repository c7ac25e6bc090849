"""Names for people: functions around an alias still know the series by what it was.

Source: Graphite, Functions (Alias).
"""

from __future__ import annotations

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import key_of, path_of
from chalicelib.languages.graphite.registry import function, node_or_tag, series_list, string
from chalicelib.languages.graphite.series import Series


@function("alias", series_list(), string("newName"))
def alias(frame: Frame, found: list[Series], name: str) -> list[Series]:
    return [one.called(name) for one in found]


@function("aliasByNode", "aliasByTags", series_list(), node_or_tag("nodes", None, many=True))
def alias_by_node(frame: Frame, found: list[Series], *nodes: int | str) -> list[Series]:
    return [one.called(key_of(one, nodes)) for one in found]


@function("aliasByMetric", series_list())
def alias_by_metric(frame: Frame, found: list[Series]) -> list[Series]:
    return [one.called(path_of(one.name).rpartition(".")[2]) for one in found]


@function("aliasSub", series_list(), string("search"), string("replace"))
def alias_sub(frame: Frame, found: list[Series], search: str, replacement: str) -> list[Series]:
    r"""Replaces what a regular expression finds in each name; `\1` stands for its first group."""
    try:
        pattern = regexes.compiled(search)
        return [one.called(pattern.sub(replacement, one.name)) for one in found]
    except regexes.Unusable as error:
        raise frame.wrong(f"search and replace cannot be used: {error}", 1) from None
