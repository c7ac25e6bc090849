"""Notification channels: /v2/notifications/, which are the project's channels in this dialect's words.

The destination is an address, a key or a URL, as the type wants it (Hosted Graphite, notification channels).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib import channels as kinds
from chalicelib.api.hostedgraphite import bodies, validation, wire
from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.channels.fields import MASK
from chalicelib.core.check import Channel
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import channels

ROOT = "/v2/notifications"
FIELDS = ("type", "description", "destination", "auto_resolve")
DESCRIPTION_MAX = 100
# The published types, and the key of our settings that the destination is.
DESTINATIONS = {
    "email": "address",
    "sms": "number",
    "slack": "url",
    "pagerduty": "routing_key",
    "opsgenie": "api_key",
    "victorops": "url",
    "webhook": "url",
}


def _shown(channel: Channel) -> dict[str, Any]:
    """A channel of any dialect; the destination's secrets are covered."""
    public = kinds.kind_named(channel.kind).public(channel.settings)
    key = DESTINATIONS.get(channel.kind, "")
    told = [one for one in public.values() if isinstance(one, str) and one]
    destination = public.get(key) or public.get("url_down") or next((one for one in told if one != MASK), MASK)
    return {
        "type": channel.kind,
        "destination": destination,
        "description": channel.name,
        "id": channel.code,
        "auto_resolve": kinds.wants(channel, "up"),
    }


def _search(request: Request, caller: Caller) -> Reply:
    """Search channels: those that any of the given values fits; all where none is given."""
    found = [_shown(channel) for channel in channels.of_project(caller.project.code)]
    wanted = {
        "type": wire.every(request, "type"),
        "description": [*wire.every(request, "description"), *wire.every(request, "descriptions")],
        "id": wire.every(request, "id"),
    }
    if any(wanted.values()):
        found = [one for one in found if any(one[name] in values for name, values in wanted.items())]
    page, following = wire.paged(request, found)
    return Reply(body={"notifications": page, "next_page": following})


def _create(request: Request, caller: Caller) -> Reply:
    """Make a channel."""
    given = _checked(bodies.read(request))
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in DESTINATIONS:
        raise Invalid("type", f"must be one of {', '.join(DESTINATIONS)}")
    description = _description(caller, given.get("description"))
    destination, resolves = _destination(given.get("destination")), given.get("auto_resolve") is not False

    def create() -> Channel:
        settings = _settings(kind, {}, destination)
        return channels.create(request.services, caller.project, kind, description, settings, resolves=resolves)

    channel = _told(create)
    return Reply(201, {"id": channel.code, "url": f"{ROOT}/{channel.code}"})


def _get(request: Request, caller: Caller) -> Reply:
    """Show a channel, its secrets covered."""
    return Reply(body=_shown(_named(request, caller)))


def _named(request: Request, caller: Caller) -> Channel:
    return channels.find(caller.project.code, request.parts["notification"])


def _update(request: Request, caller: Caller) -> Reply:
    """Change a channel. What is not named stays as it is."""
    channel, given = _named(request, caller), _checked(bodies.read(request))
    if given.get("type", channel.kind) != channel.kind:
        raise Invalid("type", "cannot be changed")
    name = channel.name
    if given.get("description", name) != name:
        name = _description(caller, given["description"])
    destination, shown = _destination(given["destination"]) if "destination" in given else None, _shown(channel)
    # What is covered when it is shown may be sent back as it was shown.
    if destination == shown["destination"]:
        destination = None

    def change() -> Channel:
        wanted = replace(channel, name=name, settings=_settings(channel.kind, channel.settings, destination))
        if given.get("auto_resolve") not in (None, shown["auto_resolve"]):
            wanted = _resolving(wanted, given["auto_resolve"])
        fields = (key for key in ("name", "settings", "resolves") if getattr(wanted, key) != getattr(channel, key))
        changes = {key: getattr(wanted, key) for key in fields}
        return channels.change(request.services, channel, changes) if changes else channel

    return Reply(body=_shown(_told(change)))


def _resolving(channel: Channel, wanted: bool) -> Channel:
    """The channel that is told of recoveries or not. Where its settings leave them out, as another dialect can have it,
    they are put in: a webhook without an address for them is told of them as of the beginning of a problem."""
    resolving, settings = replace(channel, resolves=wanted), channel.settings
    if not wanted or kinds.wants(resolving, "up"):
        return resolving
    if channel.kind != "webhook":
        return replace(resolving, settings=settings | {"up": True})
    copied = ("url",) if settings["body_up"] or settings["headers_up"] else ("url", "method", "body", "headers")
    return replace(resolving, settings=settings | {f"{part}_up": settings[f"{part}_down"] for part in copied})


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a channel."""
    channels.delete(request.services, _named(request, caller))
    return Reply(body={})


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    validation.require_known(given, FIELDS, ("id",))
    if not isinstance(given.get("auto_resolve", True), bool | None):
        raise Invalid("auto_resolve", "must be true or false")
    return given


def _description(caller: Caller, value: Any) -> str:
    description = validation.text(value, "description", DESCRIPTION_MAX)
    if "," in description:
        raise Invalid("description", "must not hold a comma")
    if any(channel.name == description for channel in channels.of_project(caller.project.code)):
        raise Conflict(f"a channel described as {description!r} exists already")
    return description


def _destination(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid("destination", "is required and must be a string")
    return value


def _settings(kind: str, before: dict[str, Any], destination: str | None) -> dict[str, Any]:
    """The settings of a channel, {} of a new one, with a new destination in them. Raises Invalid."""
    if destination is None:
        return before
    if kind not in DESTINATIONS:
        raise Invalid("destination", f"of a channel of the type {kind} cannot be changed here")
    if kind == "webhook":
        return before | _hook(before, destination)
    return before | {DESTINATIONS[kind]: destination}


def _hook(before: dict[str, Any], url: str) -> dict[str, Any]:
    """A new webhook gets the documented JSON at both ends of a problem; another keeps what it sends, and when."""
    if not before:
        return kinds.kind_named("webhook").clean({"url": url, "format": "hostedgraphite"})
    return {"url_down": url, "url_up": url if before["url_up"] else ""}


def _told(attempt: Callable[[], Channel]) -> Channel:
    """Runs a use case; what it says of a setting is said of the destination."""
    try:
        return attempt()
    except Invalid as error:
        field = "destination" if error.field.startswith("settings.") else error.field
        raise Invalid(field, error.message) from None


_ONE = {
    "GET": reads(_get, "Channel"),
    "PUT": writes(_update, "Channel", body="ChannelFields"),
    "DELETE": writes(_delete, "Nothing"),
}
RESOURCES = [
    resource(
        ROOT,
        VOICE,
        GET=reads(_search, "Channels", query=("type", "description", "descriptions", "id", *wire.PAGE)),
        POST=writes(_create, {201: "Made"}, body="NewChannel"),
    ),
    resource(f"{ROOT}/{{notification}}", VOICE, **_ONE),
    # The document's examples write it so once.
    resource("/v2/notification/{notification}", VOICE, **_ONE),
]
