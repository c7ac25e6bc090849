"""Whether definitions of commands and alerts can be run, asked when they are saved: what would fail each time that it
is run is refused, with the line and column where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import commands
from chalicelib.core import alert_definitions, entities
from chalicelib.core.errors import Invalid
from chalicelib.languages import conditions, timeperiod
from chalicelib.languages.conditions import ConditionError, Program
from chalicelib.monitor.looking.evaluating import OUTSIDE
from chalicelib.monitor.managing import notifying

Data = Mapping[str, Any]

# What a command knows by name beside the language and what `commands` has; a condition besides its parameters.
_OF_COMMANDS = frozenset({"entity", *commands.NAMES, *commands.UNSERVED})
_OF_CONDITIONS = frozenset({"value", "entity", "params", *OUTSIDE})
_PARAMETER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
TYPES = ("int", "float", "str", "bool", "datetime", "date")
# Seconds: a day of thirty-one.
INTERVAL_MAX = 31 * 86_400


def require_command(data: Data) -> None:
    """Raises Invalid for a check definition that cannot be run."""
    entities.read(data["entities"], "entities", typed=True)
    if not 1 <= data["interval"] <= INTERVAL_MAX:
        raise Invalid("interval", f"must be from 1 to {INTERVAL_MAX} seconds: minimum interval value is 1")
    program = _compiled("command", data["command"])
    commands.refuse(program.reads)
    _refuse_unknown("command", program, _OF_COMMANDS)


def require_alert(data: Data) -> None:
    """Raises Invalid for what an alert definition says itself and cannot be meant."""
    for field in ("entities", "entities_exclude"):
        entities.read(data[field], field)
    if data["condition"] is not None:
        _compiled("condition", data["condition"])
    timeperiod.parse(data["period"] or "")
    _require_parameters(alert_definitions.parameters_of(data))
    notifying.read_all(data["notifications"] or ())


def require_merged(merged: Data) -> None:
    """Raises Invalid for a definition that lacks something with all that it inherits. A template may lack all but the
    command."""
    needed = alert_definitions.NEEDED
    for field in needed[:1] if merged["template"] else needed:
        if merged[field] is None or (field == "name" and not merged[field]):
            raise Invalid(field, "is mandatory")
    if not merged["template"]:
        parameters = alert_definitions.parameters_of(merged)
        _refuse_unknown("condition", _compiled("condition", merged["condition"]), _OF_CONDITIONS | parameters.keys())


def _compiled(field: str, text: str) -> Program:
    try:
        return conditions.command(text) if field == "command" else conditions.condition(text)
    except ConditionError as error:
        raise Invalid(field, f"cannot be read: {error}") from None


def _refuse_unknown(field: str, program: Program, names: Iterable[str]) -> None:
    for name, (line, column) in program.unknown(frozenset(names)).items():
        raise Invalid(field, f"speaks of {name[:80]}, which nothing is called here (line {line}, column {column})")


def _require_parameters(parameters: Mapping[str, Data]) -> None:
    for name, one in parameters.items():
        if not _PARAMETER.fullmatch(name):
            raise Invalid("parameters", f"holds {name[:80]!a}: Malformed alert parameter key")
        if one.get("value") is None:
            raise Invalid("parameters", f"holds {name[:80]} without a value")
        _require_type(name, one)
    for name in conditions.clashes(list(parameters), dict.fromkeys(("params", *OUTSIDE))):
        raise Invalid("parameters", f"holds {name[:80]}, which is the name of something else")


def _require_type(name: str, parameter: Data) -> None:
    if parameter.get("type", "str") not in TYPES:
        raise Invalid("parameters", f"holds {name[:80]}, whose type is none of {', '.join(TYPES)}")
    try:
        conditions.cast(name, parameter)
    except ConditionError as error:
        raise Invalid("parameters", f"are wrong: {error.message}") from None
