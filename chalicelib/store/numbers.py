"""Numbers that stay: the integer ids by which some dialects know things. Counted for each project and noun from 1.

A thing is given its number when it is made. What is older than that is numbered by `monitor.clocks.numbering`.
"""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from chalicelib.core.check import INSTANCE, Channel, Check
from chalicelib.store.connection import shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import ChannelItem, CheckItem, DirectoryItem

CHECK, CHANNEL = "check", "channel"
_DONE = "numbered"


def take(project: str, noun: str, count: int = 1) -> int:
    """The first of `count` numbers in a row that nobody else has been or will be given for this noun. Those of what
    came to nothing are left out."""
    item = DirectoryItem(key_of(project, noun))
    with translated():
        item.update([DirectoryItem.made.add(count), DirectoryItem.project.set(project)])
    return int(item.made or 0) - count + 1


def key_of(project: str, noun: str) -> str:
    """Where the directory counts the numbers of a noun."""
    return f"number#{project}#{noun}"


def check_key(project: str, number: int) -> str:
    """Where the directory says which check has a number."""
    return f"{key_of(project, CHECK)}#{number}"


def add_check(transaction: TransactWrite, project: str, code: str, number: int) -> None:
    """Adds to a transaction that a check has this number."""
    transaction.save(DirectoryItem(check_key(project, number), project=project, code=code))


def is_without(thing: Check | Channel) -> bool:
    """Whether something has no number yet that is to have one: what stands in no list has none."""
    hidden = thing.hidden if isinstance(thing, Channel) else thing.code.startswith(INSTANCE)
    return not thing.number and not hidden


def give_check(project: str, code: str, number: int) -> bool:
    """Gives a check its number; whether it had none, and still is there. Whoever changes or deletes it meanwhile meets
    another version of it."""
    item = CheckItem(project, code)
    none_yet = CheckItem.code.exists() & CheckItem.number.does_not_exist()
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.update(item, [CheckItem.number.set(number), CheckItem.version.add(1)], condition=none_yet)
            add_check(transaction, project, code, number)
    except Refused:
        return False
    return True


def give_channel(project: str, code: str, number: int) -> bool:
    """Gives a channel its number; whether it had none, and still is there."""
    item, number_now = ChannelItem(project, f"channel#{code}"), ChannelItem.number
    none_yet = number_now.does_not_exist() | (number_now == 0)
    try:
        with translated():
            item.update([number_now.set(number)], condition=ChannelItem.project.exists() & none_yet)
    except Refused:
        return False
    return True


def are_given() -> bool:
    """Whether everything had a number when that was last looked at."""
    with translated():
        return "Item" in DirectoryItem._get_connection().get_item(_DONE, consistent_read=True)


def note_given() -> None:
    """From now on whatever is made has a number."""
    with translated():
        DirectoryItem(_DONE, project=_DONE).save()
