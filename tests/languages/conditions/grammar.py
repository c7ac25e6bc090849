"""Programs made at random: from the grammar, so that they are Python too, and around it, so that they are odd."""

from __future__ import annotations

from random import Random

_BUILTINS = ("abs", "bool", "float", "int", "len", "list", "max", "min", "repr", "round", "set", "sorted", "str", "sum")
_MORE = (
    "all",
    "any",
    "chain",
    "chr",
    "dict",
    "divmod",
    "enumerate",
    "ord",
    "reversed",
    "tuple",
    "zip",
    "Counter",
    "hex",
)
_OPERATORS = ("+", "-", "*", "/", "//", "%", "&", "|", "^")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
_TEXT_METHODS = ("upper()", "strip()", "split()", "split({0})", "find({0})", "count({0})", "join({0})", "isdigit()")
_MORE_TEXT = (
    "replace({0}, {1})",
    "startswith({0})",
    "format({0}, {1})",
    "partition({0})",
    "center(4, {0})",
    "zfill({0})",
)
_LIST_METHODS = ("index({0})", "count({0})", "copy()", "pop({0})", "append({0})", "extend({0})")
_DICT_METHODS = ("get({0})", "get({0}, {1})", "pop({0})", "setdefault({0}, {1})", "update({0})", "copy()")
_SETS = ("union({0})", "difference({0})")
_SET_METHODS = (*_SETS, "issubset({0})", "add({0})")
_ATOMS = (
    *("0", "1", "2", "7", "-3", "1.5", "0.1", "-0.0", "True", "False", "None", "''", "'a'", "'b c'", "'12'", "'é'"),
    *("[]", "()", "{}", "[1, 2, 3]", "(1, 'a')", "{'a': 1, 'b': [2]}", "{1, 2}", "range(4)", "'ab'"),
)
_SPECS = ("", ">5", "05.1f", ".2f", "x", "^7", "d", "s", ",")
# What somebody would write who wants out, or wants it never to end.
_HOSTILE = (
    *("__class__", "__globals__", "__builtins__", "__import__('os')", "().__class__.__mro__", "gi_frame.f_back"),
    *("f_globals", "func_code", "re.sys", "math.os", "thing.secret", "thing.names", "thing.self()", "thing.items"),
    *("'{0.__class__}'.format(thing)", "'{0[names]}'.format(thing)", "str.format", "str.mro()", "host(host)", "host"),
    *("10**10**9", "'x'*10**9", "[0]*10**9", "range(10**12)", "list(range(10**12))", "1<<10**9", "2.0**99999"),
    *("(lambda f: f(f))(lambda f: f(f))", "re.match('(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')", "'%999999999d' % 1"),
    *("'{:>999999999}'.format(1)", "'a'.zfill(10**9)", "round(1, -10**9)", "json('[' * 9999)", "int('9' * 9999)"),
    *("Try(lambda: 1 / 0, lambda e: e)", "Try(host, lambda e: e.error)", "re.compile('(').x", "urlparse('http://[')"),
    *("jsonpath_flat_filter(value, '$..*')", "value.update(a=value)", "value['a'].append(value)", "entity.pop('id')"),
    *(
        "capture(x=value)",
        "timeseries_avg('5m')",
        "history().distance()",
        "alert_series(lambda v: v, 9)",
        "sorted(host)",
    ),
    *(
        "f'{1}'",
        "(x := 5)",
        "await x",
        "yield",
        "lambda: (yield)",
        "b'a'",
        "1j",
        "...",
        "print(1)",
        "exec('1')",
        "\\",
        "\t",
    ),
    *(
        "\0",
        "\ud800",
        "#",
        "'",
        '"""',
        "(",
        ")",
        "]",
        "{",
        ":",
        ";",
        "@",
        "!",
        "class A: pass",
        "while 1: pass",
        "\n",
        " ",
    ),
)


