"""What it costs to save a dashboard with alerts."""

from __future__ import annotations

import argparse
import json
from typing import Any

from chalicelib.monitor.managing import projects
from tests.api.client import Api, Entrance
from tests.bench.meter import Meter, fresh_services, metered
from tests.boards import condition, dashboard, panel

ALERTS = 50


def boards(_arguments: argparse.Namespace) -> None:
    """A dashboard of 50 alerts: new, saved again as it is, with another title, listed, and deleted."""
    import app as application
    from chalicelib import gateway

    services = fresh_services("boards")
    gateway.serve(application.app, services)
    api = Api(Entrance(application.app), projects.create(services, "Bench").keys["write"])
    both = [condition(), condition("last", "gt", 9, query="A", operator="or")]
    panels = [panel(one, f"shop.web{one}.*.load", name=f"Load {one}", conditions=both) for one in range(1, ALERTS + 1)]
    model = dashboard(*panels, uid="bench", title="Bench")
    _say("new", _asked(api, "POST", "/api/dashboards/db", {"dashboard": model}))
    _say("saved as it is", _asked(api, "POST", "/api/dashboards/db", {"dashboard": model, "overwrite": True}))
    renamed = {**model, "title": "Renamed"}
    _say("with another title", _asked(api, "POST", "/api/dashboards/db", {"dashboard": renamed, "overwrite": True}))
    _say("list of its alerts", _asked(api, "GET", "/api/alerts?dashboardId=1"))
    _say("deleted", _asked(api, "DELETE", "/api/dashboards/uid/bench"))


def _asked(api: Api, method: str, path: str, body: Any = None) -> Meter:
    more: dict[str, Any] = {} if body is None else {"data": json.dumps(body).encode()}
    with metered() as meter:
        answer = api.call(method, path, **more)
    assert answer.status == 200, answer.text
    return meter


def _say(what: str, meter: Meter) -> None:
    print(f"dashboard of {ALERTS} alerts, {what}: {meter.wall:.2f} s, CPU {1e3 * meter.cpu:.0f} ms;", end=" ")
    print(f"{meter.total} store calls {dict(sorted(meter.calls.items()))},", end=" ")
    print(f"{meter.read_units:g} read and {meter.write_units:g} write units")
