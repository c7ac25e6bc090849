"""Makes the emulated DynamoDB fast enough to be lived with.

moto sorts the whole table for every query and copies the whole table, several times, for every transaction, so that a
hundred thousand pings turn a call of 3 ms into one of seconds. Here both see a small table in its place: a query only
the items that can be among its answers, a transaction only those that it names. And plain values go into the answer as
they are, which moto takes a walk through the service's whole model to find out.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from infra.local import expressions, straight

_query = Table.query
_transact = DynamoDBBackend.transact_write_items
_serialize = BaseJSONSerializer._serialize_type_structure
_PLAIN = frozenset({"S", "N", "BOOL", "SS", "NULL"})

Key = tuple[Any, Any]


@contextmanager
def quick() -> Iterator[None]:
    """Inside, queries and transactions cost what they touch. Calls must come one at a time."""
    with (
        patch.object(Table, "query", _query_small),
        patch.object(DynamoDBBackend, "transact_write_items", _transact_small),
        patch.object(BaseJSONSerializer, "_serialize_type_structure", _serialize_plainly),
        straight.calls(),
        expressions.quick(),
    ):
        yield


def _query_small(self: Table, hash_key: Any, *others: Any, **named: Any) -> Any:
    conditions = named.get("hash_key_conditions") or []
    wanted = [(name, value) for name, value in conditions if name != self.hash_key_attr]
    if wanted:
        small = _with(self, [key for key, item in _items(self) if _has(item, wanted)])
    else:
        small = copy.copy(self)
        small.items = defaultdict(dict, {hash_key: self.items[hash_key]} if hash_key in self.items else {})
    return _query(small, hash_key, *others, **named)


def _serialize_plainly(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and isinstance(value, dict) and not value.keys().isdisjoint(_PLAIN) and key:
        serialized[key] = value
    else:
        _serialize(self, serialized, value, shape, key)


def _transact_small(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """The transaction on copies of the items it names; they take the place of the real ones if it succeeds."""
    tables = self.tables
    named = _named(tables, transact_items)
    small = {name: _passing(_with(tables[name], keys, copied=True)) for name, keys in named.items()}
    self.tables = type(tables)({**tables, **small})
    try:
        _transact(self, transact_items)
    finally:
        self.tables = tables
    for name, keys in named.items():
        for key in keys:
            _put(tables[name], key, _get(small[name], key))


class _Passing(Table):
    """A table for one transaction. moto copies it once for each action, to go back to if the transaction fails; then
    nobody looks at it again."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Table:
        return self


def _passing(table: Table) -> Table:
    table.__class__ = _Passing  # type: ignore[type-abstract]
    return table


def _named(tables: Any, transact_items: list[dict[str, Any]]) -> dict[str, list[Key]]:
    """The keys that a transaction names, by table. What is broken in it is left for moto to refuse."""
    named: dict[str, list[Key]] = defaultdict(list)
    for action in transact_items:
        for operation in action.values():
            table = tables.get(operation.get("TableName"))
            if table is not None:
                named[table.name] += _keys(table, operation.get("Key") or operation.get("Item") or {})
    return named


def _keys(table: Table, values: dict[str, Any]) -> list[Key]:
    if any(name not in values for name in table.table_key_attrs):
        return []
    range_key = DynamoType(values[table.range_key_attr]) if table.range_key_attr else None
    return [(DynamoType(values[table.hash_key_attr]), range_key)]


def _items(table: Table) -> Iterator[tuple[Key, Any]]:
    for hash_key, entry in table.items.items():
        if not table.has_range_key:
            yield (hash_key, None), entry
            continue
        for range_key, item in entry.items():
            yield (hash_key, range_key), item


def _has(item: Any, wanted: list[tuple[str, Any]]) -> bool:
    return all(name in item.attrs and item.attrs[name] == value for name, value in wanted)


def _with(table: Table, keys: list[Key], *, copied: bool = False) -> Table:
    """The same table with these items alone."""
    small = copy.copy(table)
    small.items = defaultdict(dict)
    for key in keys:
        item = _get(table, key)
        _put(small, key, copy.deepcopy(item) if copied else item)
    return small


def _get(table: Table, key: Key) -> Any:
    hash_key, range_key = key
    entry = table.items.get(hash_key)
    return entry if entry is None or not table.has_range_key else entry.get(range_key)


def _put(table: Table, key: Key, item: Any) -> None:
    hash_key, range_key = key
    entries: dict[Any, Any] = table.items[hash_key] if table.has_range_key else table.items
    entry_key = range_key if table.has_range_key else hash_key
    if item is None:
        entries.pop(entry_key, None)
    else:
        entries[entry_key] = item
