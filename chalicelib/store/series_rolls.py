"""Rolling up: the points of a closed hour into one item of points and one of minutes, a closed day into its hours.

All may be done again at any time: what is written follows from what lies beneath. The exception are points that come
when their hour is no longer kept point by point; these are added to its minutes and deleted in one transaction, so that
each counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from chalicelib.store.connection import shared, table_name
from chalicelib.store.faults import translated
from chalicelib.store.series_ages import DAY, hours_expiry, is_closed, is_whole, minutes_expiry, owner_of, raw_expiry
from chalicelib.store.series_calls import NOUN, Item, delete_all, item_of, key_of, put_all, query
from chalicelib.store.series_cells import (
    HOUR,
    Cell,
    Points,
    joined,
    merged,
    pack_cells,
    pack_points,
    summed,
    unpack_cells,
    unpack_points,
)

MINUTE = 60
# A transaction holds 100 items: these and the sum.
AT_ONCE = 90
# An item of DynamoDB holds 400 kilobytes; an hour of more points than fit is not packed.
PACKED_MAX = 390_000


def roll_up(project: str, series: str, hour: int, now: datetime) -> None:
    """Rolls up the hour that begins at `hour`, and its day once that is over. Raises StoreFault when others are at the
    late points of the same hour; it may be asked for again."""
    owner = owner_of(project, series)
    if is_whole(hour, now):
        _pack(owner, hour, now)
    else:
        while _add_late(owner, hour):
            continue
    day = hour - hour % DAY
    if is_closed(day, DAY, now):
        roll_day(project, series, day)


def _pack(owner: str, hour: int, now: datetime) -> None:
    points = _points(query(owner, f"P#{hour:010d}", f"P#{hour + HOUR - 1:010d}#~", consistent=True), hour)
    if not points:
        return
    put_all([item_of(owner, f"M#{hour:010d}", minutes_expiry(hour), pack_cells(summed(points, hour, MINUTE)))])
    packed = pack_points(hour, points)
    if len(packed) <= PACKED_MAX:
        put_all([item_of(owner, f"C#{hour:010d}", raw_expiry(hour), packed)])
    else:
        # They are read as they came; what an earlier roll-up packed of them would hide the others.
        delete_all([key_of(owner, f"C#{hour:010d}")])


def _points(items: Iterable[Item], hour: int) -> Points:
    return sorted(point for item in items for point in unpack_points(hour, item["data"]["B"]))


def _add_late(owner: str, hour: int) -> bool:
    """Adds some of the late points to the minutes of their hour; whether there may be more."""
    found = query(owner, f"L#{hour:010d}", f"L#{hour + HOUR - 1:010d}#~", consistent=True, limit=AT_ONCE)
    late = list(islice(found, AT_ONCE))
    if not late:
        return False
    key = f"M#{hour:010d}"
    seen = next(query(owner, key, key, consistent=True), None)
    cells = merged(unpack_cells(seen["data"]["B"]) if seen else {}, summed(_points(late, hour), hour, MINUTE))
    minutes = item_of(owner, key, minutes_expiry(hour), pack_cells(cells))
    _exchange(minutes, seen, [key_of(owner, item["at_key"]["S"]) for item in late])
    return len(late) == AT_ONCE


def _exchange(minutes: Item, seen: Item | None, late: list[Item]) -> None:
    """Puts the new minutes in the place of those that were seen, and deletes what they now hold."""
    table = table_name(NOUN)
    names = {"#d": "data"}
    guard: Item = {"ConditionExpression": "attribute_not_exists(#d)"}
    if seen:
        guard = {"ConditionExpression": "#d = :d", "ExpressionAttributeValues": {":d": seen["data"]}}
    put: Item = {"TableName": table, "Item": minutes, "ExpressionAttributeNames": names, **guard}
    exists: Item = {
        "TableName": table,
        "ExpressionAttributeNames": names,
        "ConditionExpression": "attribute_exists(#d)",
    }
    deletes = [{"Delete": {**exists, "Key": key}} for key in late]
    with translated():
        shared().dispatch("TransactWriteItems", {"TransactItems": [{"Put": put}, *deletes]})


def roll_day(project: str, series: str, day: int) -> None:
    """Sums up the minutes of a day in its hours, as far as there are any."""
    owner, cells = owner_of(project, series), dict[int, Cell]()
    for item in query(owner, f"M#{day:010d}", f"M#{day + DAY - HOUR:010d}", consistent=True):
        begin = int(item["at_key"]["S"][2:])
        hour = joined(unpack_cells(item["data"]["B"]).values())
        if hour:
            cells[(begin - day) // HOUR] = hour
    if cells:
        put_all([item_of(owner, f"H#{day:010d}", hours_expiry(day), pack_cells(cells))])
