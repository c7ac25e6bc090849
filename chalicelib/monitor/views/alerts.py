"""What is seen of alerts and of what commands found. Nothing is written.

Captures are not kept with an alert: its newest results are judged anew, by the evaluator that judged them before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from chalicelib.core import downtimes
from chalicelib.core.check import Check, entity_of
from chalicelib.core.commands import Command, Value
from chalicelib.core.entities import Entity
from chalicelib.core.errors import Missing
from chalicelib.core.inventory import Inventory
from chalicelib.core.specs import condition_of
from chalicelib.monitor.looking import inventory, naming, running, selecting
from chalicelib.monitor.looking.evaluating import Evaluator, kept
from chalicelib.monitor.looking.once import once
from chalicelib.monitor.services import Services
from chalicelib.store import checks, values

# So many calls are made to the store at the same time.
WORKERS = 32

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Active:
    """An entity that is in `alert` since then: its newest result, and what was captured of it."""

    alert: Check
    entity: str
    value: Value
    captures: Mapping[str, Any]
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """An alert as it is: how many entities are in alert, the first so many of them in the order of their ids, and the
    name, filled with what was captured of those that are in no downtime. `is_shown` says that there is such a one."""

    alert: Check
    count: int
    active: list[Active]
    message: str
    is_shown: bool

    @property
    def number(self) -> int:
        return condition_of(self.alert).number


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest results of an entity, newest first, and the numbers of the alerts on the command that it is in."""

    entity: str
    results: list[Value]
    alerts: list[int]


def in_alert(services: Services, project: str, numbers: Iterable[int]) -> dict[int, list[Active]]:
    """The entities in alert of each of these alerts, by its number; of those that are none, or not active, nothing."""
    view = _View(services, project)
    alerts = view.alerts(numbers)
    down = view.down(alerts)
    found = view.active(alerts, [one for several in down.values() for one in several])
    return {number: found[code] for number, code in view.numbered(alerts) if found[code]}


def seen(services: Services, project: str, numbers: Iterable[int], most: int | None, *, active: bool) -> list[Seen]:
    """These alerts, in the order of their numbers, each with `most` of its entities in alert; with `active` those alone
    that have any, not all of them in a downtime."""
    view = _View(services, project)
    alerts = [one for one in view.alerts(numbers) if one.status == "down" or not active]
    down = view.down(alerts)
    found = view.active(alerts, [one for several in down.values() for one in several[:most]])
    shown = [view.seen(alert, down[alert.code], found[alert.code]) for alert in alerts]
    return sorted((one for one in shown if not active or one.is_shown), key=lambda one: one.number)


def latest(services: Services, project: str, number: int, *, after: str = "", limit: int | None = None) -> list[Latest]:
    """The newest result of each entity that an alert takes, in the order of their ids. Raises Missing."""
    view = _View(services, project)
    for alert in view.alerts([number]):
        command = condition_of(alert).command
        names = [str(one["id"]) for one in view.taken(alert)]
        return view.latest(command, [name for name in names if name > after][:limit], 1)
    raise Missing(f"alert {number}")


def results(services: Services, project: str, number: int, entity: str | None, limit: int) -> list[Latest]:
    """The newest results of a command for an entity, or for each that its alerts take. Raises Missing."""
    view = _View(services, project)
    if number not in view.known.commands:
        raise Missing(f"check {number}")
    if entity is not None:
        return view.latest(number, [entity], limit)
    several = view.taken_by_all(number)
    return view.latest(number, sorted({str(one["id"]) for one in several}), limit)


