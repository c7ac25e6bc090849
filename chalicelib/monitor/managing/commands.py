"""Managing commands (ZMON's check definitions): what is measured, how often, of which entities.

A command and its place on the wheel are kept in one transaction. What it means for the alerts on it shows when it is
run: that is asked for before something changes and after it, so that neither a death nor a fault of the queue leaves an
alert with entities that its command does not take any more.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from chalicelib import log
from chalicelib.core import alert_definitions, inventory
from chalicelib.core.check import Project
from chalicelib.core.commands import Command, command_of, member_code
from chalicelib.core.errors import Conflict, Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import commands as looking
from chalicelib.monitor.managing import checks, downtimes, papers, validity
from chalicelib.monitor.services import Services
from chalicelib.store import documents, numbers, wheel
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault

NOUN: documents.Noun = "command"


def of_project(project: Project) -> list[Document]:
    """By number."""
    return documents.of_project(project.code, NOUN)


def snapshot(project: Project) -> tuple[int, list[Document]]:
    """All definitions, and an edition of the inventory that they have at least."""
    return documents.edition(project.code), of_project(project)


def find(project: Project, number: int) -> Document:
    """Raises Missing."""
    return documents.get(project.code, NOUN, number)


def put(services: Services, project: Project, data: dict[str, Any], author: str, number: int | None = None) -> Document:
    """Keeps a definition in the place of that of its number; without one in the place of that which came from the same
    source, else of that of its name in its team; else as a new one. The same again changes nothing. Raises Invalid,
    Missing for a number that none has, Busy."""
    validity.require_command(data)
    documents.require_small("check definition", data)
    new_number = cache(partial(numbers.take, project.code, NOUN))

    def attempt() -> tuple[Document | None, Document]:
        edition, now = documents.edition(project.code), services.clock()
        before = _meant(project, data, number)
        if before is None:
            after = Document(project.code, NOUN, str(new_number()), data, now, now, author)
        elif papers.same(before.data, data):
            return before, before
        else:
            after = before.changed(data, now, author)
            _run_later(services, before, after)
        _keep(after, before, edition)
        return before, after

    with downtimes.following(services, project.code):
        before, after = transitions.retrying(services, attempt)
    _begin(services, before, after)
    return after


def _meant(project: Project, data: dict[str, Any], number: int | None) -> Document | None:
    if number is not None:
        return find(project, number)
    known = of_project(project)
    same_source = [one for one in known if data["source_url"] and one.data["source_url"] == data["source_url"]]
    return next(iter(same_source or [one for one in known if _called(one.data) == _called(data)]), None)


def _called(data: dict[str, Any]) -> tuple[str, str]:
    return data["name"].lower(), data["owning_team"].lower()


def _command(document: Document) -> Command:
    return command_of(document.project, document.number, document.data)


def _keep(after: Document, before: Document | None, edition: int) -> None:
    """Raises Refused when anything has changed since the inventory was of this edition: whoever has looked whether
    there is a definition of this name must not be one of two who found none."""
    member = _command(after).member
    wheel.register(member)
    seating = wheel.seating(after.project, member_code(after.number), member)
    documents.put(after, before, seating, edition=edition)


def _run_later(services: Services, before: Document, after: Document) -> None:
    """Has a command that is about to change run when the request that changes it has ended, whatever became of it."""
    if _runs_otherwise(before, after):
        looking.run_now(services, after.project, member_code(after.number), delay=checks.OVER)


def _begin(services: Services, before: Document | None, after: Document) -> None:
    """Has the first runs of a command asked for, and one at once where it has become another."""
    command = _command(after)
    if before is None or _command(before).member != command.member:
        tick.join(services, after.project, command.member)
    if before is not None and _runs_otherwise(before, after):
        try:
            looking.run_now(services, after.project, member_code(after.number))
        except StoreFault as fault:
            log.warning("a changed command is run a minute later", number=after.number, reason=str(fault))


def _runs_otherwise(before: Document, after: Document) -> bool:
    return any(before.data[name] != after.data[name] for name in ("command", "entities", "status"))


def delete(services: Services, project: Project, number: int) -> Document:
    """Removes a definition that no alert refers to; answers it as it was. Raises Missing, Conflict, Busy."""

    def attempt() -> Document:
        edition, found = documents.edition(project.code), find(project, number)
        _require_unused(project, number)
        documents.delete(found, wheel.seating(project.code, member_code(number), None), edition=edition)
        return found

    return transitions.retrying(services, attempt)


def _require_unused(project: Project, number: int) -> None:
    written = {one.number: one.data for one in documents.of_project(project.code, "alert")}
    using = [
        one
        for one in written
        if alert_definitions.merged(inventory.chain(written, one))["check_definition_id"] == number
    ]
    if using:
        raise Conflict(f"check definition {number} is used by the alert definitions {', '.join(map(str, using[:20]))}")


def is_active(project: str, number: int) -> bool:
    """Whether there is a command of this number, and it runs."""
    try:
        return _command(documents.get(project, NOUN, number)).runs
    except Missing:
        return False
