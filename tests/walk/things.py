"""Checks of every kind, and channels, as their owner knows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.walk.heartbeat import Happened, State
from tests.walk.outside import Receiver


@dataclass
class Sent:
    """One ping as its client saw it: `certain` when it was answered with a 2xx, `died` when the process ended first."""

    ua: str
    what: str
    at: float
    run: str
    certain: bool
    died: bool = False


@dataclass
class Span:
    """Since when and until when something holds; `until` is None while it does."""

    since: float
    until: float | None = None

    def covers(self, at: float) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class Channel:
    code: str
    name: str
    kind: str
    receiver: Receiver
    remind: int = 0
    # Whether it wants to hear that a check is up again.
    ups: bool = True
    deleted: bool = False
    # Whether it stands in no list, as it belongs to an alert definition, and whether it hears of that as a whole.
    hidden: bool = False
    whole: bool = False
    # When the receiver has not been well, last.
    unwell: float = -1.0


@dataclass
class Thing:
    """A check of any kind. `state` is what a heartbeat was made with, `told` since when which channels are assigned."""

    kind: str
    code: str
    name: str
    state: State
    created: float
    slug: str = ""
    remind: int = 0
    site: int = 0
    metric: str = ""
    events: list[Happened] = field(default_factory=list)
    pings: list[Sent] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)
    silences: list[Span] = field(default_factory=list)
    told: dict[str, list[Span]] = field(default_factory=dict)
    # Of a rule or a device, whether its owner has paused it; a heartbeat wakes by itself, an alert has its definition.
    paused: bool = False
    # The devices without which this one cannot be reached, and since when each is named.
    masters: list[tuple[Thing, Span]] = field(default_factory=list)
    deleted: float | None = None
    # Whether its owner has begun to delete it.
    leaving: bool = False
    # When it was deleted, or a channel left it, to which a mail was on its way back then.
    returning: dict[str, float] = field(default_factory=dict)
    # The name that its item has in the tables.
    key: str = ""
    # The alert whose entity this is.
    parent: Thing | None = None

    def tells(self, channel: str) -> bool:
        return any(span.until is None for span in self.told.get(channel, ()))

    def master(self) -> Thing | None:
        """The device without which this one cannot be reached at present."""
        named = [master for master, span in self.masters if span.until is None and master.deleted is None]
        return named[-1] if named else None

    def silent(self, at: float) -> bool:
        return any(span.covers(at) for span in self.silences)
