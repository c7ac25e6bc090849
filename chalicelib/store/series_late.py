"""Points that come when their hour is over.

As long as every point of that hour is kept, a late one is kept beside them, and marks the sums that lack it with the
same transaction. Later it is added to the minutes at once; these remember which requests they hold, so that a request
that comes again counts once.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime

from chalicelib.store import series_marks
from chalicelib.store.faults import Contended, Refused, StoreFault
from chalicelib.store.series_ages import DAY, is_closed
from chalicelib.store.series_calls import Item, Sleep, at_once, put_if, stand, transact
from chalicelib.store.series_cells import HOUR, merged, summed, unpack_points
from chalicelib.store.series_minutes import MINUTE, Minutes, minutes_key
from chalicelib.store.series_parts import Part, item

# A transaction holds 100 items: a late part and its marks are six.
TOGETHER = 16
# So often a write is tried that meets others.
TRIES = 8
PAUSE = 0.02


def keep(project: str, parts: list[Part], request: str, now: datetime, sleep: Sleep = time.sleep) -> None:
    """Keeps points of hours that are over, with the marks of what lacks them now. Raises StoreFault."""
    chunks = [parts[start : start + TOGETHER] for start in range(0, len(parts), TOGETHER)]
    at_once(lambda some: persistently(lambda: transact(_puts(project, some, request, now)), sleep), chunks)


def _puts(project: str, parts: list[Part], request: str, now: datetime) -> list[Item]:
    found: dict[tuple[str, str], Item] = {}
    for part in parts:
        owner, day = part.owner, part.hour - part.hour % DAY
        items = [
            item(part, request),
            series_marks.stale(owner, "C", part.hour, request),
            series_marks.stale(owner, "M", part.hour, request),
            series_marks.due(project, part.series, part.hour, HOUR, request),
        ]
        if is_closed(day, DAY, now):
            items += series_marks.of_day(project, part.series, owner, day, f"{request}.{part.hour}")
        found |= {(one["owner"]["S"], one["at_key"]["S"]): one for one in items}
    return [put_if(one) for one in found.values()]


def add_to_minutes(project: str, parts: list[Part], request: str, sleep: Sleep = time.sleep) -> None:
    """Adds points of hours that are no longer kept point by point to their minutes, and marks their days. Raises
    StoreFault."""
    found = stand([minutes_key(part.owner, part.hour) for part in parts], sleep)

    def anew(part: Part) -> None:
        _add(project, part, request, *stand([minutes_key(part.owner, part.hour)], sleep))

    def add(part_and_seen: tuple[Part, Item | None]) -> None:
        part, seen = part_and_seen
        try:
            _add(project, part, request, seen)
        except (Refused, Contended):
            persistently(lambda: anew(part), sleep)

    at_once(add, list(zip(parts, found, strict=True)))


def _add(project: str, part: Part, request: str, seen: Item | None) -> None:
    minutes, name = Minutes.read(seen), urlsafe_b64decode(request)
    if name in minutes.requests:
        return
    owner, day = part.owner, part.hour - part.hour % DAY
    late = merged(minutes.late, summed(unpack_points(part.hour, part.data), part.hour, MINUTE))
    after = minutes.written(owner, part.hour, late=late, requests={*minutes.requests, name})
    marks = series_marks.of_day(project, part.series, owner, day, f"{request}.{part.hour}")
    transact([put_if(after, seen, unless_changed=True), *map(put_if, marks)])


def persistently(write: Callable[[], None], sleep: Sleep) -> None:
    """Writes until nobody is in the way. Raises StoreFault when somebody always is."""
    for number in range(TRIES):
        try:
            write()
            return
        except Refused:
            continue
        except Contended:
            sleep(PAUSE * 2**number)
    raise StoreFault("others were always in the way")
