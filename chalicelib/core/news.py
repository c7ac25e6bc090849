"""News: everything that a channel may tell about one flip, gathered before any channel is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.core import pages
from chalicelib.core.check import Check, Flip, Ping
from chalicelib.core.outages import Outage
from chalicelib.core.postmark import Postmark


@dataclass(frozen=True, slots=True)
class Site:
    """How the installation speaks of itself: its name, its root URL (no slash at the end), the sender of its mails."""

    name: str
    root: str
    mail_from: str


@dataclass(frozen=True, slots=True)
class News:
    """One message: of a flip and of what the channel missed before it, or a reminder, or a test of a channel.

    `id` is the same for every attempt to tell the same thing to the same channel (an idempotency key). `reminder`
    counts "still down" reminders from 1, 0 is the first telling. `downtime` is how long the check was down (up) or
    has been (reminders). `pings` are the latest ones, newest first; `body` belongs to the newest. `incident` is the
    name under which the outage was opened at a service, see `outages.incident`; empty: that of the outage of the flip.

    `over` are the outages of whose end the channel hears with this, oldest first: the last is the one that ended, those
    before it (of "down": all of them) it missed. `heard`: it heard "down" before. `ended` is the last word about
    a check that is not watched any more. `page` is the address of the check's page, empty if it has none. The
    `postmark` finds the message if it comes back; `stop` is where the one who reads it stops the mails of its channel.
    """

    id: str
    event: Literal["down", "up", "test"]
    check: Check
    flip: Flip
    project: str
    site: Site
    now: datetime
    reminder: int = 0
    downtime: timedelta | None = None
    pings: tuple[Ping, ...] = ()
    body: bytes = b""
    incident: str = ""
    over: tuple[Outage, ...] = ()
    heard: bool = False
    ended: bool = False
    page: str = ""
    postmark: Postmark | None = None
    stop: str = ""

    @property
    def url(self) -> str:
        """Where a person looks at the check: its page, whose address reads but cannot ping; empty if there is none."""
        return pages.url(self.site.root, self.page)
