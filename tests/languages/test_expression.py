"""Composite expressions: the published examples with their truth tables, precedence, three values, what is wrong."""

from __future__ import annotations

import itertools

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.languages import expression
from chalicelib.languages.expression import Both, Either, Letter, Not, check, evaluate, letters, parse
from tests.cases import each

A, B, C = Letter("a"), Letter("b"), Letter("c")

# Composite Alerts: above 80 and below 20; below 50 or below 30; "(A && B) || C". One row for each combination.
AND = {(True, True): True, (True, False): False, (False, True): False, (False, False): False}
OR = {(True, True): True, (True, False): True, (False, True): True, (False, False): False}
BOTH_OR = {
    (True, True, True): True,
    (True, True, False): True,
    (True, False, True): True,
    (True, False, False): False,
    (False, True, True): True,
    (False, True, False): False,
    (False, False, True): True,
    (False, False, False): False,
}


@pytest.mark.parametrize("values", AND)
def test_the_published_example_of_two_metrics_that_must_both_breach(values: tuple[bool, bool]) -> None:
    assert evaluate(check("a && b", ["b"]), dict(zip("ab", values, strict=True))) is AND[values]


@pytest.mark.parametrize("values", OR)
def test_the_published_example_of_two_metrics_of_which_one_must_breach(values: tuple[bool, bool]) -> None:
    assert evaluate(check("a || c", ["c"]), dict(zip("ac", values, strict=True))) is OR[values]


@each("values", BOTH_OR)
def test_the_published_example_of_three_metrics_in_capital_letters(values: tuple[bool, bool, bool]) -> None:
    assert evaluate(check("A && B || C", ["b", "c"]), dict(zip("abc", values, strict=True))) is BOTH_OR[values]


def test_and_binds_tighter_than_or_on_either_side() -> None:
    assert parse("a && b || c") == Either((Both((A, B)), C))
    assert parse("a || b && c") == Either((A, Both((B, C))))


def test_parentheses_and_not_bind_tightest() -> None:
    assert parse("(a || b) && !c") == Both((Either((A, B)), Not(C)))
    assert parse("!(a && !!b)") == Not(Both((A, Not(Not(B)))))


def test_white_space_means_nothing() -> None:
    assert parse("\ta&&b  ||\nc ") == parse("a && b || c")


def test_a_single_letter_is_an_expression() -> None:
    assert check("a", []) == A
    assert letters(parse("(B || a) && !b")) == {"a", "b"}


@each(
    ("text", "values", "result"),
    [
        ("a && b", {"a": False, "b": None}, False),
        ("a && b", {"a": True, "b": None}, None),
        ("a && b", {"a": None, "b": None}, None),
        ("a || b", {"a": True, "b": None}, True),
        ("a || b", {"a": False, "b": None}, None),
        ("!a", {"a": None}, None),
        ("!a", {"a": False}, True),
        ("a && b || c", {"a": None, "b": True, "c": True}, True),
        ("a && b || c", {"a": None, "b": False, "c": False}, False),
        ("a || b", {"a": False}, None),
    ],
)
def test_what_cannot_be_decided_decides_only_what_it_must(
    text: str, values: dict[str, bool | None], result: bool | None
) -> None:
    assert evaluate(parse(text), values) is result


def test_an_undecided_letter_leaves_open_exactly_what_its_two_values_would_leave_open() -> None:
    tree = parse("(a || !b) && (b || c)")
    for values in itertools.product((True, False, None), repeat=3):
        known = dict(zip("abc", values, strict=True))
        result = evaluate(tree, known)
        fills = itertools.product(*[(value,) if value is not None else (True, False) for value in values])
        outcomes = {evaluate(tree, dict(zip("abc", fill, strict=True))) for fill in fills}
        assert result is None or outcomes == {result}


@each(
    ("text", "position"),
    [
        ("", 1),
        ("  ", 3),
        ("a &&", 5),
        ("&& a", 1),
        ("a b", 3),
        ("a & b", 3),
        ("a | b", 3),
        ("(a && b", 8),
        ("a && b)", 7),
        ("a && 1", 6),
        ("ab || c", 1),
        ("()", 2),
        ("a && \u00e9", 6),
        ("a ; b", 3),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(Invalid, match=f"position {position}, ") as refused:
        parse(text)
    assert refused.value.field == "expression"


@pytest.mark.parametrize("text", ["(" * 200 + "a" + ")" * 200, "!" * 400 + "a"])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="nested deeper"):
        parse(text)


def test_a_long_expression_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="longer than 500"):
        parse("!" * 1_000_000 + "a")


def test_nesting_up_to_the_limit_is_understood() -> None:
    depth = expression.DEPTH_MAX
    assert parse("(" * depth + "a" + ")" * depth) == A


@each(
    ("text", "additional", "field", "message"),
    [
        ("a && d", ["b"], "expression", "speaks of d"),
        ("a", ["b"], "expression", "must speak of b"),
        ("b", ["b"], "expression", "must speak of a"),
        ("a && b && c && d && e", ["b", "c", "d", "e"], "additional_criteria", "more than 3"),
        ("a && b", ["b", "B"], "additional_criteria", "twice"),
        ("a", ["a"], "additional_criteria", "single letters"),
        ("a", ["bb"], "additional_criteria", "single letters"),
        ("a", [""], "additional_criteria", "single letters"),
        ("a", ["1"], "additional_criteria", "single letters"),
    ],
)
def test_every_criterion_is_used_and_every_letter_has_one(
    text: str, additional: list[str], field: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        check(text, additional)
    assert refused.value.field == field


def test_letters_of_criteria_may_be_in_any_case() -> None:
    assert check("A || F", ["f"]) == check("a || f", ["F"])
