"""Names for people: functions around an alias still know the series by what it was.

Source: Graphite, Functions (Alias).
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import key_of, path_of
from chalicelib.languages.graphite.registry import function, integer, node_or_tag, series_list, string
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
    names = substituted(frame, found, search, replacement, 1)
    return [one.called(name) for one, name in zip(found, names, strict=True)]


def substituted(frame: Frame, found: list[Series], search: str, replacement: str, argument: int) -> list[str]:
    """The names of series with what a regular expression finds replaced. Raises TargetError for the argument."""
    try:
        pattern = regexes.compiled(search)
        return [pattern.sub(replacement, one.name) for one in found]
    except regexes.Unusable as error:
        raise frame.wrong(f"search and replace cannot be used: {error}", argument) from None


@function("upper", series_list(), integer("pos", None, many=True))
def upper(frame: Frame, found: list[Series], *places: int) -> list[Series]:
    """Capital letters in the whole name, or at these places alone."""
    return [one.called(_changed(one.name, str.upper, places)) for one in found]


@function("lower", series_list(), integer("pos", None, many=True))
def lower(frame: Frame, found: list[Series], *places: int) -> list[Series]:
    return [one.called(_changed(one.name, str.lower, places)) for one in found]


def _changed(name: str, change: Callable[[str], str], places: tuple[int, ...]) -> str:
    if not places:
        return change(name)
    letters = list(name)
    for place in places:
        if -len(letters) <= place < len(letters):
            letters[place] = change(letters[place])
    return "".join(letters)


@function("substr", series_list(), integer("start", 0), integer("stop", 0))
def substr(frame: Frame, found: list[Series], start: int, stop: int) -> list[Series]:
    """The parts of the name from `start` up to `stop`, which are counted as Python counts; up to the end where `stop`
    is nought. Of a name with functions around it, what the innermost of them is of."""
    return [one.called(_parts(one.name, start, stop)) for one in found]


def _parts(name: str, start: int, stop: int) -> str:
    end = name.find(")")
    inner = name[name.rfind("(") + 1 : end if end >= 0 else len(name)]
    return ".".join(inner.split(".")[start : stop or None]).partition(",")[0]
