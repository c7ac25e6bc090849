"""The conversations of a check with its channels: how far each has come. Every write names its writer, and holds only
if the cursor still is what the writer saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Flip
from chalicelib.core.cursor import Attempt, Cursor, Taken
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.store import history
from chalicelib.store.faults import translated
from chalicelib.store.history_models import CursorItem, HistoryItem

# So many flips are read; what is older is folded into what the check is.
FLIPS = 25

_CURSOR = "G#"
_MOMENTS = frozenset({"settled", "since", "stopped", "at", "flip", "began", "first", "next_at", "lease"})


def conversation(project: str, code: str, channels: int, now: datetime) -> tuple[dict[str, Cursor], list[Flip]]:
    """The cursors of a check by channel, of which there may be `channels`, and its newest flips, oldest first: as they
    are at this moment, with one query where they fit into a page."""
    cursors, flips = {}, []
    for item in _newest(code, channels + FLIPS):
        if item["at_key"]["S"].startswith(_CURSOR):
            cursor = _cursor(CursorItem.from_raw_data(item))
            cursors[cursor.channel] = cursor
        else:
            flips.append(HistoryItem.from_raw_data(item))
    return cursors, history.flips_of(project, flips, now)[::-1]


def _newest(code: str, at_most: int) -> Iterator[dict[str, Any]]:
    """The raw items of cursors and flips, the cursors first, then the newest flips."""
    connection, left, start = HistoryItem._get_connection(), at_most, None
    while left:
        with translated():
            page = connection.query(
                code,
                HistoryItem.at_key.between("F#", f"{_CURSOR}~"),
                scan_index_forward=False,
                limit=left,
                exclusive_start_key=start,
                consistent_read=True,
            )
        yield from page["Items"]
        start, left = page.get("LastEvaluatedKey"), left - len(page["Items"])
        if start is None:
            return


def of(code: str) -> dict[str, Cursor]:
    """The cursors of a check by channel, as they are at this moment."""
    with translated():
        items = CursorItem.query(code, CursorItem.at_key.startswith(_CURSOR), consistent_read=True)
        return {cursor.channel: cursor for cursor in map(_cursor, items)}


def get(code: str, channel: str) -> Cursor | None:
    """The cursor of one channel, as it is at this moment; None where there is no conversation."""
    with translated():
        try:
            return _cursor(CursorItem.get(code, _CURSOR + channel, consistent_read=True))
        except CursorItem.DoesNotExist:
            return None


def save(transaction: TransactWrite, code: str, seen: Cursor, cursor: Cursor) -> None:
    """Writes `cursor` over the one that was `seen`; a repeated write of the same does no harm."""
    same = CursorItem.by == cursor.by
    transaction.save(_item(code, cursor), condition=_as_seen(seen) | same)


def remove(transaction: TransactWrite, code: str, seen: Cursor) -> None:
    """Ends a conversation, if it still is as it was `seen`."""
    transaction.delete(CursorItem(code, _CURSOR + seen.channel), condition=_as_seen(seen))


def _as_seen(seen: Cursor) -> Condition:
    return CursorItem.by == seen.by if seen.by else CursorItem.owner.does_not_exist()


def _item(code: str, cursor: Cursor) -> CursorItem:
    return CursorItem(code, _CURSOR + cursor.channel, by=cursor.by, data=to_document(cursor))


def _cursor(item: CursorItem) -> Cursor:
    return from_document(item.at_key.removeprefix(_CURSOR), item.by, item.data)


def to_document(cursor: Cursor) -> dict[str, Any]:
    """What a cursor says, as plain data."""
    attempt, taken = cursor.attempt, cursor.taken
    more = ({"attempt": _plain(attempt)} if attempt else {}) | ({"taken": _taken_document(taken)} if taken else {})
    return _plain(cursor, ("channel", "by", "attempt", "taken")) | more


def _taken_document(taken: Taken) -> dict[str, Any]:
    parts = {"message": _plain(taken.message), "attempt": taken.attempt, "before": to_document(taken.before)}
    lists = {"lost": list(taken.lost), "reached": list(taken.reached)}
    return parts | {name: value for name, value in lists.items() if value}


def _taken(channel: str, document: dict[str, Any]) -> Taken:
    message, before = Attempt(**_values(document["message"])), from_document(channel, "", document["before"])
    return Taken(message, document["attempt"], before, *(tuple(document.get(name, ())) for name in ("lost", "reached")))


def from_document(channel: str, by: str, document: dict[str, Any]) -> Cursor:
    """The cursor of `channel` in a document, last written by `by`."""
    values = _values(document)
    attempt, taken = values.pop("attempt", None), values.pop("taken", None)
    return Cursor(
        channel,
        by=by,
        attempt=Attempt(**_values(attempt)) if attempt else None,
        taken=_taken(channel, taken) if taken else None,
        **values,
    )


def _plain(record: Any, without: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of a record that are not their defaults; moments in microseconds since 1970."""
    named = ((field, getattr(record, field.name)) for field in fields(record) if field.name not in without)
    kept = {field.name: value for field, value in named if value != field.default}
    return {name: to_micros(value) if name in _MOMENTS else value for name, value in kept.items()}


def _values(document: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in document.items()}


def _value(name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return from_micros(value)
    return tuple(value) if isinstance(value, list) else value
