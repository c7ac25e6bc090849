"""The history of an alert, as the web interface asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.api.zmon import fields, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.kinds import evaluation
from chalicelib.core.moments import EPOCH, to_seconds
from chalicelib.core.specs import condition_of
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import alerts, checks
from chalicelib.monitor.views import alert_events
from chalicelib.monitor.views.alert_events import AlertEvent

LIMIT, LIMIT_MAX = 50, 10_000
QUERY = ("alert_definition_id", "limit", "from", "to")
# The numbers of ZMON's types of events.
TYPES = {
    "ALERT_STARTED": 0x34001,
    "ALERT_ENDED": 0x34002,
    "ALERT_ENTITY_STARTED": 0x34003,
    "ALERT_ENTITY_ENDED": 0x34004,
    "DOWNTIME_STARTED": 0x34005,
    "DOWNTIME_ENDED": 0x34006,
    "DOWNTIME_SCHEDULED": 0x34101,
    "DOWNTIME_REMOVED": 0x34102,
}
# The last second of which there are moments.
_LAST = to_seconds(datetime(9999, 12, 31, tzinfo=EPOCH.tzinfo))


def _history(request: Request, caller: Caller) -> Reply:
    """List what happened to an alert and its entities, oldest first: the newest 50, unless `limit`, `from` or `to` say
    otherwise."""
    given = {name: wire.word(request, name) for name in QUERY}
    alert = _alert(caller, given)
    limit = wire.number(request, "limit", LIMIT_MAX)
    if limit is None and not given["from"] and not given["to"]:
        limit = LIMIT
    start, end = _second(given, "from", 0), _second(given, "to", _LAST - 1) + timedelta(seconds=1)
    if alert is None:
        return Reply(body=[])
    found = alert_events.of_alert(request.services, alert, start, end)
    return Reply(body=[_shown(one, alert) for one in found[-(limit or LIMIT_MAX) :]])


def _alert(caller: Caller, given: dict[str, Any]) -> Check | None:
    """The alert that is asked for, None for a template. Raises Missing, Invalid."""
    number = fields.whole(given, "alert_definition_id")
    if number is None:
        raise Invalid("", "Parameter 'alert_definition_id' with type 'int' is missing")
    if number < 0:
        raise Missing(f"alert definition {number}")
    definition, _ = alerts.find(caller.project, number)
    return checks.find(caller.project.code, definition.code, evaluation.name) if definition.code else None


def _second(given: dict[str, Any], name: str, default: int) -> datetime:
    second = fields.whole(given, name)
    return EPOCH + timedelta(seconds=min(max(default if second is None else second, 0), _LAST - 1))


def _shown(event: AlertEvent, alert: Check) -> dict[str, Any]:
    spec = condition_of(alert)
    found = {"alertId": str(spec.number)}
    if event.entity:
        found["entity"] = event.entity
    if event.silence is None:
        found |= {"checkId": str(spec.command), "value": event.value}
    else:
        end = event.silence.end
        found |= {
            "startTime": str(to_seconds(event.silence.start)),
            "endTime": str(to_seconds(end)) if end else "",
            "userName": event.silence.author,
            "comment": event.silence.reason,
        }
    return {
        "time": event.at.timestamp(),
        "type_id": TYPES[event.name],
        "type_name": event.name,
        "attributes": found,
    }


RESOURCES = [resource("/rest/alertHistory", VOICE, GET=reads(_history, "History", query=QUERY))]
