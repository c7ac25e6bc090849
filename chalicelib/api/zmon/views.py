"""What ZMON's web interface asks for beside the published calls: alerts with their entities, and the results of
checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.api.zmon import alert_definitions, status, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.errors import Missing
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import alerts as definitions
from chalicelib.monitor.views import alerts
from chalicelib.monitor.views.alerts import Seen

# So many entities of each alert stand in a list of alerts.
ENTITIES_LISTED = 100
RESULTS, RESULTS_MAX = 20, 1_000
Definitions = dict[int, dict[str, Any]]


def _active(request: Request, caller: Caller) -> Reply:
    """List the alerts that are active, of some teams or with some tags where these are named. An alert of which every
    entity is in a downtime is left out."""
    known = _definitions(caller)
    teams, tags = _words(request, "team"), _words(request, "tags")
    chosen = [number for number, one in known.items() if _fits(one, teams, tags)]
    found = alerts.seen(request.services, caller.project.code, chosen, ENTITIES_LISTED, active=True)
    return Reply(body=_listed(request, found, known))


def _by_id(request: Request, caller: Caller) -> Reply:
    """List some alerts, active or not."""
    known, numbers = _definitions(caller), wire.numbers(request.query.get("id", []), status.IDS_MAX)
    found = alerts.seen(request.services, caller.project.code, numbers, ENTITIES_LISTED, active=False)
    return Reply(body=_listed(request, found, known))


def _details(request: Request, caller: Caller) -> Reply:
    """Show an alert with all its entities that are in alert."""
    text = request.parts.get("alert") or wire.word(request, "alert_id")
    number, known = wire.identifier("alert", text), _definitions(caller)
    found = alerts.seen(request.services, caller.project.code, [number], None, active=False)
    for one in _listed(request, found, known):
        return Reply(body=one)
    raise Missing(f"alert {number}")


def _listed(request: Request, found: Iterable[Seen], known: Definitions) -> list[dict[str, Any]]:
    """Alerts as they stand in lists; one that was made or deleted meanwhile is left out."""
    now = request.services.clock()
    return [_seen(one, known[one.number], now) for one in found if one.number in known]


def _seen(one: Seen, definition: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "alert_definition": definition,
        "entities": [{"entity": each.entity, "result": status.active(each, now)} for each in one.active],
        "entities_count": one.count,
        "message": one.message,
        "notifications_ack": False,
    }


def _definitions(caller: Caller) -> Definitions:
    """The definitions of the caller's project with what they inherit, by their numbers."""
    every = definitions.tree_of(caller.project.code).all_merged()
    return {one.number: alert_definitions.shown(caller, one, merged) for one, merged in every}


def _words(request: Request, name: str) -> set[str]:
    return {word for text in request.query.get(name, []) for word in text.split(",") if word}


def _fits(definition: dict[str, Any], teams: set[str], tags: set[str]) -> bool:
    of_teams = {definition["team"], definition["responsible_team"]}
    return (not teams or bool(teams & of_teams)) and (not tags or bool(tags & set(definition["tags"] or ())))


def _results(request: Request, caller: Caller) -> Reply:
    """Show the newest results of a check, of one entity or of each that its alerts take, newest first."""
    number = wire.identifier("check", wire.word(request, "check_id"))
    limit = wire.number(request, "limit", RESULTS_MAX) or RESULTS
    entity = wire.word(request, "entity") or None
    found = alerts.results(request.services, caller.project.code, number, entity, limit)
    return Reply(body=[status.latest(one) for one in found])


_OF_TEAMS = ("team", "tags")
RESOURCES = [
    resource("/api/v1/status/active-alerts", VOICE, GET=reads(_active, "Alerts", query=_OF_TEAMS)),
    resource("/api/v1/status/alert/{alert}/details", VOICE, GET=reads(_details, "Alert")),
    resource("/rest/allAlerts", VOICE, GET=reads(_active, "Alerts", query=_OF_TEAMS)),
    resource("/rest/alertsById", VOICE, GET=reads(_by_id, "Alerts", query=("id",))),
    resource("/rest/alertDetails", VOICE, GET=reads(_details, "Alert", query=("alert_id",))),
    resource("/rest/checkResults", VOICE, GET=reads(_results, "Results", query=("check_id", "entity", "limit"))),
]
