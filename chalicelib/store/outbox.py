"""The outbox: of what somebody may have to be told. One item for each check, however much there is to tell of it.

An item is put by the transaction that made the news, without being read, and says no more than that: what there is to
tell stand the check's flips and cursors for. Whoever has told everything removes the item, or moves it to when there
may be something to tell, if its mark still is what he saw; so what came meanwhile is not lost.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core import instances
from chalicelib.store import limits
from chalicelib.store.connection import shared
from chalicelib.store.faults import Contended, Refused, translated, update
from chalicelib.store.models import OutboxItem

# How long the nudge has before the sweep takes an item up itself.
HEAD_START = timedelta(seconds=30)
# So many items of a shard are handed on at once.
AT_ONCE = 1_000
# How the subjects begin that are no check's code.
_END, _CHANNEL, _INSTANCES = "end#", "channel#", "instances#"
# Stands for a channel where last words of several stand together.
SEVERAL = "*"


@dataclass(frozen=True, slots=True)
class Nudge:
    """Where an item stands. `project` is empty where it is not known yet."""

    shard: str
    subject: str
    project: str = ""

    def message(self) -> dict[str, str]:
        """The nudge as the queue carries it."""
        return {"shard": self.shard, "subject": self.subject, "project": self.project}


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it was read. `due` is when it is to be looked at at the latest, None where something else must happen
    first; `data` is the last word of a conversation that has ended."""

    shard: str
    subject: str
    project: str
    mark: str
    due: datetime | None = None
    held: datetime | None = None
    data: dict[str, Any] | None = None

    @property
    def nudge(self) -> Nudge:
        return Nudge(self.shard, self.subject, self.project)


def of(project: str, subject: str) -> Nudge:
    """Where the item of a check, or of anything else that is told of, stands or would stand."""
    return Nudge(f"o#{zlib.crc32(subject.encode()) % limits.shards.outbox}", subject, project)


def of_closing(project: str, code: str, channel: str, began: datetime | None = None) -> Nudge:
    """Where the last word of a conversation stands: in the place of that of the one before, unless it is about the
    outage that `began` then alone."""
    return of(project, f"{_END}{code}#{channel}#{began:%Y%m%dT%H%M%S%f}" if began else f"{_END}{code}#{channel}#")


def channel_of(subject: str) -> str:
    """The channel whose conversation has ended. The code of an instance has these signs in it, of a channel none."""
    return subject.rsplit("#", 2)[1]


def words_of(code: str) -> Iterator[str]:
    """The channels that are still to hear a last word of a check or of one of its instances."""
    for shard in shards():
        for begin in (f"{_END}{code}#", f"{_END}{instances.codes_of(code)[0]}"):
            with translated():
                found = OutboxItem.query(shard, OutboxItem.subject.startswith(begin), consistent_read=True)
                yield from (channel_of(item.subject) for item in found)


def is_check(subject: str) -> bool:
    """Whether a subject is a check's code."""
    return not subject.startswith((_END, _CHANNEL, _INSTANCES))


def of_channel(project: str, code: str) -> Nudge:
    """Where it stands that a channel works again."""
    return of(project, f"{_CHANNEL}{code}")


def of_instances(project: str, code: str) -> Nudge:
    """Where it stands that the instances of a check may be told now."""
    return of(project, f"{_INSTANCES}{code}")


def is_of_instances(subject: str) -> bool:
    return subject.startswith(_INSTANCES)


def shards(number: int = 0) -> list[str]:
    """The names of so many partitions; of those that are set, if no number is given."""
    return [f"o#{shard}" for shard in range(number or limits.shards.outbox)]


def look_for_strays(now: datetime) -> set[str]:
    """Answers the partitions that hold anything, and moves items to their places that were put when another number of
    partitions was set: whoever looks for one of them looks there."""
    held: set[str] = set()
    strays: list[Entry] = []
    with translated():
        for read, item in enumerate(OutboxItem.scan()):
            if read == limits.LOOKED_AT:
                held.update(shards(limits.OUTBOX_MOST))
                break
            held.add(item.shard)
            if item.shard != of(item.project, item.subject).shard and len(strays) < AT_ONCE:
                strays.append(_entry(item))
    for entry in strays:
        _move(entry, now)
        held.add(of(entry.project, entry.subject).shard)
    return held


def _move(entry: Entry, now: datetime) -> None:
    """Moves an item to its place, as it is; if there is one already, that one is looked at for both. Nothing happens
    to an item that somebody else changes meanwhile: it is found where it is, and moved the next time."""
    there = OutboxItem.subject.exists()
    joined = [OutboxItem.mark.set(f"{entry.mark}+"), OutboxItem.due.set(now + HEAD_START), *_held(entry)]
    ways = ((_as_it_is(entry), ~there), (joined, there & OutboxItem.data.does_not_exist()))
    for actions, condition in ways:
        try:
            with translated(), TransactWrite(connection=shared()) as transaction:
                transaction.delete(_item(entry.nudge), condition=_unchanged(entry))
                transaction.update(_item(of(entry.project, entry.subject)), actions, condition=condition)
        except (Refused, Contended):
            continue
        return


