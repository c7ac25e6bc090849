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
    """As it was at an `edition`: the entities in the order of their ids, the commands by their numbers, and for each of
    these the codes of the checks as which its alerts are evaluated, or would be if they were active. `codes` are the
    same by the numbers of the alerts, `unreadable` the commands that this version cannot read."""

    edition: int
    entities: tuple[Entity, ...] = (THE_GLOBAL,)
    commands: Mapping[int, Command] = field(default_factory=dict)
    alerts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)
    unreadable: frozenset[int] = frozenset()


def chain(written: Mapping[int, Mapping[str, Any]], number: int) -> list[Mapping[str, Any]]:
    """A definition, its parent, the parent of that, and so on; a circle is cut where it closes."""
    found: dict[int, Mapping[str, Any]] = {}
    at: int | None = number
    while at is not None and at in written and at not in found:
        found[at] = written[at]
        at = written[at].get("parent_id")
    return list(found.values())


def descendants(written: Mapping[int, Mapping[str, Any]], number: int) -> list[int]:
    """The numbers of the definitions that inherit from one, near ones before far ones."""
    children: dict[int, list[int]] = {}
    for one, data in written.items():
        if data.get("parent_id") is not None:
            children.setdefault(data["parent_id"], []).append(one)
    found = list(children.get(number, ()))
    for one in found:
        found += [child for child in children.get(one, ()) if child not in found and child != number]
    return found


def by_command(written: Mapping[int, Mapping[str, Any]], codes: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """The codes of the alerts by the number of their command; `codes` are those of the definitions that are no
    templates. Whether one is active is for its check to say."""
    found: dict[int, list[str]] = {}
    for number, code in codes.items():
        command = alert_definitions.merged(chain(written, number))["check_definition_id"]
        if command is not None:
            found.setdefault(command, []).append(code)
    return {command: tuple(several) for command, several in found.items()}


def entities_of(documents: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities of a project in the order of their ids, with the one that there always is before them."""
    return (THE_GLOBAL, *documents)
