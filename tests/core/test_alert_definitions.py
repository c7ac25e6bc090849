"""What an alert definition inherits, and which alerts a command has."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core import alert_definitions, inventory
from chalicelib.core.check import Check
from chalicelib.core.entities import THE_GLOBAL
from chalicelib.core.kinds import evaluation
from chalicelib.core.specs import ConditionSpec, condition_of
from tests.conftest import NOW


def written(**fields: Any) -> dict[str, Any]:
    names = (*alert_definitions.INHERITED, "parameters", "parent_id")
    own = {"team": "A", "responsible_team": "B", "status": "ACTIVE", "template": False}
    return dict.fromkeys(names) | own | fields


BASE = written(
    team="Base",
    template=True,
    name="Load of {entities}",
    description="Too much",
    entities=[{"type": "host"}],
    entities_exclude=[],
    condition="> limit",
    notifications=["send_mail('a@example.org')"],
    check_definition_id=7,
    priority=1,
    period="hr {9-17}",
    tags=["x"],
    parameters={"limit": {"value": 5}, "low": {"value": 1}},
)


def test_what_a_definition_does_not_say_it_has_of_its_parent() -> None:
    found = alert_definitions.merged([written(name="Mine"), BASE])
    assert (found["name"], found["condition"], found["check_definition_id"]) == ("Mine", "> limit", 7)
    assert (found["team"], found["template"], found["status"]) == ("A", False, "ACTIVE")


@pytest.mark.parametrize("field", ["entities", "notifications", "tags"])
def test_an_empty_list_is_said_and_null_is_not(field: str) -> None:
    assert alert_definitions.merged([written(**{field: []}), BASE])[field] == []
    assert alert_definitions.merged([written(**{field: None}), BASE])[field] == BASE[field]


def test_parameters_are_inherited_one_by_one() -> None:
    child = written(parameters={"limit": {"value": 9}, "high": {"value": 20}})
    found = alert_definitions.parameters_of(alert_definitions.merged([child, BASE]))
    assert found == {"limit": {"value": 9}, "low": {"value": 1}, "high": {"value": 20}}
    assert alert_definitions.merged([written()])["parameters"] is None


def test_the_spec_of_a_definition_is_kept_as_json() -> None:
    spec = alert_definitions.spec_of(12, alert_definitions.merged([written(), BASE]))
    assert spec == ConditionSpec(
        12,
        7,
        "> limit",
        ({"type": "host"},),
        (),
        {"limit": {"value": 5}, "low": {"value": 1}},
        "hr {9-17}",
        1,
        "A",
        "B",
    )
    assert ConditionSpec.of(spec.document()) == spec


def test_another_check_has_no_condition() -> None:
    with pytest.raises(TypeError, match="is no alert definition"):
        condition_of(Check("p", "c", NOW))
    assert condition_of(Check("p", "c", NOW, evaluation.name, spec=ConditionSpec(1, 1, "x"))).condition == "x"


def test_a_command_has_its_alerts_that_are_no_templates_active_or_not() -> None:
    nodes = {
        1: BASE,
        2: written(parent_id=1),
        3: written(parent_id=2, check_definition_id=8),
        4: written(parent_id=1, status="INACTIVE"),
        5: written(),
    }
    codes = {number: f"code {number}" for number in (2, 3, 4, 5)}
    assert inventory.by_command(nodes, codes) == {7: ("code 2", "code 4"), 8: ("code 3",)}


def test_a_circle_of_parents_is_cut() -> None:
    nodes = {1: written(parent_id=2), 2: written(parent_id=1, name="two")}
    assert inventory.chain(nodes, 1) == [nodes[1], nodes[2]]
    assert alert_definitions.merged(inventory.chain(nodes, 1))["name"] == "two"


def test_there_is_always_the_global_entity() -> None:
    web = {"id": "web", "type": "host"}
    assert inventory.entities_of([web]) == (THE_GLOBAL, web)
