"""The delivery log of each channel, which is also the claim on a notification while it is being sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, cast

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Notification, Status
from chalicelib.store import outbox
from chalicelib.store.connection import key_of, shared
from chalicelib.store.faults import Refused, translated, update
from chalicelib.store.models import NotificationItem

KEEP = timedelta(days=90)


def key(entry: outbox.Entry) -> str:
    return f"N#{key_of(entry.flip.at)}#{entry.flip.code}#{entry.reminder:04d}"


def claim(channel: str, entry: outbox.Entry, now: datetime, lease: timedelta) -> tuple[bool, Notification]:
    """Takes the notification of `entry` on `channel` for as long as `lease`.

    Answers (True, it) when it is the caller's to send, else (False, it as it stands). It can be taken when nobody
    has, when its retry is due, or when whoever took it has died: the lease ran out without an outcome.
    """
    state = NotificationItem.state
    free = (
        NotificationItem.owner.does_not_exist()
        | ((state == "retry") & (NotificationItem.next_at <= now))
        | ((state == "sending") & (NotificationItem.lease <= now))
    )
    actions: list[Action] = [
        state.set("sending"),
        NotificationItem.lease.set(now + lease),
        NotificationItem.attempts.add(1),
        NotificationItem.check.set(entry.flip.code),
        NotificationItem.flip.set(entry.flip.at),
        NotificationItem.new.set(entry.flip.new),
        NotificationItem.reminder.set(entry.reminder),
        NotificationItem.at.set(now),
        NotificationItem.expires.set(int((now + KEEP).timestamp())),
        NotificationItem.v.set(1),
    ]
    try:
        return True, _from_raw(update(_item(channel, entry), actions, free))
    except Refused as refused:
        assert refused.item is not None
        return False, _from_raw(refused.item)


def sent(channel: str, entry: outbox.Entry, now: datetime, reminder: outbox.Entry | None = None) -> None:
    """It was told; its next reminder, if there is to be one, is put into the outbox in the same transaction."""
    actions: list[Action] = [
        NotificationItem.state.set("sent"),
        NotificationItem.at.set(now),
        NotificationItem.error.remove(),
        NotificationItem.lease.remove(),
        NotificationItem.next_at.remove(),
    ]
    exists = NotificationItem.owner.exists()
    item = _item(channel, entry)
    if reminder is None:
        with translated():
            item.update(actions, condition=exists)
        return
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.update(item, actions, condition=exists)
        outbox.add(transaction, reminder)


def not_sent(channel: str, entry: outbox.Entry, now: datetime, error: str, next_at: datetime | None) -> None:
    """It could not be told. With `next_at` it will be tried again then, without it never."""
    actions: list[Action] = [
        NotificationItem.state.set("retry" if next_at else "failed"),
        NotificationItem.at.set(now),
        NotificationItem.error.set(error),
        NotificationItem.lease.remove(),
        NotificationItem.next_at.set(next_at) if next_at else NotificationItem.next_at.remove(),
    ]
    with translated():
        _item(channel, entry).update(actions, condition=NotificationItem.owner.exists())


def state(channel: str, entry: outbox.Entry) -> Notification | None:
    """How the notification stands, None when nobody has begun it."""
    with translated():
        try:
            return _notification(NotificationItem.get(channel, key(entry), consistent_read=True))
        except NotificationItem.DoesNotExist:
            return None


def log(channel: str, limit: int, now: datetime) -> list[Notification]:
    """The channel's latest notifications, newest flip first."""
    moment = now.timestamp()
    with translated():
        items = NotificationItem.query(
            channel, NotificationItem.at_key.startswith("N#"), scan_index_forward=False, limit=limit
        )
        return [_notification(item) for item in items if item.expires > moment]


def _item(channel: str, entry: outbox.Entry) -> NotificationItem:
    return NotificationItem(channel, key(entry))


def _from_raw(item: dict[str, Any]) -> Notification:
    return _notification(NotificationItem.from_raw_data(item))


def _notification(item: NotificationItem) -> Notification:
    return Notification(
        channel=item.owner,
        check=item.check,
        flip=item.flip,
        new=cast(Status, item.new),
        reminder=int(item.reminder or 0),
        state=cast(Literal["sending", "sent", "retry", "failed"], item.state),
        attempts=int(item.attempts or 0),
        error=item.error or "",
        at=item.at,
        next_at=item.next_at,
    )