def coverage(services: Services, project: str, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Which alerts watch the entities that contain one of these objects."""
    return selecting.coverage(project, inventory.of_project(services, project), asked)


class _View:
    """A project at one moment."""

    def __init__(self, services: Services, project: str) -> None:
        self._services, self._project = services, project
        self.known: Inventory = inventory.of_project(services, project)

    def alerts(self, numbers: Iterable[int]) -> list[Check]:
        """Those of these alerts that exist and can be read."""
        codes = [self.known.codes[number] for number in dict.fromkeys(numbers) if number in self.known.codes]
        return selecting.readable(selecting.alerts(self._project, codes))

    def numbered(self, alerts: Iterable[Check]) -> list[tuple[int, str]]:
        return sorted((condition_of(one).number, one.code) for one in alerts)

    def command(self, alert: Check) -> Command | None:
        return self.known.commands.get(condition_of(alert).command)

    def taken(self, alert: Check) -> list[Entity]:
        return selecting.taken(self.command(alert), [alert], self.known.entities)[alert.code]

    def taken_by_all(self, number: int) -> list[Entity]:
        """The entities that any alert on a command takes."""
        on_it = selecting.readable(selecting.alerts(self._project, self.known.alerts.get(number, ())))
        every = selecting.taken(self.known.commands.get(number), on_it, self.known.entities)
        return [one for several in every.values() for one in several]

    def down(self, alerts: Sequence[Check]) -> dict[str, list[Check]]:
        """The instances of each of these alerts that are down, by its code; none of one that is not active."""
        found = self._together(_down, [one for one in alerts if one.status == "down"])
        return {one.code: found.get(one.code, []) for one in alerts}

    def active(self, alerts: Sequence[Check], down: Sequence[Check]) -> dict[str, list[Active]]:
        """What is seen of instances that are down, for each of these alerts by its code. An entity that is gone, or of
        which nothing is kept any more, is left out: it ends with the next run."""
        evaluators = {one.code: self._evaluator(one) for one in alerts}
        named = {str(one["id"]): one for one in self.known.entities}
        found: dict[str, list[Active]] = {one.code: [] for one in alerts}
        with ThreadPoolExecutor(WORKERS) as pool:
            for one in pool.map(lambda instance: _active(evaluators[instance.parent], named, instance), down):
                if one:
                    found[one.alert.code].append(one)
        return found

    def seen(self, alert: Check, down: Sequence[Check], active: list[Active]) -> Seen:
        now = self._services.clock()
        heard = naming.audible(alert, down, now)
        names = [entity_of(one.code) for one in heard]
        captures = [one.captures for one in active if one.entity in set(names)]
        is_shown = any(not downtimes.is_in_downtime(alert, entity_of(one.code), now) for one in heard)
        return Seen(alert, len(down), active, naming.name(alert, captures, names), is_shown)

    def latest(self, number: int, names: Sequence[str], limit: int) -> list[Latest]:
        now, among = self._services.clock(), self._among(number)
        with ThreadPoolExecutor(WORKERS) as pool:
            found = pool.map(lambda name: values.newest(self._project, number, name, limit, now), names)
            return [Latest(name, several, among.get(name, [])) for name, several in zip(names, found, strict=True)]

    def _among(self, number: int) -> dict[str, list[int]]:
        """The numbers of the alerts on a command that an entity is in, by its id."""
        on_it = selecting.readable(selecting.alerts(self._project, self.known.alerts.get(number, ())))
        down = self.down(on_it)
        found: dict[str, list[int]] = {}
        for alert, code in self.numbered(on_it):
            for instance in down[code]:
                found.setdefault(entity_of(instance.code), []).append(alert)
        return found

    def _evaluator(self, alert: Check) -> Evaluator | None:
        command = self.command(alert)
        if command is None:
            return None
        readers = running.readers_of(self._services, self._project, self.known)
        return Evaluator(self._services, alert, command, readers, once(partial(self._aside, alert, command.number)))

    def _aside(self, alert: Check, number: int) -> list[Mapping[str, Any]]:
        names = [str(one["id"]) for one in self.taken(alert)]
        return running.newest_of_each(self._services, self._project, number, names, {})

    def _together(self, read: Callable[[Check], _Found], alerts: Sequence[Check]) -> dict[str, _Found]:
        """What is read of each alert, by its code, at the same time."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip((one.code for one in alerts), pool.map(read, alerts), strict=True))


def _down(alert: Check) -> list[Check]:
    return [one for one in checks.instances_of(alert) if one.status == "down"]


def _active(evaluator: Evaluator | None, named: Mapping[str, Entity], instance: Check) -> Active | None:
    entity = named.get(entity_of(instance.code))
    if evaluator is None or entity is None or instance.since is None:
        return None
    name = str(entity["id"])
    past = evaluator.kept(name)
    if not past:
        return None
    # What has been read with the newest result is not read once more.
    captures = replace(evaluator, back=lambda *_: past).verdict(entity, past[0]).captures
    return Active(evaluator.alert, name, past[0], kept(captures), instance.since)
