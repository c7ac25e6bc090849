"""Alert notifications: the project's channels in this dialect's words (Grafana, Alerting HTTP API and Alerting
Notification Channels HTTP API).

The published document writes `alerts-notifications` where it makes, changes and deletes them, and Grafana's servers
`alert-notifications`: both are served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.api.grafana import bodies, notifiers, shown
from chalicelib.api.grafana.errors import VOICE, BadRequest, NotFound
from chalicelib.api.grafana.notifiers import Notifier
from chalicelib.api.grafana.shown import DIALECT, KEPT, SILENT, UID, UPDATED
from chalicelib.core import kinds
from chalicelib.core.check import Channel
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.core.moments import to_micros
from chalicelib.gateway import Caller, Reply, Request, Resource, reads, resource, writes
from chalicelib.monitor.managing import channels

ROOTS = ("/api/alert-notifications", "/api/alerts-notifications")
FIELDS = (
    *("id", "uid", "name", "type", "isDefault", "sendReminder", "disableResolveMessage", "frequency"),
    *("settings", "secureSettings", "secureFields", "created", "updated"),
)
KEPT_MAX = 10_000
TEST = "Test notification"
TAKEN = "Failed to create alert notification"
NO_FREQUENCY = "Notification frequency not specified"
_UID = re.compile(rf"[A-Za-z0-9_-]{{1,{bodies.UID_MAX}}}")
_FREQUENCY = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?")

Body = dict[str, Any]
T = TypeVar("T")


def _list(_request: Request, caller: Caller) -> Reply:
    """List the notification channels of the project, of whatever dialect."""
    return Reply(body=[shown.whole(one) for one in channels.of_project(caller.project.code)])


def _lookup(_request: Request, caller: Caller) -> Reply:
    """List what the notification channels are called."""
    return Reply(body=[shown.short(one) for one in channels.of_project(caller.project.code)])


def _get(request: Request, caller: Caller) -> Reply:
    """Show a notification channel, without what is secure of it."""
    return Reply(body=shown.whole(_named(request, caller)))


def _named(request: Request, caller: Caller) -> Channel:
    """The channel of the number or the uid in the path. Raises NotFound."""
    found = channels.of_project(caller.project.code)
    if "uid" in request.parts:
        fitting = [one for one in found if shown.uid(one) == request.parts["uid"]]
    else:
        number = bodies.whole(request.parts["notification"])
        fitting = [one for one in found if number and one.number == number]
    if not fitting:
        raise NotFound("Alert notification not found")
    return fitting[0]


def _create(request: Request, caller: Caller) -> Reply:
    """Make a notification channel."""
    given = bodies.read(request)
    notifier, name = notifiers.named(_required(given, "type")), _required(given, "name")
    others = channels.of_project(caller.project.code)
    uid = _uid(given, others)
    if any(one.name == name for one in others):
        raise Conflict(TAKEN)
    settings, values = notifiers.read(notifier, _settings(given), {}), _values(request, given, notifier, uid)

    def make() -> Channel:
        return channels.create(request.services, caller.project, notifier.kind, name, settings, **values)

    return Reply(body=shown.whole(_told(make, notifier)))


def _update(request: Request, caller: Caller) -> Reply:
    """Change a notification channel. What is secure and not sent stays as it is, all else is replaced; the type is for
    life."""
    channel, given = _named(request, caller), bodies.read(request)
    name, kind = _required(given, "name"), _required(given, "type")
    if kind != shown.type_of(channel):
        raise Invalid("type", f"cannot be changed, it is {shown.type_of(channel)}")
    others = [one for one in channels.of_project(caller.project.code) if one.code != channel.code]
    if any(one.name == name for one in others):
        raise Conflict("Failed to update alert notification")
    notifier, uid = notifiers.of_kind(channel.kind), _uid(given, others) or channel.extra.get(DIALECT, {}).get(UID, "")
    values = {"name": name, **_values(request, given, notifier, uid)}
    if notifier:
        values["settings"] = notifiers.read(notifier, _unmasked(channel, _settings(given)), channel.settings)
    elif _settings(given) not in ({}, shown.settings(channel)):
        raise BadRequest(f"the settings of a channel of the type {kind} cannot be changed here")

    return Reply(body=shown.whole(_told(lambda: channels.change(request.services, channel, values), notifier)))


def _unmasked(channel: Channel, given: Body) -> Body:
    """The settings in which what is covered when it is shown, and comes back as it was shown, is what it covers."""
    notifier = notifiers.of_kind(channel.kind)
    clear = notifiers.shown(notifier, channel.settings) if notifier else {}
    seen = shown.settings(channel)
    return {key: clear.get(key, value) if seen.get(key) == value else value for key, value in given.items()}


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a notification channel. Of one that is in use it says how many alerts it is taken off, and which of these
    nobody hears of now."""
    channel = _named(request, caller)
    gone = channels.delete(request.services, channel)
    about: Body = {"id": channel.number} if "uid" in request.parts else {}
    if gone.told:
        about["alertsAffected"] = len(gone.told)
        about["alertsUnheard"] = [{"id": one.number, "name": kinds.label(one)} for one in gone.unheard]
    return Reply(body={"message": "Notification deleted", **about})


