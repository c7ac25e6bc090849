"""Where news goes: one module for each kind of channel. The only importers of boto3 beside the store.

To add a kind: a module that is a `base.Kind`, and its name in `KINDS`.
"""

from __future__ import annotations

from chalicelib.channels import mail, opsgenie, pagerduty, slack, sms, sns, victorops, webhook
from chalicelib.channels.base import Event, Kind, Outlet
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid

__all__ = ["KINDS", "Event", "Kind", "Outlet", "kind_named", "wants"]

KINDS: tuple[Kind, ...] = (mail, sms, sns, webhook, slack, pagerduty, opsgenie, victorops)


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
