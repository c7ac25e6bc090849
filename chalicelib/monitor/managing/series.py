"""The series of a project: their tags, and deleting them with their points."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import islice

from chalicelib import log
from chalicelib.monitor.messages import PurgeSeries, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import directory, queues, series, series_marks, series_names
from chalicelib.store.faults import StoreFault

AT_MOST = 1_000
POINTS_AT_ONCE = 1_000


def tags(project: str, now: datetime) -> dict[str, Counter[str]]:
    """Every tag of the project with its values and how many series have each; a metric's own name is `name`."""
    found: dict[str, Counter[str]] = {}
    for name in series_names.every(project, now):
        if ";" in name.series:
            for tag, value in series_names.tags_of(name.series).items():
                found.setdefault(tag, Counter())[value] += 1
    return found


def delete(services: Services, project: str, pattern: str) -> list[str]:
    """Deletes the series that match, at most AT_MOST of them, and tells which; their points go a little later."""
    gone = series_names.remove(project, pattern, services.clock(), at_most=AT_MOST, sleep=services.sleep)
    messages = [of_chore(PurgeSeries(project, name)) for name in gone]
    try:
        queues.send_all("chores", messages)
    except StoreFault as fault:
        log.warning("points of deleted series are left to expire", reason=str(fault), series=len(gone))
    return gone


def delete_all(services: Services, project: str) -> None:
    """Deletes every series of a project that is being deleted. The chores for their points come first: this may be
    done again, after they were queued or not. Raises StoreFault."""
    now = services.clock()
    while names := [name.series for name in islice(series_names.every(project, now, consistent=True), AT_MOST)]:
        queues.send_all("chores", [of_chore(PurgeSeries(project, name)) for name in names])
        series_names.remove(project, "*", now, at_most=AT_MOST, sleep=services.sleep)
    series_marks.forget(project, services.sleep)
    directory.forget_series(project)


def purge(services: Services, project: str, name: str) -> None:
    """Deletes the points of a deleted series."""
    while not series.purge(project, name, at_most=POINTS_AT_ONCE, sleep=services.sleep):
        continue
