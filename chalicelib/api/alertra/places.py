"""What surrounds the devices: the greeting, the places that are probed from, the contacts that are told."""

from __future__ import annotations

import chalice

from chalicelib import gateway
from chalicelib.api.alertra import formats
from chalicelib.api.alertra.access import HEADER, Caller, needs
from chalicelib.api.alertra.errors import Denied, Voice
from chalicelib.gateway import Reply, Request
from chalicelib.monitor.managing import channels, probes, projects

_LEVELS = {"write": "UW", "read": "UR", "ping": "P"}

blueprint = chalice.Blueprint(__name__)


def _hello(request: Request) -> Reply:
    """A greeting in plain text that tells a client who it is. Raises Denied for a key that is none."""
    lines = [f"Hello {request.source_ip}", ""]
    texts = gateway.presented(request, HEADER)
    if texts:
        key, _ = gateway.opened(request, HEADER)
        if key is None:
            raise Denied("the API key is not known")
        lines += [
            f"Using key:  {next(text for text in texts if projects.hash_of(text) == key.hash)}",
            "Key type:   API",
            f"Auth level: {_LEVELS[key.access]}",
            "HTTP Auth:  No",
            "",
        ]
    lines += [f"The time is {request.services.clock():%Y-%m-%d %H:%M:%S} UTC.", "Have a splendid day."]
    return Reply(body="\n".join(lines), content_type="text/plain; charset=utf-8")


def _locations(request: Request, _caller: Caller) -> Reply:
    found = [{"Location": name} for name in probes.locations(request.services)]
    return formats.reply(request, found, root="Locations", item="Location")


def _contacts(request: Request, caller: Caller) -> Reply:
    found = [
        {"contact_id": channel.code, "Name": channel.name, "Kind": channel.kind, "LastError": channel.error}
        for channel in channels.of_project(caller.project.code)
    ]
    return formats.reply(request, found, root="Contacts", item="Contact")


def _notification_schedules(request: Request, _caller: Caller) -> Reply:
    """There are none: who is told when is for maintenance and channels to say."""
    return formats.reply(request, [], root="NotificationSchedules", item="NotificationSchedule")


_VOICE = Voice()
gateway.resource(blueprint, "/v1.1/hello", _VOICE, {"GET": _hello})
gateway.resource(blueprint, "/v1.1/locations", _VOICE, {"GET": needs("read", _locations)})
gateway.resource(blueprint, "/v1.1/contacts", _VOICE, {"GET": needs("read", _contacts)})
gateway.resource(blueprint, "/v1.1/notification-schedules", _VOICE, {"GET": needs("read", _notification_schedules)})
