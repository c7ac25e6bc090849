"""Targets that are refused: what is wrong, and where. And text of any kind, which is refused or read, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.languages.graphite import GraphiteError, TargetError, evaluate, parse
from chalicelib.languages.graphite.parser import DEPTH_MAX, LENGTH_MAX
from tests.cases import each
from tests.languages.graphite.scene import world

BAD = [
    ("scale(a, 1e400)", "the number is too large that begins", 10),
    ("", "a series or a value is expected, but the end stands", 1),
    ("sumSeries(a.*", "a comma or the closing parenthesis of sumSeries is expected, but the end stands", 14),
    ("sumSeries(a.*,)", "a series or a value is expected, but ')' stands", 15),
    ("sumSeries(a,,b)", "a series or a value is expected, but ',' stands", 13),
    ("sumSeries(,a)", "a series or a value is expected, but ',' stands", 11),
    ("sumSeries(a b)", "a comma or the closing parenthesis of sumSeries is expected, but 'b' stands", 13),
    ("sumSeries(a))", "the end is expected, but ')' stands", 13),
    ("a b", "the end is expected, but 'b' stands", 3),
    ("a,b", "the end is expected, but ',' stands", 2),
    ("a|", "a function is expected, but the end stands", 3),
    ("a|b", "a function is expected, but 'b' stands", 3),
    ("|scale(2)", "a series or a value is expected, but '|' stands", 1),
    ("a|seriesByTag('name=b')", "a function is expected, but 'seriesByTag' stands", 3),
    ("a.{b,c", "a brace is not closed that begins", 3),
    ("a.b}", "'}' cannot stand", 4),
    ("a.[0-9", "a bracket is not closed that begins", 3),
    ("alias(a,'x)", "a string is not closed that begins", 9),
    ("alias(a,x')", "a string is not closed that begins", 10),
    (r"a.b\,c", r"'\\' cannot stand", 4),
    ("a.b\0c", "a control character stands", 4),
    ("'a.b'", "a target must name a series, not a value", 1),
    ("nothing(a)", "there is no function nothing", 1),
    ("sumSeries(scale (a, 2), nothing(b))", "there is no function nothing", 25),
    ("scale(a)", "scale needs an argument for factor", 1),
    ("sumSeries()", "sumSeries needs an argument for seriesLists", 1),
    ("scale(a,1,2)", "scale takes no more than 2 arguments", 11),
    ("scale(a,'much')", "scale: factor must be a number", 9),
    ("scale(a,nan)", "scale: factor must be a number", 9),
    ("scale(a,factor=b)", "scale: factor must be a number", 16),
    ("scale(a,2,factor=3)", "scale has no argument factor that is not given yet", 18),
    ("scale(a,2,size=3)", "scale has no argument size that is not given yet", 16),
    ("scale(a,factor=3,factor=3)", "factor is given twice", 18),
    ("scale(factor=2,a)", "an argument with a name is expected, but 'a' stands", 16),
    ("sumSeries(a,'5')", "sumSeries: seriesLists must be a list of series", 13),
    ("round(a,1.5)", "round: precision must be a whole number", 9),
    ("round(a,9999999999)", "round: precision must be a whole number", 9),
    ("aggregate(a,'most')", "aggregate: func must be the name of an aggregation, such as 'sum'", 13),
    ("percentileOfSeries(a,5,'perhaps')", "percentileOfSeries: interpolate must be true or false", 24),
    ("integralByInterval(a,'soon')", "integralByInterval: intervalUnit must be a span of time such as '5min'", 22),
    ("groupByTags(a,'sum')", "groupByTags needs an argument for tags", 1),
    ("aliasByNode(a,None)", "aliasByNode: nodes must be the number of a node or the name of a tag", 15),
    ("seriesByTag(a)", "seriesByTag needs expressions in quotes, such as 'name=disk.used'", 1),
    ("seriesByTag()", "seriesByTag needs expressions in quotes, such as 'name=disk.used'", 1),
    ("scale(seriesByTag('host'),2)", "seriesByTag: 'host' is not of the form tag=value", 7),
]


@each(("target", "message", "position"), BAD)
def test_a_malformed_target_is_refused_where_it_is_wrong(target: str, message: str, position: int) -> None:
    with pytest.raises(TargetError) as refused:
        parse(target)
    assert (refused.value.message, refused.value.position) == (message, position)
    assert str(refused.value) == f"{message} at position {position}"


def test_a_target_that_is_too_long_is_refused() -> None:
    assert parse("a" * LENGTH_MAX)
    with pytest.raises(TargetError, match=f"longer than {LENGTH_MAX} characters"):
        parse("a" * (LENGTH_MAX + 1))


@pytest.mark.parametrize("target", ["sum(" * 1_000, "sum(" * 800 + "a" + ")" * 800, "a" + "|sum()" * 600])
def test_a_target_of_a_thousand_levels_is_refused(target: str) -> None:
    with pytest.raises(TargetError, match=str(DEPTH_MAX)):
        parse(target)


def test_a_target_as_deep_as_can_be_is_evaluated() -> None:
    target = "absolute(" * DEPTH_MAX + "a" + ")" * DEPTH_MAX
    assert [one.values for one in evaluate(target, world({"a": [-1.0]}))] == [[1.0]]


def test_what_is_deep_within_braces_is_refused() -> None:
    with pytest.raises(TargetError, match="a brace is not closed"):
        parse("{" * 2_000)


_PIECES = [
    "a.b",
    "sumSeries(",
    "scale(",
    "alias(",
    ")",
    ",",
    "|",
    "'x'",
    '"',
    "2",
    "-1e9",
    "{a,b}",
    "[",
    "=",
    " ",
    "\\",
]
_TARGETS = st.lists(st.sampled_from(_PIECES)).map("".join) | st.text()


@given(_TARGETS)
@example("\ud800")
@example("scale(a.b," + "9" * 4_000 + ")")
def test_any_text_is_read_or_refused_and_nothing_else(target: str) -> None:
    try:
        evaluate(target, world({"a.b": [1.0, None, 2.0]}))
    except GraphiteError as refused:
        assert str(refused)
