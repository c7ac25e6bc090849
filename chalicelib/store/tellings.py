"""The transactions of telling: a lease on conversations, the outcome of a message, the fate of the outbox item."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Check, Notification
from chalicelib.core.cursor import Cursor
from chalicelib.store import checks, cursors, notifications, outbox, partings
from chalicelib.store.connection import shared
from chalicelib.store.faults import translated
from chalicelib.store.models import OutboxItem
from chalicelib.store.outbox import Entry
from chalicelib.store.partings import Parting

# A cursor as it was seen, and as it is to be.
Moved = tuple[Cursor, Cursor]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of an outbox item after a look: it waits until `until` (None: for something else to happen), or with
    nothing that `waits` it is removed. `silent` are the cursors that moved without a word, `strangers` conversations
    with channels that hear of the check no more. `held` is the newest flip that waits for a `master` to come back.
    Whoever looks at it then has to be there `lead` seconds before."""

    entry: Entry
    waits: bool = False
    until: datetime | None = None
    silent: tuple[Moved, ...] = ()
    held: datetime | None = None
    master: Check | None = None
    strangers: Parting = field(default_factory=Parting)
    lead: int = 0

    def changes(self, code: str) -> bool:
        """Whether there is anything to write."""
        registered = self.master is None or code in self.master.holds
        as_it_was = self.waits and self.until == self.entry.due and (self.held or self.entry.held) == self.entry.held
        return not (as_it_was and registered) or bool(self.silent or self.strangers.ended)


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome of one message: the conversation as it was while the message was sent and as it is now, and the line
    of the log. The channel `owes` the check from now on, or has `paid`, or neither."""

    leased: Cursor
    cursor: Cursor
    line: Notification
    owes: bool = False
    paid: bool = False


def lease(entry: Entry, code: str, moved: list[Moved]) -> None:
    """Takes messages of a check, if nothing has come to it since `entry` was read. Raises Refused if something has."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        outbox.require(transaction, entry)
        for seen, cursor in moved:
            cursors.save(transaction, code, seen, cursor)


def write(check: Check, told: Told | None, plan: Plan | None, now: datetime) -> None:
    """Writes an outcome, a plan, or both at once. Raises Refused if a conversation or the item is not what it was."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        if told:
            _add_outcome(transaction, check, told, now)
        if plan and plan.changes(check.code):
            _add_plan(transaction, check, plan, now)


def _add_outcome(transaction: TransactWrite, check: Check, told: Told, now: datetime) -> None:
    channel = told.cursor.channel
    cursors.save(transaction, check.code, told.leased, told.cursor)
    notifications.write(transaction, told.line, now)
    if told.owes:
        notifications.owe(transaction, channel, check.project, check.code, now)
    if told.paid:
        notifications.pay(transaction, channel, check.code)


def _add_plan(transaction: TransactWrite, check: Check, plan: Plan, now: datetime) -> None:
    for seen, cursor in plan.silent:
        cursors.save(transaction, check.code, seen, cursor)
        if seen.attempt and not cursor.attempt:
            notifications.pay(transaction, cursor.channel, check.code)
    partings.add(transaction, check, plan.strangers, now)
    if not plan.waits:
        outbox.remove(transaction, plan.entry)
        return
    outbox.settle(transaction, plan.entry, plan.until, held=plan.held)
    if plan.master and check.code not in plan.master.holds:
        checks.hold(transaction, plan.master, check.code)


def take_back(project: str, code: str, seen: Cursor, cursor: Cursor, line: Notification, now: datetime) -> None:
    """A message has reached nobody: its line says so, the channel is owed it, and the check is looked at. Raises
    Refused if the conversation is not what it was."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        cursors.save(transaction, code, seen, cursor)
        notifications.write(transaction, line, now)
        notifications.owe(transaction, cursor.channel, project, code, now)
        outbox.add(transaction, outbox.of(project, code), cursor.by, now)


def keep(code: str, seen: Cursor, cursor: Cursor) -> None:
    """Keeps a cursor by itself. Raises Refused if it is not what it was."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        cursors.save(transaction, code, seen, cursor)


def resume(entry: Entry, check: Check, seen: Cursor, cursor: Cursor, now: datetime) -> None:
    """Puts a conversation in the place of its last word, and has the check looked at. Raises Refused if either is not
    what it was."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        outbox.remove(transaction, entry)
        notifications.pay(transaction, cursor.channel, entry.subject)
        if cursor != seen:
            cursors.save(transaction, check.code, seen, cursor)
            outbox.add(transaction, outbox.of(check.project, check.code), cursor.by, now)


def take_word(entry: Entry, cursor: Cursor, until: datetime | None) -> None:
    """Writes how far a last word has come, due at `until`. Raises Refused if somebody else has taken it up."""
    data = partings.changed(entry.data or {}, cursor)
    actions: list[Any] = [OutboxItem.data.set(data), OutboxItem.mark.set(cursor.by)]
    actions.append(OutboxItem.due.set(until) if until else OutboxItem.due.remove())
    same = (OutboxItem.mark == entry.mark) | (OutboxItem.mark == cursor.by)
    with translated():
        OutboxItem(entry.shard, entry.subject).update(actions, condition=same)


def end_word(
    entry: Entry, cursor: Cursor, line: Notification, until: datetime | None, now: datetime, *, owed: bool
) -> None:
    """Writes the outcome of a last word with its line: it is looked at again at `until` and owed to its channel, or it
    is gone, and paid if it was `owed`. Raises Refused."""
    item = OutboxItem(entry.shard, entry.subject)
    with translated(), TransactWrite(connection=shared()) as transaction:
        notifications.write(transaction, line, now)
        if until is None:
            if owed:
                notifications.pay(transaction, cursor.channel, entry.subject)
            transaction.delete(item, condition=OutboxItem.mark == entry.mark)
            return
        notifications.owe(transaction, cursor.channel, entry.project, entry.subject, now)
        data = partings.changed(entry.data or {}, cursor)
        moved: list[Any] = [OutboxItem.data.set(data), OutboxItem.due.set(until)]
        transaction.update(item, moved, condition=OutboxItem.mark == entry.mark)
