"""Trial runs: a command and a condition tried on some entities, before anybody relies on them.

A worker of commands does it, so that a trial may reach what a command may reach. Nobody is told of what it finds, which
is kept for an hour for those who ask, and nothing else is written: what counts from run to run begins anew. A trial
that names a check sees the results of that; its own comes after them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import entities
from chalicelib.core.check import Check
from chalicelib.core.commands import Command, Value
from chalicelib.core.entities import Entity, Selection
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.kinds import evaluation
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.specs import ConditionSpec
from chalicelib.languages import timeperiod
from chalicelib.languages.conditions.situation import RESULTS_MAX
from chalicelib.monitor.looking import inventory, running
from chalicelib.monitor.looking.evaluating import Evaluator, kept
from chalicelib.monitor.looking.once import once
from chalicelib.monitor.messages import RunTrial
from chalicelib.monitor.services import Services
from chalicelib.store import credentials, queues, trials, values

QUEUE = "commands"
KEPT = timedelta(hours=1)
# So many entities are one worker's.
ENTITIES_MAX = 100
# What is asked for has to fit an item, with the ids of the entities: so many characters of JSON.
SIZE_MAX = 60_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a trial is to do: run a command of this text for the entities that the `filters` take and `exclude` does
    not, and judge by the condition. `check` is the number of a check whose results it sees, 0 for none."""

    command: str
    condition: str
    interval: int
    filters: Sequence[Mapping[str, Any]]
    exclude: Sequence[Mapping[str, Any]] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    period: str = ""
    check: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found for an entity."""

    entity: Entity
    value: Value
    captures: Mapping[str, Any]
    is_alert: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many entities a trial is about, and what was found for those that are done, in the order of their ids.
    `in_period` says whether anybody would have been told at that moment."""

    count: int
    tried: list[Tried]
    in_period: bool

    @property
    def percentage(self) -> int:
        return 100 * len(self.tried) // self.count if self.count else 100


def schedule(services: Services, project: str, asked: Asked) -> str:
    """Has a worker try it; answers the name of the trial. Raises Invalid for a check that is not there and for what is
    too much, StoreFault."""
    known, now = inventory.of_project(services, project), services.clock()
    if asked.check and asked.check not in known.commands:
        raise Invalid("check_definition_id", f"is {asked.check}, which no check definition has")
    document = _document(asked)
    if len(json.dumps(document)) > SIZE_MAX:
        raise Invalid("", f"a trial run must not take more than {SIZE_MAX} characters of JSON")
    names = [str(one["id"]) for one in known.entities if _selection(asked).takes(one)]
    if len(names) > ENTITIES_MAX:
        raise Invalid("entities", f"take {len(names)} entities: a trial run is for at most {ENTITIES_MAX}")
    name = services.new_code()
    trials.create(project, name, {"asked": document, "at": to_micros(now), "entities": names}, now + KEPT)
    if names:
        queues.send(QUEUE, RunTrial(project, name).to_message())
    return name


def outcome(services: Services, project: str, name: str) -> Outcome:
    """What a trial has found so far. Raises Missing for one that is not kept, or not any more."""
    found = trials.read(project, name, services.clock())
    if found is None:
        raise Missing(f"trial run {name[:80]}")
    known = {str(one["id"]): one for one in inventory.of_project(services, project).entities}
    tried = [_tried(known.get(entity, {"id": entity}), one) for entity, one in sorted(found.found.items())]
    period, at = _asked(found.asked["asked"]).period, from_micros(found.asked["at"])
    return Outcome(len(found.asked["entities"]), tried, not period or timeperiod.parse(period).covers(at))


def run(services: Services, message: Mapping[str, Any]) -> int:
    """Does what a message asks for; answers for how many entities. A trial that nobody can ask about any more is not
    run. Raises StoreFault."""
    named = RunTrial.from_message(message)
    found = trials.read(named.project, named.trial, services.clock())
    if found is None:
        return 0
    at = from_micros(found.asked["at"])
    asked, names = _asked(found.asked["asked"]), set(found.asked["entities"])
    tried = _Trial(services, named.project, asked, at).run(names)
    trials.keep(named.project, named.trial, {str(one.entity["id"]): _kept(one) for one in tried}, at + KEPT)
    return len(tried)


class _Trial:
    """One run of a trial."""

    def __init__(self, services: Services, project: str, asked: Asked, at: datetime) -> None:
        self._services, self._project, self._asked, self._at = services, project, asked, at
        self._known = inventory.of_project(services, project)
        self._command = Command(project, asked.check, "", asked.command, asked.interval, ())
        self._readers = replace(running.readers_of(services, project, self._known), swap=_first)

    def run(self, names: set[str]) -> list[Tried]:
        chosen = [one for one in self._known.entities if one["id"] in names]
        if not chosen:
            return []
        logins = credentials.of_project(self._project)
        found = running.run(self._services, self._command, self._readers, logins, chosen, self._at)
        evaluator = self._evaluator(found)
        return [_judged(evaluator, one, found[str(one["id"])]) for one in chosen]

    def _evaluator(self, found: Mapping[str, Value]) -> Evaluator:
        asked = self._asked
        spec = ConditionSpec(0, asked.check, asked.condition, parameters=asked.parameters, period=asked.period)
        alert = Check(self._project, "trial", self._at, evaluation.name, spec=spec)
        aside = once(lambda: [running.as_result(name, one) for name, one in found.items()])
        return Evaluator(self._services, alert, self._command, self._readers, aside, self._back)

    def _back(self, entity: str, value: Value) -> list[Value]:
        """The result of the trial, and those of the check before it."""
        if not self._asked.check:
            return [value]
        number, now = self._asked.check, self._services.clock()
        return [value, *values.newest(self._project, number, entity, RESULTS_MAX - 1, now, end=value.at)]


def _judged(evaluator: Evaluator, entity: Entity, value: Value) -> Tried:
    verdict = evaluator.verdict(entity, value)
    return Tried(entity, value, kept(verdict.captures), verdict.is_alert)


def _first(_key: str, _value: float, _at: float) -> None:
    """Whatever counts from run to run counts for the first time."""


def _selection(asked: Asked) -> Selection:
    filters = entities.read(list(asked.filters), "entities", typed=True)
    return Selection(filters, exclude=entities.read(list(asked.exclude), "entities_exclude"))


def _document(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Asked.__slots__}


def _asked(document: Mapping[str, Any]) -> Asked:
    return Asked(**{name: document[name] for name in Asked.__slots__ if name in document})


def _kept(one: Tried) -> dict[str, Any]:
    value = one.value
    found = [to_micros(value.at), value.took, value.value, value.failed]
    return {"value": found, "captures": one.captures, "is_alert": one.is_alert}


def _tried(entity: Entity, document: Mapping[str, Any]) -> Tried:
    at, took, value, failed = document["value"]
    return Tried(entity, Value(from_micros(at), took, value, failed), document["captures"], document["is_alert"])
