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
LIST_MAX = 1_000_000
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
    """List the checks of the project, oldest first."""
    tags = set(request.query.get("tag", ()))
    slug = request.query.get("slug")
    offset, limit = _number(request, "offset", LIST_MAX, empty=0), _number(request, "limit", LIST_MAX)
    found = checks.of_project(caller.project)
    chosen = [check for check in found if tags <= set(check.tags.split()) and (not slug or check.slug == slug[-1])]
    page = chosen[offset:][:limit]
    return Reply(body={"checks": [wire.check_document(request, check, caller.access) for check in page]})


def _create(request: Request, caller: Caller) -> Reply:
    """Make a check, or with `unique` change the one that is there already.

    201 for a new check, 200 for one that was found by the fields that `unique` names and was changed.
    """
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
    """Show a check."""
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
    """Change a check. Fields that are not given stay as they are."""
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
    """Delete a check with its history, and show it for the last time."""
    document = wire.check_document(request, checks.delete(request.services, _by_uuid(request, caller)), "write")
    return Reply(body=document)


def _pause(request: Request, caller: Caller) -> Reply:
    """Pause a check: nobody is told of it until it is resumed or, unless that is switched off, pinged."""
    paused = checks.pause(request.services, _by_uuid(request, caller))
    return Reply(body=wire.check_document(request, paused, "write"))


def _resume(request: Request, caller: Caller) -> Reply:
    """Resume a paused check: it is new, and waits for its first ping."""
    resumed = checks.resume(request.services, _by_uuid(request, caller))
    return Reply(body=wire.check_document(request, resumed, "write"))


def _pings(request: Request, caller: Caller) -> Reply:
    """List the newest pings, with how long the runs took that they ended."""
    check = _by_uuid(request, caller)
    limit, now = request.services.settings.ping_log_limit, request.services.clock()
    # The page before serves the durations of runs that began there.
    pings = history.pings(check.code, limit, now)
    older = history.pings(check.code, limit, now, below=pings[-1].n) if len(pings) == limit else []
    return Reply(body={"pings": wire.ping_documents(request, check.code, pings, older)})


def _ping_body(request: Request, caller: Caller) -> Reply:
    """Show the body that came with a ping."""
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
    """List when the check went up and down, newest first."""
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


def _page(request: Request, caller: Caller) -> Reply:
    """Show where the page of the check is (our extension)."""
    return Reply(body=wire.page_document(request, caller.project, _by_uuid(request, caller)))


def _renew_page(request: Request, caller: Caller) -> Reply:
    """Give the page another address, and switch it on: the one before leads nowhere any more (our extension)."""
    renewed = checks.renew_page(request.services, _by_uuid(request, caller))
    return Reply(body=wire.page_document(request, caller.project, renewed))


def _close_page(request: Request, caller: Caller) -> Reply:
    """Switch the page off: its address leads nowhere any more (our extension)."""
    closed = checks.close_page(request.services, _by_uuid(request, caller))
    return Reply(body=wire.page_document(request, caller.project, closed))


def _status(_request: Request) -> Reply:
    """Tell whether the service can reach its tables."""
    checks.reachable()
    return Reply(body="OK", content_type="text/plain")


def _of_version(version: int) -> list[Resource]:
    root = f"/api/v{version}"
    one = f"{root}/checks/{{code}}"
    found = [
        resource(
            f"{root}/checks",
            MANAGEMENT,
            GET=reads(_list, "Checks", query=("tag", "slug", "limit", "offset")),
            POST=writes(_create, {201: "Check", 200: "Check"}, body="CheckFields"),
        ),
        resource(
            one,
            MANAGEMENT,
            GET=reads(_get, "Check"),
            POST=writes(_update, "Check", body="CheckFields"),
            DELETE=writes(_delete, "Check"),
        ),
        resource(f"{one}/pause", MANAGEMENT, POST=writes(_pause, "Check", body="KeyAlone")),
        resource(f"{one}/resume", MANAGEMENT, POST=writes(_resume, "Check", body="KeyAlone")),
        resource(f"{one}/pings", MANAGEMENT, GET=writes(_pings, "Pings")),
        resource(f"{one}/pings/{{n}}/body", MANAGEMENT, GET=writes(_ping_body, "text/plain")),
        resource(f"{one}/flips", MANAGEMENT, GET=reads(_flips, "Flips", query=("seconds", "start", "end"))),
        resource(
            f"{one}/page",
            MANAGEMENT,
            GET=writes(_page, "Page"),
            POST=writes(_renew_page, "Page", body="KeyAlone"),
            DELETE=writes(_close_page, "Page"),
        ),
    ]
    if version > 1:  # /api/v1/status belongs to another dialect
        found.append(resource(f"{root}/status", MANAGEMENT, GET=public(_status, "text/plain")))
    return found


RESOURCES = [one for version in VERSIONS for one in _of_version(version)]
