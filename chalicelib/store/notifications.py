"""What was told through each channel, and what is still owed to it: the delivery log and the debts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, cast

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Notification, unique_key
from chalicelib.store.connection import key_of
from chalicelib.store.faults import Refused, translated
from chalicelib.store.history_models import DebtItem, NotificationItem

KEEP = timedelta(days=90)

_DEBT = "O#"


def write(transaction: TransactWrite, notification: Notification, now: datetime) -> None:
    """Writes a line of the log, over the one of an earlier try of the same message."""
    transaction.save(
        NotificationItem(
            notification.channel,
            _key(notification.check, notification.flip, notification.reminder),
            expires=int((now + KEEP).timestamp()),
            check=notification.check,
            flip=notification.flip,
            new=notification.new,
            reminder=notification.reminder,
            state=notification.state,
            attempts=notification.attempts,
            attempt=notification.attempt or None,
            error=notification.error or None,
            at=notification.at,
            next_at=notification.next_at,
        )
    )


def fold(channel: str, check: str, flip: datetime, reminder: int) -> None:
    """Marks a message that failed as folded: a later message told its content too."""
    item = NotificationItem(channel, _key(check, flip, reminder))
    actions: list[Action] = [NotificationItem.state.set("folded"), NotificationItem.next_at.remove()]
    try:
        with translated():
            item.update(actions, condition=NotificationItem.owner.exists())
    except Refused:
        return


def _key(check: str, flip: datetime, reminder: int) -> str:
    return f"N#{key_of(flip)}#{check}#{reminder:04d}"


def find(channel: str, flip: datetime, check: str, reminder: int) -> Notification | None:
    """The line of a message about the check with this unique key, if it is there."""
    begins = f"N#{key_of(flip)}#"
    with translated():
        for item in NotificationItem.query(channel, NotificationItem.at_key.startswith(begins), consistent_read=True):
            if unique_key(item.check) == check and int(item.reminder or 0) == reminder:
                return _notification(item)
    return None


def note(line: Notification, error: str, *, reached: bool) -> None:
    """Says in a line what came back of its message, and that it `reached` nobody if so; unless it is gone, or speaks of
    another try."""
    item = NotificationItem(line.channel, _key(line.check, line.flip, line.reminder))
    actions: list[Action] = [NotificationItem.error.set(error)]
    if not reached:
        actions.append(NotificationItem.state.set("failed"))
    try:
        with translated():
            item.update(actions, condition=NotificationItem.attempt == line.attempt)
    except Refused:
        return


def log(channel: str, limit: int, now: datetime) -> list[Notification]:
    """The channel's latest notifications, newest flip first."""
    moment = now.timestamp()
    with translated():
        items = NotificationItem.query(
            channel, NotificationItem.at_key.startswith("N#"), scan_index_forward=False, limit=limit
        )
        return [_notification(item) for item in items if item.expires > moment]


def _notification(item: NotificationItem) -> Notification:
    return Notification(
        channel=item.owner,
        check=item.check,
        flip=item.flip,
        new=item.new,
        reminder=int(item.reminder or 0),
        state=cast(Literal["sent", "retry", "failed", "folded"], item.state),
        attempts=int(item.attempts or 0),
        attempt=item.attempt or "",
        error=item.error or "",
        at=item.at,
        next_at=item.next_at,
    )


def owe(transaction: TransactWrite, channel: str, project: str, check: str, now: datetime) -> None:
    """Lists a check, or the place of a last word, under a channel that could not be told of it."""
    transaction.save(DebtItem(channel, _DEBT + check, project=project, since=now))


def pay(transaction: TransactWrite, channel: str, check: str) -> None:
    """The channel has been told of the check what it should have been."""
    transaction.delete(DebtItem(channel, _DEBT + check))


def forgive(channel: str, check: str) -> None:
    """As `pay`, by itself: of a check that is gone nobody has to be told."""
    with translated():
        DebtItem(channel, _DEBT + check).delete()


def debts(channel: str) -> Iterator[tuple[str, str]]:
    """(project, code) of the checks of which a channel is owed news; (project, subject) of its last words."""
    with translated():
        for item in DebtItem.query(channel, DebtItem.at_key.startswith(_DEBT), consistent_read=True):
            yield item.project, item.at_key.removeprefix(_DEBT)
