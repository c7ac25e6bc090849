"""The state of the service as the dialect tells it."""

from __future__ import annotations

from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.kinds import evaluation
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import checks

# Everything is taken in and answered: 3 is every check, 0 every distance.
_LEVELS = {"ingest_max_check_tier": 3, "query_max_check_tier": 3, "query_distance_hours_limit": 0}


def _status(_request: Request, caller: Caller) -> Reply:
    """Tell how many alerts are active. There are no workers that wait, and no queues that they share: functions begin
    when there is something to do."""
    alerts = checks.of_project(caller.project, evaluation.name)
    return Reply(
        body={
            "alerts_active": sum(alert.status == "down" for alert in alerts),
            "workers_active": 0,
            "workers_total": 0,
            "check_invocations": 0,
            "queue_size": 0,
            "workers": [],
            "queues": [],
            "service_level_status": _LEVELS,
        }
    )


RESOURCES = [resource("/api/v1/status", VOICE, GET=reads(_status, "Status"))]
