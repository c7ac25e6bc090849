"""Managing downtimes: schedule, remove, and cover what comes later (ZMON, Downtimes).

A downtime is a document, and a silence at each alert that it concerns. The document is written first and goes first; a
chore that was queued before makes the alerts agree with it, however often it is done. A silence is laid in a
transaction that asks for the document as it was read: so none is laid by a downtime that is gone.

Nothing is laid on instances: whoever decides on one or tells of it reads the silences of its alert with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib import log
from chalicelib.core import alert_definitions, downtimes, entities, status
from chalicelib.core.check import TICK, Check, Project
from chalicelib.core.downtimes import Downtime, Event
from chalicelib.core.entities import GLOBAL, THE_GLOBAL, Entity, Filters
from chalicelib.core.errors import Busy, Conflict, Invalid, Missing
from chalicelib.core.kinds import evaluation
from chalicelib.core.silence import Silence
from chalicelib.core.specs import condition_of
from chalicelib.monitor import transitions
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import papers, silences
from chalicelib.monitor.messages import SettleDowntime
from chalicelib.monitor.services import Services
from chalicelib.store import checks, documents
from chalicelib.store.documents import Document
from chalicelib.store.faults import Refused, StoreFault

# So many alerts are changed, and so many entities read, at the same time.
WORKERS = 16
# One that is over is known for so long, so that whoever deletes it late is answered.
REMEMBERED = timedelta(hours=1)

# What commands are run for, by their numbers.
Commands = Mapping[int, Filters]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What there is when a downtime meets alerts: the entities that it is about, and what commands are run for."""

    entities: Sequence[Entity]
    commands: Commands

    def pairs(self, alert: Check) -> list[str]:
        """The entities of an alert."""
        spec = condition_of(alert)
        selection = alert_definitions.selection_of(spec, self.commands.get(spec.command, ()))
        return [str(one["id"]) for one in self.entities if selection.takes(one)]


_NOTHING = _Scene((), {})


def find(project: Project, name: str) -> Downtime | None:
    """The downtime of an id; None if there is none."""
    found = _document(project.code, name)
    return _read(found) if found else None


def schedule(services: Services, project: Project, asked: Downtime) -> Downtime:
    """Keeps a downtime of the entities and alerts that are asked for, as far as they belong together; answers it with
    those. Raises Conflict when an alert cannot have another, Invalid for what is too large, Busy, StoreFault."""
    every, scene = _alerts(project.code), _scene(project.code, asked)
    chosen = [one for one in every if _is_meant(asked, one)]
    pairs = {_number(alert): names for alert in chosen if (names := scene.pairs(alert))}
    only = asked.alerts if asked.is_open else ()
    made = replace(asked, entities=_named(asked, pairs), alerts=tuple(sorted(pairs)), only=only)
    _keep(services, project, made)
    try:
        _agree(services, project.code, made.id, [one for one in chosen if _number(one) in pairs], scene)
    except Conflict:
        remove(services, project, made.id)
        raise
    return made


def _is_meant(asked: Downtime, alert: Check) -> bool:
    """Whether an alert is asked for: of those that are not active only one that is named, or may become active."""
    if asked.alerts:
        return _number(alert) in asked.alerts
    return asked.is_open or alert.status != "paused"


def schedule_all(services: Services, project: Project, asked: Iterable[Downtime]) -> list[Downtime]:
    """Keeps several downtimes, or none of them. Raises what `schedule` does."""
    made: list[Downtime] = []
    try:
        for one in asked:
            made.append(schedule(services, project, one))
    except (Conflict, Invalid):
        for one in made:
            remove(services, project, one.id)
        raise
    return made


def _named(asked: Downtime, pairs: Mapping[int, list[str]]) -> tuple[str, ...]:
    """The entities in some pair, in the order of the published example: what was named last stands first."""
    names = {name for some in pairs.values() for name in some}
    first = [name for name in reversed(asked.entities) if name in names]
    return (*first, *sorted(names.difference(first)))


def _keep(services: Services, project: Project, downtime: Downtime) -> None:
    data = downtimes.to_document(downtime)
    documents.require_small("downtime", data)
    now = downtime.made
    document = Document(project.code, "downtime", downtime.id, data, now, now, downtime.author)
    manage.finish_later(SettleDowntime(project.code, downtime.id))
    transitions.retrying(services, lambda: documents.put(document))


