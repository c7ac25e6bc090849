"""Conversations that begin and end with a change of their check, in its transaction: a channel comes to it or leaves
it, or the check is deleted. Who was told of an outage gets a last word, which holds all that it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Check
from chalicelib.core.cursor import Cursor
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.store import check_items, cursors, outbox
from chalicelib.store.connection import shared
from chalicelib.store.faults import translated

# So many last words have room in a transaction.
APART = 12


@dataclass(frozen=True, slots=True)
class Parting:
    """The cursors of conversations that end, as they were seen, and the first ones of those that begin. `words` are
    those whose channel is to hear a last word, `incidents` the channels in which that closes an incident. `look`: more
    have ended than one transaction has room for, and the check is to be looked at for them."""

    ended: tuple[Cursor, ...] = ()
    begun: tuple[Cursor, ...] = ()
    words: tuple[Cursor, ...] = ()
    incidents: frozenset[str] = frozenset()
    look: bool = False

    @property
    def outdated(self) -> tuple[Cursor, ...]:
        """Those who were told something since, and are to hear no last word, not even of a conversation before."""
        return tuple(one for one in self.ended if one.at and one not in self.words)


def adding(check: Check, parting: Parting, now: datetime) -> Callable[[TransactWrite], None]:
    """What adds a parting to a transaction."""
    return lambda transaction: add(transaction, check, parting, now)


def add(transaction: TransactWrite, check: Check, parting: Parting, now: datetime) -> None:
    """Refused if one of the conversations has gone on since."""
    for cursor in parting.ended:
        cursors.remove(transaction, check.code, cursor)
    for cursor in parting.begun:
        cursors.save(transaction, check.code, Cursor(cursor.channel), cursor)
    if parting.look:
        outbox.add(transaction, outbox.of(check.project, check.code), f"v{check.version}", now)
    for cursor in parting.outdated:
        outbox.drop(transaction, place(check, cursor))
    text = check_items.to_text(_kept(check))
    for cursor in parting.words[:APART]:
        _add_word(transaction, check, text, cursor, parting.incidents, now)
    if rest := parting.words[APART:]:
        incidents = sorted(parting.incidents.intersection(cursor.channel for cursor in rest))
        documents = [_document(cursor) for cursor in rest]
        data = {"check": text, "at": to_micros(now), "rest": documents, "incidents": incidents}
        outbox.add(transaction, bundle(check, rest), rest[0].by, now, data)


def _add_word(
    transaction: TransactWrite, check: Check, text: str, cursor: Cursor, incidents: Collection[str], now: datetime
) -> None:
    data = {"check": text, "at": to_micros(now), **_document(cursor)}
    outbox.add(transaction, place(check, cursor, incidents), cursor.by, now, data)


def _document(cursor: Cursor) -> dict[str, Any]:
    return {"channel": cursor.channel, "by": cursor.by, "cursor": cursors.to_document(cursor)}


def _kept(check: Check) -> Check:
    """What a last word says of the check; what else it has may be large."""
    return replace(check, silences=(), holds=())


def place(check: Check, cursor: Cursor, incidents: Collection[str] = ()) -> outbox.Nudge:
    """Where a last word stands: each incident is closed by its own; of all else a later one takes the place of one that
    has not been told yet."""
    since = cursor.since or (cursor.attempt.began if cursor.attempt else check.created)
    began = since if cursor.channel in incidents else None
    return outbox.of_closing(check.project, check.code, cursor.channel, began)


def bundle(check: Check, rest: Iterable[Cursor]) -> outbox.Nudge:
    """Where the last words stand for which the transaction had no room."""
    began = min(cursor.since or check.created for cursor in rest)
    return outbox.of_closing(check.project, check.code, outbox.SEVERAL, began)


def places(check: Check, parting: Parting) -> list[outbox.Nudge]:
    """Where the last words stand after their transaction."""
    apart = [place(check, cursor, parting.incidents) for cursor in parting.words[:APART]]
    return [*apart, bundle(check, parting.words[APART:])] if parting.words[APART:] else apart


def unbundle(entry: outbox.Entry, now: datetime) -> list[outbox.Nudge]:
    """Gives some of a bundle places of their own. Answers where to look next. Raises Refused if it is not as it was."""
    data = entry.data or {}
    check = check_items.from_text(data["check"])
    some = [cursors.from_document(one["channel"], one["by"], one["cursor"]) for one in data["rest"][:APART]]
    rest, incidents = data["rest"][APART:], data.get("incidents", ())
    with translated(), TransactWrite(connection=shared()) as transaction:
        for cursor in some:
            _add_word(transaction, check, data["check"], cursor, incidents, from_micros(data["at"]))
        if rest:
            outbox.change(transaction, entry, {**data, "rest": rest}, rest[0]["by"], now)
        else:
            outbox.remove(transaction, entry)
    return [*(place(check, cursor, incidents) for cursor in some), *([entry.nudge] if rest else [])]


def read(data: dict[str, Any]) -> tuple[Check, Cursor, datetime]:
    """The check and the conversation that a last word is about, and when that ended."""
    cursor = cursors.from_document(data["channel"], data["by"], data["cursor"])
    return check_items.from_text(data["check"]), cursor, from_micros(data["at"])


def changed(data: dict[str, Any], cursor: Cursor) -> dict[str, Any]:
    """The data with how far the last word has come."""
    return {**data, "by": cursor.by, "cursor": cursors.to_document(cursor)}
