"""Methods of strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import formats
from chalicelib.languages.conditions.attributes import method
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.library.numbers import integer
from chalicelib.languages.conditions.plain import COMPARED_A_STEP
from chalicelib.languages.conditions.sequences import items
from chalicelib.languages.conditions.values import kind_of

_SPACES_MAX = 1_000


def text(value: Any) -> str:
    """The value, if it is a string. Raises TypeError."""
    if type(value) is not str:
        raise TypeError(f"a string is required, not {kind_of(value)}")
    return value


def _simple(name: str) -> None:
    """A method without arguments, whose result is about as long as the string."""
    python: Callable[[str], Any] = getattr(str, name)

    @method(str, name)
    def change(run: Run, owner: Any) -> Any:
        run.write(len(owner))
        return python(owner)


for _name in ("capitalize", "casefold", "lower", "swapcase", "title", "upper"):
    _simple(_name)
for _name in ("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric"):
    _simple(_name)
for _name in ("isprintable", "isspace", "istitle", "isupper"):
    _simple(_name)


def _stripping(name: str) -> None:
    python: Callable[[str, str | None], str] = getattr(str, name)

    @method(str, name)
    def strip(run: Run, owner: Any, chars: Any = None, /) -> Any:
        run.write(len(owner))
        # Each character that is taken off is looked for among the others.
        run.charge(len(owner) * len(chars or "") // 64)
        return python(owner, chars if chars is None else text(chars))


for _name in ("strip", "lstrip", "rstrip"):
    _stripping(_name)


def _searched(run: Run, owner: str, words: str) -> None:
    """Charges for a search, which from the end may look at all of the words at each place."""
    run.write(len(owner))
    run.charge(len(owner) * len(words) // 64)


def _finding(name: str) -> None:
    python: Callable[..., int] = getattr(str, name)

    @method(str, name)
    def find(run: Run, owner: Any, sub: Any, start: Any = 0, end: Any = None, /) -> Any:
        _searched(run, owner, text(sub))
        return python(owner, sub, integer(start), len(owner) if end is None else integer(end))


for _name in ("count", "find", "index", "rfind", "rindex"):
    _finding(_name)


def _edge(name: str) -> None:
    python: Callable[..., bool] = getattr(str, name)

    @method(str, name)
    def stands(run: Run, owner: Any, words: Any, start: Any = 0, end: Any = None, /) -> Any:
        wanted = tuple(map(text, words)) if type(words) is tuple else (text(words),)
        run.charge(len(wanted))
        run.charge(sum(map(len, wanted)) // COMPARED_A_STEP)
        return python(owner, wanted, integer(start), len(owner) if end is None else integer(end))


for _name in ("startswith", "endswith"):
    _edge(_name)


def _without(name: str) -> None:
    python: Callable[[str, str], str] = getattr(str, name)

    @method(str, name)
    def remove(run: Run, owner: Any, words: Any, /) -> Any:
        run.write(len(owner))
        return python(owner, text(words))


for _name in ("removeprefix", "removesuffix"):
    _without(_name)


def _splitting(name: str) -> None:
    python: Callable[..., list[str]] = getattr(str, name)

    @method(str, name)
    def split(run: Run, owner: Any, sep: Any = None, maxsplit: Any = -1) -> Any:
        _searched(run, owner, " " if sep is None else text(sep))
        found = python(owner, sep, integer(maxsplit))
        run.hold(len(found))
        return found


for _name in ("split", "rsplit"):
    _splitting(_name)


def _parting(name: str) -> None:
    python: Callable[[str, str], Any] = getattr(str, name)

    @method(str, name)
    def part(run: Run, owner: Any, sep: Any, /) -> Any:
        _searched(run, owner, text(sep))
        return python(owner, sep)


for _name in ("partition", "rpartition"):
    _parting(_name)


def _padding(name: str) -> None:
    python: Callable[..., str] = getattr(str, name)

    @method(str, name)
    def pad(run: Run, owner: Any, width: Any, fillchar: Any = " ", /) -> Any:
        run.write(max(len(owner), integer(width)))
        return python(owner, integer(width), text(fillchar))


for _name in ("center", "ljust", "rjust"):
    _padding(_name)


@method(str, "zfill")
def _zfill(run: Run, owner: Any, width: Any, /) -> Any:
    run.write(max(len(owner), integer(width)))
    return owner.zfill(width)


@method(str, "expandtabs")
def _expandtabs(run: Run, owner: Any, tabsize: Any = 8) -> Any:
    spaces = max(0, min(integer(tabsize), _SPACES_MAX))
    run.write(len(owner) + owner.count("\t") * spaces)
    return owner.expandtabs(spaces)


@method(str, "splitlines")
def _splitlines(run: Run, owner: Any, keepends: Any = False) -> Any:
    run.write(len(owner))
    found = owner.splitlines(bool(integer(keepends)))
    run.hold(len(found))
    return found


@method(str, "replace")
def _replace(run: Run, owner: Any, old: Any, new: Any, count: Any = -1, /) -> Any:
    run.write(len(owner))
    times = owner.count(text(old))
    if integer(count) >= 0:
        times = min(times, count)
    run.write(len(owner) + times * max(len(text(new)) - len(old), 0))
    return owner.replace(old, new, count)


@method(str, "join")
def _join(run: Run, owner: Any, iterable: Any, /) -> Any:
    parts: list[str] = []
    length = 0
    for one in items(run, iterable):
        if type(one) is not str:
            raise TypeError(f"sequence item {len(parts)}: expected str instance, {kind_of(one)} found")
        length += len(one) + len(owner)
        if length > run.size + len(owner):
            run.write(length)
        parts.append(one)
    run.write(max(length - len(owner), 0))
    return owner.join(parts)


@method(str, "format")
def _format(run: Run, owner: Any, /, *args: Any, **named: Any) -> Any:
    return formats.fields(run, owner, args, named)
