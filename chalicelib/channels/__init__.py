"""Where news goes: one module for each kind of channel. The only importers of boto3 beside the store.

To add a kind: a module that is a `base.Kind`, and its name in `KINDS`.
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import mail, opsgenie, pagerduty, slack, sms, sns, victorops, webhook
from chalicelib.channels.base import Event, Kind, Outlet
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid, Undelivered

__all__ = ["KINDS", "Event", "Kind", "Outlet", "comes_back", "kind_named", "reachable", "recipients", "wants"]

KINDS: tuple[Kind, ...] = (mail, sms, sns, webhook, slack, pagerduty, opsgenie, victorops)

# The kinds whose messages may come back after they were accepted, and the setting that holds their recipients.
_RECIPIENTS = {mail.name: "address", sms.name: "number"}


def kind_named(name: object) -> Kind:
    """The kind that a channel's `kind` names. Raises Invalid, which lists the known ones."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise Invalid("kind", f"is not one of {', '.join(kind.name for kind in KINDS)}")


def wants(channel: Channel, event: Event) -> bool:
    """Whether a channel is to be told of an event. A test always is; recoveries only where the channel `resolves`;
    beyond that the directions in the settings of its kind decide."""
    if event == "test":
        return True
    if event == "up" and not channel.resolves:
        return False
    return kind_named(channel.kind).wants(channel.settings, event)


def comes_back(channel: Channel) -> bool:
    """Whether messages of the channel may come back after they were accepted."""
    return channel.kind in _RECIPIENTS


def recipients(channel: Channel) -> list[str]:
    """The addresses or the number of a channel whose messages may come back; of another kind nobody."""
    return str(channel.settings[_RECIPIENTS[channel.kind]]).split(", ") if comes_back(channel) else []


def reachable(channel: Channel) -> dict[str, Any]:
    """The channel's settings without those of its recipients to whom nothing is sent any more. Raises Undelivered if
    nobody is left."""
    gone = {name: bounce for name, bounce in channel.bounced.items() if bounce.final}
    if not gone:
        return channel.settings
    left = [one for one in recipients(channel) if one not in gone]
    if not left:
        raise Undelivered("; ".join(dict.fromkeys(bounce.why for bounce in gone.values())), permanent=True)
    return {**channel.settings, _RECIPIENTS[channel.kind]: ", ".join(left)}
