"""The Pinging API (Healthchecks, Pinging API): by uuid, or by ping key and slug.

    /ping/<uuid>[/start|/fail|/log|/<exit status>]
    /ping/<ping key>/<slug>[/start|/fail|/log|/<exit status>]

Every method is a ping, whatever its headers and body: what is odd is cut or left out, and the ping counts.
"""

from __future__ import annotations

import ipaddress
import re
import uuid

from chalicelib.api.healthchecks.errors import PINGING
from chalicelib.api.healthchecks.validation import SLUG_MAX
from chalicelib.core.check import PingKind, Signal, canonical_uuid
from chalicelib.core.errors import Invalid, Missing, UnknownKey
from chalicelib.gateway import METHODS, Reply, Request, public, resource
from chalicelib.monitor import throttling
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import projects

ACTIONS: dict[str, PingKind] = {"start": "start", "fail": "fail", "log": "log"}
UA_MAX, SCHEME_MAX, ADDRESS_MAX = 200, 10, 45
_WORD = re.compile(r"[-a-zA-Z0-9_]+")
_STATUS = re.compile(r"[0-9]+", re.ASCII)


def _ping(request: Request) -> Reply:
    """Tell that a job runs: that it began, ended well, failed, or ended with an exit status.

    Every method is a ping, whatever its headers and body. 201 when the ping made its check.
    """
    parts = [request.parts[name] for name in ("first", "second", "third") if name in request.parts]
    address, action = _address(parts)
    create = bool(address.slug) and request.query.get("create") == ["1"]
    with throttling.pinging(request.services, request.source_ip, address.key_hash):
        outcome = _received(request, address, action, create=create)
    limit = request.services.settings.ping_body_limit
    reply = Reply(content_type="text/plain; charset=utf-8")
    reply.status, reply.body = (201, "Created") if outcome == "created" else (200, "OK")
    reply.headers = {"Access-Control-Allow-Origin": "*", "Ping-Body-Limit": str(limit)}
    return reply


def _received(request: Request, address: pings.Address, action: str, *, create: bool) -> pings.Outcome:
    try:
        signal = _signal(request, action)
    except Invalid:
        _require(request, address, create=create)
        raise
    return pings.receive(request.services, address, signal, create=create)


def _require(request: Request, address: pings.Address, *, create: bool) -> None:
    """An unknown check is told before anything that is wrong with the ping, unless the ping would have made it."""
    try:
        pings.require(request.services, address)
    except UnknownKey:
        raise
    except Missing:
        if not create:
            raise


def _address(parts: list[str]) -> tuple[pings.Address, str]:
    """Whom the path names, and the action at its end. The uuid form is tried first, as the original does."""
    first, rest = parts[0], parts[1:]
    if canonical_uuid(first) and (not rest or (len(rest) == 1 and _is_action(rest[0]))):
        return pings.Address(code=first), rest[0] if rest else ""
    if not rest or not all(_WORD.fullmatch(part) for part in parts):
        raise Missing("check")
    slug, action = rest[0], rest[1] if len(rest) > 1 else ""
    if slug != slug.lower() or len(slug) > SLUG_MAX:
        raise Invalid("url", "invalid url format")
    if action and not _is_action(action):
        raise Missing("check")
    return pings.Address(key_hash=projects.hash_of(first), slug=slug), action


def _is_action(text: str) -> bool:
    return text in ACTIONS or _STATUS.fullmatch(text) is not None


def _signal(request: Request, action: str) -> Signal:
    exitstatus = _exitstatus(action)
    return Signal(
        kind=ACTIONS.get(action, "success"),
        at=request.services.clock(),
        rid=_rid(request),
        exitstatus=exitstatus,
        scheme=_storable(request.header("x-forwarded-proto").split(",")[0].strip()[:SCHEME_MAX]) or "http",
        remote_addr=_remote_addr(request),
        method=request.method,
        ua=_storable(request.header("user-agent"))[:UA_MAX],
        body=request.body[: request.services.settings.ping_body_limit],
        request=request.id,
    )


def _exitstatus(action: str) -> int | None:
    if not _STATUS.fullmatch(action):
        return None
    digits = action.lstrip("0") or "0"
    if len(digits) > 3 or int(digits) > 255:
        raise Invalid("url", "invalid url format")
    return int(digits)


def _rid(request: Request) -> str | None:
    given = request.query.get("rid")
    if given is None:
        return None
    try:
        rid = str(uuid.UUID(given[-1]))
    except ValueError:
        raise Invalid("rid", "invalid uuid format") from None
    if rid != given[-1].lower():
        raise Invalid("rid", "invalid uuid format")
    return rid


def _remote_addr(request: Request) -> str:
    """The sender's address; a proxy that says nothing sensible is not believed, and the ping counts all the same."""
    forwarded = request.header("x-forwarded-for").split(",")[0].strip()
    for text in (forwarded, forwarded.rpartition(":")[0], request.source_ip):
        try:
            return str(ipaddress.ip_address(text.strip("[]")))[:ADDRESS_MAX]
        except ValueError:
            continue
    return ""


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


_ANSWERS, _QUERY = {200: "text/plain", 201: "text/plain"}, ("create", "rid")
_ALL_METHODS = dict.fromkeys(METHODS, public(_ping, _ANSWERS, query=_QUERY))
# What is sent with a ping is kept with it, whatever it is.
_ALL_METHODS |= dict.fromkeys(("POST", "PUT", "PATCH"), public(_ping, _ANSWERS, query=_QUERY, body="text/plain"))
RESOURCES = [
    resource("/ping/{first}", PINGING, **_ALL_METHODS),
    resource("/ping/{first}/{second}", PINGING, **_ALL_METHODS),
    resource("/ping/{first}/{second}/{third}", PINGING, **_ALL_METHODS),
]