class Grammar:
    """Writes programs. `names` are the variables that have a value where the next part stands."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.names: list[str] = []
        self.numbers: list[str] = []
        self.made = 0

    def program(self) -> str:
        """An expression, or a function."""
        self.names = []
        if self.chance.random() < 0.7:
            return self.expression(self.chance.choice((1, 2, 2, 3, 3, 4)))
        return "def f():\n" + self.block(1, self.chance.choice((1, 2, 3)), looping=False)

    def odd(self) -> str:
        """A program with something wrong in it."""
        text = self.program()
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            text = self.chance.choice((self._without, self._with, self._with, self._instead, self._twice))(text)
        return text

    def _span(self, text: str) -> tuple[int, int]:
        first = self.chance.randrange(len(text) + 1)
        return first, min(len(text), first + self.chance.choice((0, 1, 2, 5, 20)))

    def _without(self, text: str) -> str:
        first, last = self._span(text)
        return text[:first] + text[last:]

    def _with(self, text: str) -> str:
        first, _ = self._span(text)
        return text[:first] + self.chance.choice(("", ".", " ", " + ")) + self.chance.choice(_HOSTILE) + text[first:]

    def _instead(self, text: str) -> str:
        first, last = self._span(text)
        return text[:first] + self.chance.choice(_HOSTILE) + text[last:]

    def _twice(self, text: str) -> str:
        first, last = self._span(text)
        return text[:last] + text[first:last] * self.chance.choice((1, 2, 30)) + text[last:]

    def new(self) -> str:
        self.made += 1
        return f"v{self.made}"

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        forms = (
            self.atom, self.display, self.operation, self.comparison, self.decision, self.call, self.method, self.item,
            self.comprehension, self.function, self.formatted, self.number, self.number, self.sequence, self.sequence,
        )  # fmt: skip
        form = self.chance.choice(forms)
        return form() if form == self.atom else form(depth - 1)  # type: ignore[call-arg]

    def atom(self) -> str:
        if self.names and self.chance.random() < 0.5:
            return self.chance.choice(self.names)
        return self.chance.choice(_ATOMS)

    def number(self, depth: int) -> str:
        """A part that comes to a number, mostly."""
        if depth <= 0:
            return self.chance.choice(("0", "1", "2", "7", "-3", "1.5", "0.1", "10", *self.numbers))
        one, two = self.number(depth - 1), self.number(depth - 1)
        some = self.sequence(depth - 1)
        sign, compare = self.chance.choice(("+", "-", "*", "/", "//", "%", "**")), self.chance.choice(_COMPARISONS[:6])
        if sign == "**":
            two = "2"
        forms = (
            f"({one} {sign} {two})", f"abs({one})", f"round({one}, 1)", f"sum({some})", f"len({some})", f"int({one})",
            f"max({one}, {two})", f"(-{one})", f"({one} if {one} {compare} {two} else {two})",
            f"(lambda x, y=2: x {sign if sign != '**' else '-'} y)({one}, y={two})", f"min({some}, default={one})",
            f"divmod({one}, {two})[0]",
        )  # fmt: skip
        return self.chance.choice(forms)

    def sequence(self, depth: int) -> str:
        """A part that comes to a list of numbers, mostly."""
        if depth <= 0:
            return self.chance.choice(("[]", "[1, 2, 3]", "range(4)", "(5, 0.5)", "[2, 2]", "{3}"))
        some, name, outside = self.sequence(depth - 1), self.new(), list(self.numbers)
        one = self.number(depth - 1)
        self.numbers.append(name)
        with_it = self.number(depth - 1)
        self.numbers = outside
        forms = (
            f"[{with_it} for {name} in {some}]", f"[{with_it} for {name} in {some} if {name} > {one}]",
            f"list({some})[:2]", f"[*{some}, {one}]", f"map(lambda {name}: {with_it}, {some})", f"sorted({some})",
            f"filter(lambda {name}: {name} < {one}, {some})", f"({one}, *{some})", f"reversed(list({some}))",
            f"sorted({some}, key=lambda {name}: {with_it})", f"chain({some}, [{one}])",
            f"[x for x, y in zip({some}, 'abc')]", f"list({with_it} for {name} in {some})",
        )  # fmt: skip
        return self.chance.choice(forms)

    def several(self, depth: int, least: int = 0) -> str:
        return ", ".join(self.expression(depth) for _ in range(self.chance.randint(least, 3)))

    def display(self, depth: int) -> str:
        kind = self.chance.randrange(5)
        if kind == 0:
            return f"[{self.several(depth)}]"
        if kind == 1:
            return f"({self.several(depth, 1)},)"
        if kind == 2:
            return f"{{{self.several(depth, 1)}}}"
        if kind == 3:
            return f"[*{self.expression(depth)}, {self.expression(depth)}]"
        return "{" + ", ".join(f"{self.expression(0)}: {self.expression(depth)}" for _ in range(2)) + "}"

    def operation(self, depth: int) -> str:
        if self.chance.random() < 0.15:
            return f"({self.chance.choice(('-', '+', '~', 'not '))}({self.expression(depth)}))"
        return f"({self.expression(depth)} {self.chance.choice(_OPERATORS)} {self.expression(depth)})"

    def comparison(self, depth: int) -> str:
        signs = [self.chance.choice(_COMPARISONS) for _ in range(self.chance.choice((1, 1, 2)))]
        return f"({self.expression(depth)}" + "".join(f" {sign} {self.expression(depth)}" for sign in signs) + ")"

    def decision(self, depth: int) -> str:
        one, two, three = (self.expression(depth) for _ in range(3))
        return self.chance.choice(
            (f"({one} if {two} else {three})", f"({one} and {two})", f"({one} or {two} and {three})")
        )

    def call(self, depth: int) -> str:
        name = self.chance.choice(_BUILTINS + _BUILTINS + _MORE)
        # The text of a generator tells where Python keeps it.
        if name not in ("repr", "str") and self.chance.random() < 0.2:
            return f"{name}({self.generator(depth)})"
        arguments = [self.expression(depth) for _ in range(self.chance.choice((1, 1, 1, 2)))]
        return f"{name}({', '.join(arguments)})"

    def method(self, depth: int) -> str:
        """A call of a method on a value that has it."""
        owners = (
            ("'a b'", _TEXT_METHODS + _MORE_TEXT), ("'{} {}'", ("format({0}, {1})",)), ("[1, 2, 'a']", _LIST_METHODS),
            ("{'a': 1}", _DICT_METHODS), ("{1, 'a'}", _SET_METHODS),
        )  # fmt: skip
        owner, methods = self.chance.choice(owners)
        if self.names and self.chance.random() < 0.3:
            owner = self.chance.choice(self.names)
        method = self.chance.choice(methods)
        called = f"{owner}.{method.format(self.expression(depth), self.expression(depth))}"
        # In which order a set gives its items depends on how it was filled, and on the process.
        return f"sorted({called}, key=str)" if method in _SETS else called

    def item(self, depth: int) -> str:
        if self.chance.random() < 0.4:
            return f"({self.expression(depth)})[{self.expression(0)}:{self.chance.choice(('', '2', '-1', '9'))}]"
        return f"({self.expression(depth)})[{self.expression(0)}]"

    def _loop(self, depth: int, shape: str) -> str:
        """A comprehension; `{0}` and `{1}` of its shape are expressions of what it goes through."""
        source = self.expression(depth)
        name, outside = self.new(), list(self.names)
        self.names.append(name)
        test = f" if {self.expression(depth)}" if self.chance.random() < 0.3 else ""
        second = ""
        if self.chance.random() < 0.2:
            other = self.new()
            second = f" for {other} in {self.expression(0)}"
            self.names.append(other)
        head = shape.format(self.expression(depth), self.expression(depth))
        self.names = outside
        return f"{head} for {name} in {source}{test}{second}"

    def comprehension(self, depth: int) -> str:
        kind = self.chance.randrange(3)
        if kind == 0:
            return "[" + self._loop(depth, "{0}") + "]"
        return "{" + self._loop(depth, "{0}" if kind == 1 else "{0}: {1}") + "}"

    def generator(self, depth: int) -> str:
        return self._loop(depth, "{0}")

    def function(self, depth: int) -> str:
        """A function that is called on the spot."""
        name, outside = self.new(), list(self.names)
        given = self.expression(depth)
        self.names.append(name)
        body = self.expression(depth)
        self.names = outside
        forms = (
            f"(lambda {name}: {body})({given})", f"(lambda {name}: {body})({name}={given})",
            f"(lambda {name}=1, *more: {body})(*{given})", f"map(lambda {name}: {body}, {given})",
            f"filter(lambda {name}: {body}, {given})", f"sorted({given}, key=lambda {name}: {body})",
        )  # fmt: skip
        return self.chance.choice(forms)

    def formatted(self, depth: int) -> str:
        value = self.expression(depth)
        directive = self.chance.choice(("%s", "%d", "%5.1f", "%r", "%x", "%%", "%s %s"))
        spec = self.chance.choice(_SPECS)
        return self.chance.choice(
            (f"('{directive}' % ({value},))", f"'{{:{spec}}}'.format({value})", f"format({value}, '{spec}')")
        )

    def block(self, indent: int, statements: int, *, looping: bool) -> str:
        before = list(self.names)
        lines = [self.statement(indent, looping=looping) for _ in range(statements)]
        if indent == 1:
            lines.append(f"    return {self.expression(2)}\n")
        self.names = before
        return "".join(lines)

    def statement(self, indent: int, *, looping: bool) -> str:
        space, kind = "    " * indent, self.chance.randrange(8)
        if indent < 4 and kind == 0:
            source, name = self.expression(1), self.new()
            self.names.append(name)
            return f"{space}for {name} in {source}:\n{self.block(indent + 1, 2, looping=True)}"
        if indent < 4 and kind == 1:
            test = self.expression(2)
            then, other = self.block(indent + 1, 1, looping=looping), self.block(indent + 1, 1, looping=looping)
            return f"{space}if {test}:\n{then}{space}else:\n{other}"
        if kind == 2 and self.names:
            return f"{space}{self.chance.choice(self.names)}[{self.expression(0)}] = {self.expression(1)}\n"
        if kind == 3:
            one, two, value = self.new(), self.new(), self.expression(2)
            self.names += [one, two]
            return f"{space}{one}, {self.chance.choice(('', '*'))}{two} = {value}\n"
        if kind == 4 and looping:
            return f"{space}{self.chance.choice(('break', 'continue'))}\n"
        if kind == 5:
            return f"{space}{self.method(1)}\n"
        value, name = self.expression(2), self.new()
        self.names.append(name)
        return f"{space}{name} = {value}\n"
