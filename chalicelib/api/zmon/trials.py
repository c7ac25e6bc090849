"""Trying before anybody is told: trial runs of a command with a condition, as ZMON's web interface asks for them, and
our own backtest of a condition over the results that are kept.

POST /api/v1/alert-definitions/backtest {"alert_definition_id" and/or "condition", ..., "from", "until"} -> {"entities":
     [{"entity", "judged", "flips": [{"is_alert", "time", "captures", "reason"}]}]}
POST /rest/scheduleTrialRun {"name", "check_command", "alert_condition", "interval", "entities", ...} -> {"id"}
GET  /rest/trialRunResults?id= -> {"percentage", "results": [{"entity", "value", "captures", "is_alert", "in_period"}]}
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.api.zmon import bodies, fields, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core import alert_definitions
from chalicelib.core.check import Flip, Project
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.specs import ConditionSpec
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.looking import replaying, trials
from chalicelib.monitor.looking.replaying import Replayed
from chalicelib.monitor.looking.trials import Asked, Tried
from chalicelib.monitor.managing import alerts, validity

INTERVAL, INTERVAL_MAX = 60, 3_600
# A backtest is over the last day unless it is told otherwise.
DEFAULT = timedelta(days=1)
# A definition that says nothing.
_NOTHING: dict[str, Any] = {
    **dict.fromkeys((*alert_definitions.INHERITED, alert_definitions.PARAMETERS)),
    "priority": 3,
    "team": "",
    "responsible_team": "",
    "entities": [],
    "entities_exclude": [],
}
# What a backtest has no need of, and a definition must have.
_IDLE = {"name": "backtest", "description": "backtest", "template": False}
# What the fields of a trial are called in a definition.
_CALLED = {"command": "check_command", "condition": "alert_condition"}


def _schedule(request: Request, caller: Caller) -> Reply:
    """Try a command on some entities, and judge what it finds by a condition. Nobody is told, and what is found is kept
    for an hour. The answer names the trial."""
    asked = _asked(bodies.read(request))
    return Reply(body={"id": trials.schedule(request.services, caller.project.code, asked)})


def _asked(given: dict[str, Any]) -> Asked:
    """What a trial is asked to do; it is held to what definitions are held to. Raises Invalid."""
    interval = fields.whole(given, "interval")
    if interval is not None and interval > INTERVAL_MAX:
        raise Invalid("interval", f"must be at most {INTERVAL_MAX} seconds in a trial run")
    data = {
        "name": fields.name(given, "name") or "trial run",
        "description": "trial run",
        "command": fields.required(fields.text(given, "check_command"), "check_command"),
        "condition": fields.required(fields.text(given, "alert_condition"), "alert_condition"),
        "interval": INTERVAL if interval is None else interval,
        "entities": given.get("entities"),
        "entities_exclude": given.get("entities_exclude"),
        "notifications": None,
        "period": fields.text(given, "period"),
        "parameters": fields.parameters(given) or {},
        "check_definition_id": fields.whole(given, "check_definition_id") or 0,
        "priority": 3,
        "template": False,
    }
    require(data)
    return Asked(
        data["command"],
        data["condition"],
        data["interval"],
        data["entities"],
        data["entities_exclude"] or [],
        parameters=data["parameters"],
        period=data["period"] or "",
        check=data["check_definition_id"],
    )


def require(data: dict[str, Any]) -> None:
    """Raises Invalid, naming the field as a trial has it, for a command and a condition that no definition could
    have."""
    try:
        if "command" in data:
            validity.require_command(data)
        validity.require_alert(data)
        validity.require_merged(data | {"entities_exclude": data["entities_exclude"] or []})
    except Invalid as error:
        raise Invalid(_CALLED.get(error.field, error.field), error.message) from None


def _results(request: Request, caller: Caller) -> Reply:
    """Show what a trial has found so far, and how much of it that is."""
    found = trials.outcome(request.services, caller.project.code, wire.word(request, "id"))
    results = [_tried(one, in_period=found.in_period) for one in found.tried]
    return Reply(body={"percentage": found.percentage, "results": results})


def _tried(one: Tried, *, in_period: bool) -> dict[str, Any]:
    return {
        "entity": one.entity,
        "value": wire.result(one.value),
        "captures": one.captures,
        "is_alert": one.is_alert,
        "in_period": in_period,
    }


def _backtest(request: Request, caller: Caller) -> Reply:
    """Tell what an alert would have said of the results that are kept, of each of its entities (our extension): of an
    alert definition, of a condition, or of a definition with other values in the place of some. Nothing is written."""
    given, now = bodies.read(request), request.services.clock()
    spec = _spec(caller.project, given)
    end = _moment(given, "until", now)
    start = _moment(given, "from", end - DEFAULT)
    if not start < end <= now:
        raise Invalid("from", "must be before until, and both in the past")
    names = fields.texts(given, "entity_ids") or ()
    found = replaying.run(request.services, caller.project.code, spec, start, end, names)
    return Reply(body={"entities": [_replayed(one) for one in found]})


def _spec(project: Project, given: dict[str, Any]) -> ConditionSpec:
    """The alert that is asked about. Raises Invalid, also for a definition that is not there."""
    number = fields.whole(given, "alert_definition_id") or 0
    data = _NOTHING | (_definition(project, number) if number else {}) | _of_condition(given) | _IDLE
    data["parameters"] = {**(data["parameters"] or {}), **(fields.parameters(given) or {})}
    validity.require_alert(data)
    validity.require_merged(data)
    return alert_definitions.spec_of(number, data)


def _of_condition(given: dict[str, Any]) -> dict[str, Any]:
    found = {
        "condition": fields.text(given, "condition"),
        "check_definition_id": fields.whole(given, "check_definition_id"),
        "entities": given.get("entities"),
        "entities_exclude": given.get("entities_exclude"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _definition(project: Project, number: int) -> dict[str, Any]:
    try:
        return alerts.find(project, number)[1]
    except Missing:
        raise Invalid("alert_definition_id", f"is {number}, which no alert definition has") from None


def _moment(given: dict[str, Any], field: str, default: datetime) -> datetime:
    value = given.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        raise Invalid(field, "must be a moment in seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def _replayed(one: Replayed) -> dict[str, Any]:
    return {"entity": one.entity, "judged": one.judged, "flips": [_flip(flip) for flip in one.flips]}


def _flip(flip: Flip) -> dict[str, Any]:
    about = {"captures": flip.details["captures"], "reason": flip.reason}
    return {"is_alert": flip.new == "down", "time": flip.at.timestamp(), **about}


RESOURCES = [
    resource("/api/v1/alert-definitions/backtest", VOICE, POST=reads(_backtest, "Backtest", body="BacktestFields")),
    resource("/rest/scheduleTrialRun", VOICE, POST=writes(_schedule, "TrialNamed", body="TrialFields")),
    resource("/rest/trialRunResults", VOICE, GET=reads(_results, "TrialResults", query=("id",))),
]
