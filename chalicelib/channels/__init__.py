"""Where news goes: one module for each kind of channel. The only importers of boto3 beside the store.

To add a kind: a module that is a `base.Kind`, and its name in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.channels import (
    alertmanager,
    apprise,
    dingtalk,
    discord,
    feishu,
    googlechat,
    gotify,
    kafka,
    line,
    mail,
    matrix,
    mattermost,
    ntfy,
    opsgenie,
    pagerduty,
    pushover,
    rocketchat,
    sensu,
    signal,
    slack,
    sms,
    sns,
    teams,
    telegram,
    threema,
    twilio,
    victorops,
    webhook,
    wecom,
    zulip,
)
from chalicelib.channels.base import Event, Kind, Outlet
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid, Undelivered

__all__ = [
    "KINDS",
    "Event",
    "Kind",
    "Outlet",
    "comes_back",
    "kind_named",
    "narrowed",
    "reachable",
    "recipients",
    "sent_to",
    "wants",
]

KINDS: tuple[Kind, ...] = (
    *(mail, sms, sns, webhook, slack, pagerduty, opsgenie, victorops),
    *(telegram, discord, teams, ntfy, matrix, mattermost, pushover, googlechat, rocketchat, gotify, zulip),
    *(alertmanager, twilio, kafka, line, signal, wecom, dingtalk, feishu, threema, sensu, apprise),
)

# The kinds that reach people at addresses of their own, from whom messages may come back after they were accepted, and
# the setting in which the addresses stand.
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
    """The addresses of the people whom a channel reaches, each of whom gets a message of his own; none of a kind that
    reaches something else."""
    key = _RECIPIENTS.get(channel.kind)
    return [address for address in str(channel.settings[key]).split(", ") if address] if key else []


def narrowed(channel: Channel, some: Iterable[str]) -> Channel:
    """The channel as if it reached some of its people alone."""
    return replace(channel, settings=channel.settings | {_RECIPIENTS[channel.kind]: ", ".join(some)})


def sent_to(channel: Channel) -> list[str]:
    """The channel's people without those to whom nothing is sent any more, as messages to them came back for good."""
    gone = {address for address, bounce in channel.bounced.items() if bounce.final}
    return [address for address in recipients(channel) if address not in gone]


def reachable(channel: Channel) -> list[str]:
    """As `sent_to`. Raises Undelivered if nobody is left."""
    left = sent_to(channel)
    if not left:
        raise Undelivered("; ".join(dict.fromkeys(bounce.why for bounce in channel.bounced.values())), permanent=True)
    return left
