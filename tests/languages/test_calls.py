"""Calls that are read: their arguments are written out, and nothing in them is run."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.languages import calls
from chalicelib.languages.conditions import Malformed
from tests.cases import each


def test_a_call_has_its_arguments_and_where_they_stand() -> None:
    found = calls.parse("send_mail('a@example.org',\n  repeat=60)")
    assert (found.name, [one.value for one in found.args]) == ("send_mail", ["a@example.org"])
    assert (found.args[0].at, found.named["repeat"].value, found.at("repeat")) == ((1, 11), 60, (2, 10))
    assert found.at("subject") == (1, 1)


@each(
    ("text", "value"),
    [
        ("'a' 'b'", "ab"),
        ('u"\\u00e4"', "\u00e4"),
        ("-1.5", -1.5),
        ("True", True),
        ("None", None),
        ("('a', [1])", ["a", [1]]),
        ("{'a': {'b': ()}}", {"a": {"b": []}}),
    ],
)
def test_values_are_those_of_json(text: str, value: Any) -> None:
    assert calls.parse(f"f({text})").args[0].value == value


@each(
    ("text", "message"),
    [
        ("", "nothing is written"),
        ("send_mail", "a call of one function is expected (line 1, column 1)"),
        ("send_mail('a'", "'(' was never closed (line 1, column 10)"),
        ("a.send_mail('a')", "a call of one function is expected"),
        ("send_mail(address)", "is expected (line 1, column 11)"),
        ("send_mail('a' + 'b')", "is expected (line 1, column 11)"),
        ("send_mail('%s' % 1)", "is expected (line 1, column 11)"),
        ("send_mail(f'{1}')", "is expected (line 1, column 11)"),
        ("send_mail(b'a')", "is expected (line 1, column 11)"),
        ("send_mail(1e999)", "is expected (line 1, column 11)"),
        ("send_mail(-True)", "is expected (line 1, column 11)"),
        ("send_mail(open('/etc/passwd'))", "is expected (line 1, column 11)"),
        ("send_mail(*['a'])", "is expected (line 1, column 11)"),
        ("send_mail(**{'a': 1})", "** cannot stand here"),
        ("send_mail({**{'a': 1}})", "is expected"),
        ("send_mail({1: 2})", "the names of a table are texts (line 1, column 12)"),
        ("send_mail('a'); send_mail('b')", "another begins"),
        ("def f(): pass", "a call of one function is expected"),
        ("send_mail(a='a', a='b')", "the argument a stands twice (line 1, column 18)"),
        ("f(" + "[" * 500 + "]" * 500 + ")", "nested"),
    ],
)
def test_what_is_no_such_call_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        calls.parse(text)
    assert message in str(refused.value)
