"""How fast a sender takes messages, once it has refused some: shared by all who send through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import PaceItem

_KEY = "pace#"


@dataclass(frozen=True, slots=True)
class Pace:
    """The next message is taken at `free`, and then one every `interval`."""

    sender: str
    free: datetime
    interval: timedelta


def get(sender: str) -> Pace | None:
    """None for a sender that has refused nothing yet."""
    with translated():
        try:
            item = PaceItem.get(_KEY + sender, consistent_read=True)
        except PaceItem.DoesNotExist:
            return None
    return Pace(sender, item.free, item.interval)


def put(pace: Pace, seen: Pace | None) -> bool:
    """Whether the pace is kept: nobody else has changed it since it was `seen`."""
    condition = PaceItem.free == seen.free if seen else PaceItem.key.does_not_exist()
    item = PaceItem(_KEY + pace.sender, free=pace.free, interval=pace.interval)
    try:
        with translated():
            item.save(condition=condition)
    except Refused:
        return False
    return True
