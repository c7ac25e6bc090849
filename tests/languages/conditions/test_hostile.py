"""Programs that want out, or never want to end: each is refused within its budget, and none reaches Python itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.languages.conditions import (
    Budget,
    ConditionError,
    Exhausted,
    Exposed,
    Failed,
    Malformed,
    Surroundings,
    command,
    run,
)
from tests.cases import each
from tests.languages.conditions.scene import error_of, value_of

CLOSED = [
    "re.sys",
    "re.enum",
    "math.os",
    "(x for x in [1]).gi_frame",
    "(x for x in [1]).send",
    "(lambda: 0).func_globals",
    "(lambda: 0).call",
    "(lambda: 0).frame",
    "len.function",
    "''.join.owner",
    "int.types",
    "str.mro",
    "str.format_map",
    "''.encode",
    "dict.fromkeys",
    "Exception('x').error",
    "Try(lambda: 1 / 0, lambda e: e.error)",
    "Try(lambda: 1 / 0, lambda e: e.with_traceback)",
    "re.match('a', 'a').match",
    "re.compile('a').methods",
    "urlparse('http://a').fields",
    "value.f_back",
    "thing.secret",
    "thing.names",
    "thing.mro()",
    "'{0.real}'.format(1)",
    "'{a.b}'.format(a=thing)",
    "'{0[secret]}'.format(thing)",
    "'{:{0.real}}'.format(1)",
    "open('/etc/passwd')",
    "eval('1')",
    "getattr(1, 'real')",
    "type(1)",
    "globals()",
    "object()",
    "super()",
    "vars()",
]


class Thing(Exposed):
    names = frozenset({"open", "self"})
    secret = "hidden"

    def open(self) -> Any:
        return Path

    def self(self) -> Thing:
        return self


@each("text", CLOSED)
def test_what_is_not_offered_cannot_be_reached(text: str) -> None:
    assert isinstance(error_of(text, value={}, thing=Thing()), Failed)


def test_the_host_cannot_hand_in_what_is_no_value() -> None:
    assert "cannot be used in a program" in str(error_of("thing.open()", thing=Thing()))
    assert "cannot be used in a program" in str(error_of("thing.self()(1)", thing=object()))


def test_no_text_of_a_value_tells_where_it_lies_in_memory() -> None:
    texts = value_of("[str(x) for x in [[thing], len, lambda: 0, re, int, ''.join, (y for y in [1])]]", thing=Thing())
    assert not any("0x" in text or "chalicelib" in text for text in texts)


NESTED = (
    "def f():\n    a = {0}\n    b = {0}\n    for i in range({1}):\n        a = {2}\n        b = {3}\n    return {4}"
)
# What is small, or is made at once, and is large in time or memory when it is looked at again and again.
TWO = "def f():\n    s, t = 'a' * 20000 + 'b' + 'a' * 20000, 'a' * 40001\n    return {}"
MATCHED = "def f():\n    m = re.match('(?P<a>a*)', 'a' * 100000 + 'b')\n    return len([{} for x in range(1000)])"
LARGE = [
    *(
        TWO.format(what)
        for what in (
            "t in [s] * 300000",
            "len(sorted([s, t] * 10000))",
            "set([t, 'a' * 40000 + 'a'] * 20000)",
            "Counter([t, 'a' * 40000 + 'a'] * 20000)",
            "set().union([t, 'a' * 40000 + 'a'] * 20000)",
            "t.startswith((s,) * 100000)",
            "t.endswith((s,) * 100000)",
        )
    ),
    *(MATCHED.format(what) for what in ("m.group(1)", "m['a']", "m.groups()", "m.groupdict()", "m.group('a')")),
    *(f"len(re.{name}('(?=' + '(' * 90 + 'a*' + ')' * 90 + ')', 'a' * 2000))" for name in ("findall", "split")),
    *(f"len(re.{name}('()' * 240, 'a' * 10000))" for name in ("findall", "finditer", "split")),
    "len(jsonpath_flat_filter({'a' * 100000: list(range(1000))}, '*[*]'))",
    "len(jsonpath_parse('*[*]').find({'a' * 100000: list(range(1000))}))",
    "len(str([10**2400] * 10000))",
    "len(repr('\U000e0001' * 200000))",
    "len(str(['\U000e0001' * 200000]))",
    "def f():\n    c = Counter(range(50000))\n    return len([c + c for x in range(20)])",
    "def f():\n    c = Counter(range(50000))\n    return len([+c for x in range(20)])",
    "range(2**8190)[:: 2**8190][:: 2**8190]",
]
ENDLESS = [
    "10**10**8",
    "9**9**9",
    "pow(3, 10**9)",
    "pow(7, 10**900, 10**900 + 1)",
    "math.factorial(10**6)",
    "1 << 10**9",
    "'x' * 10**10",
    "[0] * 10**9",
    "list(range(10**12))",
    "[*range(10**12)]",
    "sum(range(10**12))",
    "sorted(range(10**9))",
    "max(range(10**30))",
    "any(x < 0 for x in range(10**12))",
    "{x: x for x in range(10**9)}",
    "[1 for x in range(10**6) for y in range(10**6)]",
    "map(lambda x: x, range(10**9))",
    "zip(*[range(10**6)] * 100)",
    "chain(*[range(10**6)] * 100)",
    "reduce(lambda a, b: a + b, ['x' * 1000] * 10000)",
    "'{:>1000000000}'.format(1)",
    "'{:{w}}'.format(1, w=10**9)",
    "'%1000000000d' % 1",
    "format(1.5, '.1000000000f')",
    "'a'.center(10**9)",
    "'a'.zfill(10**10)",
    "('a' * 10**6).replace('', 'b' * 10**6)",
    "('a' * 10**6).join(['b'] * 10**5)",
    "('a' * 900000).rfind('ab' + 'a' * 400000)",
    "('a' * 900000).rsplit('ab' + 'a' * 400000)",
    "['a' * 900000 for x in range(10000)]",
    "[{} for x in range(10**7)]",
    "re.sub('', 'x' * 1000, 'a' * 5000)",
    "re.sub('(a+)', '\\\\1' * 100000, 'a' * 6000)",
    "def f():\n    c = Counter()\n    c['a'] = 'x'\n    for i in range(60):\n        c.update({'a': c['a']})",
    "json('[' * 100000)",
    "(lambda f: f(f))(lambda f: f(f))",
    "Try(lambda: sum(range(10**12)), lambda e: 1)",
    "Try(lambda: (lambda f: f(f))(lambda f: f(f)), lambda e: 1)",
    "def f():\n    a = [1]\n    for x in a:\n        a.append(x)",
    "def f():\n    a = [1]\n    return sum(a.append(x) or 1 for x in a)",
    "def f():\n    a = [1]\n    return map(lambda x: a.append(x), a)",
    "def f():\n    a = 'x'\n    for i in range(100):\n        a = a + a",
    "def f():\n    a = [1]\n    for i in range(100):\n        a.extend(a)",
    "def f():\n    a = 1\n    for i in range(100000):\n        a = a + a",
    "def f():\n    g = (x for x in [1])\n    for i in range(60000):\n        g = (x for x in g)",
    "def f():\n    g = (x for x in [1])\n    for i in range(5000):\n"
    "        g = (lambda g: (y for x in [1] for y in g))(g)\n    return list(g)",
    "set([i * (2**61 - 1) for i in range(50000)])",
    "{i * (2**61 - 1): 1 for i in range(50000)}",
    *LARGE,
    "def f():\n    a = []\n    a.append(a)\n    return a",
    "def f():\n    a = []\n    a.append(a)\n    return str(a)",
    "def f():\n    a = {}\n    a['a'] = a\n    return a == {'a': a}",
    *(
        NESTED.format(leaf, times, grow.replace("?", "a"), grow.replace("?", "b"), what)
        for leaf, grow in (("()", "(?,)"), ("[1]", "[?, ?]"), ("(1,)", "(?, ?)"))
        for times in (50 if grow.count("?") > 1 else 100_000,)
        for what in ("a == b", "a < b", "a in [b]", "str(a)", "a", "sorted([a, b])", "[a].index(b)", "max(a, b)")
    ),
    *(
        NESTED.format("(1,)", 50, "(a, a)", "(b, b)", what)
        for what in ("{a}", "{a: 1}", "{}[a]", "{}.get(a)", "a in {1}", "set([a])", "Counter([a])", "host(a)")
    ),
]


@pytest.mark.parametrize("text", ENDLESS, ids=range(len(ENDLESS)))
def test_what_would_never_end_ends_within_its_budget(text: str) -> None:
    assert isinstance(error_of(text, host=lambda value: 1), Exhausted)


@each(
    "text",
    [
        r"re.match('(?:\\b){40000000}', x)",
        "re.match('(?:(?=a)){40000000}b', x)",
        "re.match('(a+)+b', x)",
        "re.match('(a|aa)+b', x)",
        "re.search('.*.*.*.*=', x)",
        r"re.search('(.*)\\1\\1x', x)",
    ],
)
def test_a_regular_expression_that_could_take_for_ever_is_refused(text: str) -> None:
    assert error_of(text, x="a" * 5_000).kind == "ValueError"


def test_regular_expressions_that_take_long_to_read_use_up_the_time() -> None:
    moments = iter([0.0, 1.0, 9.0])
    with pytest.raises(Exhausted, match="takes longer than 5 seconds"):
        run(
            command("[re.compile('[a-z]'), re.compile('[a-y]')]"),
            {},
            surroundings=Surroundings(clock=lambda: next(moments)),
        )


COLLIDING = """def f():
    m, p1, p2, p5 = 2**64, 11400714785074694791, 14029467366897019727, 2870177450012600261
    inverse = pow(p2, -1, m)
    found = []
    for a in range(9000):
        acc = (p5 + a * p2) % m
        acc = ((acc << 31) | (acc >> 33)) % m
        b = ((12345678901234567 - acc * p1) * inverse) % m
        if b < 2**61 - 2:
            found.append((a, b))
    return len(set(found))"""


def test_tuples_that_are_made_to_hash_alike_are_noticed() -> None:
    assert "hash alike" in str(error_of(COLLIDING))


# Each lies where Python looks for 2**14 in a table, as often as it is asked for.
PROBED = """def f():
    place, found = 0, []
    for x in range(8000):
        found.append(place)
        place = (place * 5 + 1) % 2**14
    return {}"""


@pytest.mark.parametrize("make", ["Counter", "set", "set().union", "Counter().update"])
def test_what_goes_into_a_table_is_charged_for_one_by_one(make: str) -> None:
    looks = iter(range(10**6))
    with pytest.raises(Exhausted, match="seconds"):
        run(
            command(PROBED.format(f"{make}(found + [2**14] * 200000)")),
            {},
            Budget(seconds=100),
            Surroundings(clock=lambda: next(looks)),
        )


def test_a_slice_is_no_key() -> None:
    for text in ("{}[1:2]", "Counter()[1:2]", "def f():\n    a = {}\n    a[1:2] = 1"):
        assert error_of(text).kind == "TypeError"
    for text in ("{}[1:2, 3]", "def f():\n    a = {}\n    a[3, 1:2] = 1"):
        with pytest.raises(Malformed, match="a slice stands among several indices"):
            command(text)


def test_no_argument_takes_the_place_of_what_a_function_of_the_language_calls() -> None:
    for text in ("hex(1, len)", "oct(1, _python=len)"):
        assert "takes (x)" in str(error_of(text))


def test_a_substitution_is_charged_for_what_it_makes() -> None:
    assert value_of("re.sub('a', 'bc', 'a' * 20000)") == "bc" * 20_000
    assert value_of("re.sub('(a)', r'\\1b', 'a' * 20000)") == "ab" * 20_000


def test_a_program_changes_nothing_that_it_shares_with_others() -> None:
    value, answer = {"a": [1]}, [1]
    text = "def f():\n    value['a'].append(2)\n    given = host()\n    given.append(3)\n    return [value, given]"
    assert value_of(text, value=value, host=lambda: answer) == [{"a": [1, 2]}, [1, 3]]
    assert (value, answer) == ({"a": [1]}, [1])


def test_the_host_keeps_nothing_that_a_program_can_change() -> None:
    kept: list[Any] = []
    text = "def f():\n    x = [1]\n    host(x)\n    x.append(2)\n    return x"
    assert value_of(text, host=kept.append) == [1, 2]
    assert kept == [[1]]


def test_what_the_host_answers_is_charged_for() -> None:
    with pytest.raises(Exhausted, match="steps"):
        run(command("[host() for x in range(100)]"), {"host": lambda: [0] * 1_000}, Budget(steps=50_000))
    with pytest.raises(Exhausted, match="items"):
        run(command("host()"), {"host": lambda: [0] * 1_000}, Budget(size=999))
    with pytest.raises(Exhausted, match="characters"):
        run(command("host()"), {"host": lambda: "x" * 1_000}, Budget(size=999))


def test_a_slow_host_uses_up_the_time_of_its_program() -> None:
    times = iter([0.0, 1.0, 9.0])
    with pytest.raises(Exhausted, match=r"takes longer than 5 seconds \(line 1, column 10\)"):
        run(command("host() + host()"), {"host": lambda: 1}, surroundings=Surroundings(clock=lambda: next(times)))


def test_a_program_without_end_is_stopped_by_the_clock() -> None:
    moments = iter(range(10))
    with pytest.raises(Exhausted, match="takes longer than 3 seconds"):
        run(
            command("[x for x in range(10**9)]"),
            {},
            Budget(steps=10**9, seconds=3),
            Surroundings(clock=lambda: next(moments)),
        )


def test_errors_of_the_host_are_the_programs_and_can_be_caught() -> None:
    def broken() -> None:
        raise ConnectionError("nobody answers")

    assert str(error_of("1 + host()", host=broken)) == "ConnectionError: nobody answers (line 1, column 5)"
    assert value_of("Try(host, lambda e: str(e))", host=broken) == "nobody answers"


def test_errors_that_pass_are_never_caught() -> None:
    def broken() -> None:
        raise ConnectionError("AWS does not answer")

    with pytest.raises(ConnectionError, match="AWS does not answer"):
        run(command("Try(host, lambda e: 1)"), {"host": broken}, passing=(ConnectionError,))


def test_the_programs_that_are_kept_ready_are_bounded() -> None:
    from chalicelib.languages.conditions import program

    for number in range(60):
        command(f"[{number}, " + "1," * 4_900 + "]")
    kept = program._COMMANDS
    assert kept._parts == sum(one.parts for one in kept._programs.values()) <= program.KEPT_PARTS


def test_every_error_has_a_place() -> None:
    for text in [*CLOSED, *ENDLESS[:30]]:
        failed = error_of(text, value={}, thing=Thing())
        assert isinstance(failed, ConditionError)
        assert failed.line >= 1
        assert failed.column >= 1
