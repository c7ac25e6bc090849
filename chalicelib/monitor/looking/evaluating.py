"""Evaluating: what an alert says of what a command found for an entity. Nothing is kept here.

A command that failed is an alert, and so is a condition that cannot be evaluated (ZMON, Alert Condition).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib import commands
from chalicelib.commands import Readers
from chalicelib.core import texts
from chalicelib.core.check import Check
from chalicelib.core.commands import Command, Value
from chalicelib.core.entities import Entity
from chalicelib.core.specs import condition_of
from chalicelib.core.watching import Judged
from chalicelib.languages import conditions
from chalicelib.languages.conditions import ConditionError, Result, Situation, Surroundings, Verdict
from chalicelib.languages.conditions.situation import RESULTS_MAX
from chalicelib.monitor.looking import naming
from chalicelib.monitor.looking.once import Aside
from chalicelib.monitor.looking.running import context_of
from chalicelib.monitor.services import Services
from chalicelib.store import values
from chalicelib.store.faults import StoreFault

# What a condition may call beside the language.
OUTSIDE = ("time", "history")
# The functions that look at what the command found before, and at what it found for other entities.
_LOOK_BACK = {"value_series", "alert_series", "monotonic"}
_LOOK_ASIDE = {"entity_results", "entity_values"}
# Captures stand in a flip and in messages: so many characters of JSON at most, and so many of one value.
CAPTURES_MAX, CAPTURE_MAX = 8_000, 1_000
SECONDS = 5.0

# The newest results of an entity up to one of them, newest first.
Back = Callable[[str, Value], Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """One alert on one command. `aside` reads what was found for all its entities, `back` what was found for one up to
    a result; without it what is kept is read."""

    services: Services
    alert: Check
    command: Command
    readers: Readers
    aside: Aside
    back: Back | None = None
    reads: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", _reads(condition_of(self.alert).condition))

    @property
    def looks_back(self) -> bool:
        """Whether the condition asks for what was found before."""
        return any(name in _LOOK_BACK or name.startswith("timeseries_") for name in self.reads)

    @property
    def looks_aside(self) -> bool:
        """Whether the condition asks for what was found for other entities."""
        return not self.reads.isdisjoint(_LOOK_ASIDE)

    def told(self, entity: Entity, value: Value, verdict: Verdict) -> Judged:
        """A verdict with all that people are told of it, which costs more than the verdict."""
        name = str(entity["id"])
        return Judged(
            value.at,
            verdict.is_alert,
            reason=_reason(verdict, value),
            details=_details(verdict.captures, value),
            name=naming.name_of_one(self.alert, verdict.captures, name),
            desc=naming.description(self.alert, [verdict.captures], [name]),
            error=str(value.value if value.failed else verdict.error or ""),
        )

    def verdict(self, entity: Entity, value: Value) -> Verdict:
        """What the alert says of a result: an alert without captures of one that is an error, else what its condition
        comes to. Raises StoreFault."""
        if value.failed:
            return Verdict(True, {})
        spec = condition_of(self.alert)
        situation = Situation(
            value.value,
            entity,
            history=self._history(str(entity["id"]), value) if self.looks_back else (),
            parameters=spec.parameters,
            entity_results=self.aside() if self.looks_aside else (),
            now=value.at.timestamp(),
        )
        surroundings = Surroundings(now=lambda: self.services.clock().timestamp())
        names = self._outside(entity) if self.reads.intersection(OUTSIDE) else {}
        return conditions.judge(spec.condition, situation, names, surroundings=surroundings, passing=(StoreFault,))

    def _outside(self, entity: Entity) -> dict[str, Any]:
        functions = commands.bound(context_of(self.services, self.command, self.readers, entity, SECONDS))
        return {name: functions[name] for name in OUTSIDE}

    def _history(self, entity: str, value: Value) -> list[Result]:
        """The last results without those that are errors: a text among numbers would be another error."""
        found = self.back(entity, value) if self.back else self.kept(entity)
        return [Result(one.at.timestamp(), one.value) for one in found if not one.failed]

    def kept(self, entity: str) -> list[Value]:
        """The last results of an entity that are kept, newest first: as many as the condition looks at. Raises
        StoreFault."""
        command, count = self.command, RESULTS_MAX if self.looks_back else 1
        return values.newest(command.project, command.number, entity, count, self.services.clock())


def _reads(condition: str) -> frozenset[str]:
    """The names that a condition takes from its surroundings; none of one that cannot be read."""
    try:
        return frozenset(conditions.condition(condition).reads)
    except ConditionError:
        return frozenset()


def _reason(verdict: Verdict, value: Value) -> str:
    if value.failed:
        return str(value.value)
    return str(verdict.error) if verdict.error else f"value is {short(value.value)}"


def _details(captures: Mapping[str, Any], value: Value) -> dict[str, Any]:
    return {"captures": kept(captures), "value": short(value.value)}


def short(value: Any) -> str:
    """A value as JSON, or as Python writes it where it is none, cut where it is long."""
    try:
        text = texts.sound(json.dumps(value, ensure_ascii=False, default=str))
    except TypeError:
        # A table by pairs, say: JSON has no such names.
        text = texts.sound(str(value))
    return text if len(text) <= CAPTURE_MAX else f"{text[:CAPTURE_MAX]}..."


def kept(captures: Mapping[str, Any]) -> dict[str, Any]:
    """As many captures as a message holds: long values cut, as texts, and the last ones left out where there are too
    many."""
    found: dict[str, Any] = {}
    left = CAPTURES_MAX
    for name, value in captures.items():
        text = short(value)
        left -= len(name) + len(text)
        if left < 0:
            break
        found[name] = value if _is_plain(value, text) else text
    return found


def _is_plain(value: Any, text: str) -> bool:
    """Whether a value can be kept as it is: JSON that is short enough."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False) == text
    except (TypeError, ValueError):
        return False
