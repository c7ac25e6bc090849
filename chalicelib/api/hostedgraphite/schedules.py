"""Scheduled mutes: /v2/schedules/ (Hosted Graphite, scheduled mutes). A zone may be UTC+2, or an IANA name, which then
keeps to its daylight saving time."""

from __future__ import annotations

from typing import Any

from chalicelib.api.hostedgraphite import bodies, validation, wire
from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.core.windows import DAYS, Window, window_of
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import mutes, rules
from chalicelib.store import mutes as store_mutes
from chalicelib.store.mutes import MuteWindow

ROOT = "/v2/schedules"
FIELDS = ("name", "start_time", "duration", "timezone", "repeat")
NAME_MAX = 200
_NAMES = {"at": "start_time", "days": "repeat"}


def _shown(schedule: MuteWindow, having: list[Check]) -> dict[str, Any]:
    window = mutes.window(schedule)
    hours, minutes = divmod(window.at, 60)
    return {
        "name": schedule.name,
        "id": schedule.code,
        "duration": window.duration,
        "alerts": [alert.code for alert in having if schedule.code in rules.attached(alert)],
        "start_time": f"{hours:02d}:{minutes:02d}",
        "timezone": window.tz,
        "repeat": [DAYS[day] for day in window.days],
    }


def _search(request: Request, caller: Caller) -> Reply:
    """Search scheduled mutes: those that fit any of the given values; all where none is given."""
    having = rules.of_project(caller.project)
    found = [_shown(schedule, having) for schedule in store_mutes.of_project(caller.project.code)]
    wanted = {name: wire.every(request, name) for name in (*FIELDS, "id")}
    if any(wanted.values()):
        found = [one for one in found if _fits(one, wanted)]
    page, following = wire.paged(request, found)
    return Reply(body={"scheduled_mutes": page, "next_page": following})


def _fits(shown: dict[str, Any], wanted: dict[str, list[str]]) -> bool:
    for name, values in wanted.items():
        # "UTC+2" in a query arrives as "UTC 2" unless its plus sign is escaped.
        spelt = {value.replace("UTC ", "UTC+") if name == "timezone" else value for value in values}
        has = set(shown[name]) if name == "repeat" else {str(shown[name])}
        if spelt & has:
            return True
    return False


def _create(request: Request, caller: Caller) -> Reply:
    """Make a scheduled mute."""
    given = bodies.read(request)
    schedule = mutes.create(request.services, caller.project, _name(given), _window(given))
    return Reply(201, {"id": schedule.code, "url": f"{ROOT}/{schedule.code}"})


def _get(request: Request, caller: Caller) -> Reply:
    """Show a scheduled mute, with the alerts that have it."""
    return Reply(body=_shown(_named(request, caller), rules.of_project(caller.project)))


def _named(request: Request, caller: Caller) -> MuteWindow:
    return store_mutes.get(caller.project.code, request.parts["schedule"])


def _update(request: Request, caller: Caller) -> Reply:
    """Change a scheduled mute. What is not named stays as it is."""
    schedule = _named(request, caller)
    merged = {key: value for key, value in _shown(schedule, []).items() if key in FIELDS} | bodies.read(request)
    changed = mutes.change(request.services, schedule, _name(merged), _window(merged))
    rules.reschedule(request.services, caller.project, changed)
    return Reply(body=_shown(changed, rules.of_project(caller.project)))


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a scheduled mute; the alerts that had it are told of as others."""
    schedule = _named(request, caller)
    rules.unschedule(request.services, caller.project, schedule)
    store_mutes.delete(schedule)
    return Reply(body={})


def _name(given: dict[str, Any]) -> str:
    validation.require_known(given, FIELDS)
    return validation.text(given.get("name"), "name", NAME_MAX)


def _window(given: dict[str, Any]) -> Window:
    length = validation.whole(given.get("duration"))
    zone, days = given.get("timezone"), given.get("repeat")
    try:
        return window_of(given.get("start_time"), length, "UTC" if zone is None else zone, [] if days is None else days)
    except Invalid as error:
        raise Invalid(_NAMES.get(error.field, error.field), error.message) from None


RESOURCES = [
    resource(
        ROOT,
        VOICE,
        GET=reads(_search, "Schedules", query=(*FIELDS, "id", *wire.PAGE)),
        POST=writes(_create, {201: "Made"}, body="NewSchedule"),
    ),
    resource(
        f"{ROOT}/{{schedule}}",
        VOICE,
        GET=reads(_get, "Schedule"),
        PUT=writes(_update, "Schedule", body="ScheduleFields"),
        DELETE=writes(_delete, "Nothing"),
    ),
]
