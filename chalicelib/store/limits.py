"""Over how many partitions things are spread and how long they are kept, as the owner has set it (`store.connect`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.settings import RANGES, Settings

# So many partitions of the due index and of the outbox there may be.
DUE_MOST, OUTBOX_MOST = RANGES["due_shards"][1], RANGES["outbox_shards"][1]
# So many items are read at most to find out which partitions hold anything.
LOOKED_AT = 100_000


@dataclass(slots=True)
class Shards:
    """Over how many partitions the due index, the outbox, and one phase of a period of the wheel are spread."""

    due: int = 8
    outbox: int = 4
    wheel: int = 4


@dataclass(slots=True)
class Kept:
    """How long things live: pings and flips, the results of probes, those of commands (`values`), and of series the
    points, the sums of minutes and those of hours."""

    pings: timedelta = timedelta(days=90)
    flips: timedelta = timedelta(days=400)
    results: timedelta = timedelta(days=90)
    values: timedelta = timedelta(days=35)
    raw: timedelta = timedelta(days=3)
    minutes: timedelta = timedelta(days=183)
    hours: timedelta = timedelta(days=731)


shards = Shards()
kept = Kept()


def read(settings: Settings) -> None:
    shards.due, shards.outbox, shards.wheel = settings.due_shards, settings.outbox_shards, settings.wheel_shards
    kept.pings, kept.flips = timedelta(days=settings.ping_days), timedelta(days=settings.flip_days)
    kept.results, kept.raw = timedelta(days=settings.result_days), timedelta(days=settings.raw_days)
    kept.values = timedelta(days=settings.value_days)
    kept.minutes, kept.hours = timedelta(days=settings.minute_days), timedelta(days=settings.hour_days)
