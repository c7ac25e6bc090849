"""Running a command for entities: each for itself, many at the same time, none for longer than it may."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

from chalicelib import commands, log
from chalicelib.commands import Context, Readers
from chalicelib.core import entities, texts
from chalicelib.core.commands import Command, Value
from chalicelib.core.credentials import Credential, without_passwords
from chalicelib.core.entities import Entity
from chalicelib.core.instances import ENTITY_MAX
from chalicelib.core.inventory import Inventory
from chalicelib.languages import conditions
from chalicelib.languages.conditions import Budget, ConditionError, Surroundings
from chalicelib.monitor.looking import selecting
from chalicelib.monitor.looking.once import Aside, once
from chalicelib.monitor.looking.reading import reader_of
from chalicelib.monitor.services import Services
from chalicelib.store import limits, values
from chalicelib.store.faults import StoreFault

WORKERS = 32
# The seconds that a run has: those between two of them, but no fewer than the first of these and no more than the
# other, so that a worker is done with its entities when all their hosts are silent.
AT_LEAST, AT_MOST = 10, 25
# What a result may hold (ZMON, Check Command Reference): characters of JSON, and names of an object.
SIZE_MAX, KEYS_MAX = 65_536, 1_000
HISTORY_MAX = 20_001


def run(
    services: Services,
    command: Command,
    readers: Readers,
    logins: Sequence[Credential],
    chosen: Sequence[Entity],
    at: datetime,
) -> dict[str, Value]:
    """What a command finds for each of some entities, by their ids; what goes wrong is found too. It may use the
    `logins` of its project, and no password of these is in what it found. Raises StoreFault when something that it asks
    for cannot be read."""
    with ThreadPoolExecutor(min(WORKERS, len(chosen))) as pool:
        found = pool.map(partial(_run, services, command, readers, tuple(logins), at), chosen)
        return {str(entity["id"]): value for entity, value in zip(chosen, found, strict=True)}


def _run(
    services: Services,
    command: Command,
    readers: Readers,
    logins: tuple[Credential, ...],
    at: datetime,
    entity: Entity,
) -> Value:
    began = services.clock()
    unforeseen: Exception | None = None
    try:
        value, failed = _checked(_evaluated(services, command, readers, logins, entity)), False
    except ConditionError as error:
        value, failed = texts.sound(str(error)), True
    except StoreFault:
        raise
    except Exception as error:  # noqa: BLE001
        # A fault of ours on one entity keeps no other from being looked at; both owners are told.
        unforeseen = error
    if unforeseen:
        # Behind the `except`, where the log would write the words of the error too.
        value, failed = f"{_told(command, unforeseen)}: it cannot be run, for a fault in this service", True
    took = round((services.clock() - began).total_seconds(), 6)
    return Value(at, took, without_passwords(value, logins), failed)


def _told(command: Command, error: Exception) -> str:
    """Tells the installation's owner of an error that nobody foresaw, without its words, which may hold a login;
    answers its type."""
    found, last = type(error).__name__, traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "a command fails by a fault of ours", number=command.number, reason=found, at=f"{last.name}:{last.lineno}"
    )
    log.count(Faults=1)
    return found


def _evaluated(
    services: Services, command: Command, readers: Readers, logins: tuple[Credential, ...], entity: Entity
) -> Any:
    seconds = float(min(max(command.interval, AT_LEAST), AT_MOST))
    context = context_of(services, command, readers, entity, seconds, logins)
    names = {**commands.bound(context), "entity": entity}
    return conditions.run(
        conditions.command(command.text),
        names,
        Budget(seconds=seconds),
        Surroundings(now=lambda: services.clock().timestamp()),
        passing=(StoreFault,),
    )


def context_of(
    services: Services,
    command: Command,
    readers: Readers,
    entity: Entity,
    seconds: float,
    logins: tuple[Credential, ...] = (),
) -> Context:
    """The world of one run."""
    return Context(
        entity=entity,
        check=str(command.number),
        interval=command.interval,
        ends=time.monotonic() + seconds,
        networks=services.settings.allowed_networks,
        credentials=logins,
        region=services.settings.aws_region,
        aws=services.settings.aws_endpoint_url,
        readers=readers,
        now=services.clock,
    )


def _checked(value: Any) -> Any:
    """A result as it is kept. Raises ConditionError for one that is too large."""
    try:
        text = json.dumps(value, allow_nan=False, default=_refused)
    except ValueError:
        raise ConditionError("ValueError", "the result holds a number that is infinite, or none") from None
    except TypeError:
        raise ConditionError("TypeError", "the result holds an object with a name that is no text") from None
    if len(text) > SIZE_MAX:
        raise ConditionError("ResultSizeError", f"the result takes {len(text)} characters of JSON, of {SIZE_MAX}")
    if (keys := _names(value)) > KEYS_MAX:
        raise ConditionError("ResultSizeError", f"the result has {keys} names, of {KEYS_MAX}")
    return texts.changed(json.loads(text), texts.sound)


def _refused(part: object) -> NoReturn:
    raise ConditionError("TypeError", f"the result is or holds a {type(part).__name__.lower()}, which is no JSON")


def _names(value: Any) -> int:
    """How many values an object holds, in itself and in those within it."""
    if not isinstance(value, dict):
        return 0
    return sum(_names(one) if isinstance(one, dict) else 1 for one in value.values())


def readers_of(services: Services, project: str, known: Inventory) -> Readers:
    """How commands of a project come to what is kept."""
    reading = _Reading(services, project, known)
    return Readers(
        entities=lambda: known.entities,
        coverage=reading.coverage,
        history=reading.history,
        metrics=reading.metrics,
        results=reading.results,
        swap=reading.swap,
    )


def _is_number(text: str) -> bool:
    """Whether a text may be the number of a document."""
    return text.isascii() and text.isdigit() and len(text) <= 10


class _Reading:
    """What is kept of one project. What commands found for all entities is read once: each entity may ask for it."""

    def __init__(self, services: Services, project: str, known: Inventory) -> None:
        self._services, self._project, self._known = services, project, known
        self._of_all: dict[tuple[int, int], Aside] = {}

    def history(self, check: str, entity: str, low: float, high: float) -> Iterable[tuple[float, Any]]:
        start, end = datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)
        now = self._services.clock()
        found = values.newest(self._project, int(check), entity, HISTORY_MAX, now, start=start, end=end)
        return [(one.at.timestamp(), one.value) for one in reversed(found) if not one.failed]

    def results(self, check: str, entity: str | None, count: int) -> Sequence[Mapping[str, Any]]:
        if not _is_number(check) or len(entity or "") > ENTITY_MAX:
            return []
        if entity is not None:
            return self._newest(int(check), count, entity)
        key = int(check), count
        return self._of_all.setdefault(key, once(partial(self._newest_of_all, *key)))()

    def _newest_of_all(self, number: int, count: int) -> list[Mapping[str, Any]]:
        with ThreadPoolExecutor(WORKERS) as pool:
            found = pool.map(partial(self._newest, number, count), self._entities_of(number))
            return [one for several in found for one in several]

    def _newest(self, number: int, count: int, entity: str) -> list[Mapping[str, Any]]:
        found = values.newest(self._project, number, entity, count, self._services.clock())
        return [as_result(entity, one) for one in found]

    def _entities_of(self, number: int) -> list[str]:
        command = self._known.commands.get(number)
        filters = entities.read(list(command.filters), "entities") if command else ()
        return [str(one["id"]) for one in self._known.entities if entities.matches(filters, one)]

    def metrics(self, target: str, low: float, high: float) -> Mapping[str, Sequence[tuple[float, float | None]]]:
        made = reader_of(self._project, self._services.clock()).rendered(target, int(low), int(high))
        return {
            one.name: [(one.start + place * one.step, value) for place, value in enumerate(one.values)] for one in made
        }

    def swap(self, key: str, value: float, at: float) -> tuple[float, float] | None:
        until = self._services.clock() + limits.kept.values
        return values.swap(self._project, key, value, at, until)

    def coverage(self, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
        return selecting.coverage(self._project, self._known, [dict(wanted) for wanted in asked])


def newest(services: Services, project: str, number: int, entity: str) -> Value | None:
    """The newest result of a command for an entity, None if there is none. Raises StoreFault."""
    found = values.newest(project, number, entity, 1, services.clock())
    return found[0] if found else None


def newest_of_each(
    services: Services, project: str, number: int, names: Iterable[str], found: Mapping[str, Value]
) -> list[Mapping[str, Any]]:
    """The newest result of a command for each of these entities that has any, as conditions see it: one that has just
    been `found`, or else that which is kept. Raises StoreFault."""
    several = list(names)
    with ThreadPoolExecutor(WORKERS) as pool:
        every = pool.map(lambda name: found.get(name) or newest(services, project, number, name), several)
        return [as_result(name, one) for name, one in zip(several, every, strict=True) if one]


def as_result(entity: str, value: Value) -> Mapping[str, Any]:
    """A result as conditions and commands see it."""
    return {"entity": entity, "ts": value.at.timestamp(), "td": value.took, "value": value.value}
