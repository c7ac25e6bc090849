"""Maintenance: started and stopped by a script, or planned (Alertra REST API, Automate Maintenance).

PUT    /v1.1/devices/<id>/start-maintenance   {"Duration": "HH:MM"}, without it until it is stopped
PUT    /v1.1/devices/<id>/stop-maintenance
GET    /v1.1/devices/<id>/maintenance         what holds and what is planned (from here on our extension)
POST   /v1.1/devices/<id>/maintenance         {"Start", "End"}, or {"Days", "At", "Duration", "TimeZone"}
GET    /v1.1/devices/<id>/maintenance/<window_id>, PUT and DELETE too
GET    /v1.1/maintenance-schedules            what is planned for any device
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.api.alertra import bodies, formats, paging, wire
from chalicelib.api.alertra.devices import ROOT, named
from chalicelib.api.alertra.errors import VOICE
from chalicelib.core import unknown
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.kinds import probe
from chalicelib.core.silence import Silence, parse_duration
from chalicelib.core.windows import Window, window_of
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import checks, silences

KIND = "maintenance"
# One that was started by a script: a second start takes its place, a stop ends it.
STARTED = "started"
LONGEST = timedelta(days=400)
# The clocks of two processes may differ by so much.
CLOCKS = timedelta(seconds=2)
_ONCE, _WEEKLY = ("Start", "End"), ("Days", "At", "Duration", "TimeZone")
_SHOWN = ("window_id", "device_id", "Active", "Author")
_NAMES = {"at": "At", "duration": "Duration", "timezone": "TimeZone", "days": "Days"}


def _start(request: Request, caller: Caller) -> Reply:
    """Begin a maintenance now, for as long as Duration says or until it is stopped: nobody is told meanwhile."""
    device, body = named(request, caller), bodies.read(request)
    unknown.refuse(body, ("Duration",))
    now = request.services.clock()
    length = parse_duration(body["Duration"]) if body.get("Duration") is not None else None
    end = now + length if length else None
    silence = Silence(STARTED, now, end, KIND, author=caller.author)
    return _answered(request, silences.put(request.services, device, silence))


def _stop(request: Request, caller: Caller) -> Reply:
    """End what was started and every single maintenance that holds now; what is planned stays planned."""
    now = request.services.clock()
    device = silences.lift(request.services, named(request, caller), lambda silence: _holds(silence, now))
    return _answered(request, device)


def _holds(silence: Silence, now: datetime) -> bool:
    """Whether the maintenance is under way, also by the clock of a process that is ahead."""
    return silence.kind == KIND and silence.window is None and silence.start <= now + CLOCKS


def _answered(request: Request, device: Check) -> Reply:
    return formats.reply(request, wire.device(device, request.services.clock()), root="Device")


def _list(request: Request, caller: Caller) -> Reply:
    """List the maintenance of a device that holds or is planned (our extension)."""
    return _windows(request, [named(request, caller)])


def _list_all(request: Request, caller: Caller) -> Reply:
    """List the maintenance of all devices that holds or is planned (our extension)."""
    return _windows(request, checks.of_project(caller.project, probe.name))


def _windows(request: Request, devices: list[Check]) -> Reply:
    now = request.services.clock()
    found = [(device, silence) for device in devices for silence in device.silences if _is_to_come(silence, now)]
    body = [wire.window(device, silence, now) for device, silence in paging.page(request, found)]
    return formats.reply(request, body, root="MaintenanceWindows", item="MaintenanceWindow")


def _is_to_come(silence: Silence, now: datetime) -> bool:
    return silence.end is None or silence.end > now


def _create(request: Request, caller: Caller) -> Reply:
    """Plan a maintenance: once from Start to End, or every week (our extension)."""
    device = named(request, caller)
    planned = _planned(bodies.read(request), request.services.clock())
    silence = replace(planned, id=request.services.new_code(), author=caller.author)
    silences.put(request.services, device, silence)
    reply = _shown(request, device, silence, 201)
    reply.headers["Location"] = f"{request.root}{ROOT}/{wire.device_id(device.code)}/maintenance/{silence.id}"
    return reply


def _get(request: Request, caller: Caller) -> Reply:
    """Show a maintenance (our extension)."""
    device = named(request, caller)
    return _shown(request, device, _of(request, device))


def _update(request: Request, caller: Caller) -> Reply:
    """Change a maintenance: the body says all that it is, as for a new one (our extension)."""
    device = named(request, caller)
    before = _of(request, device)
    after = replace(_planned(bodies.read(request), request.services.clock()), id=before.id, author=before.author)
    silences.put(request.services, device, after)
    return _shown(request, device, after)


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a maintenance; if it holds, it ends (our extension)."""
    device = named(request, caller)
    gone = _of(request, device)
    silences.lift(request.services, device, lambda silence: silence.id == gone.id)
    return formats.reply(request, {}, root="MaintenanceWindow")


