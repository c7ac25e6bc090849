"""Conversations that begin and end with a change of their check, in its transaction: a channel comes to it or leaves
it, or the check is deleted. Who was told of an outage gets a last word, which holds all that it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Check
from chalicelib.core.cursor import Cursor
from chalicelib.store import check_items, cursors, outbox
from chalicelib.store.connection import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Parting:
    """The cursors of conversations that end, as they were seen, and the first ones of those that begin. `words` are
    those of the former whose channel is to hear a last word."""

    ended: tuple[Cursor, ...] = ()
    begun: tuple[Cursor, ...] = ()
    words: tuple[Cursor, ...] = ()


def adding(check: Check, parting: Parting, now: datetime) -> Callable[[TransactWrite], None]:
    """What adds a parting to a transaction."""
    return lambda transaction: add(transaction, check, parting, now)


def add(transaction: TransactWrite, check: Check, parting: Parting, now: datetime) -> None:
    """Refused if one of the conversations has gone on since."""
    for cursor in parting.ended:
        cursors.remove(transaction, check.code, cursor)
    for cursor in parting.begun:
        cursors.save(transaction, check.code, Cursor(cursor.channel), cursor)
    for cursor in parting.words:
        kept: dict[str, Any] = {"check": check_items.to_text(_kept(check))}
        data = {**kept, "channel": cursor.channel, "by": cursor.by}
        data |= {"cursor": cursors.to_document(cursor), "at": to_micros(now)}
        outbox.add(transaction, place(check, cursor), cursor.by, now, data)


def _kept(check: Check) -> Check:
    """What a last word says of the check; what else it has may be large."""
    return replace(check, silences=(), holds=())


def place(check: Check, cursor: Cursor) -> outbox.Nudge:
    """Where a last word stands: one for each conversation and outage."""
    since = cursor.since or (cursor.attempt.began if cursor.attempt else check.created)
    return outbox.of_closing(check.project, check.code, cursor.channel, since)


def read(data: dict[str, Any]) -> tuple[Check, Cursor, datetime]:
    """The check and the conversation that a last word is about, and when that ended."""
    cursor = cursors.from_document(data["channel"], data["by"], data["cursor"])
    return check_items.from_text(data["check"]), cursor, from_micros(data["at"])


def changed(data: dict[str, Any], cursor: Cursor) -> dict[str, Any]:
    """The data with how far the last word has come."""
    return {**data, "by": cursor.by, "cursor": cursors.to_document(cursor)}
