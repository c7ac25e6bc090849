"""The lines of senders that have refused some messages: shared by all who send through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.line import Line
from chalicelib.store.faults import Refused, translated, update
from chalicelib.store.models import LineItem

_KEY = "pace#"


@dataclass(frozen=True, slots=True)
class Kept:
    """A line as it was read. Until `asking`, somebody asks its sender what it takes."""

    line: Line
    asking: datetime | None = None


def get(sender: str) -> Kept | None:
    """As it is at this moment; None for a sender that has refused nothing yet."""
    with translated():
        try:
            return _kept(LineItem.get(_KEY + sender, consistent_read=True))
        except LineItem.DoesNotExist:
            return None


def put(sender: str, line: Line, seen: Kept | None, asking: datetime | None = None) -> bool:
    """Whether the line is kept: nobody else has changed it since it was `seen`, but for places that were taken."""
    actions: list[Action] = [
        LineItem.free.set(line.at),
        LineItem.interval.set(line.interval),
        LineItem.first.set(line.first),
        LineItem.least.set(line.least) if line.least else LineItem.least.remove(),
        LineItem.asking.set(asking) if asking else LineItem.asking.remove(),
    ]
    if seen is None:
        actions += [LineItem.end.set(line.end), LineItem.v.set(1)]
    try:
        update(LineItem(_KEY + sender), actions, _as_seen(seen))
    except Refused:
        return False
    return True


def take(sender: str, places: int = 1) -> tuple[int, Kept]:
    """So many places at the end of the line: the first of them, and the line behind them. Raises Refused if there is
    no line."""
    raw = update(LineItem(_KEY + sender), [LineItem.end.add(places)], LineItem.key.exists())
    kept = _kept(LineItem.from_raw_data(raw))
    return kept.line.end - places, kept


def forget(sender: str) -> None:
    """The sender is gone, and its line with it."""
    with translated():
        LineItem(_KEY + sender).delete()


def _as_seen(seen: Kept | None) -> Condition:
    if seen is None:
        return LineItem.key.does_not_exist()
    unchanged = (LineItem.free == seen.line.at) & (LineItem.interval == seen.line.interval)
    if seen.asking:
        return unchanged & (LineItem.asking == seen.asking)
    return unchanged & LineItem.asking.does_not_exist()


def _kept(item: Any) -> Kept:
    # What an earlier version wrote has no places.
    line = Line(item.free, item.interval, int(item.first or 0), int(item.end or 0), item.least)
    return Kept(line, item.asking)
