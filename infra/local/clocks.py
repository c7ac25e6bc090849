"""Clocks in place of EventBridge: they call the functions that app.py schedules, whenever their expressions say.

Expressions: Amazon EventBridge User Guide, "Setting a schedule pattern": rates, and of cron what ordinary cron has too.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice import Chalice
from chalice.app import ScheduledEventConfig, ScheduleExpression

from chalicelib.core import schedule
from infra.local import events
from infra.local.stopping import Stopping

# A sweep may last longer than its minute. What piles up beyond this is not helped by one more.
AT_ONCE = 3

_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)")
logger = logging.getLogger("infra.local")


def next_firing(expression: str, after: datetime) -> datetime:
    """The first moment after `after` (aware) at which `expression` fires; a rate fires at multiples of its period.

    Raises ValueError for an expression that is not understood.
    """
    rate, cron = _RATE.fullmatch(expression), _CRON.fullmatch(expression)
    if rate:
        period = int(rate[1]) * _UNITS[rate[2]]
        return datetime.fromtimestamp((int(after.timestamp()) // period + 1) * period, UTC)
    found = schedule.next_firing("cron", _ordinary(*cron.groups()), "UTC", after) if cron else None
    if found is None:
        raise ValueError(f"{expression} is not a schedule that the clocks here understand")
    return found


def _ordinary(minutes: str, hours: str, days: str, months: str, weekdays: str) -> str:
    """AWS's cron as ordinary cron: `?` is any, and the days of the week are counted from 1, Sunday."""
    weekdays = re.sub(r"(?<![/#])[1-7]", lambda digit: str(int(digit[0]) - 1), weekdays)
    return " ".join([minutes, hours, days, months, weekdays]).replace("?", "*")


class Clock:
    """Calls one function, at once and then whenever its expression says, each time in a thread of its own."""

    def __init__(self, name: str, expression: str, function: Callable[[Any, Any], Any], stopping: Stopping) -> None:
        self.name = name
        self.expression = expression
        self._function = function
        self._stopping = stopping
        self._running = threading.BoundedSemaphore(AT_ONCE)
        next_firing(expression, datetime.now(UTC))

    def start(self) -> None:
        self._stopping.thread(f"clock {self.name}", self.run)

    def run(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        due = now()
        while True:
            self.fire(due)
            due = next_firing(self.expression, due)
            self._stopping.sleep(max((due - now()) / timedelta(seconds=1), 0))

    def fire(self, at: datetime) -> None:
        if self._running.acquire(blocking=False):
            self._stopping.thread(self.name, lambda: self._call(at))
        else:
            logger.warning("%s is still busy with its last %d calls, this one is left out", self.name, AT_ONCE)

    def _call(self, at: datetime) -> None:
        try:
            self._function(events.scheduled(self.name, at), events.context(self.name))
        except Exception:
            # AWS logs the failure of a function and goes on; the next firing is another chance.
            logger.exception("%s failed", self.name)
        finally:
            self._running.release()


def of_app(app: Chalice, stopping: Stopping) -> list[Clock]:
    """A clock for every schedule that `app` registers."""
    found = [source for source in app.event_sources if isinstance(source, ScheduledEventConfig)]
    return [
        Clock(source.name, _text(source.schedule_expression), app.handler_map[source.name], stopping)
        for source in found
    ]


def _text(expression: str | ScheduleExpression) -> str:
    return expression if isinstance(expression, str) else expression.to_string()
