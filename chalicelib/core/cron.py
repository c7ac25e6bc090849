"""Five-field cron expressions: a strict grammar, and the next firing in a time zone (crontab(5), Debian's cron(8)).

The dialect is Debian's with `L` and `LW` (last day, last weekday of the month), `5L` (last Friday) and `MON#2` (second
Monday) added. The grammar stands here because croniter reads much more than that (`?`, `H`, `15W`, `@daily`, wrapping
ranges); croniter then finds the next match on the wall clock, and the days on which clocks change are handled here:

- Minute or hour begins with `*`: the schedule runs in elapsed time. A skipped time does not fire, a repeated one fires
  each time.
- Any other schedule runs at times of day. A skipped time fires when the gap ends, a repeated one fires the first time.
"""

import copy
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

_PATIENCE = 60  # matches refused in a row before a schedule counts as one that never fires
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)

_ITEM = re.compile(r"(?:\*|(?P<first>[0-9A-Z]+)(?:-(?P<last>[0-9A-Z]+))?)(?:/(?P<step>[0-9]+))?")
_NTH_WEEKDAY = re.compile(r"(?P<day>[0-9A-Z]+)#(?P<nth>[1-5])|(?P<last>[0-9]+)L")


class _Field(NamedTuple):
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        number = self.low + self.names.index(text) if text in self.names else int(text)
        if not self.low <= number <= self.high:
            raise ValueError("out of range")
        return number

    def numbers(self, items: Iterable[str]) -> frozenset[int]:
        return frozenset(number for item in items for number in self._item(item))

    def _item(self, item: str) -> range:
        """Read one item of a list: `*`, `5`, `MON-FRI`, `*/10`, `0-20/2` or `5/15`, which runs to the end."""
        parts = _ITEM.fullmatch(item)
        if not parts:
            raise ValueError("not an item of a cron field")
        first, last, step = parts["first"], parts["last"], parts["step"]
        if not first:
            start, end = self.low, self.high
        else:
            start = end = self.number(first)
            if last:
                end = self.number(last)
            elif step:
                end = self.high
        if end < start:
            raise ValueError("a range that wraps")
        return range(start, end + 1, int(step or 1))  # a step of 0 is a ValueError of range


_MINUTES = _Field(0, 59)
_HOURS = _Field(0, 23)
_DAYS = _Field(1, 31)
_MONTHS = _Field(1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"))
_WEEKDAYS = _Field(0, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))


class _Days(NamedTuple):
    """A day field in croniter's words, and the days it can fall on, each as (day of the month, weekday)."""

    text: str
    reach: frozenset[tuple[int, int]]


def _days(text: str, of_month: Iterable[int] = range(1, 32), of_week: Iterable[int] = range(7)) -> _Days:
    return _Days(text, frozenset(product(of_month, of_week)))


_EVERY_DAY = _days("*")
_LAST_DAY = _days("L", range(28, 32))
_LAST_WEEKDAY = _days("26-31", range(26, 32), range(1, 6))  # `LW`, for which croniter has no word


def _matching_days(days: str, weekdays: str, months: Iterable[int]) -> Iterator[tuple[_Days, _Days]]:
    """Give pairs of day fields: a date must satisfy one pair, and that wholly.

    When either field begins with `*` a date must satisfy both, otherwise one is enough (Debian's rule). croniter mixes
    neither `MON#2` with `MON`, nor `LW` with anything, hence the alternatives. Those that cannot be are left out, as
    croniter looks for half a century before it gives up.
    """
    of_month, of_week = _days_of_month(days.split(",")), _days_of_week(weekdays.split(","))
    both = days.startswith("*") or weekdays.startswith("*")
    either = chain(product(of_month, [_EVERY_DAY]), product([_EVERY_DAY], of_week))
    longest = max(monthrange(2000, month)[1] for month in months)
    for day, weekday in product(of_month, of_week) if both else either:
        if any(number <= longest for number, _ in day.reach & weekday.reach):
            yield day, weekday


def _days_of_month(items: list[str]) -> set[_Days]:
    specials = {"L": _LAST_DAY, "LW": _LAST_WEEKDAY}
    numbers = _DAYS.numbers(item for item in items if item not in specials)
    found = {specials[item] for item in items if item in specials}
    return found | {_days(_listed(numbers), numbers)} if numbers else found


def _days_of_week(items: list[str]) -> set[_Days]:
    specials = {item: match for item in items if (match := _NTH_WEEKDAY.fullmatch(item))}
    numbers = {number % 7 for number in _WEEKDAYS.numbers(item for item in items if item not in specials)}
    found = {_nth_weekday(**match.groupdict()) for match in specials.values()}
    return found | {_days(_listed(numbers), of_week=numbers)} if numbers else found


