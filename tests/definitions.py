"""Definitions for tests, as the API hands them to the use cases: every field is there."""

from __future__ import annotations

from typing import Any

COMMAND: dict[str, Any] = {
    "name": "Load",
    "description": "How much there is to do",
    "technical_details": None,
    "potential_analysis": None,
    "potential_impact": None,
    "potential_solution": None,
    "owning_team": "Platform",
    "entities": [{"type": "host"}],
    "interval": 60,
    "command": "entity['load'] / 1",
    "status": "ACTIVE",
    "source_url": None,
    "runtime": None,
    "criticality": None,
}

ALERT: dict[str, Any] = {
    "name": "Load too high",
    "description": "There is more to do than can be done",
    "team": "Platform",
    "responsible_team": "Platform",
    "entities": [],
    "entities_exclude": [],
    "condition": "> 5",
    "notifications": [],
    "check_definition_id": 1,
    "status": "ACTIVE",
    "priority": 2,
    "period": "",
    "template": False,
    "parent_id": None,
    "parameters": None,
    "tags": [],
}
# Says nothing of what may be inherited.
CHILD: dict[str, Any] = {
    **dict.fromkeys(ALERT),
    "team": "A",
    "responsible_team": "A",
    "status": "ACTIVE",
    "template": False,
}


def command(**fields: Any) -> dict[str, Any]:
    return {**COMMAND, **fields}


def alert(**fields: Any) -> dict[str, Any]:
    return {**ALERT, **fields}


def child(parent: int, **fields: Any) -> dict[str, Any]:
    return {**CHILD, "parent_id": parent, **fields}
