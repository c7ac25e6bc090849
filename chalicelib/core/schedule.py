"""When a schedule fires next: a cron or an OnCalendar expression in a time zone (systemd.time(7) for the latter).

The expressions and the zone of a check follow the Healthchecks Management API, Create a Check.
"""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from oncalendar import DAYS_IN_MONTH, BaseIterator, OnCalendarError

from chalicelib.core import cron, zones

Kind = Literal["cron", "oncalendar"]

_INVALID = "not a valid cron or OnCalendar expression"
_START = datetime(2000, 1, 1, tzinfo=UTC)


def kind_of(expression: str) -> Kind:
    """Tell which language an expression is taken for: one line of exactly five words is cron."""
    one_line = "\n" not in expression.strip()
    return "cron" if one_line and len(expression.split()) == 5 else "oncalendar"


def validate(expression: str) -> None:
    """Raise ValueError unless the expression parses and fires at some time after the year 2000 began."""
    if next_firing(kind_of(expression), expression, "UTC", _START) is None:
        raise ValueError(_INVALID)


def next_firing(kind: Kind, expression: str, tz: str, after: datetime) -> datetime | None:
    """Find the first firing strictly after the aware moment `after`, in UTC. None: it never fires again.

    Raises ValueError for an expression that does not parse and for a zone that is not known.
    """
    zone, after = zones.zone(tz), after.astimezone(UTC)
    if not all(" " <= character <= "~" or character in "\t\r\n" for character in expression):
        raise ValueError(_INVALID)
    try:
        if kind == "cron":
            return cron.next_firing(cron.parse(expression), zone, after)
        return _next_of_lines(expression, zone, after)
    except (ValueError, OnCalendarError):
        raise ValueError(_INVALID) from None


def _next_of_lines(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Find the earliest firing of several lines, each of which may end in a zone of its own."""
    firings = [_next_of_line(line, zone, after) for line in expression.strip().split("\n")]
    return min((firing for firing in firings if firing), default=None)


def _next_of_line(line: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    words = line.split()
    if len(words) > 1 and words[-1][0].isalpha():
        zone = zones.zone(words.pop())
    firings = BaseIterator(" ".join(words), after.astimezone(zone))
    if min(firings.days) > max(DAYS_IN_MONTH[month] for month in firings.months):
        return None  # 31 February: do not look for it in two centuries
    for local in firings:
        firing = local.astimezone(UTC)
        if firing > after:  # in the second pass of a repeated hour the first match lies in the past
            return firing
    return None
