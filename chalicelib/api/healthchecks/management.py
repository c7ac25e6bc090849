"""The Management API of checks (Healthchecks Management API v1; v2 and v3 differ in what `status` and `name` mean)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.api.healthchecks import wire
from chalicelib.api.healthchecks.bodies import BadRequest
from chalicelib.api.healthchecks.errors import MANAGEMENT
from chalicelib.api.healthchecks.validation import validate
from chalicelib.core import audience
from chalicelib.core.check import Check, Filters, canonical_uuid
from chalicelib.core.errors import Missing
from chalicelib.gateway import Caller, Reply, Request, Resource, public, reads, resource, writes
from chalicelib.monitor.managing import channels, checks
from chalicelib.store import history

VERSIONS = (1, 2, 3)
YEAR = 31_536_000
LARGEST_MOMENT = 10_000_000_000
# The store keeps moments as microseconds in sixteen digits; one more would sort before all of them.
LAST_MOMENT = LARGEST_MOMENT - 1
UNIQUE_KEY_LENGTH = 40
_FAULTS: dict[audience.Fault, str] = {
    "empty": "empty channel identifier",
    "unknown": "invalid channel identifier: {}",
    "ambiguous": "non-unique channel identifier: {}",
}


def _list(request: Request, caller: Caller) -> Reply:
    tags = set(request.query.get("tag", ()))
    slug = request.query.get("slug")
    found = checks.of_project(caller.project)
    chosen = [check for check in found if tags <= set(check.tags.split()) and (not slug or check.slug == slug[-1])]
    return Reply(body={"checks": [wire.check_document(request, check, caller.access) for check in chosen]})


def _create(request: Request, caller: Caller) -> Reply:
    fields = validate(caller.body)
    wanted = wire.unique_values(fields)
    new = partial(_values_of_new, request, caller, fields)
    if wanted:
        check, is_new = checks.find_or_create(request.services, caller.project, wanted, new)
    else:
        check, is_new = checks.create(request.services, caller.project, new()), True
    if is_new:
        return Reply(201, wire.check_document(request, check, "write"))
    return Reply(body=_updated(request, caller, check, fields))


def _values_of_new(request: Request, caller: Caller, fields: dict[str, Any]) -> dict[str, Any]:
    """The attributes of the check that `fields` describe. Raises LimitReached before it looks for faults in them."""
    checks.require_room(request.services, caller.project)
    values = wire.values(fields, wire.version_of(request), Filters())
    values["channels"] = audience.of_new((), audience.Wish.NOBODY)
    if "channels" in fields:
        values["channels"] = _channels(caller, fields["channels"])
    return values


def _get(request: Request, caller: Caller) -> Reply:
    return Reply(body=wire.check_document(request, _named(request, caller), caller.access))


def _named(request: Request, caller: Caller) -> Check:
    """The check that the path names, by uuid or, for reading, by unique key."""
    code = request.parts["code"]
    if len(code) == UNIQUE_KEY_LENGTH and request.method == "GET":
        return checks.find_by_unique_key(caller.project.code, code)
    return _by_uuid(request, caller)


def _by_uuid(request: Request, caller: Caller) -> Check:
    code = request.parts["code"]
    if not canonical_uuid(code):
        raise Missing("check")
    return checks.find(caller.project.code, code)


def _update(request: Request, caller: Caller) -> Reply:
    check = _by_uuid(request, caller)
    return Reply(body=_updated(request, caller, check, validate(caller.body)))


def _updated(request: Request, caller: Caller, check: Check, fields: dict[str, Any]) -> dict[str, Any]:
    values = wire.values(fields, wire.version_of(request), check.filters)
    if "channels" in fields:
        values["channels"] = _channels(caller, fields["channels"])
    return wire.check_document(request, checks.change(request.services, check, values), "write")


def _channels(caller: Caller, names: str) -> tuple[str, ...]:
    """The channels that a comma separated list of ids and names means; "*" is all of them. Raises BadRequest, whose
    message speaks of an identifier: it needs no field."""
    if not names:
        return ()
    known = channels.of_project(caller.project.code)
    if names == "*":
        return audience.everyone(known)
    resolved = audience.resolve(known, names.split(","))
    for name, fault in resolved.wrong:
        raise BadRequest(_FAULTS[fault].format(name))
    return resolved.codes


def _delete(request: Request, caller: Caller) -> Reply:
    document = wire.check_document(request, checks.delete(request.services, _by_uuid(request, caller)), "write")
    return Reply(body=document)


def _pause(request: Request, caller: Caller) -> Reply:
    paused = checks.pause(request.services, _by_uuid(request, caller))
    return Reply(body=wire.check_document(request, paused, "write"))


def _resume(request: Request, caller: Caller) -> Reply:
    resumed = checks.resume(request.services, _by_uuid(request, caller))
    return Reply(body=wire.check_document(request, resumed, "write"))


def _pings(request: Request, caller: Caller) -> Reply:
    """The newest pings within the log's length; the page before serves the durations of runs that began there."""
    check = _by_uuid(request, caller)
    limit, now = request.services.settings.ping_log_limit, request.services.clock()
    pings = history.pings(check.code, limit, now)
    older = history.pings(check.code, limit, now, below=pings[-1].n) if len(pings) == limit else []
    return Reply(body={"pings": wire.ping_documents(request, check.code, pings, older)})


