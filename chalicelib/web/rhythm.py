"""When signals of a check are expected, in words: its period, or a cron expression that says something simple."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from chalicelib.channels.words import span
from chalicelib.core.check import Check

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# More times of day than this are no longer a help.
TIMES_MAX = 4


def in_words(check: Check) -> str:
    """ "Every hour", "At 04:05, Monday to Friday"; empty for an expression that is best read as it stands."""
    if check.schedule_kind == "simple":
        return sentence(f"every {_one_less(span(timedelta(seconds=check.timeout), 4))}")
    return sentence(_cron(check.schedule)) if check.schedule_kind == "cron" else ""


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_less(length: str) -> str:
    """ "1 hour" after "every" is "hour"."""
    return length.removeprefix("1 ") if length.count(" ") == 1 else length


def _cron(expression: str) -> str:
    minute, hour, day, month, weekday = expression.upper().split()
    times, days, months = _times(minute, hour), _days(day, weekday), _months(month)
    if times is None or days is None or months is None:
        return ""
    if not days and not months and times.startswith("at "):
        days = "every day"
    return ", ".join(part for part in (times, days, months) if part)


def _times(minute: str, hour: str) -> str | None:
    minutes, hours = _numbers(minute, 59), _numbers(hour, 23)
    if minutes is not None and hours is not None:
        clock = [f"{one:02d}:{other:02d}" for one in hours for other in minutes]
        return f"at {_list(clock)}" if len(clock) <= TIMES_MAX else None
    if hour != "*":
        every = _step(hour, 24)
        return f"every {every} hours at minute {minute}" if every and minutes and len(minutes) == 1 else None
    if minute == "*":
        return "every minute"
    if every := _step(minute, 60):
        return f"every {every} minutes"
    return f"every hour at {_counted('minute', minutes)}" if minutes and len(minutes) <= TIMES_MAX else None


def _days(day: str, weekday: str) -> str | None:
    """None for what needs more than a few words, two restrictions at once among it."""
    if day == "*":
        return "" if weekday == "*" else _weekdays(weekday)
    days = _numbers(day, 31)
    return f"on {_counted('day', days)} of the month" if days and weekday == "*" else None


def _weekdays(field: str) -> str | None:
    found = re.fullmatch(r"([0-7]|[A-Z]{3})-([0-7]|[A-Z]{3})", field)
    if found:
        first, last = (_named(part, DAYS, 0) for part in found.groups())
        return f"{first} to {last}" if first and last and first != last else None
    names = [_named(part, DAYS, 0) for part in field.split(",")]
    return f"on {_list([name for name in names if name])}" if all(names) else None


def _months(field: str) -> str | None:
    names = [] if field == "*" else [_named(part, MONTHS, 1) for part in field.split(",")]
    if not all(names):
        return None
    return f"in {_list([name for name in names if name])}" if names else ""


def _named(part: str, names: Sequence[str], first: int) -> str:
    """The name that a number (from `first` up; Sunday is 0 and 7) or three letters stand for, empty for neither."""
    if part.isdigit():
        number = int(part) - first
        return names[number % len(names)] if 0 <= number <= len(names) - first else ""
    return next((name for name in names if name[:3].upper() == part), "")


def _numbers(field: str, largest: int) -> list[int] | None:
    """The numbers of a plain list, in order; None where the field is more than that."""
    if not re.fullmatch(r"\d{1,2}(,\d{1,2})*", field):
        return None
    numbers = sorted({int(part) for part in field.split(",")})
    return numbers if numbers[-1] <= largest else None


def _step(field: str, length: int) -> int | None:
    """The n of a `*/n` that goes through the hour or the day evenly."""
    if not re.fullmatch(r"\*/\d{1,2}", field):
        return None
    every = int(field[2:])
    return every if every > 1 and length % every == 0 else None


def _counted(noun: str, numbers: Sequence[int]) -> str:
    return f"{noun}{'s' if len(numbers) > 1 else ''} {_list([str(number) for number in numbers])}"


def _list(parts: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
