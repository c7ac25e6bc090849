"""A time in which nobody looked: the monitor was away, and silence in it says nothing yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# No sweep has come to its end for so long: the monitor is away.
ABSENCE = timedelta(minutes=3)
# What fell due meanwhile is given its grace time to report when the monitor is back, but no more than this.
SETTLING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Away:
    """The monitor was away from `since`, when it last looked, `until` it was back."""

    since: datetime
    until: datetime

    def as_text(self) -> list[str]:
        """Both moments, as the details of a flip keep them."""
        return [moment.isoformat() for moment in (self.since, self.until)]

    def covers(self, moment: datetime) -> bool:
        return self.since < moment <= self.until

    def settled(self, deadline: datetime, grace: timedelta) -> datetime:
        """When silence is news after all: of a deadline that fell into the absence when it has had time to settle, of
        any other at the deadline. For a rule that misses points, `grace` is its period."""
        return self.until + min(grace, SETTLING) if self.covers(deadline) else deadline