def remove(services: Services, project: Project, name: str) -> Downtime | None:
    """Ends a downtime, and what is still true of what nobody heard is told then; answers what it was, with all that it
    covered. None if there is none. Raises Busy, StoreFault."""
    found = find(project, name)
    if found is None:
        return None
    manage.finish_later(SettleDowntime(project.code, name))
    if not papers.remove(services, project, "downtime", name):
        return None
    # None is laid from now on, so these are all.
    having = [alert for alert in _alerts(project.code) if _of(alert, name)]
    _agree(services, project.code, name, having, _NOTHING)
    return _with(found, having)


def _with(downtime: Downtime, alerts: Iterable[Check]) -> Downtime:
    """The downtime with the pairs that came to it."""
    names, numbers = set(downtime.entities), set(downtime.alerts)
    for alert in alerts:
        silence = _of(alert, downtime.id)
        if silence:
            names.update(silence.entities)
            numbers.add(_number(alert))
    more = sorted(names.difference(downtime.entities))
    return replace(downtime, entities=(*downtime.entities, *more), alerts=tuple(sorted(numbers)))


def take_out(services: Services, project: Project, pairs: Iterable[str]) -> None:
    """Ends the downtimes of single pairs, by their ids; an unknown one does no harm. Raises Busy, StoreFault."""
    wanted = set(pairs)
    for name, found in _having(project, wanted).items():
        manage.finish_later(SettleDowntime(project.code, name))
        with suppress(Missing):
            papers.change(services, project, "downtime", name, partial(_without, found), "")
            settle(services, project.code, name)


def _having(project: Project, pairs: set[str]) -> dict[str, set[str]]:
    """The downtimes that have some of these pairs, each with those."""
    found: dict[str, set[str]] = {}
    for alert in _alerts(project.code):
        for one in alert.silences:
            ids = {downtimes.pair_id(one.id, _number(alert), name) for name in one.entities} & pairs
            if ids:
                found.setdefault(one.id, set()).update(ids)
    return found


def _without(pairs: set[str], data: papers.Data | None) -> papers.Data:
    if data is None:
        raise Missing("downtime")
    return {**data, "without": sorted(pairs.union(data.get("without", ())))}


def settle(services: Services, project: str, name: str) -> None:
    """Makes the alerts of a project agree with a downtime, and forgets those that have long been over. May be done
    twice. Raises Busy, StoreFault."""
    found = [_read(one) for one in documents.of_project(project, "downtime")]
    downtime = next((one for one in found if one.id == name), None)
    concerned = [one for one in _alerts(project) if _of(one, name) or (downtime and downtime.concerns(_number(one)))]
    with _logged(name):
        _agree(services, project, name, concerned, _scene(project, downtime) if downtime else _NOTHING)
    for one in found:
        if one.is_over(services.clock() - REMEMBERED):
            with suppress(Refused, Missing):
                documents.delete(documents.get(project, "downtime", one.id))


@contextmanager
def following(services: Services, project: str) -> Iterator[None]:
    """Has the open downtimes cover what comes to fit them by a change, made within, of alerts or of what commands are
    run for. A chore is queued before, and where nothing else can be done now it is left to that. Raises StoreFault
    before anything is changed."""
    found = _open(services, project)
    if found:
        manage.finish_later(*(SettleDowntime(project, one.id) for one in found))
    yield
    for one in found:
        try:
            settle(services, project, one.id)
        except (StoreFault, Busy) as fault:
            log.warning("a downtime follows by the chore", downtime=one.id, reason=str(fault))


def cover(services: Services, project: str, entity: Entity) -> None:
    """Has an entity join the open downtimes that it fits: before it is there, so that nobody is told of it in between.
    May be done twice. Raises Busy, StoreFault."""
    fitting = [one for one in _open(services, project) if one.among([entity])]
    if not fitting:
        return
    every, scene = _alerts(project), _Scene([entity], _commands(project))
    for downtime in fitting:
        with _logged(downtime.id):
            concerned = [one for one in every if downtime.concerns(_number(one)) and scene.pairs(one)]
            _agree(services, project, downtime.id, concerned, scene)


