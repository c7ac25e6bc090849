"""Channels over the Management API: the published list, and our extension of it in the same style.

GET    /api/v1/channels/                      the list (Healthchecks, Get a List of Existing Integrations)
POST   /api/v1/channels/                      {"kind", "name", "settings", "remind"} -> 201
GET    /api/v1/channels/<id>                  one, its secrets covered, with its last error
POST   /api/v1/channels/<id>                  {"name", "settings", "remind"}, each optional
DELETE /api/v1/channels/<id>
POST   /api/v1/channels/<id>/test             sends a test at once
GET    /api/v1/channels/<id>/notifications/   the delivery log, newest first
"""

from __future__ import annotations

from typing import Any

from chalicelib.api.healthchecks import wire
from chalicelib.api.healthchecks.errors import MANAGEMENT
from chalicelib.api.healthchecks.management import VERSIONS
from chalicelib.api.healthchecks.validation import text
from chalicelib.api.healthchecks.wire import AUTO_RESOLVE
from chalicelib.channels import fields
from chalicelib.core.check import Channel, canonical_uuid
from chalicelib.core.errors import Invalid, Missing
from chalicelib.gateway import Caller, Reply, Request, Resource, resource, writes
from chalicelib.monitor.managing import channels

# In bytes, as they come: what is kept of them takes up to three times as many, and an item ends at 400 KB.
SETTINGS_MAX = 100_000


def _list(_request: Request, caller: Caller) -> Reply:
    """List the channels of the project."""
    found = channels.of_project(caller.project.code)
    return Reply(body={"channels": [wire.channel_document(channel) for channel in found]})


def _create(request: Request, caller: Caller) -> Reply:
    """Make a channel (our extension)."""
    body = _validated(request, caller)
    if "kind" not in body:
        raise Invalid("kind", "is missing")
    settings, resolves = _settings(body.get("settings", {}))
    name, remind = body.get("name", ""), body.get("remind", 0)
    made = channels.create(request.services, caller.project, body["kind"], name, settings, remind, resolves=resolves)
    return Reply(201, wire.full_channel_document(request, made))


def _validated(request: Request, caller: Caller) -> dict[str, Any]:
    body = caller.body
    text()("kind", body.get("kind", ""))
    text(channels.NAME_MAX)("name", body.get("name", ""))
    if not isinstance(body.get("settings", {}), dict):
        raise Invalid("settings", "is not an object")
    if "settings" in body and len(request.body) > SETTINGS_MAX:
        raise Invalid("settings", "is too long")
    remind = body.get("remind", 0)
    if isinstance(remind, bool) or not isinstance(remind, int):
        raise Invalid("remind", "is not a number")
    return body


def _settings(given: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The settings of the kind, and whether recoveries are told: `auto_resolve` among them says so for every kind."""
    rest = {key: value for key, value in given.items() if key != AUTO_RESOLVE}
    return rest, fields.flag(given, AUTO_RESOLVE, default=True)


def _named(request: Request, caller: Caller) -> Channel:
    code = request.parts["code"]
    if not canonical_uuid(code):
        raise Missing("channel")
    return channels.find(caller.project.code, code)


def _get(request: Request, caller: Caller) -> Reply:
    """Show a channel, its secrets covered, with its last error (our extension)."""
    return Reply(body=wire.full_channel_document(request, _named(request, caller)))


def _update(request: Request, caller: Caller) -> Reply:
    """Change a channel. What is not given stays as it is (our extension)."""
    channel, body = _named(request, caller), _validated(request, caller)
    if body.get("kind", channel.kind) != channel.kind:
        raise Invalid("kind", "cannot be changed")
    changes: dict[str, Any] = {name: body[name] for name in ("name", "remind") if name in body}
    if "settings" in body:
        changes["settings"], changes["resolves"] = _settings(body["settings"])
    return Reply(body=wire.full_channel_document(request, channels.change(request.services, channel, changes)))


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a channel, show it for the last time, and say which checks it was on (our extension)."""
    gone = channels.delete(request.services, _named(request, caller))
    about = {"checks_affected": len(gone.told), "checks_unheard": [one.code for one in gone.unheard]}
    return Reply(body=wire.full_channel_document(request, gone.channel) | about)


def _test(request: Request, caller: Caller) -> Reply:
    """Send a test at once (our extension)."""
    channels.try_out(request.services, caller.project, _named(request, caller))
    return Reply(body={"message": "test notification sent"})


def _notifications(request: Request, caller: Caller) -> Reply:
    """List what the channel was told, newest first (our extension)."""
    log = channels.sent_log(request.services, _named(request, caller))
    return Reply(body={"notifications": [wire.notification_document(entry) for entry in log]})


def _of_version(version: int) -> list[Resource]:
    root = f"/api/v{version}/channels"
    one = f"{root}/{{code}}"
    return [
        resource(
            root,
            MANAGEMENT,
            GET=writes(_list, "Channels"),
            POST=writes(_create, {201: "Channel"}, body="ChannelFields"),
        ),
        resource(
            one,
            MANAGEMENT,
            GET=writes(_get, "Channel"),
            POST=writes(_update, "Channel", body="ChannelFields"),
            DELETE=writes(_delete, "DeletedChannel"),
        ),
        resource(f"{one}/test", MANAGEMENT, POST=writes(_test, "Message", body="KeyAlone")),
        resource(f"{one}/notifications", MANAGEMENT, GET=writes(_notifications, "Notifications")),
    ]


RESOURCES = [one for version in VERSIONS for one in _of_version(version)]
