"""The Healthchecks dialect's documents: checks, pings, flips and channels as JSON, and what a body means to the core.

Field names, their order and the rules of omission follow the published document; what it does not show but today's
clients know (slug, started, uuid, ...) stands beside its fields.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import channels as kinds
from chalicelib.api.healthchecks.validation import SLUG_MAX
from chalicelib.core import document, pages, runs, schedule, status, zones
from chalicelib.core.check import Access, Channel, Check, Filters, Flip, Notification, Ping, Project
from chalicelib.gateway import Request
from chalicelib.monitor.managing.checks import slugify
from chalicelib.monitor.telling import reaching

PLAIN = ("name", "tags", "desc", "grace", "manual_resume", "methods")
FILTERS = {
    "start_kw": "start_kw",
    "success_kw": "success_kw",
    "failure_kw": "failure_kw",
    "filter_subject": "subject",
    "filter_body": "body",
    "filter_http_body": "http_body",
    "filter_default_fail": "default_fail",
}
# Stands among the settings of a channel, and belongs to the channel.
AUTO_RESOLVE = "auto_resolve"


def version_of(request: Request) -> int:
    """The API version that the caller used: 1, 2 or 3."""
    return int(request.path.removeprefix("/api/v")[0])


def values(fields: dict[str, Any], version: int, filters: Filters) -> dict[str, Any]:
    """What valid `fields` of a body set on a check whose filters are `filters`: attributes of the core's Check."""
    found = {name: fields[name] for name in PLAIN if name in fields}
    if "grace" in found:
        found["grace"] = int(found["grace"])
    if "slug" in fields:
        found["slug"] = fields["slug"]
    elif "name" in fields and version < 3:
        found["slug"] = slugify(fields["name"])[:SLUG_MAX]
    if "tz" in fields:
        found["tz"] = zones.canonical(fields["tz"])
    found |= _period(fields)
    changed = _filters(fields, filters)
    return found | ({"filters": changed} if changed != filters else {})


def _period(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("schedule"):
        return {"schedule_kind": schedule.kind_of(fields["schedule"]), "schedule": fields["schedule"]}
    if "timeout" in fields:
        return {"schedule_kind": "simple", "timeout": int(fields["timeout"])}
    return {}


def _filters(fields: dict[str, Any], filters: Filters) -> Filters:
    """`subject` and `subject_fail` are the older names of two keywords, and switch the subject filter with them."""
    for old, name in (("subject", "success_kw"), ("subject_fail", "failure_kw")):
        if old in fields:
            filters = replace(filters, **{name: fields[old]})
            filters = replace(filters, subject=bool(filters.success_kw or filters.failure_kw))
    return replace(filters, **{ours: fields[theirs] for theirs, ours in FILTERS.items() if theirs in fields})


def unique_values(fields: dict[str, Any]) -> dict[str, Any] | None:
    """What a check must equal to be the one that `unique` means; None when nothing can match."""
    names = fields.get("unique") or ()
    if not names or any(name not in fields for name in names):
        return None
    return {name: fields[name] for name in names}


def check_document(request: Request, check: Check, access: Access) -> dict[str, Any]:
    version, now = version_of(request), request.services.clock()
    shown = status.shown(check, now, with_started=version == 1)
    about = document.described(check, shown) | {"badge_url": f"{request.root}/b/2/{check.badge}.svg"}
    identity = _identity(request, check, version) if access == "write" else {"unique_key": check.unique_key}
    return about | document.last_duration(check) | identity | document.rhythm(check)


def _identity(request: Request, check: Check, version: int) -> dict[str, Any]:
    address = f"{request.root}/api/v{version}/checks/{check.code}"
    return {
        "uuid": check.code,
        "ping_url": ping_url(request, check.code),
        "update_url": address,
        "pause_url": f"{address}/pause",
        "resume_url": f"{address}/resume",
        "channels": ",".join(check.channels),
    }


def page_document(request: Request, project: Project, check: Check) -> dict[str, Any]:
    """Where the page of the check is; null if it has none."""
    return {"page_url": pages.url_of(request.root, project, check)}


def ping_url(request: Request, code: str) -> str:
    return f"{request.services.settings.ping_endpoint or request.root + '/ping'}/{code}"


def ping_documents(request: Request, code: str, pings: list[Ping], older: list[Ping]) -> list[dict[str, Any]]:
    """The pings, newest first, each with how long its run took; `older` are those before, for runs begun there."""
    durations = runs.durations([*pings, *older])
    version = version_of(request)
    return [_ping_document(request, version, code, ping, durations.get(ping.n)) for ping in pings]


def _ping_document(request: Request, version: int, code: str, ping: Ping, duration: timedelta | None) -> dict[str, Any]:
    body = f"{request.root}/api/v{version}/checks/{code}/pings/{ping.n}/body" if ping.has_body else None
    about = {
        "type": ping.kind,
        "date": ping.at.isoformat(timespec="microseconds"),
        "n": ping.n,
        "scheme": ping.scheme,
        "remote_addr": ping.remote_addr,
        "method": ping.method,
        "ua": ping.ua,
        "rid": ping.rid,
        "body_url": body,
    }
    return about if duration is None else about | {"duration": duration.total_seconds()}


def flip_document(flip: Flip) -> dict[str, Any]:
    return {"timestamp": document.second(flip.at), "up": 1 if flip.new == "up" else 0}


def channel_document(channel: Channel) -> dict[str, Any]:
    """A channel as the published list shows it."""
    return {"id": channel.code, "name": channel.name, "kind": channel.kind}


def full_channel_document(request: Request, channel: Channel) -> dict[str, Any]:
    """A channel as its owner set it up (our extension), its secrets covered."""
    kind = kinds.kind_named(channel.kind)
    settings = kind.public(channel.settings)
    if kind.opens_incidents or not channel.resolves:
        settings[AUTO_RESOLVE] = channel.resolves
    more = {"settings": settings, "remind": channel.remind, "last_error": reaching.trouble(request.services, channel)}
    return channel_document(channel) | more


def notification_document(notification: Notification) -> dict[str, Any]:
    """An entry of a channel's delivery log (our extension)."""
    return {
        "check": notification.check,
        "status": notification.new,
        "flip": notification.flip.isoformat(timespec="microseconds"),
        "reminder": notification.reminder,
        "state": notification.state,
        "attempts": notification.attempts,
        "error": notification.error,
        "date": notification.at.isoformat(timespec="microseconds") if notification.at else None,
        "next_attempt": document.second(notification.next_at) if notification.state == "retry" else None,
    }