def _nth_weekday(day: str | None, nth: str | None, last: str | None) -> _Days:
    weekday = _WEEKDAYS.number(day or last or "") % 7
    if not nth:
        return _days(f"L{weekday}", range(22, 32), [weekday])
    return _days(f"{weekday}#{nth}", range(7 * int(nth) - 6, 7 * int(nth) + 1), [weekday])


class _Search(NamedTuple):
    """One way in which a day can match: a croniter that demands both of its day fields, perhaps `LW` on top."""

    engine: croniter
    last_weekday: bool

    def after(self, wall: datetime) -> datetime | None:
        engine = copy.copy(self.engine)  # it remembers where it stands, and threads share the parsed expression
        for _ in range(_PATIENCE):
            try:
                wall = engine.get_next(datetime, start_time=wall)
            except CroniterBadDateError:
                return None
            if not self.last_weekday or _is_last_weekday(wall):
                return wall
            wall = datetime.combine(wall, _LAST_MINUTE)
        return None


@dataclass(frozen=True)
class Cron:
    """A parsed expression. Wall-clock times are naive datetimes of whole minutes."""

    minutes: frozenset[int]
    hours: frozenset[int]
    elapsed: bool
    searches: tuple[_Search, ...]

    def after(self, wall: datetime) -> datetime | None:
        """Find the first match later than `wall` on a clock that never changes."""
        found = (search.after(wall) for search in self.searches)
        return min((match for match in found if match), default=None)


@lru_cache(maxsize=1024)
def parse(expression: str) -> Cron:
    """Read five fields. Raises ValueError where the grammar does not allow them; an impossible date never fires."""
    minute, hour, days, month, weekdays = expression.upper().split()
    minutes, hours = _MINUTES.numbers(minute.split(",")), _HOURS.numbers(hour.split(","))
    months = _MONTHS.numbers(month.split(","))
    times = f"{_listed(minutes)} {_listed(hours)}"
    searches = tuple(
        _Search(croniter(f"{times} {day.text} {_listed(months)} {weekday.text}", 0, day_or=False), day is _LAST_WEEKDAY)
        for day, weekday in _matching_days(days, weekdays, months)
    )
    return Cron(minutes, hours, minute.startswith("*") or hour.startswith("*"), searches)


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def _is_last_weekday(day: date) -> bool:
    days = monthrange(day.year, day.month)[1]
    beyond_friday = max(0, day.replace(day=days).weekday() - 4)
    return day.day == days - beyond_friday


def next_firing(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Find the first firing strictly after `after` (UTC), in UTC. None: there is none within 50 years."""
    return _in_elapsed_time(cron, zone, after) if cron.elapsed else _at_times_of_day(cron, zone, after)


def _at_times_of_day(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    wall = cron.after(_wall(after, zone))
    while wall:
        firing = _end_of_gap(wall, zone)
        if firing > after:
            return firing
        wall = cron.after(wall)  # `after` lies in the second pass of a repeated hour, which has fired before
    return None


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment at which the clock first shows `wall`, or else the first moment after the gap it fell into."""
    while _wall(_moment(wall, zone), zone) != wall:
        wall += _MINUTE
    return _moment(wall, zone)


def _in_elapsed_time(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Search the wall clock for a matching date; on a date when the clock changes, go through the day itself."""
    start = _wall(after, zone)
    if _clock_changes(start, zone):
        start = _midnight(start) - _MINUTE
    for _ in range(_PATIENCE):
        wall = cron.after(start)
        if not wall:
            return None
        if not _clock_changes(wall, zone):
            return _moment(wall, zone)
        firing = _in_changing_day(cron, zone, wall, after)
        if firing:
            return firing
        start = datetime.combine(wall, _LAST_MINUTE)
    return None


def _in_changing_day(cron: Cron, zone: ZoneInfo, day: date, after: datetime) -> datetime | None:
    """Go through a matching date on which the clock changes, in elapsed hours to a matching hour, then in minutes.

    Where clocks change by half an hour this can enter the first hour sought at its middle, as Healthchecks does.
    """
    moment = max(_moment(_midnight(day), zone), after.replace(second=0, microsecond=0) + _MINUTE)
    end = _moment(_midnight(day) + _DAY, zone)
    while moment < end:
        local = moment.astimezone(zone)
        if local.hour not in cron.hours:
            mark = local.replace(minute=0).astimezone(UTC)
            while mark <= moment or (mark < end and mark.astimezone(zone).hour not in cron.hours):
                mark += _HOUR
            moment = mark
        elif local.minute not in cron.minutes:
            moment += _MINUTE
        else:
            return moment
    return None


def _clock_changes(day: date, zone: ZoneInfo) -> bool:
    midnight = _midnight(day).replace(tzinfo=zone)
    return midnight.utcoffset() != (midnight + _DAY).utcoffset()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
