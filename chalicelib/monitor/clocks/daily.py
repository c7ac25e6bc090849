"""The sums of a probe's days, which outlive its results: made when the next day begins, or when somebody asks, and anew
when a result comes late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib import log
from chalicelib.core.check import Check, Result
from chalicelib.core.daily import summed
from chalicelib.monitor.messages import SumDay, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import queues, results
from chalicelib.store.faults import StoreFault

DAY_MS = 86_400_000
# So many days are looked through for a sum that was never made.
MISSED_MAX = 31
# Seconds after midnight by which the last results of the day have come from nearly everywhere.
LATE = 600
# Seconds by which somebody who sums and somebody who keeps a result may miss each other.
MEANWHILE = 60

Sum = tuple[date, str, dict[str, Any]]


def begin_day(check: Check, at: int) -> None:
    """With the first look of a UTC day (`at` in milliseconds since 1970), has the day before summed."""
    if at // DAY_MS == (at - check.period * 1000) // DAY_MS:
        return
    day = _day_of(at) - timedelta(days=1)
    try:
        queues.send("chores", of_chore(SumDay(check.code, day)), delay=LATE)
    except StoreFault as fault:
        log.warning("day not summed, it will be when somebody asks", code=check.code, reason=str(fault))


def await_late(services: Services, code: str, at: int) -> None:
    """A result of the moment `at` (milliseconds since 1970) is about to be kept: has its day summed anew if that may
    have been done. Raises StoreFault."""
    day = _day_of(at)
    if _is_over(day, services.clock() + timedelta(seconds=MEANWHILE)):
        queues.send("chores", of_chore(SumDay(code, day)), delay=MEANWHILE)


def _day_of(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


def sum_day(services: Services, code: str, day: date) -> list[Sum]:
    """Sums a day that is over at each place it was looked at from, and keeps the sums."""
    now = services.clock()
    found = _summed(code, day, now)
    if found:
        results.put_sums(code, day, {place: document for _, place, document in found}, now)
    return found


def _summed(code: str, day: date, now: datetime) -> list[Sum]:
    by_place: dict[str, list[Result]] = {}
    for result in results.of_day(code, day, now):
        by_place.setdefault(result.location, []).append(result)
    return [(day, place, summed(of_place)) for place, of_place in sorted(by_place.items())]


def _is_over(day: date, now: datetime) -> bool:
    """Whether the day's last results have come: what is summed before must not pass for the whole day."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    return now >= end + timedelta(seconds=LATE)


def of_check(services: Services, check: Check, first: date, last: date) -> list[Sum]:
    """The sums from `first` to `last`, newest day first. The present day, and one that was missed, is summed now."""
    now = services.clock()
    today = now.date()
    first, last = max(first, check.created.date()), min(last, today)
    kept = results.sums(check.code, first, last, now)
    known = {day for day, _, _ in kept} - {today}
    missing = [day for day in _days(max(first, last - timedelta(days=MISSED_MAX)), last) if day not in known]
    found = [entry for entry in kept if entry[0] in known]
    for day in missing:
        found += sum_day(services, check.code, day) if _is_over(day, now) else _summed(check.code, day, now)
    return sorted(found, key=lambda entry: (-entry[0].toordinal(), entry[1]))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
