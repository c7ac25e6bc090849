"""OnCalendar expressions (systemd.time(7)): several lines, each of which may end in a time zone of its own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from oncalendar import DAYS_IN_MONTH, BaseIterator, OnCalendarError

from chalicelib.core import zones


def next_firing(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Find the earliest firing strictly after `after` (UTC), in UTC. Raises ValueError for what does not parse."""
    try:
        firings = [_next_of_line(line, zone, after) for line in expression.strip().split("\n")]
    except OnCalendarError as error:
        raise ValueError(str(error)) from error
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
