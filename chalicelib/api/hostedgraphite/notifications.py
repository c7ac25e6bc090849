"""Notification channels: /v2/notifications/, which are the project's channels in this dialect's words.

The destination is an address, a key or a URL, as the type wants it (Hosted Graphite, notification channels).
"""

from __future__ import annotations

from typing import Any

import chalice

from chalicelib import channels as kinds
from chalicelib import http
from chalicelib.api.hostedgraphite import wire
from chalicelib.api.hostedgraphite.access import Caller, body, needs
from chalicelib.api.hostedgraphite.errors import Voice
from chalicelib.core.check import Channel
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.http import Reply, Request
from chalicelib.monitor import channels

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

blueprint = chalice.Blueprint(__name__)


def _shown(channel: Channel) -> dict[str, Any]:
    """A channel of any dialect; the destination's secrets are covered."""
    public = kinds.kind_named(channel.kind).public(channel.settings)
    key = DESTINATIONS.get(channel.kind, "")
    destination = public.get(key) or public.get("url_down") or next((str(one) for one in public.values() if one), "")
    return {
        "type": channel.kind,
        "destination": destination,
        "description": channel.name,
        "id": channel.code,
        "auto_resolve": public.get("auto_resolve", public.get("up", True)),
    }


def _search(request: Request, caller: Caller) -> Reply:
    """Those that any of the given values fits; all where none is given."""
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
    given = _checked(body(request))
    kind = given.get("type")
    if kind not in DESTINATIONS:
        raise Invalid("type", f"must be one of {', '.join(DESTINATIONS)}")
    description = _description(caller, given.get("description"))
    settings = _settings(kind, given.get("destination"), given.get("auto_resolve"))
    channel = _told(lambda: channels.create(request.house, caller.project, kind, description, settings, 0))
    return Reply(201, {"id": channel.code, "url": f"{ROOT}/{channel.code}"})


def _get(request: Request, caller: Caller) -> Reply:
    return Reply(body=_shown(_named(request, caller)))


def _named(request: Request, caller: Caller) -> Channel:
    return channels.find(caller.project.code, request.parts["notification"])


def _update(request: Request, caller: Caller) -> Reply:
    channel, given = _named(request, caller), _checked(body(request))
    if given.get("type", channel.kind) != channel.kind:
        raise Invalid("type", "cannot be changed")
    values: dict[str, Any] = {}
    if "description" in given and given["description"] != channel.name:
        values["name"] = _description(caller, given["description"])
    if "destination" in given or "auto_resolve" in given:
        destination = given.get("destination", channel.settings.get(DESTINATIONS.get(channel.kind, "")))
        values["settings"] = _settings(channel.kind, destination, given.get("auto_resolve"))
    return Reply(body=_shown(_told(lambda: channels.change(channel, values)) if values else channel))


def _delete(request: Request, caller: Caller) -> Reply:
    channels.delete(request.house, _named(request, caller))
    return Reply(body={})


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    for key in given:
        if key not in (*FIELDS, "id"):
            raise Invalid(ascii(key)[1:-1][:60], f"is not known here; there are {', '.join(FIELDS)}")
    if not isinstance(given.get("auto_resolve", True), bool | None):
        raise Invalid("auto_resolve", "must be true or false")
    return given


def _description(caller: Caller, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > DESCRIPTION_MAX or "," in value:
        raise Invalid("description", f"must be a text of 1 to {DESCRIPTION_MAX} characters without commas")
    if any(channel.name == value for channel in channels.of_project(caller.project.code)):
        raise Conflict(f"a channel described as {value!r} exists already")
    return value


def _settings(kind: str, destination: Any, auto_resolve: bool | None) -> dict[str, Any]:
    if not isinstance(destination, str) or not destination.strip():
        raise Invalid("destination", "is required and must be a string")
    settings: dict[str, Any] = {DESTINATIONS[kind]: destination}
    if kind == "webhook":
        settings = {"url": destination, "format": "hostedgraphite"}
    if auto_resolve is not None and kind in ("email", "sms"):
        settings["up"] = auto_resolve
    if auto_resolve is not None and kind in ("pagerduty", "opsgenie", "victorops"):
        settings["auto_resolve"] = auto_resolve
    return settings


def _told(attempt: Any) -> Channel:
    """Runs a use case; what it says of a setting is said of the destination."""
    try:
        found: Channel = attempt()
    except Invalid as error:
        field = "destination" if error.field.startswith("settings.") else error.field
        raise Invalid(field, error.message) from None
    return found


_VOICE = Voice()
_ONE = {"GET": needs("read", _get), "PUT": needs("write", _update), "DELETE": needs("write", _delete)}
http.resource(blueprint, ROOT, _VOICE, {"GET": needs("read", _search), "POST": needs("write", _create)})
http.resource(blueprint, f"{ROOT}/{{notification}}", _VOICE, _ONE)
# The document's examples write it so once.
http.resource(blueprint, "/v2/notification/{notification}", _VOICE, _ONE)
