"""What finds its message again when a service says, long after it has taken a message, what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.moments import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Postmark:
    """A try to tell something: through a channel of a project, at the moment `sent`.

    `check` is the check's unique key, never its code, for a postmark leaves the house; empty for the test of a channel.
    `flip` and `reminder` name the message in the channel's log, `attempt` this very try.
    """

    project: str
    channel: str
    sent: datetime
    check: str = ""
    flip: datetime | None = None
    reminder: int = 0
    attempt: str = ""

    def tags(self) -> dict[str, str]:
        """As names and values of letters, digits, dashes and underscores alone, which is all that a message tag of SES
        may hold (Amazon SES API v2, MessageTag); no value is empty."""
        values = {
            "project": self.project,
            "channel": self.channel,
            "sent": str(to_micros(self.sent)),
            "check": self.check,
            "flip": str(to_micros(self.flip)) if self.flip else "",
            "reminder": str(self.reminder),
            "attempt": self.attempt,
        }
        return {name: value for name, value in values.items() if value}


def from_tags(tags: Mapping[str, str]) -> Postmark | None:
    """The postmark in these tags; None where there is none, as in a mail that was about no channel."""
    try:
        return Postmark(
            project=tags["project"],
            channel=tags["channel"],
            sent=from_micros(int(tags["sent"])),
            check=tags.get("check", ""),
            flip=from_micros(int(tags["flip"])) if "flip" in tags else None,
            reminder=int(tags.get("reminder", 0)),
            attempt=tags.get("attempt", ""),
        )
    except (KeyError, ValueError, OverflowError):
        return None
