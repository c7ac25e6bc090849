"""Wildcards: what matches, what does not, and that none of it takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.languages.graphite import TargetError, is_pattern, literal_prefix, matches
from chalicelib.languages.graphite.patterns import BRANCHES_MAX, expanded
from tests.cases import each

MATCHES = [
    ("a.b", "a.b"),
    ("a.*", "a.b"),
    ("*.b", "a.b"),
    ("a.*.c", "a.anything.c"),
    ("a.b*d.c", "a.bd.c"),
    ("a.b*d.c", "a.bdxd.c"),
    ("a.*b*b", "a.bb"),
    ("a.b**", "a.bcd"),
    ("a.?", "a.b"),
    ("a.web[0-9]", "a.web7"),
    ("a.web[135x]", "a.webx"),
    ("a.web[!0-9]", "a.webx"),
    ("a.[-]", "a.-"),
    ("a.{b,c}", "a.c"),
    ("a.{b,c}d.{e,f}", "a.bd.f"),
    ("a.{b,c{d,e}}", "a.ce"),
    ("a.{b.x,c}.d", "a.b.x.d"),
    ("a.{b,}c", "a.c"),
    ("a.b{*x,y}", "a.bzx"),
    ("a+b.c", "a+b.c"),
    ("a.[b", "a.[b"),
]
DIFFERS = [
    ("a.*", "a.b.c"),
    ("a.*", "a"),
    ("a*", "a.b"),
    ("*", "a.b"),
    ("a.?", "a."),
    ("a.?", "a.bc"),
    ("a?b", "a.b"),
    ("a.web[0-9]", "a.webx"),
    ("a.web[!0-9]", "a.web7"),
    ("a[!x]b", "a.b"),
    ("a[+-/]b", "a.b"),
    ("a.[]", "a."),
    ("a.[z-a]", "a.b"),
    ("a.{b,c}", "a.d"),
    ("a.b", "a.B"),
    ("a.b", "aXb"),
    ("a.b", "a.b\n"),
]


@each(("pattern", "name"), MATCHES)
def test_a_pattern_matches(pattern: str, name: str) -> None:
    assert matches(pattern, name)


@each(("pattern", "name"), DIFFERS)
def test_a_pattern_does_not_match(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


@given(st.text(alphabet="ab.*?[]{},!-"), st.text(alphabet="ab.*?[]{},!-"))
def test_every_text_can_be_matched_as_a_pattern(pattern: str, name: str) -> None:
    assert matches(pattern, pattern)
    if not matches(pattern, name):
        return
    assert name == pattern or name.startswith(literal_prefix(pattern))


_PARTS = st.text(alphabet="ab*?", max_size=8)


@given(_PARTS, st.text(alphabet="ab", max_size=12))
def test_stars_match_as_a_search_of_all_ways_finds(pattern: str, name: str) -> None:
    assert matches(pattern, name) is _naive(pattern, name)


def _naive(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(_naive(pattern[1:], name[taken:]) for taken in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and _naive(pattern[1:], name[1:])


def test_many_stars_take_no_longer_than_few() -> None:
    assert not matches("*a" * 200 + "b", "a" * 800)
    assert matches("*a" * 200 + "*", "a" * 800)


def test_the_beginning_that_all_matches_share_ends_at_the_first_wildcard() -> None:
    found = [literal_prefix(pattern) for pattern in ("a.b", "a.b*", "a.[bc]", "a.{b,c}", "?", "a;b=c")]
    assert found == ["a.b", "a.b", "a.", "a.", "", "a;b=c"]


def test_braces_stand_for_each_of_their_parts_in_order() -> None:
    assert expanded("a.{b,c}.{d,e}") == ["a.b.d", "a.b.e", "a.c.d", "a.c.e"]


def test_braces_that_stand_for_too_many_patterns_are_refused() -> None:
    with pytest.raises(TargetError, match=f"more than {BRANCHES_MAX} patterns"):
        matches("{a,b,c,d,e,f,g,h,i,j}" * 20, "a")


@each("text", ["a.*", "a.?", "a.[b]", "a.{b,c}", "seriesByTag('name=a')"])
def test_what_may_mean_several_series_is_a_pattern(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["a.b", "a.b:sum", "a;b=c"])
def test_a_name_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)
