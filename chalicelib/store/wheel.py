"""The timing wheel in DynamoDB: the slots as an index of the checks, and one item of the directory for the whole wheel:
the periods that are in use, until when everything has been handed out, and over how many partitions members are spread.

Every number of partitions that was ever set is written down before a member is, and all are asked for as many as the
greatest of them: a member keeps its slot when the owner sets another number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core import wheel
from chalicelib.core.wheel import Member, Slot
from chalicelib.store import limits, partitions
from chalicelib.store.connection import Also
from chalicelib.store.document_models import MemberItem
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import CheckItem, DirectoryItem

_KEY = "wheel"


@dataclass(frozen=True, slots=True)
class Wheel:
    """The state of the wheel: (letter, period in seconds) of every period that was ever in use, and the moment up to
    which what is due has been handed out; None if nothing has been yet. `shards` is the greatest number of partitions
    that is known to have been used; until it is `measured` there may be members of an older version elsewhere."""

    periods: tuple[tuple[str, int], ...] = ()
    served: datetime | None = None
    shards: int = 1
    measured: bool = True


def seat(member: Member | None) -> tuple[str, str] | None:
    """(slot, order in it) of a member as the index keeps them; None for what is not looked at."""
    if member is None:
        return None
    slot, order = wheel.seat(member, limits.shards.wheel)
    return str(slot), order


def slot_of(member: Member) -> Slot:
    """The slot that a member stands in."""
    return wheel.seat(member, limits.shards.wheel)[0]


def register(member: Member | None) -> None:
    """Notes that something is looked at in this member's period, and over how many partitions such members are spread.
    Before the member is written, so that none is missed."""
    if member is None:
        return
    period = f"{member.letter}{member.period}"
    actions: list[Action] = [DirectoryItem.codes.add({period}), DirectoryItem.project.set(_KEY)]
    actions.append(DirectoryItem.shards.add({limits.shards.wheel}))
    with translated():
        DirectoryItem(_KEY).update(actions)


def put(transaction: TransactWrite, project: str, member: Member) -> None:
    """Puts a member that has no status on the wheel, or into another slot; it has been registered before."""
    slot, order = wheel.seat(member, limits.shards.wheel)
    transaction.save(MemberItem(project, member.code, wheel=str(slot), wheel_key=order))


def take_off(transaction: TransactWrite, project: str, code: str) -> None:
    """Takes a member that has no status off the wheel, if it stands there."""
    transaction.delete(MemberItem(project, code))


def seating(project: str, code: str, member: Member | None) -> Also:
    """What puts the member of this code where it belongs: on the wheel, or off it where there is none."""
    return lambda transaction: put(transaction, project, member) if member else take_off(transaction, project, code)


def clear(project: str, begin: str) -> None:
    """Takes the members off the wheel whose codes begin so."""
    with translated():
        for item in list(MemberItem.query(project, MemberItem.code.startswith(begin))):
            item.delete()


def state() -> Wheel:
    """The wheel as it is at this moment (a strong read)."""
    with translated():
        try:
            item = DirectoryItem.get(_KEY, consistent_read=True)
        except DirectoryItem.DoesNotExist:
            return Wheel()
    periods = tuple(sorted((text[0], int(text[1:])) for text in item.codes or ()))
    shards = max(limits.shards.wheel, int(item.made or 0), *map(int, item.shards or ()))
    return Wheel(periods, item.until, shards, measured=item.made is not None)


def measure() -> int:
    """Over how many partitions the members are spread, found by looking at all of them, and noted."""
    slots = partitions.of_index(CheckItem.wheel_index, "wheel")
    found = max((int(slot.rpartition("#")[2]) + 1 for slot in slots), default=1)
    with translated():
        DirectoryItem(_KEY).update([DirectoryItem.made.set(found)])
    return found


def note_served(before: datetime | None, until: datetime) -> bool:
    """Keeps the moment up to which what is due has been handed out, if it still was `before`; otherwise another run has
    been as far, and False is the answer."""
    unchanged = DirectoryItem.until.does_not_exist() if before is None else DirectoryItem.until == before
    try:
        with translated():
            DirectoryItem(_KEY).update([DirectoryItem.until.set(until)], condition=unchanged)
    except Refused:
        return False
    return True


def slots(letter: str, period: int, shards: int, start: datetime, end: datetime) -> Iterator[Slot]:
    """The slots of a period that are due at least once from `start` on and before `end`."""
    return wheel.slots(letter, period, shards, start.timestamp(), end.timestamp())


def members(slot: Slot) -> Iterator[tuple[str, str]]:
    """(project, code) of what stands in a slot, in its order: nominations, as the index is eventually consistent."""
    with translated():
        for item in CheckItem.wheel_index.query(str(slot)):
            yield item.project, item.code