def _of(request: Request, device: Check) -> Silence:
    found = [silence for silence in device.silences if silence.id == request.parts["window"]]
    if not found or not _is_to_come(found[0], request.services.clock()):
        raise Missing("maintenance window")
    return found[0]


def _shown(request: Request, device: Check, silence: Silence, status: int = 200) -> Reply:
    document = wire.window(device, silence, request.services.clock())
    return formats.reply(request, document, root="MaintenanceWindow", status=status)


def _planned(body: dict[str, Any], now: datetime) -> Silence:
    """The maintenance that a body describes, without an id; one whose End is null lasts until it is stopped. Raises
    Invalid."""
    unknown.refuse(body, (*_ONCE, *_WEEKLY, *_SHOWN))
    weekly = any(body.get(name) is not None for name in _WEEKLY)
    start = wire.moment("Start", body["Start"]) if body.get("Start") else now
    end = wire.moment("End", body["End"]) if body.get("End") else None
    if not weekly and not (body.get("Start") and "End" in body):
        missing = "End" if body.get("Start") else "Start"
        raise Invalid(missing, "is missing: give Start and End, or Days, At, Duration and TimeZone")
    if end and not max(start, now) < end:
        raise Invalid("End", "must be after Start and in the future")
    if end and not weekly and end - start > LONGEST:
        raise Invalid("End", f"must be within {LONGEST.days} days of Start")
    # What has passed cannot be made quiet any more: it counts as it was.
    return Silence("", max(start, now), end, KIND, _window(body) if weekly else None)


def _window(body: dict[str, Any]) -> Window:
    length = parse_duration(body.get("Duration"))
    try:
        minutes = int(length.total_seconds()) // 60
        return window_of(body.get("At"), minutes, body.get("TimeZone") or "UTC", _days(body.get("Days")))
    except Invalid as error:
        raise Invalid(_NAMES.get(error.field, error.field), error.message) from None


def _days(days: Any) -> Any:
    """A list as XML has it, or as a text with commas, is one too; none at all means every day."""
    if days in (None, ""):
        return ()
    if isinstance(days, dict) and len(days) == 1:
        (days,) = days.values()
    return [part.strip() for part in days.split(",")] if isinstance(days, str) else days


_ONE = f"{ROOT}/{{device}}"
RESOURCES = [
    resource(f"{_ONE}/start-maintenance", VOICE, PUT=writes(_start, "Device", body="Start")),
    resource(f"{_ONE}/stop-maintenance", VOICE, PUT=writes(_stop, "Device")),
    resource(
        f"{_ONE}/maintenance",
        VOICE,
        GET=reads(_list, "Windows", query=paging.PAGE),
        POST=writes(_create, {201: "Window"}, body="WindowFields"),
    ),
    resource(
        f"{_ONE}/maintenance/{{window}}",
        VOICE,
        GET=reads(_get, "Window"),
        PUT=writes(_update, "Window", body="WindowFields"),
        DELETE=writes(_delete, "Nothing"),
    ),
    resource("/v1.1/maintenance-schedules", VOICE, GET=reads(_list_all, "Windows", query=paging.PAGE)),
]
