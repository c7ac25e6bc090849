"""Notification channels as the dialect shows them: those of other dialects too, and nothing that is secure."""

from __future__ import annotations

from typing import Any

from chalicelib import channels as kinds
from chalicelib.api.grafana import notifiers, wire
from chalicelib.api.grafana.notifiers import Notifier, Option
from chalicelib.core.check import Channel
from chalicelib.core.moments import from_micros

# What `Channel.extra` holds for this dialect: the uid where one was asked for, when it was changed here, the settings
# for which its kind has no use, and whether recoveries were switched off by their own word.
DIALECT = "grafana"
UID, UPDATED, KEPT, SILENT = "uid", "updated", "settings", "silent"


def whole(channel: Channel) -> dict[str, Any]:
    own = _own(channel)
    updated = from_micros(own[UPDATED]) if UPDATED in own else channel.created
    return {
        **short(channel),
        "sendReminder": channel.remind > 0,
        "disableResolveMessage": _is_silent(channel),
        "frequency": frequency(channel.remind),
        "created": wire.moment(channel.created),
        "updated": wire.moment(updated),
        "settings": settings(channel),
        "secureFields": _secure(channel),
    }


def short(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.number,
        "uid": uid(channel),
        "name": channel.name,
        "type": type_of(channel),
        "isDefault": channel.default,
    }


def _own(channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = channel.extra.get(DIALECT, {})
    return found


def uid(channel: Channel) -> str:
    """The uid that was asked for, or its code."""
    return str(_own(channel).get(UID) or channel.code)


def type_of(channel: Channel) -> str:
    """Grafana's type; of a kind that Grafana does not know the kind's own name."""
    notifier = notifiers.of_kind(channel.kind)
    return notifier.type if notifier else channel.kind


def settings(channel: Channel) -> dict[str, Any]:
    """The settings without what is secure. What another dialect covers is covered here too, unless the channel was
    made here: then it comes back as it was put."""
    notifier, own = notifiers.of_kind(channel.kind), _own(channel)
    public = kinds.kind_named(channel.kind).public(channel.settings)
    if notifier is None:
        return public
    found = notifiers.shown(notifier, channel.settings if UPDATED in own else channel.settings | _covered(public))
    return {**own.get(KEPT, {}), **{key: value for key, value in found.items() if key not in notifier.secure}}


def _covered(public: dict[str, Any]) -> dict[str, Any]:
    """The addresses as a reader may see them. What else a kind covers is secure here, or does not stand in settings."""
    return {key: value for key, value in public.items() if key.startswith("url")}


def _secure(channel: Channel) -> dict[str, bool]:
    """Which of the secure settings there are."""
    notifier = notifiers.of_kind(channel.kind)
    if notifier is None:
        return {}
    return {
        key: True
        for key, value in notifiers.shown(notifier, channel.settings).items()
        if key in notifier.secure and value
    }


def _is_silent(channel: Channel) -> bool:
    """Whether recoveries are switched off by `disableResolveMessage`, and not by the word of a type."""
    kept = _own(channel).get(KEPT, {})
    if channel.resolves or False not in (kept.get("autoResolve"), kept.get("autoClose")):
        return not channel.resolves
    return bool(_own(channel).get(SILENT))


def frequency(seconds: int) -> str:
    """A time without parts that are zero, 1h30m; empty for none."""
    parts = {"h": seconds // 3_600, "m": seconds % 3_600 // 60, "s": seconds % 60}
    return "".join(f"{number}{letter}" for letter, number in parts.items() if number)


def notifier(one: Notifier) -> dict[str, Any]:
    """A type, as Grafana's form asks for it."""
    return {
        "type": one.type,
        "name": one.name,
        "heading": f"{one.name} settings",
        "description": one.about,
        "info": "",
        "options": [_option(option) for option in one.options],
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "element": option.element,
        "inputType": "text",
        "label": option.label,
        "description": option.about,
        "placeholder": "",
        "propertyName": option.key,
        "selectOptions": None,
        "showWhen": {"field": "", "is": ""},
        "required": option.required,
        "validationRule": "",
        "secure": option.secure,
    }
