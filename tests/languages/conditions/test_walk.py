"""Programs made at random: those that are Python too agree with Python, and of the odd ones none gets out, none breaks
the interpreter and none goes on for ever. With --long there are a hundred thousand of each."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from datetime import date, time, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.languages.conditions import (
    Budget,
    ConditionError,
    Exhausted,
    Exposed,
    Result,
    Situation,
    command,
    judge,
    run,
)
from tests.languages.conditions import python
from tests.languages.conditions.grammar import Grammar

EACH = 500
SEEDS = [pytest.param(seed, marks=pytest.mark.long if seed >= 2 else ()) for seed in range(200)]
BUDGET = Budget(steps=20_000, depth=20, size=20_000)
PLAIN = (str, int, float, type(None), list, tuple, dict, set, frozenset, Counter, range, date, time, timedelta)


class Watch:
    """Notes whatever a program makes Python do that no program should. A hook cannot be taken off: it is switched."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self.note)

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event.partition(".")[0] in _EVENTS:
            self.seen.append(event)


_EVENTS = {"compile", "ctypes", "exec", "import", "open", "os", "pickle", "shutil", "socket", "subprocess", "tempfile"}
WATCH = Watch()


class Thing(Exposed):
    names = frozenset({"items", "self", "__getitem__", "__sub__", "__iter__"})
    secret = "hidden"
    items = (1, 2)

    def self(self) -> Thing:
        return self

    def __sub__(self, other: object) -> int:
        return 1

    def __getitem__(self, key: object) -> object:
        return key

    def __iter__(self) -> Any:
        while True:
            yield 1


def host(*values: object) -> object:
    return list(values)


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(is_plain(key) and is_plain(one) for key, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_plain, value))
    return isinstance(value, (*PLAIN, Thing))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_odd_program_comes_to_plain_data_or_to_an_error_of_its_own(seed: int) -> None:
    grammar = Grammar(Random(seed))
    for _ in range(EACH):
        _tried(grammar.odd(), {"a": [1, {"b": 2.5}], "b": "text"})


def _tried(text: str, value: dict[str, Any]) -> None:
    history = [Result(600.0 - 60 * age, age) for age in range(10)]
    names = {"host": host, "thing": Thing()}
    kept = repr(value)
    with suppress(ConditionError):
        made = command(text)
        WATCH.on = True
        try:
            assert is_plain(run(made, {**names, "value": value, "entity": {"id": "e"}}, BUDGET)), text
        finally:
            WATCH.on = False
    verdict = judge(text, Situation(value, {"id": "e"}, history), names, BUDGET)
    assert all(map(is_plain, verdict.captures.values())), text
    assert (WATCH.seen, repr(value)) == ([], kept), text


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_that_is_python_comes_to_what_python_makes_of_it(seed: int) -> None:
    grammar = Grammar(Random(1_000 + seed))
    for _ in range(EACH):
        text = grammar.program()
        ours, error = _ours(text)
        theirs, other = _theirs(text)
        if isinstance(error, Exhausted) or _is_meant(other):
            continue
        assert (ours, bool(error)) == (theirs, bool(other)), f"{text}\n{error} {other}"


def _ours(text: str) -> tuple[Any, ConditionError | None]:
    try:
        return python.settled(run(command(text), {}, BUDGET)), None
    except ConditionError as error:
        return None, error


def _theirs(text: str) -> tuple[Any, Exception | None]:
    try:
        return python.value_of(text), None
    except Exception as error:  # noqa: BLE001 - whatever a program does wrong, in Python
        return None, error


def _is_meant(error: Exception | None) -> bool:
    """Whether Python refuses to order None, which is False here."""
    return isinstance(error, TypeError) and "not supported between instances" in str(error) and "NoneType" in str(error)