def _ping_body(request: Request, caller: Caller) -> Reply:
    check = _by_uuid(request, caller)
    text = request.parts["n"]
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Missing("ping")
    oldest = check.n_pings - request.services.settings.ping_log_limit
    body = history.ping_body(check.code, int(text), request.services.clock()) if int(text) > oldest else None
    if body is None:
        raise Missing("ping body")
    return Reply(body=body.decode("utf-8", "replace"), content_type="text/plain")


def _flips(request: Request, caller: Caller) -> Reply:
    check = _named(request, caller)
    start, end = _window(request)
    flips = history.flips(check.project, check.code, start, end, request.services.clock()) if start < end else []
    return Reply(body={"flips": [wire.flip_document(flip) for flip in flips]})


def _window(request: Request) -> tuple[datetime, datetime]:
    """The span that `seconds`, `start` and `end` name; without any, everything that is kept."""
    now = request.services.clock()
    seconds = _number(request, "seconds", YEAR, empty=0)
    start, end = _number(request, "start", LARGEST_MOMENT), _number(request, "end", LARGEST_MOMENT)
    low = datetime.fromtimestamp(min(start or 0, LAST_MOMENT), UTC)
    high = datetime.fromtimestamp(LAST_MOMENT if end is None else min(end, LAST_MOMENT), UTC)
    return max(low, now - timedelta(seconds=seconds)) if seconds else low, high


def _number(request: Request, name: str, largest: int, empty: int | None = None) -> int | None:
    given = request.query.get(name)
    if given is None or (given[-1] == "" and empty is not None):
        return empty
    text = given[-1]
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= largest):
        raise BadRequest(f"{name} must be a whole number from 0 to {largest}")
    return int(text)


def _status(_request: Request) -> Reply:
    """Whether the service can reach its tables."""
    checks.reachable()
    return Reply(body="OK", content_type="text/plain")


def _of_version(version: int) -> list[Resource]:
    root = f"/api/v{version}"
    one = f"{root}/checks/{{code}}"
    found = [
        resource(f"{root}/checks", MANAGEMENT, GET=reads(_list), POST=writes(_create)),
        resource(one, MANAGEMENT, GET=reads(_get), POST=writes(_update), DELETE=writes(_delete)),
        resource(f"{one}/pause", MANAGEMENT, POST=writes(_pause)),
        resource(f"{one}/resume", MANAGEMENT, POST=writes(_resume)),
        resource(f"{one}/pings", MANAGEMENT, GET=writes(_pings)),
        resource(f"{one}/pings/{{n}}/body", MANAGEMENT, GET=writes(_ping_body)),
        resource(f"{one}/flips", MANAGEMENT, GET=reads(_flips)),
    ]
    if version > 1:  # /api/v1/status belongs to another dialect
        found.append(resource(f"{root}/status", MANAGEMENT, GET=public(_status)))
    return found


RESOURCES = [one for version in VERSIONS for one in _of_version(version)]
