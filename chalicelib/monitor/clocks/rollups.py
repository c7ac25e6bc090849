"""Rolling series up: once an hour the hours that are over are packed and summed, and the days that are.

1. Ask which projects have series: one read.
2. Ask each project what is marked: what was over since the last run, what came late, and whatever runs have missed or
   not finished.
3. Hand it to the chores, some series at a time. A mark stays until its sums are written, so that each roll-up may be
   missed, doubled, or die: the next run asks for it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib import log
from chalicelib.monitor.messages import RollUp, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import directory, queues, series_marks, series_names, series_rolls

HOUR = 3_600
BATCH = 50


def run(services: Services) -> int:
    """One run. Answers how many roll-ups it asked for."""
    asked = 0
    for project in directory.with_series():
        found = _marked(services, project)
        queues.send_all("chores", [of_chore(one) for one in _chores(project, found)])
        asked += sum(map(len, found.values()))
    log.count(RollUps=asked)
    return asked


def _marked(services: Services, project: str) -> dict[int, set[str]]:
    """The series that are to be rolled up, by the hour. With the last hour of a day the day is summed."""
    found: dict[int, set[str]] = {}
    for series, begin, length in series_marks.ripe(project, services.clock()):
        found.setdefault(begin + length - HOUR, set()).add(series)
    return found


def _chores(project: str, found: dict[int, set[str]]) -> Iterable[RollUp]:
    for hour, series in sorted(found.items()):
        names = sorted(series)
        for start in range(0, len(names), BATCH):
            yield RollUp(project, tuple(names[start : start + BATCH]), hour)


def roll(services: Services, project: str, names: Sequence[str], hour: int) -> None:
    """Rolls up one hour of these series, and its day where that is over."""
    now = services.clock()
    known = series_names.get_many(project, names, now, consistent=True)
    for name in names:
        edition = known[name].edition if name in known else ""
        series_rolls.roll_up(project, name, hour, now, services.sleep, edition=edition)