def _open(services: Services, project: str) -> list[Downtime]:
    now = services.clock()
    found = (_read(one) for one in documents.of_project(project, "downtime"))
    return [one for one in found if one.is_open and not one.is_over(now)]


@contextmanager
def _logged(name: str) -> Iterator[None]:
    """Goes on where an alert has as many downtimes as it can: who asks now is not who made this one."""
    try:
        yield
    except Conflict as error:
        log.error("a downtime does not cover all that it should", downtime=name, reason=str(error))


def _agree(services: Services, project: str, name: str, alerts: Sequence[Check], scene: _Scene) -> None:
    """Lays on each alert what a downtime says, or takes it off; one that cannot does not keep the others. Raises what
    failed afterwards, Conflict before others."""
    failures: list[Exception] = []

    def attempt(alert: Check) -> None:
        with kept(failures), suppress(Missing):
            transitions.retrying(services, partial(_step, services, project, name, alert.code, scene))

    if alerts:
        with ThreadPoolExecutor(min(WORKERS, len(alerts))) as pool:
            list(pool.map(attempt, alerts))
    conflict = next((one for one in failures if isinstance(one, Conflict)), None)
    if conflict:
        raise conflict
    with raised_together("alerts of a downtime") as found:
        found += failures


def _step(services: Services, project: str, name: str, code: str, scene: _Scene) -> None:
    """One attempt at one alert. Raises Missing, Conflict, Refused or Contended when something has changed since."""
    document, alert, now = _document(project, name), checks.get(project, code), services.clock()
    laid = _of(alert, name)
    wanted = _wanted(_read(document), alert, scene, now) if document else None
    if laid == wanted:
        return
    event = status.Silenced(now, wanted) if wanted else status.Unsilenced(now, lambda one: one.id == name)
    also = partial(documents.require_unchanged, document=document) if document else None
    change = transitions.keep(alert, event, also)
    if change:
        transitions.tell([change])


def _wanted(downtime: Downtime, alert: Check, scene: _Scene, now: datetime) -> Silence | None:
    """The silence that a downtime lays on an alert: what it covers already stays covered."""
    laid, number = _of(alert, downtime.id), _number(alert)
    if downtime.is_over(now):
        return laid
    pairs = scene.pairs(alert) if downtime.concerns(number) else []
    return downtime.silence(number, [*pairs, *(laid.entities if laid else ())])


def events(services: Services, alert: Check, start: datetime) -> list[Event]:
    """What happened to the downtimes of an alert since then, oldest first."""
    now = services.clock()
    return downtimes.events(silences.since(alert, start, now), start, now + TICK)


def standing(project: Project, now: datetime) -> list[tuple[Check, Silence]]:
    """Every downtime that is not over, with each alert that has it."""
    found = ((alert, one) for alert in _alerts(project.code) for one in alert.silences if one.kind == downtimes.KIND)
    return [(alert, one) for alert, one in found if one.end is None or one.end > now]


def _alerts(project: str) -> list[Check]:
    return [one for one in checks.of_project(project) if one.kind == evaluation.name]


def _number(alert: Check) -> int:
    return condition_of(alert).number


def _of(alert: Check, name: str) -> Silence | None:
    return next((one for one in alert.silences if one.id == name), None)


def _scene(project: str, downtime: Downtime) -> _Scene:
    if downtime.is_open:
        known = (THE_GLOBAL, *(one.data for one in documents.of_project(project, "entity")))
        return _Scene(downtime.among(known), _commands(project))
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(partial(_entity, project), downtime.entities)
        return _Scene([one for one in found if one], _commands(project))


def _entity(project: str, name: str) -> Entity | None:
    if name == GLOBAL:
        return THE_GLOBAL
    with suppress(Missing):
        return documents.get(project, "entity", name).data
    return None


def _commands(project: str) -> Commands:
    return {
        one.number: entities.read(one.data["entities"], "entities") for one in documents.of_project(project, "command")
    }


def _document(project: str, name: str) -> Document | None:
    with suppress(Missing):
        return documents.get(project, "downtime", name)
    return None


def _read(document: Document) -> Downtime:
    return downtimes.from_document(document.name, document.created, document.data)
