"""Checks in DynamoDB: reading, and two ways of writing one (created, decided); `store.refreshes` is the third."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core import instances, kinds
from chalicelib.core.check import INSTANCE, Check, Ping, entity_of, parent_of
from chalicelib.core.deadlines import Due
from chalicelib.core.errors import Conflict, Missing
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.status import Change
from chalicelib.store import check_items, directory, history, limits, outbox, partitions, satellites, wheel
from chalicelib.store.connection import Also, nothing, shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import CheckItem

# Checks have uuids for codes, which stand before this in the order of keys; what belongs to a check stands behind it.
LISTED = "g"
# So many instances are made at once: a transaction holds a hundred items, and their check is one of them.
BORN = 99
# So many checks are made at once: each is five items, with the project and one more.
TOGETHER = 19
# So many deadlines are read, sent on and forgotten at a time.
DUE_PAGE = 1_000


def get(project: str, code: str) -> Check:
    """The check as it is at this moment (a strong read). Raises Missing."""
    with translated():
        found = CheckItem._get_connection().get_item(project, code, consistent_read=True)
    if "Item" not in found:
        raise Missing("check")
    return check_items.from_raw(found["Item"])


def get_many(keys: list[tuple[str, str]], *, strongly: bool = True) -> list[Check]:
    """Those of up to 100 checks (project, code) that exist, in no order: as they are at this moment, or for half the
    price as they were a moment ago."""
    return [check_items.from_raw(item) for item in satellites.batch_get(CheckItem, keys, strongly=strongly)]


def of_project(project: str) -> list[Check]:
    """Every check of a project, oldest first."""
    found = [check_items.from_raw(item) for item in _query(project, CheckItem.code < LISTED)]
    return sorted(found, key=lambda check: (check.created, check.code))


def _query(project: str, codes: Condition) -> Iterator[dict[str, Any]]:
    """The raw items of a project with these codes, page by page: reading a thousand is three times faster than through
    the model."""
    start: dict[str, Any] | None = {}
    while start is not None:
        with translated():
            page = CheckItem._get_connection().query(
                project, codes, exclusive_start_key=start or None, consistent_read=True
            )
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")


def due_shards() -> set[str]:
    """The partitions in which deadlines stand, whatever number is set now. Where so many stand that reading them costs
    more than asking each partition, all that there may be."""
    found: set[str] = set()
    for read, shard in enumerate(partitions.of_index(CheckItem.due_index, "due_shard")):
        if read == limits.LOOKED_AT:
            return set(check_items.due_shards(limits.DUE_MOST))
        found.add(shard)
    return found


def due(shard: str, until: datetime) -> Iterator[list[Due]]:
    """The deadlines of one shard up to `until`, earliest first, a page at a time: nominations, not decisions."""
    connection = CheckItem._get_connection().connection
    request: dict[str, Any] = {
        "TableName": CheckItem.Meta.table_name,
        "IndexName": CheckItem.due_index.Meta.index_name,
        "KeyConditionExpression": "due_shard = :shard AND due <= :until",
        "ExpressionAttributeValues": {":shard": {"S": shard}, ":until": {"N": str(to_micros(until))}},
        "Limit": DUE_PAGE,
    }
    while request:
        with translated():
            page = connection.dispatch("Query", request)
        yield [_due(item) for item in page["Items"]]
        start = page.get("LastEvaluatedKey")
        request = request | {"ExclusiveStartKey": start} if start else {}


def behind(until: datetime, at_most: int) -> tuple[int, datetime | None]:
    """How many deadlines before `until` still stand in the index, up to a number, and the earliest of them."""
    found = []
    for shard in sorted(due_shards() | {*check_items.due_shards()}):
        for page in due(shard, until):
            found += [one.at for one in page]
            if len(found) >= at_most:
                break
    return len(found), min(found, default=None)


def _due(item: dict[str, Any]) -> Due:
    return Due(item["project"]["S"], item["code"]["S"], from_micros(int(item["due"]["N"])))


def create(check: Check, limit: int, *, alone: bool = False, made: int | None = None, also: Also = nothing) -> None:
    """Keeps a new check with its directory entries, counted against the project's limit, in one transaction, to which
    `also` adds.

    `alone` asks that no other check of the project has its slug, `made` that none has been made since the project had
    made so many. Raises LimitReached, or Refused when it is not so.
    """
    wheel.register(check_items.member_of(check))
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.save(check_items.item_of(check), condition=CheckItem.code.does_not_exist())
            directory.add_check(transaction, check, limit, alone=alone, made=made)
            also(transaction)
    except Refused:
        directory.require_room(check.project, limit)
        _require_name(check)
        raise


def create_several(several: Sequence[Check], limit: int, also: Also = nothing) -> None:
    """Keeps new checks of one project, up to TOGETHER of them that have neither slugs nor names that are theirs alone,
    in one transaction, to which `also` adds. Raises LimitReached, or Refused when one of them is there already."""
    for seat in {(seat.letter, seat.period): seat for one in several if (seat := check_items.member_of(one))}.values():
        wheel.register(seat)
    project = several[0].project
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            directory.count_checks(transaction, project, len(several), limit)
            for check in several:
                transaction.save(check_items.item_of(check), condition=CheckItem.code.does_not_exist())
                directory.enter(transaction, check)
            also(transaction)
    except Refused:
        directory.require_room(project, limit - len(several) + 1)
        raise


def create_instances(born: Sequence[Check]) -> None:
    """Keeps new instances of one check, up to BORN of them, which no list shows and no limit counts. Raises Refused
    when there is one of them already, or no such check. Whoever deletes the check meanwhile meets another version of
    it, so that no instance outlives it."""
    parent = CheckItem(born[0].project, born[0].parent)
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.update(parent, [CheckItem.version.add(1)], condition=CheckItem.code.exists())
        for instance in born:
            transaction.save(check_items.item_of(instance), condition=CheckItem.code.does_not_exist())


def instances_of(check: Check, low: str = "", high: str = "") -> list[Check]:
    """The instances of a check, in the order of their entities; with bounds those of entities from `low` on and before
    `high`."""
    return list(each_instance(check, low, high))


def each_instance(check: Check, low: str = "", high: str = "") -> Iterator[Check]:
    """The same, read as they are asked for."""
    first, last = instances.codes_of(check.code)
    between = CheckItem.code.between(first + low, first + high if high else last)
    found = (check_items.from_raw(item) for item in _query(check.project, between))
    return (instance for instance in found if not high or entity_of(instance.code) < high)


def every_instance(project: str) -> list[Check]:
    """The instances of all checks of a project."""
    return [check_items.from_raw(item) for item in _query(project, CheckItem.code.startswith(INSTANCE))]


def as_told(project: str, code: str) -> Check:
    """A check as it is told: an instance with what its check decides for it. Raises Missing."""
    found = many_as_told([(project, code)])
    if not found:
        raise Missing("check")
    return found[0]


def many_as_told(keys: list[tuple[str, str]]) -> list[Check]:
    """Those of some checks (project, code) that exist, as they are told, in no order."""
    parents = {(project, parent_of(code)) for project, code in keys if parent_of(code)}
    known = {check.code: check for check in get_many(list({*keys, *parents}))}
    found = (instances.told_among(known, code) for _, code in keys)
    return [check for check in found if check]


def delete(check: Check, now: datetime, also: Also = nothing) -> None:
    """Removes a check or an instance, and every way to it, and what is to be told of it; `also` adds to the
    transaction. Raises Missing when somebody else was faster, Contended when it changed."""
    item = CheckItem(check.project, check.code)
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.delete(item, condition=(CheckItem.version == check.version))
        if not check.parent:
            directory.remove_check(transaction, check)
        satellites.remove(transaction, check)
        outbox.drop(transaction, outbox.of(check.project, check.code))
        _release(transaction, check, check.holds, now)
        also(transaction)


def write(
    change: Change, *, ping: Ping | None = None, body: bytes = b"", kept: str = "", also: Also | None = None
) -> None:
    """Keeps a decision, if the check still is what the decision was made on; otherwise raises Refused. Raises Conflict
    when another check has the name that it takes.

    With flips, the check, the flips, their news and the ping that caused them are one transaction, to which `also`
    adds. Without, it is one conditional update, and the ping is recorded beside it. A ping that was `kept` in the
    queue, as this request, is one transaction too, which marks it: Refused if it has been marked before.
    """
    before, after = change.before, change.after
    seat = check_items.member_of(after)
    if seat and seat != check_items.member_of(before):
        wheel.register(seat)
    slug_moved, name_moved = before.slug != after.slug, kinds.alone_as(before) != kinds.alone_as(after)
    if not (kept or also or _has_events(change) or slug_moved or name_moved):
        _update(change)
        if ping:
            history.record(after.code, ping, body)
        return
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.update(*_item_and_actions(change), condition=CheckItem.version == before.version)
            if slug_moved:
                directory.move_slug(transaction, before, after.slug)
            if name_moved:
                directory.move_name(transaction, before, after)
            _add_events(transaction, change)
            if ping:
                history.add(transaction, after.code, ping, body, kept)
            (also or nothing)(transaction)
    except Refused:
        if name_moved:
            _require_name(after)
        raise


def _update(change: Change) -> None:
    """Keeps a change of which nobody else has to know, with one conditional update."""
    item, actions = _item_and_actions(change)
    with translated():
        item.update(actions=actions, condition=CheckItem.version == change.before.version)


def _item_and_actions(change: Change) -> tuple[CheckItem, list[Action]]:
    before = change.before
    return CheckItem(before.project, before.code), check_items.actions(before, change.after)


def _require_name(check: Check) -> None:
    """Raises Conflict when the name that the check alone may have is another's."""
    if directory.name_taken(check):
        raise Conflict(f"the name {kinds.alone_as(check)!r} is taken")


