"""Finding out at which pace each series sends, without a write or a read for each point.

A process sees some of the points of a series; others may take the rest. So what it sees never decides: it only tells
when to look at the points that are kept, and the pace is written when these show another.

1. Two points in one bucket of a series that is not known as dense are looked at once.
2. Points that come at another pace than the known one are counted; when there are several in turn, they are looked at,
   and where that finds nothing new, twice as many are waited for the next time.
3. The second point of a new series makes it look at once, unless it came with the first: there is no pace yet.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from chalicelib import log
from chalicelib.core import pace
from chalicelib.core.criteria import BUCKET
from chalicelib.core.pace import Pace, Paces
from chalicelib.store import series_names
from chalicelib.store.faults import StoreFault
from chalicelib.store.series_ages import owner_of
from chalicelib.store.series_calls import Sleep, at_once, query
from chalicelib.store.series_cells import HOUR, unpack_points
from chalicelib.store.series_names import Known

PATIENCE_MAX = 256


def learn(
    project: str,
    given: Mapping[str, Sequence[tuple[int, float]]],
    now: datetime,
    sleep: Sleep = time.sleep,
    *,
    passed_over: Collection[str] = (),
) -> None:
    """Takes note of points that have just been kept, and of a new pace of their series where they show one. Those that
    are `passed_over` are new and have been measured."""
    odd: list[str] = []
    for series, points in given.items():
        known = series_names.known(project, series)
        if known is not None and series not in passed_over and _is_odd(known, points):
            odd.append(series)
    if not odd:
        return
    try:
        _look(project, odd, now, sleep)
    except StoreFault as fault:
        # The points are kept, which is what the caller wants to know; later ones will be odd again.
        log.warning("pace of series not known, later points will tell", reason=str(fault), series=len(odd))


def _look(project: str, odd: list[str], now: datetime, sleep: Sleep) -> None:
    at = int(now.timestamp())
    found = dict(zip(odd, at_once(lambda series: _measured(project, series, at), odd), strict=True))
    changed = {series: paces for series, one in found.items() if (paces := _added(project, series, one))}
    series_names.keep_paces(project, changed, sleep)


def _is_odd(known: Known, points: Sequence[tuple[int, float]]) -> bool:
    """Whether these points make it worth looking at those that are kept."""
    current = known.name.paces[-1] if known.name.paces else pace.UNKNOWN
    look = False
    for at, _ in points if len(points) == 1 else sorted(points):
        before, known.newest = known.newest, max(known.newest, at)
        if at // BUCKET == before // BUCKET:
            look |= not current.dense
            known.odd = 0
        elif at > before:
            same = not current.dense and pace.step_of(at - before) == current.step
            known.odd = 0 if same else known.odd + 1
    if known.odd >= known.patience:
        known.odd, look = 0, True
    return look


def _measured(project: str, series: str, now: int) -> Pace:
    """The pace that the last points show which are kept."""
    moments: list[int] = []
    owner = owner_of(project, series, _edition(project, series))
    for item in query(owner, "P#", "P#~", newest=True, limit=pace.POINTS, consistent=True):
        last = int(item["at_key"]["S"][2:12])
        moments += [at for at, _ in unpack_points(last - last % HOUR, item["data"]["B"])]
        if len(moments) >= pace.POINTS:
            break
    return pace.measured(moments, now)


def _edition(project: str, series: str) -> str:
    known = series_names.known(project, series)
    return known.name.edition if known else ""


def _added(project: str, series: str, found: Pace) -> Paces | None:
    """The paces of a series with a new one; None where it is what was known."""
    known = series_names.known(project, series)
    assert known is not None
    paces = pace.added(known.name.paces, found)
    if paces is known.name.paces:
        known.patience = min(max(2 * known.patience, series_names.PATIENCE), PATIENCE_MAX)
        return None
    known.patience = series_names.PATIENCE
    return paces
