"""Every check of a project as an alert, with what makes it fire: one reading for all of them, and two more at most for
what stands beside those that are down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core import kinds
from chalicelib.core.check import Check, Project, entity_of
from chalicelib.core.errors import Missing
from chalicelib.core.kinds import evaluation, panel, probe, rule
from chalicelib.core.states import State, state_of
from chalicelib.languages.graphite.tags import tags_of
from chalicelib.store import checks, directory, satellites

FIRING = ("alerting", "no_data")
# What has series that breach.
OF_SERIES = (rule.name, panel.name)


@dataclass(frozen=True, slots=True)
class Match:
    """What makes an alert fire: a series with its first value out of bounds, an entity with the value that it turned
    on, what a probe looks at. `value` is None where there is no number."""

    metric: str
    value: float | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A check as an alert. `error` says why what it watches cannot be looked at or judged, empty if it can."""

    check: Check
    state: State
    matches: tuple[Match, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        return kinds.label(self.check)


def of_project(
    project: Project, fits: Callable[[Alert], bool], now: datetime, *, limit: int | None = None
) -> list[Alert]:
    """The alerts that fit, by name; at most so many. `fits` is asked before matches and errors are known."""
    every = (Alert(check, state_of(check, now)) for check in checks.of_project(project.code))
    found = sorted((one for one in every if fits(one)), key=_place)
    return _whole(project, found[:limit])


def _place(alert: Alert) -> tuple[str, int, str]:
    return alert.name, alert.check.number, alert.check.code


def find(project: Project, number: int, now: datetime) -> Alert:
    """The alert of this number. Raises Missing."""
    check = check_of(project, number)
    return _whole(project, [Alert(check, state_of(check, now))])[0]


def check_of(project: Project, number: int) -> Check:
    """The check of this number. Raises Missing."""
    code = directory.by_number(project.code, number)
    if code is None:
        raise Missing("alert")
    return checks.get(project.code, code)


def _whole(project: Project, alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts with what makes them fire."""
    firing = [one.check for one in alerts if one.state in FIRING or _tells_more(one)]
    series = satellites.of_rules(check for check in firing if check.kind in OF_SERIES)
    entities = _entities(project, [check for check in firing if check.kind == evaluation.name])

    def matches(check: Check) -> Iterable[Match]:
        if check.kind in OF_SERIES:
            breaching = sorted(series.get((check.project, check.code), {}).items())
            return [Match(name, one.value, tags_in(name)) for name, one in breaching]
        if check.kind == evaluation.name:
            down = entities.get(check.code, [])
            return [Match(_entity(one), one.value, (("entity", _entity(one)),)) for one in down]
        target = kinds.of(check).target(check)
        return [Match(target)] if target else []

    def errors(check: Check) -> str:
        if check.kind == probe.name:
            return check.last_result
        return check.error or next((one.error for one in entities.get(check.code, []) if one.error), "")

    codes = {check.code for check in firing}
    return [
        Alert(one.check, one.state, tuple(matches(one.check)), errors(one.check)) if one.check.code in codes else one
        for one in alerts
    ]


def _tells_more(alert: Alert) -> bool:
    """Whether there is something to be said of an alert that does not fire: what has still to last is seen already, and
    an error may leave a state as it was."""
    return alert.check.kind == panel.name and (alert.state == "pending" or bool(alert.check.error))


def _entities(project: Project, down: list[Check]) -> dict[str, list[Check]]:
    """The instances that are down of some alerts, by the code of their alert."""
    found: dict[str, list[Check]] = {check.code: [] for check in down}
    for instance in checks.every_instance(project.code) if down else ():
        if instance.status == "down" and instance.parent in found:
            found[instance.parent].append(instance)
    return found


def _entity(instance: Check) -> str:
    return entity_of(instance.code)


def tags_in(series: str) -> tuple[tuple[str, str], ...]:
    """The tags of a series that has any."""
    return tuple(tags_of(series).items()) if ";" in series else ()
