"""The audience of a check: the channels of a new check, the channels that names mean, and the channels to tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from chalicelib.core import kinds
from chalicelib.core.check import Channel, Check

# The name of the channel that is made for the installation's owner.
OWNER_CHANNEL = "Email me"

# What can be wrong with a name: it is empty, no channel has it, several have it.
Fault = Literal["empty", "unknown", "ambiguous"]


class Wish(Enum):
    """Who shall hear of a new check of which nobody said it."""

    # A check that its first ping made, and a device: what nobody hears of helps nobody.
    EVERYONE = "everyone"
    # A metric alert (Hosted Graphite Alerts API, Creating Alerts, notification_channels).
    OWNER = "owner"
    # A check that is made over the Management API (Healthchecks, Create a Check, channels).
    NOBODY = "nobody"


def of_new(known: Iterable[Channel], wish: Wish) -> tuple[str, ...]:
    """The codes of the channels that a new check is given, in order; `known` are the project's channels.

    Default channels are not among them: they hear of it anyway, for as long as they are that. The owner is the channel
    "Email me"; where there is none, every e-mail channel.
    """
    open_ones = [channel for channel in known if not (channel.hidden or channel.default)]
    if wish is Wish.NOBODY:
        return ()
    if wish is Wish.EVERYONE:
        return _codes(open_ones)
    named = [channel for channel in open_ones if channel.name == OWNER_CHANNEL]
    return _codes(named or [channel for channel in open_ones if channel.kind == "email"])


def everyone(known: Iterable[Channel]) -> tuple[str, ...]:
    """The codes of all channels that stand in lists, in order: what "*" means."""
    return _codes(channel for channel in known if not channel.hidden)


def of_check(check: Check, known: Iterable[Channel]) -> list[Channel]:
    """The channels that hear of a check: those that it names, and the project's defaults. What it names and is gone
    hears nothing. `known` are the project's channels, the hidden ones too; their order stays."""
    named = (channel for channel in known if channel.default or channel.code in check.channels)
    return [channel for channel in named if _concerns(check, channel)]


def _concerns(check: Check, channel: Channel) -> bool:
    """Whether a channel hears of a check of this sort: of an alert that has instances as a whole, or of each of these;
    nobody hears both."""
    return channel.whole == (not check.parent) or not kinds.of(check).instanced


@dataclass(frozen=True, slots=True)
class Resolved:
    """The meaning of channels' names: the codes of the known ones in order, and each wrong name with its fault."""

    codes: tuple[str, ...]
    wrong: tuple[tuple[str, Fault], ...] = ()


def resolve(known: Iterable[Channel], names: Iterable[str]) -> Resolved:
    """The channels that are called by their codes or by their exact names; a hidden one cannot be called."""
    by_name: dict[str, set[str]] = {}
    for channel in known:
        if not channel.hidden:
            by_name.setdefault(channel.name, set()).add(channel.code)
    own = {code for codes in by_name.values() for code in codes}
    meant = [(name, {name} if name in own else by_name.get(name, set())) for name in names]
    found = {code for name, codes in meant if name and len(codes) == 1 for code in codes}
    wrong = tuple((name, _fault(name, codes)) for name, codes in meant if not name or len(codes) != 1)
    return Resolved(tuple(sorted(found)), wrong)


def _fault(name: str, codes: set[str]) -> Fault:
    if not name:
        return "empty"
    return "ambiguous" if codes else "unknown"


def _codes(channels: Iterable[Channel]) -> tuple[str, ...]:
    return tuple(sorted(channel.code for channel in channels))
