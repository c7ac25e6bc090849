"""Who has confirmed, or taken back, that he wants the news of a project: one item for each address that was asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core import recipients
from chalicelib.core.check import Channel
from chalicelib.core.errors import Missing
from chalicelib.store import definitions, directory
from chalicelib.store.connection import SCHEMA, shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import RecipientItem

DAY = timedelta(days=1)


def confirmed(project: str, address: str) -> bool | None:
    """Whether the address is confirmed in the project; None if nothing is known of it."""
    with translated():
        try:
            found = RecipientItem.get(project, _noun(address), consistent_read=True)
        except RecipientItem.DoesNotExist:
            return None
    return found.confirmed is not None


def _noun(address: str) -> str:
    return f"recipient#{recipients.mark(address)}"


def count_asking(project: str, address: str, now: datetime, at_most: int) -> Literal["ask", "confirmed", "too often"]:
    """Counts that the address is asked: whether it is to be, was asked so often within a day, or has confirmed by now.
    Raises Missing when the project is being deleted."""
    ago, unconfirmed = now - DAY, RecipientItem.confirmed.does_not_exist()
    again = (RecipientItem.asked_from > ago) & (RecipientItem.asked < at_most)
    first = RecipientItem.asked_from.does_not_exist() | (RecipientItem.asked_from <= ago)
    ways: list[tuple[list[Action], Condition]] = [
        ([RecipientItem.asked.set(1), RecipientItem.asked_from.set(now)], first),
        ([RecipientItem.asked.add(1)], again),
    ]
    for actions, condition in ways:
        try:
            _write(project, address, actions, unconfirmed & condition)
            return "ask"
        except Refused:
            continue
    known = confirmed(project, address)
    if known is None:
        raise Missing("project")
    return "confirmed" if known else "too often"


def confirm(project: str, address: str, now: datetime) -> None:
    """The address is confirmed, for every channel of the project. Raises Missing when the project is being deleted."""
    actions: list[Action] = [RecipientItem.confirmed.set(now), RecipientItem.asked.remove()]
    try:
        _write(project, address, [*actions, RecipientItem.asked_from.remove()], None)
    except Refused:
        raise Missing("project") from None


def _write(project: str, address: str, actions: list[Action], condition: Condition | None) -> None:
    item = RecipientItem(project, _noun(address))
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.update(item, [*actions, RecipientItem.v.set(SCHEMA)], condition=condition)
        directory.require_open(transaction, project)


def stop(channel: Channel, address: str) -> None:
    """The address gets no more mails of the channel, and whoever puts it into a channel again has to ask it anew.
    Raises Missing when the channel is gone."""
    item = RecipientItem(channel.project, _noun(address))
    actions: list[Action] = [RecipientItem.confirmed.remove(), RecipientItem.v.set(SCHEMA)]
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            definitions.stop(transaction, channel, recipients.key(address))
            transaction.update(item, actions)
    except Refused:
        raise Missing("channel") from None
