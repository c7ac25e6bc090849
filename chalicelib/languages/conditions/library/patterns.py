"""The module re, with regular expressions that cannot take for ever. Source: Python, re."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, ClassVar

from chalicelib.languages import regexes
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.library.registry import FUNCTIONS
from chalicelib.languages.conditions.library.texts import text
from chalicelib.languages.conditions.values import Invocable, Module, Native, Record, invoke

_FLAGS = re.ASCII | re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE | re.UNICODE
_WAYS_A_STEP = 50


class _Unusable(regexes.Unusable, ValueError):
    """A program can catch it as it catches a ValueError."""

    kind = "ValueError"


class _Regex(regexes.Regex):
    __slots__ = ()
    error = _Unusable
    work_max: ClassVar[int] = 20_000_000


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: int) -> _Regex:
    return regexes.compiled(pattern, _Regex, flags)


def _regex(run: Run, pattern: Any, flags: Any) -> _Regex:
    # A new one may take a second: classes of thousands of characters, regardless of case.
    run.look()
    if isinstance(pattern, Record) and pattern.name == "Pattern":
        return _compiled(pattern.fields["pattern"], pattern.fields["flags"])
    if integer(flags) & ~_FLAGS:
        raise ValueError("these flags cannot be used")
    return _compiled(text(pattern), integer(flags))


def _matcher(name: str) -> Callable[..., Any]:
    """re.search and its like: a match or None."""

    def find(run: Run, pattern: Any, string: Any, flags: Any = 0) -> Any:
        regex = _regex(run, pattern, flags)
        run.charge(regex.work(text(string), anywhere=name == "search") // _WAYS_A_STEP)
        match = getattr(regex.pattern, name)(string)
        return None if match is None else _match(run, match)

    return find


def _each(run: Run, regex: _Regex, string: str) -> Iterator[re.Match[str]]:
    """The matches, one after the other, so that their number can be charged for. Together they take no more than a
    search of the whole does, for each goes on where the last one ended."""
    run.charge(regex.work(string) // _WAYS_A_STEP)
    for match in regex.pattern.finditer(string):
        run.charge(1)
        yield match


def _taken(run: Run, match: re.Match[str]) -> tuple[str | None, ...]:
    """The groups of a match. Each is a new text, and each may be the whole string."""
    groups = range(1, 1 + match.re.groups)
    run.write(sum(match.end(one) - match.start(one) for one in groups))
    run.charge(len(groups))
    return match.groups()


def _findall(run: Run, pattern: Any, string: Any, flags: Any = 0) -> Any:
    found: list[Any] = []
    for match in _each(run, _regex(run, pattern, flags), text(string)):
        groups = tuple(one or "" for one in _taken(run, match))
        found.append(_group(run, match) if not groups else groups[0] if len(groups) == 1 else groups)
    return found


def _finditer(run: Run, pattern: Any, string: Any, flags: Any = 0) -> Any:
    return [_match(run, match) for match in _each(run, _regex(run, pattern, flags), text(string))]


def _split(run: Run, pattern: Any, string: Any, maxsplit: Any = 0, flags: Any = 0) -> Any:
    found: list[Any] = []
    end, most = 0, integer(maxsplit)
    for number, match in enumerate(_each(run, _regex(run, pattern, flags), text(string))):
        if most and number >= most:
            break
        found += [string[end : match.start()], *_taken(run, match)]
        end = match.end()
    run.hold(len(found))
    return [*found, string[end:]]


def _sub(run: Run, pattern: Any, repl: Any, string: Any, count: Any = 0, flags: Any = 0) -> Any:
    regex = _regex(run, pattern, flags)
    pieces: list[str] = []
    end, length, most = 0, 0, integer(count)
    for number, match in enumerate(_each(run, regex, text(string))):
        if most > 0 and number >= most:
            break
        pieces += [string[end : match.start()], _replacement(run, repl, match)]
        length += len(pieces[-1])
        run.room(length)
        end = match.end()
    whole = "".join([*pieces, string[end:]])
    run.write(len(whole))
    return whole


def _replacement(run: Run, replacement: Any, match: re.Match[str]) -> str:
    if isinstance(replacement, Invocable):
        return text(invoke(run, replacement, (_match(run, match),), {}))
    # Each group that it names may be the whole string.
    longest = max(match.end(one) - match.start(one) for one in range(1 + match.re.groups))
    run.write(len(text(replacement)) + replacement.count("\\") * longest)
    try:
        made = match.expand(replacement)
    except (re.error, IndexError) as error:
        raise ValueError(str(error)) from None
    return made


def _compile(run: Run, pattern: Any, flags: Any = 0) -> Any:
    _regex(run, pattern, flags)
    return Record("Pattern", {"pattern": text(pattern), "flags": int(flags)}, _OF_PATTERNS)


def _escape(run: Run, pattern: Any) -> Any:
    run.write(2 * len(text(pattern)))
    return re.escape(pattern)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "search": _matcher("search"),
    "match": _matcher("match"),
    "fullmatch": _matcher("fullmatch"),
    "findall": _findall,
    "finditer": _finditer,
    "split": _split,
    "sub": _sub,
}
_OF_PATTERNS = _FUNCTIONS


def _match(run: Run, match: re.Match[str]) -> Record:
    """A match as a value, which keeps where each group lies. Every method gets its record before its arguments."""
    run.charge(match.re.groups)
    return _Match("Match", {"string": match.string, "lastindex": match.lastindex}, _OF_MATCHES, match)


class _Match(Record):
    __slots__ = ("match",)

    def __init__(
        self, name: str, fields: dict[str, Any], methods: dict[str, Callable[..., Any]], match: re.Match[str]
    ) -> None:
        super().__init__(name, fields, methods)
        self.match = match

    def item(self, run: Run, index: Any) -> Any:
        return _asked(run, self, index)


def _asked(run: Run, owner: _Match, *groups: Any) -> Any:
    return _group(run, owner.match, *groups)


def _group(run: Run, match: re.Match[str], *groups: Any) -> Any:
    for one in groups or (0,):
        if type(one) is not str:
            integer(one)
        run.write(match.end(one) - match.start(one))
    return match.group(*groups)


def _groups(run: Run, owner: _Match, default: Any = None) -> Any:
    return tuple(default if one is None else one for one in _taken(run, owner.match))


def _groupdict(run: Run, owner: _Match, default: Any = None) -> Any:
    _taken(run, owner.match)
    return owner.match.groupdict(default)


def _place(name: str) -> Callable[..., Any]:
    def ask(run: Run, owner: _Match, group: Any = 0) -> Any:
        return getattr(owner.match, name)(group if type(group) is str else integer(group))

    return ask


_OF_MATCHES: dict[str, Callable[..., Any]] = {
    "group": _asked,
    "groups": _groups,
    "groupdict": _groupdict,
    "start": _place("start"),
    "end": _place("end"),
    "span": _place("span"),
}
_NAMES = ("A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "U", "UNICODE")

FUNCTIONS["re"] = Module(
    "re",
    {
        **{name: Native(name, function) for name, function in _FUNCTIONS.items()},
        **{name: int(getattr(re, name)) for name in _NAMES},
        "compile": Native("compile", _compile),
        "escape": Native("escape", _escape),
    },
)
