"""Dashboards of Grafana for tests: panels whose alerts read Graphite, and one as Grafana 7.5 exports it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chalicelib.core.boards import PanelAlert, Wanted
from chalicelib.core.specs import PanelCondition, PanelSpec

Panel = dict[str, Any]
EXPORTED = Path(__file__).parent / "vectors" / "grafana_dashboard.json"


def exported() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXPORTED.read_text())
    return found


def condition(
    reducer: str = "avg", evaluator: str = "gt", *bounds: float, query: str = "A", start: str = "5m", **more: Any
) -> dict[str, Any]:
    """As Grafana's form writes it; `end` and `operator` are now and and."""
    end, operator = more.pop("end", "now"), more.pop("operator", "and")
    return {
        "evaluator": {"params": list(bounds or (5,)), "type": evaluator},
        "operator": {"type": operator},
        "query": {"params": [query, start, end]},
        "reducer": {"params": [], "type": reducer},
        "type": "query",
        **more,
    }


def alert(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "alertRuleTags": {},
        "conditions": list(conditions) or [condition()],
        "executionErrorState": "alerting",
        "for": "0m",
        "frequency": "1m",
        "handler": 1,
        "name": "Load",
        "noDataState": "no_data",
        "notifications": [],
        **more,
    }


def panel(number: int = 1, target: str = "load", **more: Any) -> Panel:
    """A panel of the query A; what is no field of a panel is one of its alert."""
    names = ("targets", "datasource", "alert", "panels", "collapsed")
    fields: dict[str, Any] = {name: more.pop(name) for name in names if name in more}
    return {
        "id": number,
        "type": "graph",
        "title": f"Panel {number}",
        "datasource": None,
        "targets": [{"refId": "A", "target": target}],
        "alert": alert(**more),
        **fields,
    }


def dashboard(*panels: Panel, **more: Any) -> dict[str, Any]:
    return {"title": "Shop", "tags": [], "panels": list(panels), "schemaVersion": 27, "version": 0, **more}


def wanted(*targets: str, uid: str = "shop", version: int = 0) -> Wanted:
    """A dashboard as it is read, whose panels are numbered by the places of their targets; one that is empty has no
    alert."""
    alerts = tuple(
        PanelAlert(number, f"Alert {number}", "", 60, (), PanelSpec((PanelCondition("A", target, 300, bounds=(5.0,)),)))
        for number, target in enumerate(targets, 1)
        if target
    )
    return Wanted({"title": "Shop", "panels": list(targets)}, "Shop", "shop", (), 0, uid, version, alerts)
