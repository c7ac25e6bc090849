"""`template`: names and numbers that are filled in when a target is parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.languages.graphite import GraphiteError, TargetError, is_plain, parse, patterns
from tests.cases import each
from tests.languages.graphite.scene import Values, made

STORED: dict[str, Values] = {"a.one.x": [1.0], "a.two.x": [2.0], "k=v.one": [5.0]}


@each(
    ("target", "found"),
    [
        ("template(a.$1.x,'one')", {"a.one.x": [1]}),
        ("template(a.$name.x,name='two')", {"a.two.x": [2]}),
        ("template(a.{$1,$2}.x,'one','two')", {"a.one.x": [1], "a.two.x": [2]}),
        ("template(scale(a.$1.x,$2),'one',3)", {"scale(a.one.x,3)": [3]}),
        ("template(scale(a.$1.x,$2),'one','-2.5')", {"scale(a.one.x,-2.5)": [-2.5]}),
        ("template(alias(a.one.x,$1),'some text')", {"some text": [1]}),
        ("template(sumSeries($which),which='a.*.x')", {"sumSeries(a.*.x)": [3]}),
        ("template(k=v.$1,'one')", {"k=v.one": [5]}),
        ("template(a.$1.x|scale(2),'one')|scale(3)", {"scale(scale(a.one.x,2),3)": [6]}),
        ("template(sum(template(a.$1.x,'two'),a.$1.x),'one')", {"sumSeries(a.two.x,a.one.x)": [3]}),
        ("template(a.one.x)", {"a.one.x": [1]}),
        ("template( a.$a.x , b = 'one' , a = '$b' )", {}),
        ("template(a.$a.x,a='$b',b='one')", {"a.one.x": [1]}),
    ],
)
def test_words_with_a_dollar_sign_are_filled_in(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


def test_strings_are_left_as_they_are() -> None:
    assert list(made("template(alias(a.one.x,'$1'),'b')", STORED)) == ["$1"]


@each(
    ("target", "message"),
    [
        ("template()", "a series or a value is expected, but '\\)' stands at position 10"),
        (
            "template(a.b",
            "a comma or the closing parenthesis of template is expected, but the end stands at position 13",
        ),
        (
            "template(a.$1,'x'",
            "a comma or the closing parenthesis of template is expected, but the end stands at position 18",
        ),
        ("template(a.$1,'x',)", "a series or a value is expected"),
        (
            "template(a.$1 b,'x')",
            "a comma or the closing parenthesis of template is expected, but 'b' stands at position 15",
        ),
        ("template(a.$1,b.c)", "template takes numbers and strings alone at position 15"),
        ("template(a.$1,true)", "template takes numbers and strings alone at position 15"),
        ("template(a.$1,x=none)", "template takes numbers and strings alone at position 17"),
        ("template(a.$1,scale(b,2))", "template takes numbers and strings alone at position 15"),
        ("template(scale(a,$1),1e999)", "the number is too large"),
        ("template(a.$x,x=1,x=2)", "x is given twice at position 19"),
        ("template(a.$x,x=1,2)", "an argument with a name is expected, but '2' stands at position 19"),
        ("template('a.b',1)", "template: seriesList must be a list of series"),
        ("template(a.$1,'b c')", "'a.b c' is no name of a series, which is filled in at position 10"),
        ("template(a.$1,')')", "is no name of a series"),
        ("template($1,'')", "is no name of a series"),
        ("template(scale(a,$1),'much')", "scale: factor must be a number at position 18"),
        ("template(nothing(a.$1),'b')", "there is no function nothing at position 10"),
        ("a|template('b')", "a function is expected, but 'template' stands at position 3"),
    ],
)
def test_a_malformed_template_is_refused_where_it_is_wrong(target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        parse(target)


def test_a_template_that_grows_at_every_word_is_refused_before_it_fills_the_memory() -> None:
    words = ",".join(f"w{place}='{f'$w{place + 1}' * 50}'" for place in range(20))
    with pytest.raises(TargetError, match="is no name of a series, which is filled in"):
        parse(f"template($w0.x,{words})")


@pytest.mark.parametrize("target", ["template(" * 60 + "a" + ")" * 60, "template(" * 400, "template(a,'b'" * 250])
def test_templates_of_templates_come_to_an_end(target: str) -> None:
    with pytest.raises(TargetError):
        parse(target)


def test_a_template_is_a_function_and_reads_what_is_filled_in() -> None:
    assert not is_plain("template(a.$1.x,'one')")
    assert patterns("template(sum(a.$1.x,b.$1),'one')") == ("a.one.x", "b.one")


_PIECES = (
    "template(",
    "sumSeries(",
    "scale(",
    "a.$1",
    "$x",
    "'$x'",
    "'a.b'",
    "x='b'",
    "1",
    "$1",
    ",",
    ")",
    "|",
    "x=",
    "{$1,b}",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_any_template_is_read_or_refused_and_nothing_else(target: str) -> None:
    try:
        parse(f"template({target})")
    except GraphiteError as refused:
        assert str(refused)
