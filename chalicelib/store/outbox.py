"""The outbox: news between its flip and its telling. The table is the queue: strongly consistent, ordered by due time.

An item is born in the transaction of its flip, due a little later than the nudge that normally has it delivered at
once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Flip, Status
from chalicelib.store.connection import from_micros, key_of, shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import OutboxItem

# How long the nudge has before the sweep takes an item up itself.
HEAD_START = timedelta(seconds=30)


class _Shards:
    outbox = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """Undelivered news: a flip for all its channels, or the `reminder`-th reminder of it for one `channel`.

    News that is `held` waits for the end of a silence, and is none any more if the check has flipped meanwhile.
    """

    flip: Flip
    due: datetime
    channel: str = ""
    reminder: int = 0
    held: bool = False
    stored_in: str = ""

    @property
    def shard(self) -> str:
        """Where it is kept: a stored entry stays where it is, however many shards there are by now."""
        return self.stored_in or f"o#{zlib.crc32(self.flip.code.encode()) % _Shards.outbox}"

    @property
    def id(self) -> str:
        """What is told, whenever it is told."""
        identity = f"{self.flip.code}#{key_of(self.flip.at)}"
        return f"{identity}#{self.channel}#{self.reminder}" if self.reminder else identity

    @property
    def key(self) -> str:
        return f"{key_of(self.due)}#{self.id}"


def of_flip(flip: Flip) -> Entry:
    return Entry(flip, flip.at + HEAD_START)


def of_untold(flip: Flip, now: datetime) -> Entry:
    """News of an earlier flip whose silence ended at `now`, if it still is news."""
    return Entry(flip, now + HEAD_START, held=True)


def shards() -> list[str]:
    return [f"o#{number}" for number in range(_Shards.outbox)]


def add_flip(transaction: TransactWrite, flip: Flip) -> None:
    transaction.save(_item(of_flip(flip)))


def add(transaction: TransactWrite, entry: Entry) -> None:
    transaction.save(_item(entry))


def due(shard: str, until: datetime, *, at_most: int) -> list[Entry]:
    """The entries of one shard that are due by `until`, longest waiting first."""
    condition = OutboxItem.at_key <= f"{key_of(until)}#~"
    with translated():
        return [_entry(item) for item in OutboxItem.query(shard, condition, consistent_read=True, limit=at_most)]


def get(shard: str, key: str) -> Entry | None:
    """The entry, None when it has been delivered (or moved)."""
    with translated():
        try:
            return _entry(OutboxItem.get(shard, key, consistent_read=True))
        except OutboxItem.DoesNotExist:
            return None


def remove(entry: Entry) -> None:
    """It is told. Removing what is gone already does nothing."""
    with translated():
        OutboxItem(entry.shard, entry.key).delete()


def move(entry: Entry, due: datetime, *, held: bool = False) -> Entry:
    """Puts the entry off until `due`. When it is gone or was moved by another, nothing is done."""
    later = replace(entry, due=due, held=held)
    if later.key == entry.key:
        return entry
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.delete(OutboxItem(entry.shard, entry.key), condition=OutboxItem.shard.exists())
            transaction.save(_item(later))
    except Refused:
        return entry
    return later


def _item(entry: Entry) -> OutboxItem:
    flip = entry.flip
    return OutboxItem(
        entry.shard,
        entry.key,
        project=flip.project,
        code=flip.code,
        at=flip.at,
        old=flip.old,
        new=flip.new,
        reason=flip.reason or None,
        before=flip.before,
        channel=entry.channel or None,
        reminder=entry.reminder or None,
        details=flip.details or None,
        held=entry.held or None,
    )


def _entry(item: OutboxItem) -> Entry:
    old, new = cast(Status, item.old), cast(Status, item.new)
    flip = Flip(item.project, item.code, item.at, old, new, item.reason or "", item.before, item.details or {})
    due = from_micros(int(item.at_key.partition("#")[0]))
    return Entry(flip, due, item.channel or "", int(item.reminder or 0), bool(item.held), item.shard)


def all_waiting() -> Iterator[Entry]:
    """Every undelivered entry, for counting and for the administrator."""
    for shard in shards():
        with translated():
            yield from (_entry(item) for item in OutboxItem.query(shard))
