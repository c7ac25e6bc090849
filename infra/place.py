"""The template of a place: in another region, the functions that probe alone, from the same package.

Cut out of the stage's own template, so that nothing stands twice: each function with its role, its queue with the one
for what fails, its logs and their alarms. What the role may do at home names the tables and queues there by the
parameter HomeRegion. It has the parameters that its resources refer to (`infra.placing` says their values).
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from chalicelib import functions, store
from chalicelib.settings import Settings
from infra import parameters as stage_parameters
from infra.alarms import TOPIC
from infra.resources import name_of

# Each function with what its queue is called.
FUNCTIONS = {"RunProbes": "Probes", "RunStragglers": "Stragglers"}
OWN = (
    *(name + part for name in FUNCTIONS for part in ("", "Role", "Logs", "ErrorsAlarm")),
    *(name + part for name in FUNCTIONS.values() for part in ("Queue", "FailedQueue", "FailedAlarm")),
    *(TOPIC, "AlarmReader", "ProbesLateAlarm", "FaultsAlarm"),
)
_EVENT_SOURCES = tuple(f"{name}Queue" for name in FUNCTIONS)
# Parameters that a place cannot do without: the template of the stage has them empty, or none.
NEEDED = ("Location", "Locations", "HomeRegion")


def parameters() -> dict[str, Any]:
    """The parameters of the stage, of which a place has those that its resources refer to, and where home is."""
    known = stage_parameters.parameters() | stage_parameters.home_region()
    for name in NEEDED:
        known[name] = {key: value for key, value in known[name].items() if key != "Default"} | {"MinLength": 1}
    return known


def cut(template: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The template of a place of this stage, out of the stage's."""
    whole = deepcopy(template)
    found = whole["Resources"]
    event_source = {name: one for name, one in found.items() if name.startswith(_EVENT_SOURCES)}
    resources = {name: found[name] for name in OWN if name in found} | event_source
    arns = {f"{name_of(noun)}Table": _table(settings, noun) for noun in store.TABLES}
    arns |= {f"{name_of(noun)}Queue": _queue(settings, noun) for noun in functions.fed()}
    elsewhere = {name: arn for name, arn in arns.items() if name not in resources}
    function = deepcopy(whole["Globals"]["Function"])
    function["Environment"]["Variables"]["TOCSIN_HOME_REGION"] = {"Ref": "HomeRegion"}
    body = {"Globals": {"Function": function}, "Resources": _at_home(resources, elsewhere)}
    conditions = {name: one for name, one in whole["Conditions"].items() if name in _named(body)}
    used = _named([body, conditions])
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": whole["Transform"],
        "Description": f"Tocsin, a place that probes for the stage {settings.stage}",
        "Parameters": {name: one for name, one in parameters().items() if name in used},
        "Conditions": conditions,
        **body,
    }


def _named(value: Any) -> set[str]:
    """Every word of a part of a template that may name a parameter or a condition."""
    return set(re.findall(r"\w+", json.dumps(value)))


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
