"""What no program may hold, and where it is refused; how errors tell their place."""

from __future__ import annotations

import pytest

from chalicelib.languages.conditions import Malformed, command, condition
from chalicelib.languages.conditions.source import LENGTH_MAX
from tests.cases import each
from tests.languages.conditions.scene import error_of

DEF = "def f():\n    "
REFUSED = [
    ("class C: pass", "a statement stands", (1, 1)),
    ("import os", "a statement stands", (1, 1)),
    ("x = 1", "a statement stands", (1, 1)),
    ("1\n2", "another begins", (2, 1)),
    ("", "nothing is written", (1, 1)),
    (DEF + "while 1:\n        pass", "while cannot", (2, 5)),
    (DEF + "import os", "import cannot", (2, 5)),
    (DEF + "from os import path", "import cannot", (2, 5)),
    (DEF + "try:\n        pass\n    except Exception:\n        pass", "try", (2, 5)),
    (DEF + "with x:\n        pass", "with cannot", (2, 5)),
    (DEF + "class C: pass", "a class cannot", (2, 5)),
    (DEF + "x += 1", "an assignment with an operator", (2, 5)),
    (DEF + "x: int = 1", "an annotation", (2, 5)),
    (DEF + "del x", "del cannot", (2, 5)),
    (DEF + "raise x", "raise cannot", (2, 5)),
    (DEF + "assert x", "assert cannot", (2, 5)),
    (DEF + "global x", "global cannot", (2, 5)),
    (DEF + "nonlocal x", "nonlocal cannot", (2, 5)),
    (DEF + "yield 1", "yield cannot", (2, 5)),
    (DEF + "yield from x", "yield cannot", (2, 5)),
    (DEF + "match x:\n        case 1: pass", "match cannot", (2, 5)),
    (DEF + "x.y = 1", "nothing can be assigned", (2, 5)),
    (DEF + "break", "in a loop only", (2, 5)),
    (DEF + "for x in y:\n        def g():\n            continue", "in a loop only", (4, 13)),
    ("@x\ndef f(): pass", "neither decorators", (2, 1)),
    ("def f() -> int: pass", "neither decorators", (1, 1)),
    ("def f(x: int): pass", "an annotation", (1, 7)),
    ("async def f(): pass", "a statement stands", (1, 1)),
    ("[x async for x in y]", "async", (1, 19)),
    ("(x := 1)", "an assignment within", (1, 2)),
    ("1 + f'{x}'", "an f-string", (1, 5)),
    ("1 + b'x'", "a constant of type bytes", (1, 5)),
    ("1j", "a constant of type complex", (1, 1)),
    ("...", "a constant of type ellipsis", (1, 1)),
    ("x @ y", "MatMult cannot", (1, 1)),
    ("x.__class__", "hidden attributes", (1, 1)),
    ("x._y", "hidden attributes", (1, 1)),
    ("x._y()", "hidden attributes", (1, 1)),
    ("__import__('os')", "hidden names", (1, 1)),
    ("lambda __x: 1", "hidden names", (1, 8)),
    ("1) or (2", "unmatched ')'", (1, 2)),
    ("1)\n_(2", "unmatched ')'", (1, 2)),
    ("1 +", "invalid syntax", (1, 4)),
    ("é + x._y", "hidden attributes", (1, 5)),
    ("1 +\n 'é' + x._y", "hidden attributes", (2, 8)),
    ("a\0b", "a control character", (1, 2)),
    ("a\ud800b", "a control character", (1, 2)),
    ("9" * 4_000, "the number is too large", (1, 1)),
    ("x" * (LENGTH_MAX + 1), "longer than", (1, 1)),
    ("[" * 90 + "]" * 90, "nested deeper", (1, 81)),
    ("(" * 1_000 + "1" + ")" * 1_000, "too many nested", (1, 201)),
    ("[" + "1," * 8_000 + "]", "5,000 parts", (1, 10_000)),
]


@each(("text", "message", "at"), REFUSED)
def test_what_is_not_allowed_is_refused_where_it_stands(text: str, message: str, at: tuple[int, int]) -> None:
    with pytest.raises(Malformed) as refused:
        command(text)
    assert message in refused.value.message
    assert (refused.value.line, refused.value.column) == at


@each(
    ("text", "at"),
    [
        ("> x._y", (1, 3)),
        ("  > x._y", (1, 5)),
        ("\n> x._y", (2, 3)),
        ("1 > 0\nand\n x._y", (3, 2)),
        ("> 0\nand x._y", (2, 5)),
        ("> 0 and x._y\nand 1", (1, 9)),
        ("not in [x._y]", (1, 9)),
        ('["a"] > x._y', (1, 9)),
    ],
)
def test_positions_in_a_condition_are_those_of_the_text_that_was_written(text: str, at: tuple[int, int]) -> None:
    with pytest.raises(Malformed) as refused:
        condition(text)
    assert (refused.value.line, refused.value.column) == at


@each(
    ("text", "said"),
    [
        ("1 + [2 / 0][0]", "ZeroDivisionError: division by zero (line 1, column 6)"),
        ("{'a': 1}['b']", "KeyError: 'b' (line 1, column 1)"),
        ("1 + foo", "NameError: name 'foo' is not defined (line 1, column 5)"),
        ("len(5)", "TypeError: object of type 'int' has no len() (line 1, column 1)"),
        ("len()", "TypeError: len() takes (value), and was given 0 arguments by place (line 1, column 1)"),
        ("'a'.nothing", "AttributeError: 'str' object has no attribute 'nothing' (line 1, column 1)"),
        ("5()", "TypeError: 'int' object is not callable (line 1, column 1)"),
        ("[x for x in 5]", "TypeError: 'int' object is not iterable (line 1, column 13)"),
        ("(lambda x: x)()", "TypeError: <lambda>() is missing an argument: 'x' (line 1, column 1)"),
        (
            "def f():\n    if 0:\n        x = 1\n    return x",
            "NameError: name 'x' has no value yet (line 4, column 12)",
        ),
        ("def f():\n    a, b = [1]", "ValueError: not enough values to unpack (expected 2, got 1) (line 2, column 5)"),
        ("lambda: len", "TypeError: the result is or holds a function, which is no data (line 1, column 1)"),
    ],
)
def test_an_error_says_what_and_where(text: str, said: str) -> None:
    assert str(error_of(text)) == said


@each("text", ["-" * 15_000 + "1", "not " * 4_000 + "1", "a" + ".b" * 8_000, "a" + "()" * 8_000, "1" + "+1" * 8_000])
def test_what_is_too_deep_for_pythons_own_parser_is_refused_too(text: str) -> None:
    with pytest.raises(Malformed, match="nested"):
        command(text)


def test_a_program_tells_which_names_it_wants_and_where() -> None:
    assert command("[x for x in foo(y)] + len(\nbar)").unknown({"y": 1}) == {"foo": (1, 13), "bar": (2, 1)}