def _as_it_is(entry: Entry) -> list[Action]:
    actions: list[Action] = [
        OutboxItem.project.set(entry.project),
        OutboxItem.mark.set(entry.mark),
        OutboxItem.v.set(1),
        *_held(entry),
    ]
    if entry.due:
        actions.append(OutboxItem.due.set(entry.due))
    return [*actions, OutboxItem.data.set(entry.data)] if entry.data else actions


def _held(entry: Entry) -> list[Action]:
    return [OutboxItem.held.set(entry.held)] if entry.held else []


def add(transaction: TransactWrite, nudge: Nudge, mark: str, now: datetime, data: dict[str, Any] | None = None) -> None:
    """There may be something to tell of it. `mark` is another each time."""
    transaction.update(_item(nudge), _news(nudge, mark, now, data))


def put(nudge: Nudge, mark: str, now: datetime) -> None:
    """As `add`, by itself."""
    with translated():
        _item(nudge).update(_news(nudge, mark, now, None))


def hasten(nudge: Nudge, now: datetime) -> bool:
    """Has a last word looked at soon, if it waits for later; whether it is there at all. Its mark stays what it is, as
    somebody may be telling it."""
    later = OutboxItem.data.exists() & (OutboxItem.due > now + HEAD_START)
    try:
        update(_item(nudge), [OutboxItem.due.set(now + HEAD_START)], later)
    except Refused as refused:
        return refused.item is not None
    return True


def _news(nudge: Nudge, mark: str, now: datetime, data: dict[str, Any] | None) -> list[Action]:
    actions: list[Action] = [
        OutboxItem.project.set(nudge.project),
        OutboxItem.mark.set(mark),
        OutboxItem.due.set(now + HEAD_START),
        OutboxItem.v.set(1),
    ]
    return [*actions, OutboxItem.data.set(data)] if data else actions


def due(shard: str, until: datetime, *, at_most: int) -> list[tuple[Nudge, datetime]]:
    """What is to be looked at by `until` in one shard, longest waiting first, and when. The index nominates: it may be
    a moment behind."""
    with translated():
        items = OutboxItem.due_index.query(shard, OutboxItem.due <= until, limit=at_most)
        return [(Nudge(item.shard, item.subject), item.due) for item in items]


def require(transaction: TransactWrite, entry: Entry) -> None:
    """The transaction holds only if nothing has come since the item was read."""
    transaction.condition_check(OutboxItem, entry.shard, entry.subject, condition=OutboxItem.mark == entry.mark)


def drop(transaction: TransactWrite, nudge: Nudge) -> None:
    """What is told of is gone, whatever there was to tell of it."""
    transaction.delete(_item(nudge))


def settle(transaction: TransactWrite, entry: Entry, until: datetime | None, *, held: datetime | None = None) -> None:
    """Moves the item to `until`, if it is as it was read. `held` is the newest flip that waits for a master."""
    actions: list[Action] = [OutboxItem.due.set(until) if until else OutboxItem.due.remove()]
    if held:
        actions.append(OutboxItem.held.set(held))
    transaction.update(_item(entry.nudge), actions, condition=_unchanged(entry))


def change(transaction: TransactWrite, entry: Entry, data: dict[str, Any], mark: str, now: datetime) -> None:
    """Gives the item other data and a new mark, if it is as it was read."""
    transaction.update(_item(entry.nudge), _news(entry.nudge, mark, now, data), condition=_unchanged(entry))


def remove(transaction: TransactWrite, entry: Entry) -> None:
    """Everything is told, if the item is as it was read."""
    transaction.delete(_item(entry.nudge), condition=_unchanged(entry))


def forget(entry: Entry) -> None:
    """Removes the item by itself, if it is as it was read."""
    try:
        with translated():
            _item(entry.nudge).delete(condition=_unchanged(entry))
    except Refused:
        return


def _unchanged(entry: Entry) -> Condition:
    due = OutboxItem.due == entry.due if entry.due else OutboxItem.due.does_not_exist()
    return (OutboxItem.mark == entry.mark) & due


def _item(nudge: Nudge) -> OutboxItem:
    return OutboxItem(nudge.shard, nudge.subject)


def _entry(item: OutboxItem) -> Entry:
    return Entry(item.shard, item.subject, item.project, item.mark, item.due, item.held, item.data)


def from_raw(item: dict[str, Any]) -> Entry:
    """The entry in an item as DynamoDB sends it."""
    return _entry(OutboxItem.from_raw_data(item))


def all_waiting() -> Iterator[Entry]:
    """Every item, for counting and for the administrator."""
    for shard in shards():
        with translated():
            yield from (_entry(item) for item in OutboxItem.query(shard, consistent_read=True))
