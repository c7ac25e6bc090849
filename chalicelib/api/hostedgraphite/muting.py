"""Mutes of one alert and of many, and the history of alerts (Hosted Graphite Alerts API, Mute an Alert and on)."""

from __future__ import annotations

from typing import Any

from chalicelib.api.hostedgraphite import alerts as resources
from chalicelib.api.hostedgraphite import bodies, validation, wire
from chalicelib.api.hostedgraphite.alerts import ROOT, named
from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid, Missing
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import rules

MUTE_MAX = 366 * 24 * 60
DAYS, DAYS_MAX = 3, 400
# "recovered" is what the document's text says where its example says "healthy".
STATUS = {"alerting": True, "healthy": False, "recovered": False}


def _mute(request: Request, caller: Caller) -> Reply:
    """Mute an alert for so many minutes: nobody is told of it meanwhile."""
    alert, given = named(request, caller), _known(bodies.read(request), ("duration",))
    minutes = validation.duration(given.get("duration"), MUTE_MAX)
    rules.mute(request.services, [alert], minutes, caller.author)
    return Reply(body={"duration": minutes})


def _muted(request: Request, caller: Caller) -> Reply:
    """Tell whether an alert is muted, and for how long: null while it is paused, until it is unmuted."""
    alert, now = named(request, caller), request.services.clock()
    muted, left = rules.is_muted(alert, now), rules.muted_for(alert, now)
    duration = None if muted and left is None else left or 0
    about = {"id": alert.code, "name": alert.name, "muted": muted, "duration": duration}
    return Reply(body=about | {"scheduled_mutes": rules.attached(alert)})


def _unmute(request: Request, caller: Caller) -> Reply:
    """End the mute of an alert, and its pause if it is paused."""
    rules.unmute(request.services, [named(request, caller)])
    return Reply(body={})


def _mute_many(request: Request, caller: Caller) -> Reply:
    """Mute the alerts that are named or found; all of them if neither is given."""
    given = _known(bodies.read(request), ("ids", "search", "duration"))
    minutes = validation.duration(given.get("duration"), MUTE_MAX)
    muted = rules.mute(request.services, _selected(caller, given), minutes, caller.author)
    return Reply(body={"ids": [alert.code for alert in muted], "duration": minutes})


def _unmute_many(request: Request, caller: Caller) -> Reply:
    """End the mute, and the pause, of the alerts that are named or found; of all if neither is given."""
    given = _known(bodies.read(request), ("ids", "search"))
    unmuted = rules.unmute(request.services, _selected(caller, given))
    return Reply(body={"ids": [alert.code for alert in unmuted]})


def _known(given: dict[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    validation.require_known(given, known)
    return given


def _selected(caller: Caller, given: dict[str, Any]) -> list[Check]:
    """The alerts of the ids and those that the search string fits; all where both are empty. Raises Missing."""
    # Only what is documented as empty means all: anything else may be a slip.
    ids = [] if given.get("ids") in (None, "") else given["ids"]
    text = "" if given.get("search") is None else given["search"]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Invalid("ids", "must be a list of alert ids")
    if not isinstance(text, str):
        raise Invalid("search", "must be a string")
    every = rules.of_project(caller.project)
    if not ids and not text:
        return every
    by_id = {alert.code: alert for alert in every}
    if any(one not in by_id for one in ids):
        raise Missing("alert")
    found = {one: by_id[one] for one in ids}
    if text:
        matching = rules.matching(every, text, resources.known_channels(caller))
        found |= {alert.code: alert for alert in matching}
    return list(found.values())


def _history(request: Request, caller: Caller) -> Reply:
    """List what the alerts did in the last days, by their ids, newest first; those that did nothing are left out."""
    days = wire.number(request, "days", DAYS, 1, DAYS_MAX)
    wanted = {*wire.every(request, "id"), *wire.every(request, "alert_id")}
    status = wire.every(request, "status")
    if status and status[-1] not in STATUS:
        raise Invalid("status", "must be alerting or recovered")
    found: dict[str, Any] = {}
    for alert in rules.of_project(caller.project):
        if wanted and alert.code not in wanted:
            continue
        events = rules.events(request.services, alert, days)
        told = [wire.event(one) for one in events if not status or one.breaching is STATUS[status[-1]]]
        if told or wanted:
            found[alert.code] = told
    return Reply(body=found)


RESOURCES = [
    resource(
        f"{ROOT}/muted",
        VOICE,
        POST=writes(_mute_many, "Muted", body="MuteMany"),
        DELETE=writes(_unmute_many, "Unmuted", body="UnmuteMany"),
    ),
    resource(f"{ROOT}/history", VOICE, GET=reads(_history, "History", query=("days", "id", "alert_id", "status"))),
    resource(
        f"{ROOT}/{{alert}}/muted",
        VOICE,
        POST=writes(_mute, "Duration", body="MuteOne"),
        GET=reads(_muted, "Mute"),
        DELETE=writes(_unmute, "Nothing"),
    ),
]
