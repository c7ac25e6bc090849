"""The template of a place: in another region, the functions that probe alone, from the same package.

Cut out of the stage's own template, so that nothing stands twice: each function with its role, its queue with the one
for what fails, its logs and their alarms. What the role may do at home names the tables and queues there by the
parameter HomeRegion.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from chalicelib import functions, store
from chalicelib.settings import Settings
from infra.alarms import CONDITIONS, TOPIC
from infra.resources import name_of

# Each function with what its queue is called.
FUNCTIONS = {"RunProbes": "Probes", "RunStragglers": "Stragglers"}
OWN = (
    *(name + part for name in FUNCTIONS for part in ("", "Role", "Logs", "ErrorsAlarm")),
    *(name + part for name in FUNCTIONS.values() for part in ("Queue", "FailedQueue", "FailedAlarm")),
    *(TOPIC, "AlarmReader"),
)
_EVENT_SOURCES = tuple(f"{name}Queue" for name in FUNCTIONS)
# Parameters that a place cannot do without: the template of the stage has them empty.
NEEDED = ("Location", "Locations", "HomeRegion")


def cut(template: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The template of a place of this stage, out of the stage's."""
    whole = deepcopy(template)
    found = whole["Resources"]
    event_source = {name: one for name, one in found.items() if name.startswith(_EVENT_SOURCES)}
    resources = {name: found[name] for name in OWN if name in found} | event_source
    arns = {f"{name_of(noun)}Table": _table(settings, noun) for noun in store.TABLES}
    arns |= {f"{name_of(noun)}Queue": _queue(settings, noun) for noun in functions.fed()}
    elsewhere = {name: arn for name, arn in arns.items() if name not in resources}
    parameters = whole["Parameters"]
    for name in NEEDED:
        parameters[name] = {key: value for key, value in parameters[name].items() if key != "Default"}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": whole["Transform"],
        "Description": f"Tocsin, a place that probes for the stage {settings.stage}",
        "Parameters": parameters,
        "Conditions": CONDITIONS,
        "Globals": {"Function": whole["Globals"]["Function"]},
        "Resources": _at_home(resources, elsewhere),
    }


def _table(settings: Settings, noun: str) -> dict[str, str]:
    name = settings.resource(noun)
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:dynamodb:${{HomeRegion}}:${{AWS::AccountId}}:table/{name}"}


def _queue(settings: Settings, noun: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:sqs:${{HomeRegion}}:${{AWS::AccountId}}:{settings.resource(noun)}"}


def _at_home(value: Any, elsewhere: dict[str, dict[str, str]]) -> Any:
    """`value` with every reference to what only the home region has replaced by its name there."""
    if isinstance(value, list):
        return [_at_home(one, elsewhere) for one in value]
    if not isinstance(value, dict):
        return value
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, list) and attribute[1:] == ["Arn"] and attribute[0] in elsewhere:
        return elsewhere[attribute[0]]
    return {key: _at_home(one, elsewhere) for key, one in value.items()}
