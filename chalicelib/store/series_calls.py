"""The calls to the table of series, made without PynamoDB's items: many small ones at once, several at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from chalicelib.store.connection import SCHEMA, shared, table_name
from chalicelib.store.faults import StoreFault, translated

NOUN = "series"
WRITES = 25
READS = 100
# How often what DynamoDB left undone is tried again, first at once, then after twice as long each time.
ATTEMPTS = 6
PAUSE = 0.05
THREADS = 8

Item = dict[str, Any]
Sleep = Callable[[float], None]
_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def item_of(
    owner: str, at_key: str, expires: int, data: bytes | None = None, *, mark: str = "", **numbers: int
) -> Item:
    """An item as DynamoDB writes it. By its `mark` it is known whether it is the one that was read."""
    item: Item = {
        "owner": {"S": owner},
        "at_key": {"S": at_key},
        "v": {"N": str(SCHEMA)},
        "expires": {"N": str(expires)},
        **{name: {"N": str(number)} for name, number in numbers.items()},
    }
    if data is not None:
        item["data"] = {"B": data}
    if mark:
        item["mark"] = {"S": mark}
    return item


def key_of(owner: str, at_key: str) -> Item:
    return {"owner": {"S": owner}, "at_key": {"S": at_key}}


def put_all(items: Iterable[Item], sleep: Sleep = time.sleep) -> None:
    """Writes items, 25 a call. Raises StoreFault when some could not be written; all others are."""
    _write([{"PutRequest": {"Item": item}} for item in items], sleep)


def delete_all(keys: Iterable[Item], sleep: Sleep = time.sleep) -> None:
    """Deletes items by their keys, 25 a call."""
    _write([{"DeleteRequest": {"Key": key}} for key in keys], sleep)


def _write(requests: list[Item], sleep: Sleep) -> None:
    batches = [requests[at : at + WRITES] for at in range(0, len(requests), WRITES)]
    at_once(lambda batch: _batch("BatchWriteItem", batch, sleep), batches)


def _batch(operation: str, wanted: list[Item], sleep: Sleep, *, consistent: bool = False) -> list[Item]:
    """One BatchWriteItem or BatchGetItem until nothing is left undone; the items that were read."""
    found: list[Item] = []
    table, reading = table_name(NOUN), operation == "BatchGetItem"
    for attempt in range(ATTEMPTS):
        if attempt > 1:
            sleep(PAUSE * 2 ** (attempt - 2))
        with translated():
            request = {"RequestItems": {table: {"Keys": wanted, "ConsistentRead": consistent} if reading else wanted}}
            answer = shared().dispatch(operation, request)
        if reading:
            found += answer["Responses"].get(table, [])
            wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        else:
            wanted = answer.get("UnprocessedItems", {}).get(table, [])
        if not wanted:
            return found
    raise StoreFault(f"{operation}: {len(wanted)} items left undone")


def put_if(item: Item, seen: Item | None = None, *, unless_changed: bool = False) -> Item:
    """A put of a transaction; with `unless_changed` only if what stands there is what was `seen`, if anything was."""
    return {"Put": {"TableName": table_name(NOUN), "Item": item, **(_same(seen) if unless_changed else {})}}


def delete_if(key: Item, seen: Item | None = None, *, unless_changed: bool = False) -> Item:
    """A deletion of a transaction, under the condition of `put_if`."""
    return {"Delete": {"TableName": table_name(NOUN), "Key": key, **(_same(seen) if unless_changed else {})}}


def _same(seen: Item | None) -> Item:
    if seen is None:
        return {"ConditionExpression": "attribute_not_exists(at_key)"}
    condition: Item = {"ConditionExpression": "#m = :m", "ExpressionAttributeNames": {"#m": "mark"}}
    return {**condition, "ExpressionAttributeValues": {":m": seen["mark"]}}


def transact(actions: list[Item]) -> None:
    """One transaction of up to 100 actions. Raises Refused, Contended, StoreFault."""
    puts = [action["Put"] for action in actions if "Put" in action]
    deletes = [action["Delete"] for action in actions if "Delete" in action]
    with translated():
        shared().transact_write_items((), deletes, puts, ())


def get_all(keys: list[Item], sleep: Sleep = time.sleep, *, consistent: bool = False) -> list[Item]:
    """Those of the items that exist, in no order."""
    batches = [keys[at : at + READS] for at in range(0, len(keys), READS)]
    found = at_once(lambda batch: _batch("BatchGetItem", batch, sleep, consistent=consistent), batches)
    return [item for items in found for item in items]


def stand(keys: list[Item], sleep: Sleep = time.sleep) -> list[Item | None]:
    """What stands under each of these keys at this moment."""
    found = {_place(item): item for item in get_all(keys, sleep, consistent=True)}
    return [found.get(_place(key)) for key in keys]


def _place(item: Item) -> tuple[str, str]:
    return item["owner"]["S"], item["at_key"]["S"]


def query(
    owner: str,
    low: str,
    high: str,
    *,
    consistent: bool = False,
    newest: bool = False,
    limit: int = 0,
    keys_only: bool = False,
) -> Iterator[Item]:
    """The items of an owner with low <= at_key <= high in the order of their keys, or the reverse of it. `limit` is
    that of a page: who wants no more takes no more."""
    request: Item = {
        "TableName": table_name(NOUN),
        "KeyConditionExpression": "#o = :o AND at_key BETWEEN :l AND :h",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": owner}, ":l": {"S": low}, ":h": {"S": high}},
        "ConsistentRead": consistent,
        "ScanIndexForward": not newest,
        **({"Limit": limit} if limit else {}),
        **({"ProjectionExpression": "#o, at_key"} if keys_only else {}),
    }
    while True:
        with translated():
            answer = shared().dispatch("Query", dict(request))
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def at_once(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> list[_Result]:
    """What `work` makes of each part, several at a time. All are tried; then the first error is raised, if any."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    shared()  # made before the threads can race for it
    futures = [_pool().submit(work, part) for part in parts]
    faults = [future.exception() for future in futures]
    for fault in faults:
        if fault is not None:
            raise fault
    return [future.result() for future in futures]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="series")
