"""Rolling up: the points of an hour that is over into one item of points and one of minutes, a day into its hours.

What is marked is rolled up (`series_marks`), however long ago it was and however often: what is written follows from
what lies beneath, and is written by one transaction with the end of its mark. Whoever meets another, or points that
come meanwhile, is refused and begins again.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from chalicelib.store import series_marks
from chalicelib.store.series_ages import DAY, hours_expiry, is_closed, is_ripe, is_there, owner_of, raw_expiry
from chalicelib.store.series_calls import Item, Sleep, delete_if, item_of, key_of, put_if, query, stand, transact
from chalicelib.store.series_cells import HOUR, Cell, Points, joined, pack_cells, pack_points, summed, unpack_points
from chalicelib.store.series_late import persistently
from chalicelib.store.series_minutes import MINUTE, Minutes, minutes_key

# An item of DynamoDB holds 400 kilobytes; an hour of more points than fit is not packed.
PACKED_MAX = 390_000


def roll_up(
    project: str, series: str, hour: int, now: datetime, sleep: Sleep = time.sleep, *, edition: str = ""
) -> None:
    """Rolls up the hour that begins at `hour` and its day, as far as they are over and marked. Raises StoreFault."""
    day, owner = hour - hour % DAY, owner_of(project, series, edition)
    if is_ripe(hour, HOUR, now):
        persistently(partial(_roll_hour, project, series, owner, hour, now), sleep)
    if is_ripe(day, DAY, now):
        persistently(partial(_roll_day, project, series, owner, day), sleep)


def _roll_hour(project: str, series: str, owner: str, hour: int, now: datetime) -> None:
    day = hour - hour % DAY
    mark = series_marks.due_key(project, series, hour, HOUR)
    stale = [series_marks.stale_key(owner, letter, hour) for letter in "CM"]
    due, seen, *lacking = stand([mark, minutes_key(owner, hour), *stale])
    if due is None:
        return
    ended = [delete_if(mark, due, unless_changed=True)]
    ended += [delete_if(key) for key, item in zip(stale, lacking, strict=True) if item]
    items = list(query(owner, f"P#{hour:010d}", f"P#{hour + HOUR - 1:010d}#~", consistent=True))
    if items and is_there(hour, now):
        before = Minutes.read(seen)
        ended += _summed(owner, hour, items, seen, before)
        if is_closed(day, DAY, now):
            name = f"{hour}.{before.mark + 1}"
            ended += map(put_if, series_marks.of_day(project, series, owner, day, name))
    transact(ended)


def _summed(owner: str, hour: int, items: list[Item], seen: Item | None, before: Minutes) -> list[Item]:
    """What writes the points of an hour as one item and its minutes, which were `before`."""
    points = _points(items, hour)
    names = {urlsafe_b64decode(item["at_key"]["S"].rsplit("#", 1)[1]) for item in items}
    minutes = before.written(
        owner, hour, points=summed(points, hour, MINUTE), late=before.late, requests=names | before.requests
    )
    packed, key = pack_points(hour, points), f"C#{hour:010d}"
    if len(packed) > PACKED_MAX:
        # They are read as they came; what an earlier roll-up packed of them would hide the others.
        whole = delete_if(key_of(owner, key))
    else:
        whole = put_if(item_of(owner, key, raw_expiry(hour), packed))
    return [put_if(minutes, seen, unless_changed=True), whole]


def _points(items: Iterable[Item], hour: int) -> Points:
    return sorted(point for item in items for point in unpack_points(hour, item["data"]["B"]))


def _roll_day(project: str, series: str, owner: str, day: int) -> None:
    mark = series_marks.due_key(project, series, day, DAY)
    key, stale = key_of(owner, f"H#{day:010d}"), series_marks.stale_key(owner, "H", day)
    due, seen, lacking = stand([mark, key, stale])
    if due is None:
        return
    cells = _hours(owner, day)
    if cells is None:
        return
    ended = [delete_if(mark, due, unless_changed=True)]
    if lacking:
        ended.append(delete_if(stale))
    if cells:
        number = str(int(seen["mark"]["S"]) + 1) if seen else "1"
        hours = item_of(owner, f"H#{day:010d}", hours_expiry(day), pack_cells(cells), mark=number)
        ended.append(put_if(hours, seen, unless_changed=True))
    transact(ended)


def _hours(owner: str, day: int) -> dict[int, Cell] | None:
    """The sums of the hours of a day, from its minutes as far as there are any; None while some of these lack
    something: the day is rolled up with them."""
    cells: dict[int, Cell] = {}
    for item in query(owner, f"M#{day:010d}", f"M#{day + DAY - HOUR:010d}{series_marks.STALE}", consistent=True):
        name = item["at_key"]["S"]
        if name.endswith(series_marks.STALE):
            return None
        hour = joined(Minutes.read(item).cells.values())
        if hour:
            cells[(int(name[2:]) - day) // HOUR] = hour
    return cells