def _test(request: Request, caller: Caller) -> Reply:
    """Send a test at once, through a channel as it would be made of the body; nothing of it is kept. The id of a
    channel that is there lends it what is secure."""
    given = bodies.read(request)
    notifier = notifiers.named(_required(given, "type"))
    number, known = given.get("id"), channels.of_project(caller.project.code)
    before = next((one for one in known if number and one.number == number and one.kind == notifier.kind), None)
    settings = _settings(given)
    if before:
        settings = _unmasked(before, settings)
    cleaned = notifiers.read(notifier, settings, before.settings if before else {})
    name = given.get("name") if isinstance(given.get("name"), str) else ""
    _told(
        lambda: channels.try_unsaved(request.services, caller.project, notifier.kind, name or TEST, cleaned), notifier
    )
    return Reply(body={"message": "Test notification sent"})


def _values(request: Request, given: Body, notifier: Notifier | None, uid: str) -> Body:
    """What a channel has beside its name and the settings of its kind."""
    silent, kept = bodies.flag(given, "disableResolveMessage", default=False), _kept(given, notifier)
    extra = {UPDATED: to_micros(request.services.clock()), KEPT: kept, SILENT: silent, UID: uid}
    return {
        "remind": _reminder(given),
        # Who opens incidents says so in words of its own.
        "resolves": not silent and kept.get("autoResolve") is not False and kept.get("autoClose") is not False,
        "default": bodies.flag(given, "isDefault", default=False),
        "extra": {DIALECT: extra},
    }


def _kept(given: Body, notifier: Notifier | None) -> Body:
    found = notifiers.rest(notifier, _plain(given, "settings")) if notifier else {}
    if len(json.dumps(found)) > KEPT_MAX:
        raise Invalid("settings", f"must not take more than {KEPT_MAX} bytes of JSON")
    return found


def _reminder(given: Body) -> int:
    """Seconds between reminders, 0 for none. Raises Invalid, and BadRequest in Grafana's words."""
    if not bodies.flag(given, "sendReminder", default=False):
        return 0
    text = given.get("frequency")
    if text in (None, ""):
        raise BadRequest(NO_FREQUENCY)
    match = _FREQUENCY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Invalid("frequency", 'must be a time such as "15m" or "1h30m"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    found = hours * 3_600 + minutes * 60 + seconds
    if not channels.REMIND_MIN <= found <= channels.REMIND_MAX:
        raise Invalid("frequency", "must be from 5m to 168h")
    return found


def _required(given: Body, field: str) -> str:
    value = given.get(field)
    if value is None or value == "":
        raise Invalid(field, "is required")
    if not isinstance(value, str) or not value.strip() or len(value) > channels.NAME_MAX:
        raise Invalid(field, f"must be a text of 1 to {channels.NAME_MAX} characters")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Invalid(field, "holds a character that cannot be used (NUL or a lone surrogate)")
    return value


def _uid(given: Body, others: list[Channel]) -> str:
    """The uid that is asked for, empty for none. Raises Invalid, Conflict."""
    value = given.get("uid")
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not _UID.fullmatch(value):
        raise Invalid("uid", f"must be 1 to {bodies.UID_MAX} letters, figures, - and _")
    if any(shown.uid(one) == value for one in others):
        raise Conflict(TAKEN)
    return value


def _settings(given: Body) -> Body:
    """The settings, the secure ones with them, wherever they stand."""
    return {**_plain(given, "settings"), **_plain(given, "secureSettings")}


def _plain(given: Body, field: str) -> Body:
    value = given.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(field, "must be an object")
    return value


def _told(attempt: Callable[[], T], notifier: Notifier | None) -> T:
    """Runs a use case; what it says of a setting is said of the type."""
    try:
        return attempt()
    except Invalid as error:
        if notifier is None or not error.field.startswith("settings."):
            raise
        raise notifiers.told(error, notifier) from None


def _types(_request: Request, _caller: Caller) -> Reply:
    """List the types of notification channels, each with its settings."""
    return Reply(body=[shown.notifier(one) for one in notifiers.offered()])


def _of(root: str) -> list[Resource]:
    one = {
        "GET": writes(_get, "Notification"),
        "PUT": writes(_update, "Notification", body="NotificationFields"),
        "DELETE": writes(_delete, "Deleted"),
    }
    return [
        resource(
            root,
            VOICE,
            GET=writes(_list, "Notifications"),
            POST=writes(_create, "Notification", body="NotificationFields"),
        ),
        resource(f"{root}/lookup", VOICE, GET=reads(_lookup, "Lookup")),
        resource(f"{root}/test", VOICE, POST=writes(_test, "Message", body="NotificationFields")),
        resource(f"{root}/{{notification}}", VOICE, **one),
        resource(f"{root}/uid/{{uid}}", VOICE, **one),
    ]


RESOURCES = [
    *(one for root in ROOTS for one in _of(root)),
    resource("/api/alert-notifiers", VOICE, GET=writes(_types, "Notifiers")),
]
