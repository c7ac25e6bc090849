"""Alerts: every check of the project, of whatever kind. They are listed, shown and paused here, and made and changed in
the dialects that they come from, or with their dashboards (Grafana, Alerting HTTP API).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.api.grafana import bodies, wire
from chalicelib.api.grafana.bodies import BAD
from chalicelib.api.grafana.errors import VOICE, BadRequest, NotFound
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.specs import place_of
from chalicelib.core.states import STATES
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import pausing
from chalicelib.monitor.views import overview
from chalicelib.monitor.views.overview import Alert

ROOT = "/api/alerts"
NO_DASHBOARD = "Missing query parameter dashboardId"
QUERY = ("dashboardId", "panelId", "query", "state", "limit", "folderId", "dashboardQuery", "dashboardTag")
ALL, NOT = "all", "not_"


def _list(request: Request, caller: Caller) -> Reply:
    """List the alerts, by name: those that fit every parameter, and of a repeated one any value; of `dashboardTag` all
    values."""
    found = _found(request, caller.project)
    return Reply(body=[wire.listed(one, caller, request.root) for one in found])


def _found(request: Request, project: Project) -> list[Alert]:
    states, texts = _states(request), bodies.words(request, "query")
    is_there = _places(request)

    def fits(alert: Alert) -> bool:
        return (
            (states is None or alert.state in states)
            and (not texts or _holds(alert.name, texts))
            and is_there(alert.check)
        )

    limit = next((number for number in bodies.numbers(request, "limit") if number), None)
    return overview.of_project(project, fits, request.services.clock(), limit=limit)


def _places(request: Request) -> Callable[[Check], bool]:
    """Whether a check is where dashboards, panels and folders are asked for. One that is on no dashboard has none of
    their titles, and its own tags."""
    dashboards, folders = set(bodies.numbers(request, "dashboardId")), bodies.numbers(request, "folderId")
    panels, tags = set(bodies.numbers(request, "panelId")) - {0}, set(bodies.words(request, "dashboardTag"))
    titles = bodies.words(request, "dashboardQuery")

    def is_there(check: Check) -> bool:
        place = place_of(check) or wire.NOWHERE
        return (
            (not dashboards or place.dashboard in dashboards)
            and (not folders or wire.FOLDER in folders)
            and (not panels or place.panel in panels)
            and (not titles or _holds(place.title, titles))
            and tags.issubset(place.tags if place.dashboard else check.tags.split())
        )

    return is_there


def _holds(name: str, texts: list[str]) -> bool:
    return any(text.casefold() in name.casefold() for text in texts)


def _states(request: Request) -> set[str] | None:
    """The states that are asked for, None for all of them. Raises Invalid: an empty list for a slip would say that all
    is well."""
    asked = [text.lower() for text in bodies.words(request, "state")]
    found: set[str] = set()
    for text in asked:
        word = text.removeprefix(NOT)
        if word not in (*STATES, ALL):
            raise Invalid("state", f"must be {ALL}, or one of {', '.join(STATES)}, with or without {NOT} before it")
        found |= {one for one in STATES if (one == word) != text.startswith(NOT)}
    return None if not asked or ALL in asked else found


def _get(request: Request, caller: Caller) -> Reply:
    """Show an alert. With `case=go` its fields are called as Grafana's own structures call them."""
    try:
        found = overview.find(caller.project, _number(request), request.services.clock())
    except Missing:
        raise _not_found() from None
    shown = wire.listed(found, caller, request.root)
    return Reply(body=wire.capitalised(shown) if request.query.get("case") == ["go"] else shown)


def _pause(request: Request, caller: Caller) -> Reply:
    """Pause an alert, or let it run again: then it is unknown until it is judged."""
    number, paused = _number(request), _paused(bodies.read(request))
    try:
        turned = _switch(request, caller, overview.check_of(caller.project, number), paused=paused)
    except Missing:
        raise _not_found() from None
    return Reply(body={"alertId": number, **_said(paused=paused, turned=turned)})


def _switch(request: Request, caller: Caller, check: Check, *, paused: bool) -> bool:
    return pausing.switch(request.services, caller.project, check, caller.author, paused=paused)


def _said(*, paused: bool, turned: bool) -> dict[str, str]:
    """The state and the message: of a pause the published ones, of all else those of Grafana's servers."""
    if paused:
        return {"state": "Paused", "message": "alert paused" if turned else "Alert is already paused"}
    if turned:
        return {"state": "unknown", "message": "Alert un-paused"}
    return {"state": "un-paused", "message": "Alert is already un-paused"}


def _paused(given: dict[str, Any]) -> bool:
    """What is asked for. It must be said: what is left out would let everything run again."""
    if not isinstance(given.get("paused"), bool):
        raise BadRequest(BAD)
    return bool(given["paused"])


def _number(request: Request) -> int:
    number = bodies.whole(request.parts["alert"])
    if number is None:
        raise BadRequest("alertId is invalid")
    return number


def _not_found() -> NotFound:
    return NotFound("Alert not found")


def _of_dashboard(request: Request, caller: Caller) -> Reply:
    """List the states of the alerts of a dashboard."""
    if not bodies.numbers(request, "dashboardId"):
        raise BadRequest(NO_DASHBOARD)
    return Reply(body=[wire.placed(one) for one in _found(request, caller.project)])


def _pause_all(request: Request, caller: Caller) -> Reply:
    """Pause every alert, or let all run again."""
    paused = _paused(bodies.read(request))
    affected = pausing.switch_all(request.services, caller.project, caller.author, paused=paused)
    message = "alerts paused" if paused else "alerts un paused"
    return Reply(body={"state": "Paused" if paused else "unknown", "message": message, "alertsAffected": affected})


RESOURCES = [
    resource(ROOT, VOICE, GET=reads(_list, "Alerts", query=QUERY)),
    resource(f"{ROOT}/states-for-dashboard", VOICE, GET=reads(_of_dashboard, "States", query=("dashboardId",))),
    resource(f"{ROOT}/{{alert}}", VOICE, GET=reads(_get, "Alert", query=("case",))),
    resource(f"{ROOT}/{{alert}}/pause", VOICE, POST=writes(_pause, "Paused", body="PauseFields")),
    resource("/api/admin/pause-all-alerts", VOICE, POST=writes(_pause_all, "AllPaused", body="PauseAllFields")),
]
