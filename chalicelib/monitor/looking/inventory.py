"""The inventory of a project, remembered as long as nothing in it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import log
from chalicelib.core import inventory
from chalicelib.core.commands import Command, command_of
from chalicelib.core.inventory import Inventory
from chalicelib.monitor.services import Services
from chalicelib.store import documents
from chalicelib.store.documents import Document


class Unreadable(Exception):
    """A command cannot be read: nothing is known of its entities."""


def of_project(services: Services, project: str) -> Inventory:
    """What a project has at this moment. Costs one strong read where nothing has changed since the last time."""
    edition = documents.edition(project)
    known = services.memory.inventories.get(project)
    if known is None or known.edition != edition:
        # Whatever changes while it is read has another edition, and is read the next time.
        known = _read(project, edition)
        services.memory.inventories.put(project, known)
    return known


def _read(project: str, edition: int) -> Inventory:
    written = {one.number: one for one in documents.of_project(project, "alert")}
    data = {number: one.data for number, one in written.items()}
    commands: dict[int, Command] = {}
    unreadable: set[int] = set()
    for one in documents.of_project(project, "command"):
        with _told(unreadable, one):
            commands[one.number] = command_of(project, one.number, one.data)
    alerts: dict[int, list[str]] = {}
    for one in written.values():
        with _told(set(), one):
            for number, codes in inventory.by_command(data, {one.number: one.code} if one.code else {}).items():
                alerts.setdefault(number, []).extend(codes)
    known = inventory.entities_of(one.data for one in documents.of_project(project, "entity"))
    return Inventory(
        edition,
        known,
        commands,
        {number: tuple(codes) for number, codes in alerts.items()},
        {number: one.code for number, one in written.items() if one.code},
        frozenset(unreadable),
    )


@contextmanager
def _told(unreadable: set[int], document: Document) -> Iterator[None]:
    """A definition of another version, or of none, keeps no other from being used. The installation's owner is told."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        unreadable.add(document.number)
        log.fault("a definition cannot be read", noun=document.noun, number=document.number)
