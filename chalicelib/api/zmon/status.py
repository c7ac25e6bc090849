"""The state of the service, of its alerts, and of what commands found (ZMON REST API, Retrieving Alert Status; the
calls of zmon-cli's `status` and `data`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.api.zmon import bodies, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.errors import Invalid
from chalicelib.core.kinds import evaluation
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import checks
from chalicelib.monitor.views import alerts
from chalicelib.monitor.views.alerts import Active, Latest

ROOT = "/api/v1/status"
# So many alerts are asked for at once.
IDS_MAX = 100
LIMIT_MAX = 10_000
FILTERS_MAX = 100

# Everything is taken in and answered: 3 is every check, 0 every distance.
_LEVELS = {"ingest_max_check_tier": 3, "query_max_check_tier": 3, "query_distance_hours_limit": 0}


def _status(_request: Request, caller: Caller) -> Reply:
    """Tell how many alerts are active. There are no workers that wait, and no queues that they share: functions begin
    when there is something to do."""
    found = checks.of_project(caller.project, evaluation.name)
    return Reply(
        body={
            "alerts_active": sum(alert.status == "down" for alert in found),
            "workers_active": 0,
            "workers_total": 0,
            "check_invocations": 0,
            "queue_size": 0,
            "workers": [],
            "queues": [],
            "service_level_status": _LEVELS,
        }
    )


def _alerts(request: Request, caller: Caller) -> Reply:
    """Show the entities that are in alert, of each of some alerts. An alert without any, or a number that is none, is
    not in the answer."""
    numbers = wire.numbers([request.parts["alerts"]], IDS_MAX)
    found = alerts.in_alert(request.services, caller.project.code, numbers)
    now = request.services.clock()
    shown = {number: {one.entity: active(one, now) for one in several} for number, several in found.items()}
    return Reply(body={str(number): several for number, several in shown.items()})


def active(one: Active, now: datetime) -> dict[str, Any]:
    """An entity in alert: its newest result, what was captured of it, since when it is in alert, and the downtimes that
    it is in at this moment."""
    held = wire.in_downtime(one.alert, one.entity, now)
    return wire.result(one.value) | {
        "captures": one.captures,
        "downtimes": held,
        "start_time": one.since.timestamp(),
    }


def _data(request: Request, caller: Caller) -> Reply:
    """Show the newest result of each entity that an alert takes, whether it is in alert or not, in the order of their
    ids; with `limit` of so many of them, behind the one that `after` names."""
    limit = wire.number(request, "limit", LIMIT_MAX)
    number = wire.identifier("alert", request.parts["alert"])
    after = wire.word(request, "after")
    found = alerts.latest(request.services, caller.project.code, number, after=after, limit=limit)
    return Reply(body=[latest(one) for one in found])


def latest(one: Latest) -> dict[str, Any]:
    results = [wire.result(value) for value in one.results]
    return {"entity": one.entity, "results": results, "active_alert_ids": one.alerts, "entities_count": None}


def _coverage(request: Request, caller: Caller) -> Reply:
    """Tell which alerts watch the entities that contain one of the objects in the body: entities with the same alerts
    stand together."""
    given = bodies.value(request)
    asked = given if isinstance(given, list) else [given]
    if not all(isinstance(one, dict) for one in asked) or len(asked) > FILTERS_MAX:
        raise Invalid("", f"the body must be a list of at most {FILTERS_MAX} objects")
    return Reply(body=alerts.coverage(request.services, caller.project.code, asked))


RESOURCES = [
    resource(ROOT, VOICE, GET=reads(_status, "Status")),
    resource(f"{ROOT}/alert/{{alerts}}", VOICE, GET=reads(_alerts, "AlertStatus")),
    resource(f"{ROOT}/alert/{{alert}}/all-entities", VOICE, GET=reads(_data, "Results", query=("limit", "after"))),
    resource(f"{ROOT}/alert-coverage", VOICE, POST=reads(_coverage, "Coverage", body="EntityQuery")),
]
