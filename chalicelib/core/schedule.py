"""When a schedule fires next: a cron or an OnCalendar expression in a time zone (systemd.time(7) for the latter).

The expressions and the zone of a check follow the Healthchecks Management API, Create a Check.
"""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from chalicelib.core import zones

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
    find = _next_of_cron if kind == "cron" else _next_of_oncalendar
    try:
        return find(expression, zone, after)
    except ValueError:
        raise ValueError(_INVALID) from None


# The calendars are imported at their first use: most checks need neither, and every cold start would pay for both.


def _next_of_cron(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    from chalicelib.core import cron

    return cron.next_firing(cron.parse(expression), zone, after)


def _next_of_oncalendar(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    from chalicelib.core import oncalendar_lines

    return oncalendar_lines.next_firing(expression, zone, after)
