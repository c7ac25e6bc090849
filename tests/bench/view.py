"""What it costs to look at all alerts of a project at once, as Grafana's API lists them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import instances
from chalicelib.core.breaches import Breaching
from chalicelib.core.check import Check, Project
from chalicelib.core.kinds import evaluation, heartbeat, panel, probe, rule
from chalicelib.core.moments import to_micros
from chalicelib.core.specs import ConditionSpec, PanelCondition, PanelSpec, Place
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import check_items
from chalicelib.store.models import CheckItem, SatelliteItem
from tests import specs
from tests.api.client import Api, Entrance
from tests.bench.meter import fresh_services, metered

EACH = 200
ROUNDS = 5
# Series of a rule or a panel, and entities of an alert definition, that make it fire.
MATCHES = 4
QUERIES = ("", "?state=alerting", "?limit=10", "?query=0150")


def view(_arguments: argparse.Namespace) -> None:
    """1,000 checks, as many of each kind, through the entrance: none of them down, a twentieth, and all."""
    import app as application
    from chalicelib import gateway

    for ill in (0, EACH // 20, EACH):
        services = fresh_services(f"view{ill}")
        keyring = projects.create(services, "Bench")
        gateway.serve(application.app, services)
        api = Api(Entrance(application.app), keyring.keys["write"])
        _fill(services, keyring.project, ill)
        print(f"{len(KINDS) * EACH:,} checks of five kinds, {len(KINDS) * ill} of them down:")
        for query in QUERIES:
            _print(api, query)


def _print(api: Api, query: str) -> None:
    walls, cpus = [], []
    for _ in range(ROUNDS):
        with metered() as meter:
            answer = api.gateway.handle_request("GET", f"/api/alerts{query}", {"x-api-key": api.key}, None)
        walls.append(meter.wall)
        cpus.append(meter.cpu)
    assert answer["statusCode"] == 200, answer
    print(f"  /api/alerts{query}: {1e3 * sorted(walls)[ROUNDS // 2]:.0f} ms, of it our CPU", end=" ")
    print(f"{1e3 * sorted(cpus)[ROUNDS // 2]:.0f} ms; {meter.total} store calls", end=" ")
    print(f"{dict(sorted(meter.calls.items()))}, {meter.read_units:g} read units")


def _fill(services: Services, project: Project, ill: int) -> None:
    """Straight into the table, the first so many of each kind down: how they came there is not what is measured."""
    now = services.clock()
    with CheckItem.batch_write() as batch:
        for number in range(len(KINDS) * EACH):
            of_kind, index = KINDS[number // EACH], number % EACH
            check = Check(
                project.code,
                services.new_code(),
                now,
                name=f"{of_kind.__name__[1:]} {number:04d}",
                desc="What to do is written down elsewhere, and who is called",
                tags="prod db",
                number=number + 1,
                badge=services.new_code(),
                status="down" if index < ill else "up",
                since=now,
                **of_kind(now, index),
            )
            for one in (check, *(_matches(check, index) if index < ill else ())):
                batch.save(check_items.item_of(one))


def _heartbeat(now: datetime, _index: int) -> dict[str, Any]:
    times = {"last_ping": now, "due": now + timedelta(hours=2)}
    return {"kind": heartbeat.name, "timeout": 3_600, "grace": 3_600, "n_pings": 1, **times}


def _device(_now: datetime, _index: int) -> dict[str, Any]:
    return {"kind": probe.name, "period": 60, "spec": specs.HTTP, "last_result": "200 OK"}


def _rule(_now: datetime, index: int) -> dict[str, Any]:
    breaching = Breaching(MATCHES, tuple(_series(index)), 1)
    spec = specs.above(f"servers.web{index}.*.load", period=2)
    return {"kind": rule.name, "period": 60, "spec": spec, "breaching": breaching}


def _panel(_now: datetime, index: int) -> dict[str, Any]:
    place = Place(1, "sh0p-Pr0d", "shop-in-production", "Shop in production", ("shop",), index + 1)
    condition = PanelCondition("A", f"servers.web{index}.*.load", 300, bounds=(5.0,))
    breaching = Breaching(MATCHES, tuple(_series(index)), 1)
    return {"kind": panel.name, "period": 60, "spec": PanelSpec((condition,), place), "breaching": breaching}


def _alert(_now: datetime, index: int) -> dict[str, Any]:
    return {"kind": evaluation.name, "spec": ConditionSpec(index + 1, 1, "> 5")}


KINDS: list[Callable[[datetime, int], dict[str, Any]]] = [_heartbeat, _device, _rule, _panel, _alert]


def _matches(check: Check, index: int) -> list[Check]:
    """Writes the series that breach of a rule and a panel; the entities that are down of an alert definition."""
    if check.kind in (rule.name, panel.name):
        series = [[name, to_micros(check.created), 9.0] for name in _series(index)]
        SatelliteItem(check.project, f"t#{check.code}#0", series=series).save()
    if check.kind != evaluation.name:
        return []
    names = [f"web-{entity}-i{index:08x}[aws:123456789012:eu-central-1]" for entity in range(MATCHES)]
    born = [instances.new(check, name, check.created) for name in names]
    return [replace(one, status="down", since=check.created, value=9.0) for one in born]


def _series(index: int) -> list[str]:
    return [f"servers.web{index}.cpu{cpu}.load" for cpu in range(MATCHES)]
