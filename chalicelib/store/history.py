"""What happened to a check: its pings, their bodies and its flips. Every item expires; readers filter what has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pynamodb.transactions import TransactWrite

from chalicelib.core import breaches
from chalicelib.core.check import Flip, Ping, PingKind, Status
from chalicelib.core.silence import Silence, from_document, to_document
from chalicelib.core.watching import SeriesTurn
from chalicelib.store import limits
from chalicelib.store.connection import key_of, shared
from chalicelib.store.faults import translated
from chalicelib.store.history_models import HistoryItem

# An item ends at 400,000 bytes: so many of them are filled.
ITEM = 300_000
# A queue holds a message for at most two weeks (Amazon SQS quotas).
KEPT = timedelta(days=15)


def _expiry(at: datetime, keep: timedelta) -> int:
    return int((at + keep).timestamp())


def _ping_items(code: str, ping: Ping, body: bytes) -> Iterator[HistoryItem]:
    expires = _expiry(ping.at, limits.kept.pings)
    names = ("kind", "rid", "scheme", "remote_addr", "method", "ua")
    values: dict[str, Any] = {name: getattr(ping, name) or None for name in names}
    yield HistoryItem(
        code,
        _ping_key("P", ping.n),
        expires=expires,
        at=ping.at,
        exitstatus=ping.exitstatus,
        has_body=bool(body) or None,
        **values,
    )
    if body:
        yield HistoryItem(code, _ping_key("B", ping.n), expires=expires, at=ping.at, body=body)


def _ping_key(letter: str, n: int) -> str:
    return f"{letter}#{n:012d}"


def record(code: str, ping: Ping, body: bytes = b"") -> None:
    """Keeps a ping, with its body beside it: one call either way."""
    items = list(_ping_items(code, ping, body))
    with translated():
        if len(items) == 1:
            items[0].save()
            return
        with HistoryItem.batch_write() as batch:
            for item in items:
                batch.save(item)


def add(transaction: TransactWrite, code: str, ping: Ping, body: bytes, kept: str = "") -> None:
    """Keeps a ping. One that was `kept` in the queue, as this request, is marked as taken in: Refused if it is."""
    for item in _ping_items(code, ping, body):
        transaction.save(item)
    if kept:
        mark = HistoryItem(code, f"K#{kept}", expires=_expiry(ping.at, KEPT), at=ping.at)
        transaction.save(mark, condition=HistoryItem.owner.does_not_exist())


def was_kept(code: str, request: str) -> bool:
    """Whether a request that waited in the queue has been taken in."""
    with translated():
        return (
            HistoryItem._get_connection().get_item(code, f"K#{request}", consistent_read=True).get("Item") is not None
        )


def record_kept(code: str, ping: Ping, body: bytes, request: str) -> None:
    """Keeps a ping that had been counted when it came, and marks that it has left the queue, all or nothing."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        add(transaction, code, ping, body, request)


def add_flip(transaction: TransactWrite, flip: Flip) -> None:
    item = HistoryItem(
        flip.code,
        f"F#{key_of(flip.at)}",
        expires=_expiry(flip.at, limits.kept.flips),
        at=flip.at,
        old=flip.old,
        new=flip.new,
        reason=flip.reason or None,
        before=flip.before,
        details=flip.details or None,
        quiet=flip.quiet or None,
        silenced=flip.silenced or None,
    )
    transaction.save(item, condition=HistoryItem.owner.does_not_exist())


def add_turns(transaction: TransactWrite, code: str, turns: tuple[SeriesTurn, ...]) -> None:
    """Adds the series of a rule that began or ceased to breach at one moment."""
    at = turns[0].at
    key, expires = f"I#{key_of(at)}", _expiry(at, limits.kept.flips)
    for number, some in enumerate(_packed(turns)):
        data = [[turn.metric, turn.breaching, turn.value] for turn in some]
        transaction.save(HistoryItem(code, f"{key}#{number}" if number else key, expires=expires, at=at, data=data))


def _packed(turns: tuple[SeriesTurn, ...]) -> Iterator[list[SeriesTurn]]:
    """The turns in lists that each fit into an item."""
    found: list[SeriesTurn] = []
    left = ITEM
    for turn in turns:
        left -= breaches.size([turn.metric])
        if left < 0 and found:
            yield found
            found, left = [], ITEM - breaches.size([turn.metric])
        found.append(turn)
    yield found


def turns(code: str, start: datetime, end: datetime, now: datetime) -> list[SeriesTurn]:
    """The series of a rule that began or ceased to breach in start <= at < end, newest first."""
    return [
        SeriesTurn(metric, breaching, value, item.at)
        for item in _between("I", code, start, end, now)
        for metric, breaching, value in item.data
    ]


def add_silence(transaction: TransactWrite, code: str, silence: Silence) -> None:
    assert silence.end is not None, "only what is over is history"
    key = f"S#{key_of(silence.end)}#{silence.id}"
    expires = _expiry(silence.end, limits.kept.flips)
    transaction.save(HistoryItem(code, key, expires=expires, at=silence.end, data=to_document(silence)))


