"""What an owner sets up and rarely changes: channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core.check import Bounce, Channel
from chalicelib.core.errors import Missing
from chalicelib.store import directory, outbox
from chalicelib.store.connection import key_of, shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import ChannelItem, SubscriptionItem

_CHANNEL = "channel#"


def channels(project: str) -> list[Channel]:
    """All channels of the project, the hidden ones too, oldest first."""
    with translated():
        items = ChannelItem.query(project, ChannelItem.noun.startswith(_CHANNEL), consistent_read=True)
        found = [_channel(item) for item in items]
    return sorted(found, key=lambda channel: (channel.created, channel.code))


def channel(project: str, code: str) -> Channel:
    """Raises Missing."""
    with translated():
        try:
            return _channel(ChannelItem.get(project, _CHANNEL + code, consistent_read=True))
        except ChannelItem.DoesNotExist:
            raise Missing("channel") from None


def save_channel(channel: Channel) -> None:
    """Keeps a new channel. Raises Missing when its project is being deleted."""
    item = ChannelItem(
        channel.project,
        _CHANNEL + channel.code,
        kind=channel.kind,
        name=channel.name,
        created=channel.created,
        settings=channel.settings,
        remind=channel.remind or None,
        resolves=channel.resolves,
        default=channel.default,
        hidden=channel.hidden,
        whole=channel.whole or None,
        number=channel.number or None,
        stopped=set(channel.stopped) or None,
        waiting=set(channel.waiting) or None,
        extra=channel.extra or None,
    )
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.save(item, condition=ChannelItem.project.does_not_exist())
            directory.require_open(transaction, channel.project)
    except Refused:
        raise Missing("project") from None


def clear(project: str) -> None:
    """Removes everything that was defined in a project: channels, mutes, what its rules read, who confirmed what."""
    with translated():
        nouns = [item.noun for item in SubscriptionItem.query(project, attributes_to_get=["project", "noun"])]
        with SubscriptionItem.batch_write() as batch:
            for noun in nouns:
                batch.delete(SubscriptionItem(project, noun))


def update_channel(channel: Channel, now: datetime, seen: Channel | None = None) -> Channel:
    """Keeps what its owner changed, which also mends it; its number stays. With `seen`, the channel as it was read, its
    marks change too. Raises Missing when it is gone, Refused when its marks have become others since."""
    actions: list[Action] = [
        ChannelItem.name.set(channel.name),
        ChannelItem.settings.set(channel.settings),
        ChannelItem.remind.set(channel.remind),
        ChannelItem.resolves.set(channel.resolves),
        ChannelItem.default.set(channel.default),
        ChannelItem.extra.set(channel.extra),
    ]
    if seen is None:
        return mend(channel, now, actions)
    actions += [_marked(ChannelItem.stopped, channel.stopped), _marked(ChannelItem.waiting, channel.waiting)]
    unchanged = _has_marks(ChannelItem.stopped, seen.stopped) & _has_marks(ChannelItem.waiting, seen.waiting)
    _mend(channel, now, [*actions, ChannelItem.bounced.remove()], ChannelItem.project.exists() & unchanged)
    return replace(channel, error="", bounced={}, mended=now)


def _marked(attribute: UnicodeSetAttribute, marks: frozenset[str]) -> Action:
    return attribute.set(set(marks)) if marks else attribute.remove()


def _has_marks(attribute: UnicodeSetAttribute, marks: frozenset[str]) -> Condition:
    return attribute == set(marks) if marks else attribute.does_not_exist()


def mend(channel: Channel, now: datetime, changes: Sequence[Action] = ()) -> Channel:
    """Notes that there is reason to think that the channel works, and has what it is owed told. Raises Missing."""
    try:
        _mend(channel, now, [*changes, ChannelItem.bounced.remove()], ChannelItem.project.exists())
    except Refused:
        raise Missing("channel") from None
    return replace(channel, error="", bounced={}, mended=now)


def works(channel: Channel, now: datetime) -> None:
    """As `mend`, because it was told something: which says nothing of those of its recipients to whom nothing is sent
    any more. Raises Missing, also when something has come back from it meanwhile."""
    final = {name: bounce for name, bounce in channel.bounced.items() if bounce.final}
    try:
        _mend(channel, now, [_bounced(final)], ChannelItem.project.exists() & _bounced_as_seen(channel))
    except Refused:
        raise Missing("channel") from None


def _mend(channel: Channel, now: datetime, changes: Sequence[Action], condition: Condition) -> None:
    actions = [*changes, ChannelItem.mended.set(now), ChannelItem.error.remove()]
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.update(_item_of(channel), actions, condition=condition)
        outbox.add(transaction, outbox.of_channel(channel.project, channel.code), key_of(now), now)


def bounce(channel: Channel, bounced: dict[str, Bounce]) -> None:
    """Keeps from which recipients messages came back, if the channel has not been changed since it was read. Raises
    Refused if it has."""
    same = ChannelItem.mended == channel.mended if channel.mended else ChannelItem.mended.does_not_exist()
    with translated():
        _item_of(channel).update([_bounced(bounced)], ChannelItem.project.exists() & same & _bounced_as_seen(channel))


def _bounced(bounced: dict[str, Bounce]) -> Action:
    document = _bounced_document(bounced)
    return ChannelItem.bounced.set(document) if document else ChannelItem.bounced.remove()


def _bounced_as_seen(channel: Channel) -> Condition:
    document = _bounced_document(channel.bounced)
    return ChannelItem.bounced == document if document else ChannelItem.bounced.does_not_exist()


def _bounced_document(bounced: dict[str, Bounce]) -> dict[str, list[Any]]:
    return {name: [bounce.why, bounce.final] for name, bounce in sorted(bounced.items())}


def admit(channel: Channel, key: str, now: datetime, *, waits: bool = False) -> Channel:
    """Has a recipient told again, or for the first time, and with that what the channel is owed; one that `waits` goes
    on waiting. Raises Missing."""
    actions: list[Action] = [ChannelItem.stopped.delete({key})]
    if not waits:
        actions.append(ChannelItem.waiting.delete({key}))
    stopped, waiting = channel.stopped - {key}, channel.waiting if waits else channel.waiting - {key}
    try:
        _mend(channel, now, actions, ChannelItem.project.exists())
    except Refused:
        raise Missing("channel") from None
    return replace(channel, error="", mended=now, stopped=stopped, waiting=waiting)


def stop(transaction: TransactWrite, channel: Channel, key: str) -> None:
    """A recipient gets no more mails of the channel."""
    condition = ChannelItem.project.exists()
    transaction.update(_item_of(channel), [ChannelItem.stopped.add({key})], condition=condition)


def show_error(channel: Channel, error: str) -> None:
    """Shows the last failure on the channel, or clears it. A channel that is gone stays gone."""
    error_now = ChannelItem.error.set(error) if error else ChannelItem.error.remove()
    try:
        _update(channel, [error_now])
    except Missing:
        return


def move(channel: Channel, settings: dict[str, Any]) -> None:
    """Keeps settings that follow from what the channel's receiver has said. Raises Refused when its owner has changed
    them meanwhile, or it is gone."""
    unchanged = ChannelItem.project.exists() & (ChannelItem.settings == channel.settings)
    with translated():
        _item_of(channel).update([ChannelItem.settings.set(settings)], unchanged)


def _update(channel: Channel, actions: list[Action]) -> None:
    try:
        with translated():
            _item_of(channel).update(actions, ChannelItem.project.exists())
    except Refused:
        raise Missing("channel") from None


def _item_of(channel: Channel) -> ChannelItem:
    return ChannelItem(channel.project, _CHANNEL + channel.code)


def delete_channel(channel: Channel) -> None:
    with translated():
        _item_of(channel).delete()


def _channel(item: ChannelItem) -> Channel:
    return Channel(
        project=item.project,
        code=item.noun.removeprefix(_CHANNEL),
        kind=item.kind,
        name=item.name,
        created=item.created,
        settings=item.settings,
        remind=int(item.remind or 0),
        error=item.error or "",
        mended=item.mended,
        # An item from before recoveries could be left out is told of them.
        resolves=item.resolves is not False,
        default=bool(item.default),
        hidden=bool(item.hidden),
        whole=bool(item.whole),
        number=int(item.number or 0),
        stopped=frozenset(item.stopped or ()),
        waiting=frozenset(item.waiting or ()),
        extra=item.extra or {},
        bounced={name: Bounce(*bounce) for name, bounce in (item.bounced or {}).items()},
    )
