"""Regular expressions of others: the usual ones work, and none takes for ever."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import regexes
from chalicelib.languages.graphite.regexes import Unusable, compiled
from tests.cases import each

NAME = "servers.web01.cpu.load"


@each(
    "text", [r"web\d+", "^servers", "load$", r"^[a-z]+\.web(01|02)\..*load$", "(?i)WEB", "web0?1", "w(?:eb)01", "[^.]+"]
)
def test_the_usual_expressions_are_found(text: str) -> None:
    assert compiled(text).found_in(NAME)


def test_what_is_found_is_replaced() -> None:
    assert compiled(r"web(\d+)").sub(r"host\1", NAME) == "servers.host01.cpu.load"


@each("text", ["(a+)+b", "(a*)*b", "(a|aa)+b", "(a?){30}b", "((a){1,9}){2,9}", "(?:(?=a+)a)*", "(ab|c)*"])
def test_a_repetition_within_another_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match="must not stand within a repetition"):
        compiled(text)


@pytest.mark.parametrize("text", [r"(?:\b){40000000}", "(?:(?=a)){2}", "(?:){2,9}", r"(a)?(?:(?(1)b)){9}"])
def test_nothing_is_not_repeated_a_number_of_times(text: str) -> None:
    with pytest.raises(Unusable, match="what may match nothing must not be repeated"):
        compiled(text)


@pytest.mark.parametrize("text", ["a*" * 12 + "b", "(a|aa)" * 30 + "b", "a?" * 40 + "b" * 40, "(a*)" + r"\1" * 6])
def test_an_expression_that_could_take_for_ever_over_a_text_is_refused_for_it(text: str) -> None:
    found = compiled(text)
    with pytest.raises(Unusable, match="it could take too long"):
        found.found_in("a" * 100)


def test_an_expression_may_be_good_for_a_short_text_alone() -> None:
    found = compiled(".*web.*load.*")
    assert found.found_in(NAME)
    with pytest.raises(Unusable, match="it could take too long"):
        found.found_in("x" * 1_000)


@pytest.mark.parametrize(
    ("text", "message"), [("(", r"missing \)"), ("*", "nothing to repeat"), ("a" * 501, "longer than 500")]
)
def test_a_malformed_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        compiled(text)


@pytest.mark.parametrize("replacement", [r"\1", r"\g<x>", "\\"])
def test_a_replacement_that_speaks_of_no_group_is_refused(replacement: str) -> None:
    with pytest.raises(Unusable):
        compiled("web").sub(replacement, NAME)


def test_a_replacement_does_not_grow_without_end() -> None:
    assert len(compiled("[a-z]").sub("x" * 1_000, NAME)) == regexes.RESULT_MAX
