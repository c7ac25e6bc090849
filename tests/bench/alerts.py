"""What it costs to look at alerts on many entities."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import alert_definitions, instances, status
from chalicelib.core.check import Check, Project
from chalicelib.core.commands import Value
from chalicelib.core.kinds import evaluation
from chalicelib.core.watching import Judged
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, documents, values
from chalicelib.store.documents import Document, Noun
from chalicelib.store.models import CheckItem
from tests.api.client import Api, Entrance
from tests.bench.meter import fresh_services, metered

ENTITIES = 1_000
CONDITIONS = {1: "capture(load=value) > 5", 2: "timeseries_avg('5m') > 5"}


def alerts(_arguments: argparse.Namespace) -> None:
    """The status of an alert that 1,000 entities are in, and the newest result of each, through the entrance."""
    import app as application
    from chalicelib import gateway

    services = fresh_services("alerts")
    keyring = projects.create(services, "Bench")
    gateway.serve(application.app, services)
    api = Api(Entrance(application.app), keyring.keys["write"])
    _fill(services, keyring.project)
    for what, path in (
        ("status", "/api/v1/status/alert/1"),
        ("status, with a condition that looks back", "/api/v1/status/alert/2"),
        ("all entities", "/api/v1/status/alert/1/all-entities"),
        ("list of active alerts", "/rest/allAlerts"),
    ):
        api.get(path)
        with metered() as meter:
            answer = api.get(path)
        assert answer.status == 200, answer.text
        print(f"{what} of {ENTITIES} entities: {meter.wall:.1f} s, CPU {meter.cpu:.1f} s, {len(answer.text)} bytes;")
        print(f"  {meter.total} store calls {dict(sorted(meter.calls.items()))}, {meter.read_units:.1f} read units")


def _fill(services: Services, project: Project) -> None:
    now, names = datetime.now(UTC), [f"web{number:04d}" for number in range(ENTITIES)]
    for name in names:
        _put(project, "entity", name, {"id": name, "type": "host"})
    command = {"name": "Load", "command": "1", "interval": 60, "entities": [{"type": "host"}], "status": "ACTIVE"}
    _put(project, "command", "1", command)
    for minute in range(2):
        at = now - timedelta(minutes=minute)
        values.add(project.code, 1, {name: Value(at, 0.2, 9.0) for name in names}, now + timedelta(days=1))
    for number, condition in CONDITIONS.items():
        _fall_ill(_alert(services, project, number, condition), names, now)


def _alert(services: Services, project: Project, number: int, condition: str) -> Check:
    written: dict[str, Any] = {
        **dict.fromkeys((*alert_definitions.INHERITED, "parameters", "parent_id")),
        "name": "Load {load} in {entities}",
        "description": "-",
        "team": "ops",
        "responsible_team": "ops",
        "status": "ACTIVE",
        "template": False,
        "check_definition_id": 1,
        "entities": [],
        "entities_exclude": [],
        "condition": condition,
        "priority": 1,
    }
    spec = alert_definitions.spec_of(number, alert_definitions.merged([written]))
    check = manage.create(services, project, {"kind": evaluation.name, "name": written["name"], "spec": spec})
    _put(project, "alert", str(number), written, check.code)
    return check


def _fall_ill(alert: Check, names: list[str], now: datetime) -> None:
    """Straight into the table: how they came there is not what is measured."""
    with CheckItem.batch_write() as batch:
        for one in (alert, *(instances.new(alert, name, now) for name in names)):
            change = status.decide(one, Judged(now, True))
            assert change
            batch.save(check_items.item_of(change.after))


def _put(project: Project, noun: Noun, name: str, data: dict[str, Any], code: str = "") -> None:
    now = datetime.now(UTC)
    documents.put(Document(project.code, noun, name, json.loads(json.dumps(data)), now, now, code=code))
