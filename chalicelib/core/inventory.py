"""What a project has to run commands: its entities, its commands, and the alerts on what they find. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core import alert_definitions
from chalicelib.core.commands import Command
from chalicelib.core.entities import THE_GLOBAL, Entity


@dataclass(frozen=True, slots=True)
class Inventory:
    """As it was at an `edition`: the entities, the commands by their numbers, and for each of these the codes of the
    checks as which its alerts are evaluated."""

    edition: int
    entities: tuple[Entity, ...] = (THE_GLOBAL,)
    commands: Mapping[int, Command] = field(default_factory=dict)
    alerts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def chain(written: Mapping[int, Mapping[str, Any]], number: int) -> list[Mapping[str, Any]]:
    """A definition, its parent, the parent of that, and so on; a circle is cut where it closes."""
    found: dict[int, Mapping[str, Any]] = {}
    at: int | None = number
    while at is not None and at in written and at not in found:
        found[at] = written[at]
        at = written[at].get("parent_id")
    return list(found.values())


def by_command(written: Mapping[int, Mapping[str, Any]], codes: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """The codes of the alerts that are evaluated, by the number of their command; `codes` are those of the definitions
    that are no templates."""
    found: dict[int, list[str]] = {}
    for number, code in codes.items():
        definition = alert_definitions.merged(chain(written, number))
        command = definition["check_definition_id"]
        if command is not None and alert_definitions.is_evaluated(definition):
            found.setdefault(command, []).append(code)
    return {command: tuple(several) for command, several in found.items()}


def entities_of(documents: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities of a project, with the one that there always is."""
    return (THE_GLOBAL, *documents)
