"""Backtesting alerts: what one would have said of the results that are kept. Nothing is written.

For each entity the results are gone through in the order of time, and judged by the evaluator that judges live ones,
which sees what there was at the moment and nothing later: the clock stands at it. Which entities there were then is not
kept, so they are those of now.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.core import instances, status
from chalicelib.core.check import TICK, Check, Flip
from chalicelib.core.commands import Command, Value
from chalicelib.core.entities import Entity
from chalicelib.core.errors import Invalid
from chalicelib.core.kinds import evaluation
from chalicelib.core.specs import ConditionSpec
from chalicelib.languages.conditions.situation import RESULTS_MAX
from chalicelib.monitor.looking import inventory, running, selecting, settling
from chalicelib.monitor.looking.evaluating import Evaluator
from chalicelib.monitor.services import Services
from chalicelib.store import values

# A gateway hangs up after half a minute: so many results are read and judged at most, of so many entities, and so many
# seconds are spent on that. A condition that calls history() reads anew each time.
JUDGED_MAX, READING_MAX, ENTITIES_MAX, SECONDS = 20_000, 500, 100, 15.0
WORKERS = 32


@dataclass(frozen=True, slots=True)
class Replayed:
    """The flips that an entity would have had, oldest first, and how many of its results were judged."""

    entity: str
    flips: list[Flip]
    judged: int


def run(
    services: Services, project: str, spec: ConditionSpec, start: datetime, end: datetime, names: Collection[str] = ()
) -> list[Replayed]:
    """What an alert would have said of the results with start <= at <= end, for each of its entities, or for the named
    ones of these, in the order of their ids. Raises Invalid for a check that is not there and for what is too much,
    StoreFault."""
    return _Replay(services, project, spec, start, end, set(names)).run()


class _Clock:
    """Stands at the moment that is judged."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class _Replay:
    def __init__(
        self, services: Services, project: str, spec: ConditionSpec, start: datetime, end: datetime, names: set[str]
    ) -> None:
        known = inventory.of_project(services, project)
        self._services, self._start, self._end, self._clock = services, start, end, _Clock(start)
        self._command = _command(known.commands, spec.command)
        self._alert = Check(project, "backtest", start, evaluation.name, spec=spec)
        taken = selecting.taken(self._command, [self._alert], known.entities)[self._alert.code]
        self._chosen = [one for one in taken if not names or one["id"] in names]
        then = replace(services, clock=self._clock)
        readers = running.readers_of(then, project, known)
        self._evaluator = Evaluator(then, self._alert, self._command, readers, self._aside, self._back)
        self._read = [str(one["id"]) for one in (taken if self._evaluator.looks_aside else self._chosen)]
        self._results: dict[str, list[Value]] = {}

    def run(self) -> list[Replayed]:
        if not self._read:
            return []
        if len(self._read) > ENTITIES_MAX:
            raise Invalid("entities", f"are {len(self._read)}: a backtest is for at most {ENTITIES_MAX}")
        with ThreadPoolExecutor(WORKERS) as pool:
            self._results = dict(zip(self._read, pool.map(self._results_of, self._read), strict=True))
        until = time.monotonic() + SECONDS
        return [self._replayed(one, until) for one in self._chosen]

    @property
    def _share(self) -> int:
        """How many results may be judged of each entity."""
        reads_anew = "history" in self._evaluator.reads
        return (READING_MAX if reads_anew else JUDGED_MAX) // len(self._read)

    def _results_of(self, name: str) -> list[Value]:
        """The results of an entity, oldest first, with those before that a condition may look at."""
        command, now = self._command, self._services.clock()
        low, most = self._start, self._share
        found = values.newest(command.project, command.number, name, most + 1, now, start=low, end=self._end)
        if len(found) > most:
            raise Invalid("from", f"asks for more than {most} results of {name}: ask for a shorter span, or for fewer")
        found += values.newest(command.project, command.number, name, RESULTS_MAX, now, end=low - TICK)
        return found[::-1]

    def _replayed(self, entity: Entity, until: float) -> Replayed:
        name, instance = str(entity["id"]), None
        flips: list[Flip] = []
        judged = [one for one in self._results[name] if one.at >= self._start]
        for value in judged:
            if time.monotonic() > until:
                raise Invalid("from", "takes too long to be judged: ask for a shorter span, or for fewer entities")
            self._clock.now = value.at
            instance, made = self._judged(entity, value, instance)
            flips += made
        return Replayed(name, flips, len(judged))

    def _judged(self, entity: Entity, value: Value, instance: Check | None) -> tuple[Check | None, list[Flip]]:
        """The instance of an entity after one more result, and its flips that are news. It is born with its first
        outage."""
        verdict = self._evaluator.verdict(entity, value)
        if not settling.turns(instance, firing=verdict.is_alert):
            return instance, []
        instance = instance or instances.new(self._alert, str(entity["id"]), value.at)
        change = status.decide(instance, self._evaluator.told(entity, value, verdict))
        return (change.after, [flip for flip in change.flips if flip.is_news]) if change else (instance, [])

    def _back(self, entity: str, value: Value) -> Sequence[Value]:
        return self._until(entity, value.at)[::-1]

    def _aside(self) -> list[Mapping[str, Any]]:
        newest = ((name, self._until(name, self._clock.now)) for name in self._read)
        return [running.as_result(name, found[-1]) for name, found in newest if found]

    def _until(self, entity: str, moment: datetime) -> list[Value]:
        """The last results of an entity up to a moment, as many as are looked at, oldest first."""
        found = self._results[entity]
        end = bisect_right(found, moment, key=lambda one: one.at)
        return found[max(end - RESULTS_MAX, 0) : end]


def _command(known: Mapping[int, Command], number: int) -> Command:
    """The command whose results are judged, whether it runs at present or not. Raises Invalid."""
    if number not in known:
        raise Invalid("check_definition_id", f"is {number}, which no check definition has")
    return replace(known[number], runs=True)