def silences(code: str, start: datetime, now: datetime) -> list[Silence]:
    """The check's silences that ended after `start`."""
    with translated():
        items = HistoryItem.query(code, HistoryItem.at_key.between(f"S#{key_of(start)}", "S#~"))
        return [from_document(item.data) for item in _live(items, now)]


def pings(code: str, limit: int, now: datetime, *, below: int | None = None, strongly: bool = False) -> list[Ping]:
    """Of the `limit` pings that arrived last, those numbered under `below` where that is given: by time, newest first,
    which is not the order of their numbers where one came late."""
    last = _ping_key("P", below - 1 if below else 10**12 - 1)
    condition = HistoryItem.at_key.between("P#", last)
    with translated():
        items = HistoryItem.query(code, condition, scan_index_forward=False, limit=limit, consistent_read=strongly)
        found = [_ping(item) for item in _live(items, now)]
    return sorted(found, key=lambda ping: (ping.at, ping.n), reverse=True)


def ping_body(code: str, n: int, now: datetime) -> bytes | None:
    """The body of ping `n`, None when it had none or is gone."""
    with translated():
        items = HistoryItem.query(code, HistoryItem.at_key == _ping_key("B", n))
        return next((cast(bytes, item.body) for item in _live(items, now)), None)


def flips(project: str, code: str, start: datetime, end: datetime, now: datetime) -> list[Flip]:
    """The flips with start <= at < end, newest first."""
    return [_flip(project, item) for item in _between("F", code, start, end, now)]


def flip_before(project: str, code: str, moment: datetime, now: datetime) -> Flip | None:
    """The last flip before `moment`: the one whose status was in force then."""
    condition = HistoryItem.at_key.between("F#", f"F#{key_of(moment)}")
    with translated():
        items = HistoryItem.query(code, condition, scan_index_forward=False, limit=2)
        found = (_flip(project, item) for item in _live(items, now))
        return next((flip for flip in found if flip.at < moment), None)


def flip_at(project: str, code: str, moment: datetime) -> Flip | None:
    """The flip of this very moment: that to the status which a check has since then. A strong read."""
    with translated():
        items = HistoryItem.query(code, HistoryItem.at_key == f"F#{key_of(moment)}", consistent_read=True)
        return next((_flip(project, item) for item in items), None)


def flips_around(project: str, code: str, moment: datetime, at_most: int) -> tuple[Flip | None, list[Flip]]:
    """The last flip at or before `moment`, and up to `at_most` flips after it, oldest first. Strong reads."""
    key = f"F#{key_of(moment)}"
    until, since = HistoryItem.at_key.between("F#", key), HistoryItem.at_key.between(f"{key}~", "F#~")
    with translated():
        earlier = HistoryItem.query(code, until, scan_index_forward=False, limit=1, consistent_read=True)
        before = next((_flip(project, item) for item in earlier), None)
        later = HistoryItem.query(code, since, limit=at_most, consistent_read=True)
        return before, [_flip(project, item) for item in later]


def flips_of(project: str, items: Iterable[HistoryItem], now: datetime) -> list[Flip]:
    """The flips in items that have not expired, in their order."""
    return [_flip(project, item) for item in _live(items, now)]


def _between(letter: str, code: str, start: datetime, end: datetime, now: datetime) -> list[HistoryItem]:
    """The items of one sort with start <= at < end, newest first."""
    low, high = f"{letter}#{key_of(start)}", f"{letter}#{key_of(end)}"
    with translated():
        items = HistoryItem.query(code, HistoryItem.at_key.between(low, high), scan_index_forward=False)
        return [item for item in _live(items, now) if item.at_key < high]


def purge(owner: str, *, at_most: int) -> bool:
    """Deletes up to `at_most` items of a deleted owner; True when nothing is left."""
    with translated():
        found = list(HistoryItem.query(owner, limit=at_most, attributes_to_get=["owner", "at_key"]))
        with HistoryItem.batch_write() as batch:
            for item in found:
                batch.delete(item)
    return len(found) < at_most


def _live(items: Iterable[Any], now: datetime) -> Iterator[Any]:
    moment = now.timestamp()
    return (item for item in items if item.expires > moment)


def _ping(item: HistoryItem) -> Ping:
    return Ping(
        n=int(item.at_key[2:]),
        kind=cast(PingKind, item.kind),
        at=item.at,
        rid=item.rid,
        exitstatus=_whole(item.exitstatus),
        scheme=item.scheme or "",
        remote_addr=item.remote_addr or "",
        method=item.method or "",
        ua=item.ua or "",
        has_body=bool(item.has_body),
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _flip(project: str, item: HistoryItem) -> Flip:
    old, new = cast(Status, item.old), cast(Status, item.new)
    at = item.at.astimezone(UTC)
    marks = bool(item.quiet), bool(item.silenced)
    return Flip(project, item.owner, at, old, new, item.reason or "", item.before, item.details or {}, *marks)
