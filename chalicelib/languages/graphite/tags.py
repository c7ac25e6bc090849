"""Tags of series, and the expressions of seriesByTag that choose by them. Source: Graphite, Graphite Tag Support."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.errors import TargetError

_EXPRESSION = re.compile(r"([^;!=]+)(!=~|=~|!=|=)(.*)", re.DOTALL)
_CALL = re.compile(r"\s*seriesByTag\s*\((.*)\)\s*", re.DOTALL)
_STRING = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*(,|$)""")


class TagTest(NamedTuple):
    """One expression: the tag, `=`, `!=`, `=~` or `!=~`, and what it is compared with."""

    tag: str
    operator: str
    value: str


def tags_of(name: str) -> dict[str, str]:
    """The tags in the name of a series, `disk.used;host=a`, the metric's own name under `name`."""
    if ";" not in name:
        return {"name": name}
    plain, *tags = name.split(";")
    return {"name": plain, **dict(tag.split("=", 1) for tag in tags if "=" in tag)}


def tag_tests(pattern: str, position: int = 1) -> tuple[TagTest, ...] | None:
    """The expressions of a seriesByTag call, None when the pattern is none. Raises TargetError."""
    call = _CALL.fullmatch(pattern)
    return tuple(_parsed(text, position) for text in _strings(call[1], position)) if call else None


def _strings(inner: str, position: int) -> list[str]:
    found, at, comma = [], 0, ","
    while comma and (match := _STRING.match(inner, at)):
        found.append(match[1] if match[1] is not None else match[2])
        at, comma = match.end(), match[3]
    if comma or not found:
        raise TargetError("seriesByTag needs expressions in quotes, such as 'name=disk.used'", position)
    return found


def _parsed(text: str, position: int) -> TagTest:
    match = _EXPRESSION.fullmatch(text)
    if not match:
        raise TargetError(f"seriesByTag: {text!r} is not of the form tag=value", position)
    test = TagTest(match[1], match[2], match[3])
    if test.operator.endswith("~"):
        _matcher(test.value, position)
    return test


def _matcher(text: str, position: int = 0) -> regexes.Regex:
    """Tag expressions match from the beginning of the value, as Graphite's do."""
    try:
        return regexes.compiled(f"^(?:{text})")
    except regexes.Unusable as error:
        raise TargetError(f"seriesByTag: {text[:80]!r} cannot be used: {error}", position) from None


def tag_query(pattern: str) -> tuple[str, Callable[[Mapping[str, str]], bool]] | None:
    """The metric name that a seriesByTag call asks for, empty when it asks for no single one, and the test for the tags
    of a series; None when the pattern is no such call. Raises TargetError."""
    tests = tag_tests(pattern)
    if tests is None:
        return None
    names = [test.value for test in tests if test.tag == "name" and test.operator == "=" and test.value]
    return (names[0] if names else "", lambda tags: all(_holds(test, tags) for test in tests))


def _holds(test: TagTest, tags: Mapping[str, str]) -> bool:
    value = tags.get(test.tag, "")
    regex = test.operator.endswith("~")
    found = _matcher(test.value).found_in(value) if regex else value == test.value
    return found != test.operator.startswith("!")
