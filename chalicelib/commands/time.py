"""time(): a moment, and how far it is from another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import ClassVar

from chalicelib.commands.base import CommandError, Context, text
from chalicelib.core import zones
from chalicelib.languages.conditions.exposed import Exposed

_SPAN = re.compile(r"([+-]?)\s*(\d{1,6})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def make(context: Context) -> Callable[..., Time]:
    def time(spec: object = "now", utc: object = False, tz_name: object = None) -> Time:
        """`spec` is "now", a span from now such as "-10m", seconds since 1970, or a moment in ISO 8601. One that does
        not say so is in the zone, which is UTC unless `tz_name` names another."""
        zone = UTC if utc or tz_name is None else _zone(tz_name)
        return Time(moment_of(context, spec, zone).astimezone(zone))

    return time


def _zone(name: object) -> tzinfo:
    try:
        return zones.zone(text(name, "tz_name"))
    except ValueError:
        raise CommandError("tz_name is not a time zone such as Europe/Stockholm") from None


def moment_of(context: Context, spec: object, zone: tzinfo) -> datetime:
    """Raises CommandError."""
    now = context.now()
    try:
        if isinstance(spec, (int, float)) and not isinstance(spec, bool):
            return datetime.fromtimestamp(spec, UTC)
        spelt = text(spec, "a time", 100).strip()
        if spelt in ("now", ""):
            return now
        if match := _SPAN.fullmatch(spelt):
            span = timedelta(seconds=int(match[2]) * _SECONDS[match[3]])
            return now - span if match[1] == "-" else now + span
        found = datetime.fromisoformat(spelt)
    except (ValueError, OverflowError, OSError):
        raise CommandError('a time must be "now", a span such as "-10m", seconds since 1970 or in ISO 8601') from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


class Time(Exposed):
    names: ClassVar[frozenset[str]] = frozenset(
        {"isoformat", "format", "astimezone", "timestamp", "__sub__", "__lt__", "__gt__", "__le__", "__ge__", "__str__"}
    )

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def isoformat(self, sep: object = " ") -> str:
        """Without the zone, as ZMON has it."""
        sign = text(sep, "sep", 1)
        return self._moment.replace(tzinfo=None).isoformat(sign if sign else " ")

    def format(self, fmt: object) -> str:
        """As strftime() spells it: "%H:%M"."""
        try:
            return self._moment.strftime(text(fmt, "fmt", 200))
        except ValueError:
            raise CommandError("fmt is no format of strftime()") from None

    def astimezone(self, tz_name: object) -> Time:
        return Time(self._moment.astimezone(_zone(tz_name)))

    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self._moment.timestamp()

    def __sub__(self, other: object) -> float:
        return (self._moment - _other(other)).total_seconds()

    def __lt__(self, other: object) -> bool:
        return self._moment < _other(other)

    def __gt__(self, other: object) -> bool:
        return self._moment > _other(other)

    def __le__(self, other: object) -> bool:
        return self._moment <= _other(other)

    def __ge__(self, other: object) -> bool:
        return self._moment >= _other(other)

    def __str__(self) -> str:
        return self.isoformat()


def _other(value: object) -> datetime:
    if not isinstance(value, Time):
        raise CommandError("a time is compared with another time")
    return value._moment