def _has_events(change: Change) -> bool:
    return bool(change.flips or change.series or change.ended or change.is_news)


def _add_events(transaction: TransactWrite, change: Change) -> None:
    check = change.after
    for flip in change.flips:
        history.add_flip(transaction, flip)
    if change.is_news:
        outbox.add(transaction, outbox.of(check.project, check.code), str(check.version), change.at)
    if instances.freed(change):
        outbox.add(transaction, outbox.of_instances(check.project, check.code), str(check.version), change.at)
    _release(transaction, check, change.released, change.at)
    if change.series:
        satellites.write(transaction, change.before, check, change.series)
        if change.series.turns:
            history.add_turns(transaction, check.code, change.series.turns)
    for silence in change.ended:
        history.add_silence(transaction, check.code, silence)


def _release(transaction: TransactWrite, master: Check, dependants: Iterable[str], now: datetime) -> None:
    """What waited for a master to come back may be told now."""
    for code in dependants:
        outbox.add(transaction, outbox.of(master.project, code), f"{master.code}:{master.version}", now)


def hold(transaction: TransactWrite, master: Check, code: str) -> None:
    """News of the check `code` waits for `master` to come back, if that still is as it was seen."""
    actions: list[Action] = [CheckItem.holds.add({code}), CheckItem.version.add(1)]
    item = CheckItem(master.project, master.code)
    transaction.update(item, actions, condition=CheckItem.version == master.version)


def postpone(project: str, code: str, until: datetime) -> None:
    """Takes a check whose deadline cannot be decided out of the sweep's way until then. One that is gone stays gone."""
    try:
        with translated():
            CheckItem(project, code).update([CheckItem.due.set(until)], condition=CheckItem.due.exists())
    except Refused:
        return
