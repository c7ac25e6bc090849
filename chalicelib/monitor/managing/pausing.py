"""Pausing a check of any kind. It is one status, which every dialect shows in its own words.

A check that is resumed has no status until it is judged. A heartbeat that is paused wakes by its next ping, whoever has
paused it, unless its owner has to resume it; an alert definition is paused as its document says, so that is changed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from chalicelib import log
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Conflict, Invalid, Missing
from chalicelib.core.kinds import evaluation, probe
from chalicelib.core.specs import condition_of
from chalicelib.monitor.managing import alerts, checks, probes
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored

WORKERS = 16


def switch(services: Services, project: Project, check: Check, author: str, *, paused: bool) -> bool:
    """Pauses a check, or resumes it; whether it was not so before. Raises Missing, Busy, StoreFault, and Invalid for an
    alert definition that is to run and cannot be judged as it is."""
    if check.kind == evaluation.name:
        return _switch_definition(services, project, check, author, paused=paused)
    if (check.status == "paused") == paused:
        return False
    if paused:
        checks.pause(services, check)
        return True
    try:
        (probes.resume if check.kind == probe.name else checks.resume)(services, check)
    except Conflict:
        return False
    return True


def _switch_definition(services: Services, project: Project, check: Check, author: str, *, paused: bool) -> bool:
    """As `switch`. A check may not have followed its definition yet, which says how it will be."""
    number, is_paused = condition_of(check).number, check.status == "paused"
    if is_paused == paused and alerts.is_active(project, number) != paused:
        return False
    alerts.switch(services, project, number, author, active=not paused)
    return True


def switch_all(services: Services, project: Project, author: str, *, paused: bool) -> int:
    """Pauses every check of a project, or resumes it; how many were not so before. One that is deleted meanwhile, or
    cannot be judged as it is, keeps nobody else. Raises Busy, StoreFault."""

    def attempt(check: Check) -> bool:
        try:
            return switch(services, project, check, author, paused=paused)
        except (Missing, Invalid) as error:
            log.warning("one of all checks stays as it is", code=check.code, reason=str(error))
            return False

    found = stored.of_project(project.code)
    alone = [check for check in found if check.kind != evaluation.name]
    with ThreadPoolExecutor(WORKERS) as pool:
        turned = sum(pool.map(attempt, alone))
    # Each change of a definition is one of the whole inventory: one after another they are in nobody's way.
    return turned + sum(attempt(check) for check in found if check.kind == evaluation.name)
