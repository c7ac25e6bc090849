"""The inventory of a project, remembered as long as nothing in it changes."""

from __future__ import annotations

from chalicelib.core import inventory
from chalicelib.core.commands import command_of
from chalicelib.core.inventory import Inventory
from chalicelib.monitor.services import Services
from chalicelib.store import documents


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
    codes = {number: one.code for number, one in written.items() if one.code}
    return Inventory(
        edition,
        inventory.entities_of(one.data for one in documents.of_project(project, "entity")),
        {one.number: command_of(project, one.number, one.data) for one in documents.of_project(project, "command")},
        inventory.by_command({number: one.data for number, one in written.items()}, codes),
    )
