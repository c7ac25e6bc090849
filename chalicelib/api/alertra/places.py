"""What surrounds the devices: the greeting, the places that are probed from, the contacts that are told."""

from __future__ import annotations

from chalicelib import gateway
from chalicelib.api.alertra import formats
from chalicelib.api.alertra.errors import VOICE
from chalicelib.gateway import Caller, Denied, Reply, Request, public, reads, resource
from chalicelib.monitor.managing import channels
from chalicelib.monitor.telling import reaching

_LEVELS = {"write": "UW", "read": "UR", "ping": "P"}


def _hello(request: Request) -> Reply:
    """Greet in plain text, and tell a caller what its key allows."""
    lines = [f"Hello {request.source_ip}", ""]
    texts = gateway.presented(request, VOICE.header)
    if texts:
        found = gateway.opened(request, texts)
        if found is None:
            raise Denied("the API key is not known")
        key, text = found
        lines += [
            f"Using key:  {text}",
            "Key type:   API",
            f"Auth level: {_LEVELS[key.access]}",
            "HTTP Auth:  No",
            "",
        ]
    lines += [f"The time is {request.services.clock():%Y-%m-%d %H:%M:%S} UTC.", "Have a splendid day."]
    return Reply(body="\n".join(lines), content_type="text/plain; charset=utf-8")


def _locations(request: Request, _caller: Caller) -> Reply:
    """List the places from which devices can be looked at."""
    found = [{"Location": name} for name in request.services.settings.places]
    return formats.reply(request, found, root="Locations", item="Location")


def _contacts(request: Request, caller: Caller) -> Reply:
    """List the channels that can be told."""
    found = [
        {
            "contact_id": channel.code,
            "Name": channel.name,
            "Kind": channel.kind,
            "LastError": reaching.trouble(request.services, channel),
        }
        for channel in channels.of_project(caller.project.code)
    ]
    return formats.reply(request, found, root="Contacts", item="Contact")


def _notification_schedules(request: Request, _caller: Caller) -> Reply:
    """List nothing: who is told when is for maintenance and channels to say."""
    return formats.reply(request, [], root="NotificationSchedules", item="NotificationSchedule")


RESOURCES = [
    resource("/v1.1/hello", VOICE, GET=public(_hello, "text/plain")),
    resource("/v1.1/locations", VOICE, GET=reads(_locations, "Locations")),
    resource("/v1.1/contacts", VOICE, GET=reads(_contacts, "Contacts")),
    resource("/v1.1/notification-schedules", VOICE, GET=reads(_notification_schedules, "NotificationSchedules")),
]
