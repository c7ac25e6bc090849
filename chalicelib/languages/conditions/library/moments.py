"""Fields and methods of moments, days and spans of time, which parameters and the host bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.languages.conditions import formats
from chalicelib.languages.conditions.attributes import FIELDS, method
from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.library.texts import text


def _field(name: str) -> Callable[[Any], Any]:
    return lambda value: getattr(value, name)


_DAY = ("year", "month", "day")
_CLOCK = ("hour", "minute", "second", "microsecond")
for _owner, _names in {
    date: _DAY,
    datetime: (*_DAY, *_CLOCK),
    time: _CLOCK,
    timedelta: ("days", "seconds", "microseconds"),
}.items():
    FIELDS[_owner] = {name: _field(name) for name in _names}


def _simple(name: str, *owners: type) -> None:
    """A method without arguments."""

    def ask(run: Run, owner: Any) -> Any:
        return getattr(owner, name)()

    for owner in owners:
        method(owner, name)(ask)


for _name in ("weekday", "isoweekday", "isoformat"):
    _simple(_name, date, datetime)
for _name in ("date", "time", "timestamp"):
    _simple(_name, datetime)
_simple("isoformat", time)
_simple("total_seconds", timedelta)


@method(datetime, "strftime")
@method(date, "strftime")
@method(time, "strftime")
def _strftime(run: Run, owner: Any, format: Any, /) -> Any:
    run.write(len(text(format)) * 8)
    return formats.moment(owner, format)
