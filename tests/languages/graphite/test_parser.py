"""Targets to trees: what stands for what."""

from __future__ import annotations

import math

from chalicelib.languages.graphite import is_plain, parse, patterns
from chalicelib.languages.graphite.tree import Call, Literal, Pattern, Scalar
from tests.cases import each

NAMES = [
    "a",
    "servers.web01.cpu.load",
    "servers.web*.cpu.load?",
    "a.[0-9].[!a-c]",
    "a.{b,c}.d",
    "a.{b,c{d,e}}",
    "a.{b.c,d}",
    "a.b:sum",
    "a.b:99pct",
    "a.b:obvsrate",
    "$a%b#c-d_e",
    "disk.used;host=a;rack=b",
    "a=b",
    "1a.2b",
    "10.0.0.1",
    "true.blue",
    "10.20",
    "123",
    "-1e5",
    "1e400",
    "none",
    "True",
    "inf",
    "k=v.b",
    "ünïcode.näme",
]
SCALARS: list[tuple[str, Scalar]] = [
    ("1", 1),
    ("-1", -1),
    ("+1", 1),
    ("1.5", 1.5),
    ("-.5", -0.5),
    ("2.", 2.0),
    ("1e3", 1000.0),
    ("1.5E-3", 0.0015),
    ("true", True),
    ("False", False),
    ("None", None),
    ("inf", math.inf),
    ("'text'", "text"),
    ('"text"', "text"),
    ("'a,b)|c'", "a,b)|c"),
    (r"'\d+'", r"\d+"),
    (r"'it\'s'", r"it\'s"),
    ('"it\'s"', "it's"),
    ("''", ""),
]


@each("name", NAMES)
def test_a_name_or_a_pattern_is_read_as_it_stands(name: str) -> None:
    assert parse(name) == Pattern(name, 1)
    assert is_plain(name)


@each("name", NAMES)
def test_a_name_or_a_pattern_can_be_an_argument(name: str) -> None:
    assert parse(f"sumSeries( {name} ,x)") == Call("sumSeries", 1, (Pattern(name, 12), Pattern("x", 14 + len(name))))


@each(("text", "value"), SCALARS)
def test_a_value_is_read_as_what_it_looks_like(text: str, value: Scalar) -> None:
    call = parse(f"asPercent(a,{text})")
    assert isinstance(call, Call)
    assert call.args[1] == Literal(value, 13)
    assert type(call.args[1].value) is type(value)


def test_a_word_that_could_be_a_value_is_a_series_where_a_series_is_wanted() -> None:
    assert parse("scale(10,10)") == Call("scale", 1, (Pattern("10", 7), Literal(10, 10)))
    assert parse("10|scale(10)") == Call("scale", 4, (Pattern("10", 1), Literal(10, 10)))
    assert parse("asPercent(10,10)") == Call("asPercent", 1, (Pattern("10", 11), Literal(10, 14)))
    assert parse("sumSeries(seriesLists=true)") == Call("sumSeries", 1, (), (("seriesLists", Pattern("true", 23)),))


def test_a_name_with_an_equals_sign_is_an_argument_by_name_only_where_there_is_such_a_parameter() -> None:
    total = parse("asPercent(a,total=b)")
    assert total == Call("asPercent", 1, (Pattern("a", 11),), (("total", Pattern("b", 19)),))
    assert parse("asPercent(a,k=b)") == Call("asPercent", 1, (Pattern("a", 11), Pattern("k=b", 13)))


def test_calls_are_nested() -> None:
    inner = Call("scale", 7, (Pattern("a.*", 13), Literal(2, 17)))
    assert parse("alias(scale(a.*,2),'x')") == Call("alias", 1, (inner, Literal("x", 20)))


def test_a_pipe_gives_what_stands_before_it_as_the_first_argument() -> None:
    inner = Call("sumSeries", 7, (Pattern("a.*", 1), Pattern("b", 17)))
    assert parse("a.* | sumSeries(b) | scale(2)") == Call("scale", 22, (inner, Literal(2, 28)))


def test_a_pipe_may_stand_within_an_argument() -> None:
    inner = Call("scale", 9, (Pattern("a", 7), Literal(2, 15)))
    assert parse("alias(a|scale(2),'x')") == Call("alias", 1, (inner, Literal("x", 18)))


def test_arguments_may_have_names() -> None:
    assert parse("scale(a, factor = 2)") == Call("scale", 1, (Pattern("a", 7),), (("factor", Literal(2, 19)),))


def test_tags_are_asked_for_by_a_call_that_counts_as_a_pattern() -> None:
    text = """seriesByTag('name=disk.used', "host=~web(1|2)")"""
    assert parse(f"{text}|sumSeries()") == Call("sumSeries", len(text) + 2, (Pattern(text, 1),))
    assert is_plain(text)


def test_space_between_the_parts_means_nothing() -> None:
    assert patterns(" sumSeries (\n\ta.* ,\r\n b ) ") == ("a.*", "b")


def test_a_target_with_a_function_is_not_plain() -> None:
    assert not is_plain("scale(a,1)")


def test_the_patterns_of_a_target_are_told_once_each_in_order() -> None:
    target = "asPercent(sumSeries(b.*,a), total=scale(b.*,2)) | sumSeries(c:max)"
    assert patterns(target) == ("b.*", "a", "c:max")


def test_the_same_target_has_the_same_tree() -> None:
    assert parse("scale(a,1)") is parse("scale(a,1)")
