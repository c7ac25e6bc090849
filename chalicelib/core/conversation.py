"""A conversation of a channel and a check as it stands, and what may be decided of it. Pure.

`core.telling` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.check import Check, Flip
from chalicelib.core.cursor import Attempt, Cursor, Heard
from chalicelib.core.outages import Outage
from chalicelib.core.silence import SilencedUntil


@dataclass(frozen=True, slots=True)
class Listener:
    """A channel as a conversation sees it: whether it wants "down" and "up", whether its "down" opens an `incident` at
    a service, the seconds between reminders (0: none), and when it was last `mended`: changed, tested well, or told
    something after an error."""

    down: bool = True
    up: bool = True
    incident: bool = False
    remind: int = 0
    mended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """What keeps a check's news back at present: a silence, or a master that cannot be reached. Flips up to `mastered`
    came while the latter lasted."""

    silenced: SilencedUntil | None = None
    unreachable: SilencedUntil | None = None
    mastered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that is known when it is decided what to tell. `flips` are the check's newest, oldest first; those
    that the cursor has settled may be among them. `stale` news should have been told more than a day ago."""

    cursor: Cursor
    flips: Sequence[Flip]
    check: Check
    listener: Listener
    now: datetime
    holds: Holds = field(default_factory=Holds)
    stale: bool = False

    @property
    def fresh(self) -> list[Flip]:
        """The flips that are not settled, without those of quiet outages. What has expired is made up for: the check
        knows its present status."""
        settled = self.cursor.settled
        found = [flip for flip in self.flips if settled is None or flip.at > settled]
        since, newest = self.check.since, found[-1].at if found else settled
        if since and (newest is None or since > newest):
            check = self.check
            old: Heard = "up" if check.status == "down" else "down"
            found.append(Flip(check.project, check.code, since, old, check.status, quiet=check.quiet))
        return [flip for flip in found if not flip.quiet]

    @property
    def newest(self) -> datetime | None:
        """The moment of the newest flip, quiet or not."""
        moments = [flip.at for flip in self.flips]
        return max([*moments, self.check.since] if self.check.since else moments, default=self.cursor.settled)


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell this now. `flip` is the newest flip that the message tells of, `began` the beginning of the outage that is
    under way or over with it. `over` are the outages of whose end the channel hears with it, oldest first: of "up" at
    least one, of "down" those that it missed. `heard`: it heard "down" before. When it is told, the flips up to `upto`
    are settled; `cursor` is what the conversation is before."""

    cursor: Cursor
    event: Heard
    flip: Flip
    began: datetime
    upto: datetime | None
    over: tuple[Outage, ...] = ()
    heard: bool = False
    reminder: int = 0
    incident: str = ""

    @property
    def newest(self) -> datetime:
        """The newest flip that it covers: of a reminder the one that it is about."""
        return self.flip.at if self.reminder else self.upto or self.flip.at

    def attempt(self, now: datetime, lease: datetime) -> Attempt:
        """The message as the cursor keeps it while it is sent."""
        reason = self.flip.reason
        return Attempt(self.event, self.newest, self.reminder, self.began, reason, self.incident, now, now, lease=lease)


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again then; None where something must happen before. `leased`: somebody is telling it at this moment.
    `mastered`: the check's master is waited for."""

    cursor: Cursor
    until: datetime | None
    leased: bool = False
    mastered: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """There is nothing to tell. `dropped`: what was to be told is too old."""

    cursor: Cursor
    dropped: bool = False


Decision = Tell | Wait | Settled
