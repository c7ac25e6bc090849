"""Downtimes: schedule and delete (ZMON REST API, Downtimes; the call of zmon-cli's `downtimes create`), and the calls
of its web interface under /rest.

`entity_filters` and `recurring` are our own: entities that come later, and downtimes that come again.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.api.zmon import bodies, fields, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core import entities
from chalicelib.core.downtimes import Downtime
from chalicelib.core.errors import Invalid
from chalicelib.core.moments import EPOCH, to_seconds
from chalicelib.core.specs import condition_of
from chalicelib.core.windows import DAYS, Window, window_of
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import downtimes

ROOT = "/api/v1/downtimes"
LONGEST = timedelta(days=365)
ENTITIES_MAX, ALERTS_MAX, COMMENT_MAX = 1_000, 1_000, 1_000
_RECURRING = {"at", "duration", "days", "timezone"}


def _schedule(request: Request, caller: Caller) -> Reply:
    """Tell nobody of some entities for a time, as far as alerts are about them: of all alerts that are active, or of
    those that are named. Nothing that fits is no error."""
    asked = _asked(bodies.read(request), request, caller)
    return Reply(body=_shown(downtimes.schedule(request.services, caller.project, asked)))


def _delete(request: Request, caller: Caller) -> Reply:
    """End a downtime. One that is not there is no error."""
    name = request.parts["downtime"]
    found = downtimes.remove(request.services, caller.project, name)
    return Reply(body=_shown(found) if found else _nothing(name))


def _list(request: Request, caller: Caller) -> Reply:
    """List the downtimes that are not over, each entity of each alert by itself; of some alerts where these are
    named."""
    given = request.query.get("alert_definition_id", ())
    wanted = {_number(one, "alert_definition_id") for one in given}
    found = downtimes.standing(caller.project, request.services.clock())
    return Reply(
        body=[
            wire.downtime(number, entity, silence)
            for alert, silence in found
            if (number := condition_of(alert).number) in wanted or not wanted
            for entity in silence.entities
        ]
    )


def _schedule_many(request: Request, caller: Caller) -> Reply:
    """Tell nobody of some entities of some alerts for a time; answers the ids, one for each alert."""
    given = bodies.read(request)
    pairs = given.get("downtime_entities")
    if not isinstance(pairs, list) or not pairs or not all(isinstance(one, dict) for one in pairs):
        raise Invalid("downtime_entities", "must be a list of at least one alert with its entities")
    if len(pairs) > ALERTS_MAX:
        raise Invalid("downtime_entities", f"must not name more than {ALERTS_MAX} alerts")
    every = [_asked(_of_alert(given, one), request, caller) for one in pairs]
    return Reply(body=[one.id for one in downtimes.schedule_all(request.services, caller.project, every)])


def _of_alert(given: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    number = one.get("alert_definition_id", one.get("alert_id"))
    if number is None:
        raise Invalid("alert_definition_id", "is mandatory")
    return {**given, "alert_definitions": [number], "entities": one.get("entity_ids"), "entity_filters": None}


def _delete_many(request: Request, caller: Caller) -> Reply:
    """End downtimes of single entities, by their ids; an unknown one is no error."""
    downtimes.take_out(request.services, caller.project, request.query.get("downtime_id", ()))
    return Reply()


def _asked(given: dict[str, Any], request: Request, caller: Caller) -> Downtime:
    """The downtime that a body asks for. Raises Invalid."""
    now = request.services.clock()
    window = _window(given.get("recurring"))
    comment = _comment(given)
    start, end = _span(given, window, now)
    names, filters = _names(given.get("entities")), _filters(given.get("entity_filters"))
    if not names and not filters:
        raise Invalid("", "downtime request should have at least one entity")
    if names and filters:
        # All that an open downtime is about are filters: those of ids as well.
        filters = (*filters, {"id": list(names)})
    return Downtime(
        request.services.new_code(),
        comment,
        start,
        end,
        caller.author,
        now,
        entities=names,
        alerts=_numbers(given.get("alert_definitions")),
        window=window,
        filters=filters,
    )


def _comment(given: dict[str, Any]) -> str:
    comment: str = fields.required(fields.text(given, "comment"), "comment")
    if len(comment) > COMMENT_MAX:
        raise Invalid("comment", f"must not be longer than {COMMENT_MAX} characters")
    return comment


def _span(given: dict[str, Any], window: Window | None, now: datetime) -> tuple[datetime, datetime | None]:
    start = _moment(given, "start_time", now) or now.replace(microsecond=0)
    end = _moment(given, "end_time", now)
    if end is None and window is None:
        raise Invalid("", "end time is mandatory")
    if end is None:
        return start, None
    if start >= end:
        raise Invalid("", "Start date must precede end date")
    if end <= now:
        raise Invalid("", "End time expired")
    if end > now + LONGEST:
        raise Invalid("", "End time limit exceeded (maximum is 1 year)")
    return start, end


def _moment(given: dict[str, Any], field: str, now: datetime) -> datetime | None:
    """Seconds since 1970; a fraction is cut off. What lies too far ahead for any moment is as far as that is told."""
    value = given.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Invalid(field, "must be a number of seconds since 1970")
    ahead = now + 2 * LONGEST
    return EPOCH + timedelta(seconds=math.floor(value)) if value < ahead.timestamp() else ahead.replace(microsecond=0)


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise Invalid("entities", "must be a list of ids of entities")
    if len(value) > ENTITIES_MAX:
        raise Invalid("entities", f"must not name more than {ENTITIES_MAX}; entity_filters takes any number")
    return tuple(dict.fromkeys(value))


def _filters(value: Any) -> tuple[dict[str, Any], ...]:
    entities.read(value, "entity_filters")
    return tuple(value or ())


def _numbers(value: Any) -> tuple[int, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > ALERTS_MAX:
        raise Invalid("alert_definitions", f"must be a list of at most {ALERTS_MAX} ids of alert definitions")
    return tuple(dict.fromkeys(_number(one, "alert_definitions") for one in value))


def _number(value: Any, field: str) -> int:
    return int(fields.required(fields.whole({field: value}, field), field))


def _window(value: Any) -> Window | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Invalid("recurring", "must be an object with at, duration, days and timezone")
    if unknown := sorted(set(value) - _RECURRING):
        raise Invalid("recurring", f"has no {unknown[0][:60]!a}")
    given = {"tz": value.get("timezone") or "UTC", "days": value.get("days") or ()}
    try:
        return window_of(value.get("at"), value.get("duration"), **given)
    except Invalid as error:
        raise Invalid(f"recurring.{error.field}", error.message) from None


def _shown(downtime: Downtime) -> dict[str, Any]:
    shown = {
        "comment": downtime.comment,
        "start_time": to_seconds(downtime.start),
        "end_time": to_seconds(downtime.end) if downtime.end else None,
        "created_by": downtime.author,
        "id": downtime.id,
        "entities": list(downtime.entities),
        "alert_definitions": list(downtime.alerts),
    }
    if downtime.is_open:
        shown["entity_filters"] = list(downtime.filters)
    if downtime.window:
        shown["recurring"] = _recurring(downtime.window)
    return shown


def _recurring(window: Window) -> dict[str, Any]:
    found = asdict(window)
    hours, minutes = divmod(window.at, 60)
    return {
        "at": f"{hours:02d}:{minutes:02d}",
        "duration": found["duration"],
        "days": [DAYS[day] for day in window.days],
        "timezone": window.tz,
    }


def _nothing(name: str) -> dict[str, Any]:
    unknown = dict.fromkeys(("comment", "start_time", "end_time", "created_by"))
    return {**unknown, "id": name, "entities": [], "alert_definitions": []}


RESOURCES = [
    resource(ROOT, VOICE, POST=writes(_schedule, "Downtime", body="DowntimeFields")),
    resource(f"{ROOT}/{{downtime}}", VOICE, DELETE=writes(_delete, "Downtime")),
    resource("/rest/downtimes", VOICE, GET=reads(_list, "Downtimes", query=("alert_definition_id",))),
    resource("/rest/scheduleDowntime", VOICE, POST=writes(_schedule_many, "Ids", body="DowntimesFields")),
    resource("/rest/deleteDowntimes", VOICE, DELETE=writes(_delete_many, query=("downtime_id",))),
]
