"""Alert definitions as they are written: with a parent whose fields they inherit (ZMON, Creating a new Alert
Definition). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core import entities
from chalicelib.core.commands import ACTIVE
from chalicelib.core.entities import Filters, Selection
from chalicelib.core.specs import ConditionSpec

Written = Mapping[str, Any]

# The fields that a child has of its parent where it does not say them itself. Of the parameters, each by itself.
INHERITED = (
    *("name", "description", "entities", "entities_exclude", "condition", "notifications"),
    *("check_definition_id", "priority", "period", "tags"),
)
PARAMETERS = "parameters"
# What a definition that is evaluated needs, its own or inherited.
NEEDED = ("check_definition_id", "name", "description", "entities", "entities_exclude", "condition", "priority")


def merged(chain: Sequence[Written]) -> dict[str, Any]:
    """A definition with all that it inherits; `chain` is itself, its parent, its parent's parent, and so on."""
    found = dict(chain[0])
    for name in INHERITED:
        found[name] = next((one[name] for one in chain if one.get(name) is not None), None)
    given = [one[PARAMETERS] for one in reversed(chain) if one.get(PARAMETERS) is not None]
    found[PARAMETERS] = {name: value for one in given for name, value in one.items()} if given else None
    return found


def is_evaluated(definition: Written) -> bool:
    return definition["status"] == ACTIVE and not definition["template"]


def parameters_of(definition: Written) -> dict[str, Any]:
    """Its parameters by their names, each with its value, and with its type where it has one."""
    given = (definition[PARAMETERS] or {}).items()
    return {name: {key: one[key] for key in ("value", "type") if one.get(key) is not None} for name, one in given}


def selection_of(spec: ConditionSpec, of_command: Filters) -> Selection:
    """The entities that an alert judges, where its command is run for those of these filters."""
    filters, exclude = entities.read(list(spec.filters), "entities"), entities.read(list(spec.exclude), "exclude")
    return Selection(of_command, filters, exclude)


def spec_of(number: int, definition: Written) -> ConditionSpec:
    """What a merged definition judges. Raises KeyError, TypeError for one that lacks what it needs."""
    return ConditionSpec(
        number=number,
        command=definition["check_definition_id"],
        condition=definition["condition"],
        filters=tuple(definition["entities"]),
        exclude=tuple(definition["entities_exclude"]),
        parameters=parameters_of(definition),
        period=definition["period"] or "",
        priority=definition["priority"],
        team=definition["team"],
        responsible_team=definition["responsible_team"],
    )
