"""The series of a project: their tags, and deleting them with their points."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import islice

from chalicelib.monitor.managing.checks import finish_later
from chalicelib.monitor.messages import PurgeSeries
from chalicelib.monitor.services import Services
from chalicelib.store import directory, series, series_marks, series_names
from chalicelib.store.series_names import Name

AT_MOST = 1_000
POINTS_AT_ONCE = 1_000
# Seconds in which a deletion that died is carried through: its chore comes after a minute, or a few if that fails.
MADE_GOOD = 3_600


def tags(project: str, now: datetime) -> dict[str, Counter[str]]:
    """Every tag of the project with its values and how many series have each; a metric's own name is `name`."""
    found: dict[str, Counter[str]] = {}
    for name in series_names.every(project, now):
        if ";" in name.series:
            for tag, value in series_names.tags_of(name.series).items():
                found.setdefault(tag, Counter())[value] += 1
    return found


def delete(services: Services, project: str, pattern: str) -> list[str]:
    """Deletes the series that match, at most AT_MOST of them, and tells which; their points go a little later, and
    nothing that comes after the deletion. Raises StoreFault."""
    found = series_names.matching(project, pattern, services.clock(), at_most=AT_MOST)
    if found:
        _purge_later(services, project, found)
        series_names.remove(project, found, services.sleep)
    return [name.series for name in found]


def _purge_later(services: Services, project: str, found: list[Name]) -> None:
    at, before = int(services.clock().timestamp()), max(directory.deletions(project), 1)
    finish_later(*(PurgeSeries(project, name.series, name.edition, at, before) for name in found))


def delete_all(services: Services, project: str) -> None:
    """Deletes every series of a project that is being deleted. The chores for their points come first: this may be
    done again, after they were queued or not. Raises StoreFault."""
    now = services.clock()
    while found := list(islice(series_names.every(project, now, consistent=True), AT_MOST)):
        _purge_later(services, project, found)
        series_names.remove(project, found, services.sleep)
    series_marks.forget(project, services.sleep)
    directory.forget_series(project)


def purge(services: Services, chore: PurgeSeries) -> None:
    """Deletes the points of an edition of a series. A deletion that has failed half-way is made good first; one that
    failed long ago is not: its series has gone on since."""
    project, now = chore.project, services.clock()
    name = series_names.get(project, chore.series, now, consistent=True)
    stands = name is not None and name.edition == chore.edition
    if now.timestamp() - chore.at < MADE_GOOD:
        if name and stands:
            series_names.remove(project, [name], services.sleep)
        elif directory.deletions(project) <= chore.deletions:
            directory.count_deletion(project)
    elif stands:
        return
    while not series.purge(project, chore.series, edition=chore.edition, at_most=POINTS_AT_ONCE, sleep=services.sleep):
        continue
