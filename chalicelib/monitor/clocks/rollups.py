"""Rolling series up: once an hour the hours that are over are packed and summed, once a day the days.

1. Ask which projects have series: one read.
2. Ask each project's catalogue which series had points in the hours that have closed since the last run.
3. Hand them to the chores, some at a time. Each roll-up may be done again without harm; one that was missed is made
   good by the next run, which looks back a little further than it must.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib import log
from chalicelib.monitor.messages import RollUp, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import directory, queues, series_ages, series_names, series_rolls

HOUR, DAY = 3_600, 86_400
# A run looks back over so many closed hours.
HOURS = 2
BATCH = 50


def run(services: Services) -> int:
    """One run. Answers how many roll-ups it asked for."""
    now = services.clock()
    hours = _closed_hours(now)
    asked = 0
    for project in directory.with_series():
        for hour in hours:
            names = list(series_names.active(project, _active_since(hour), now))
            messages = [
                of_chore(RollUp(project, tuple(names[start : start + BATCH]), hour))
                for start in range(0, len(names), BATCH)
            ]
            queues.send_all("chores", messages)
            asked += len(names)
    log.count(RollUps=asked)
    return asked


def _active_since(hour: int) -> int:
    """With the last hour of a day the day is summed, also that of series which fell silent earlier in it."""
    return hour - hour % DAY if hour % DAY == DAY - HOUR else hour


def _closed_hours(now: datetime) -> list[int]:
    """The hours that have closed lately, each by the second at which it began, newest first."""
    last = (int(now.timestamp()) - series_ages.GRACE) // HOUR * HOUR - HOUR
    return [last - HOUR * back for back in range(HOURS)]


def roll(services: Services, project: str, names: Iterable[str], hour: int) -> None:
    """Rolls up one hour of these series, and its day where that is over."""
    now = services.clock()
    for name in names:
        series_rolls.roll_up(project, name, hour, now)
