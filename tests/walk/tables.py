"""Tables in memory: items by their keys, in order, with the past of the last minutes for reads that lag behind."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.walk.expressions import Item, KeyCondition, Value, comparable
from tests.walk.grammar import Invalid

Key = tuple[Any, ...]
# How far a read may lag behind, in seconds; older changes are forgotten.
PAST = 120.0
ITEM_BYTES = 400 * 1024


@dataclass
class Schema:
    """The names of the hash key and of the range key (empty for none), and the types of both."""

    hash: str
    range: str
    types: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.hash, self.range) if self.range else (self.hash,)

    def key(self, item: Item) -> Key:
        """The key of an item. Raises Invalid when it is not whole or of another type."""
        found = []
        for name in self.names:
            value = item.get(name)
            if value is None or self.types[name] not in value:
                raise Invalid(f"One or more parameter values were invalid: Type mismatch or missing the key {name}")
            if value.get("S") == "" or value.get("B") == b"":
                raise Invalid(f"One or more parameter values are not valid. The AttributeValue for {name} is empty")
            found.append(comparable(value))
        return tuple(found)

    def exact(self, key: Item) -> Key:
        """The key in a request that names nothing else."""
        if len(key) != len(self.names):
            raise Invalid("The provided key element does not match the schema")
        return self.key(key)


@dataclass
class Partitions:
    """What has one hash key, ordered by the rest: a table's own order, or that of an index."""

    schema: Schema
    found: dict[Any, list[tuple[Any, Key]]] = field(default_factory=dict)

    def place(self, item: Item, key: Key) -> tuple[Any, tuple[Any, Key]] | None:
        """(hash, (range, table key)) of an item; None where an attribute of the key is missing (a sparse index)."""
        if any(self.schema.types[name] not in item.get(name, ()) for name in self.schema.names):
            return None
        hashed, *ranged = (comparable(item[name]) for name in self.schema.names)
        return hashed, (ranged[0] if ranged else "", key)

    def add(self, item: Item, key: Key) -> None:
        place = self.place(item, key)
        if place:
            insort(self.found.setdefault(place[0], []), place[1])

    def discard(self, item: Item, key: Key) -> None:
        place = self.place(item, key)
        if place:
            entries = self.found[place[0]]
            del entries[bisect_left(entries, place[1])]
            if not entries:
                del self.found[place[0]]

    def matching(self, wanted: KeyCondition) -> list[tuple[Any, Key]]:
        entries = self.found.get(comparable(wanted.hash), [])
        low, high = bounds(entries, wanted)
        return entries[low:high]


def bounds(entries: list[tuple[Any, Key]], wanted: KeyCondition) -> tuple[int, int]:
    """The slice of ordered entries whose range keys fulfil a key condition."""
    if not wanted.operator:
        return 0, len(entries)
    operands = [comparable(operand) for operand in wanted.operands]
    first = operands[0]

    def left(bound: Any) -> int:
        return bisect_left(entries, bound, key=_range_of)

    def right(bound: Any) -> int:
        return bisect_right(entries, bound, key=_range_of)

    slices: dict[str, Callable[[], tuple[int, int]]] = {
        "=": lambda: (left(first), right(first)),
        "<": lambda: (0, left(first)),
        "<=": lambda: (0, right(first)),
        ">": lambda: (right(first), len(entries)),
        ">=": lambda: (left(first), len(entries)),
        "between": lambda: (left(first), right(operands[-1])),
        "begins_with": lambda: (left(first), left(_beyond(first))),
    }
    return slices[wanted.operator]()


def _range_of(entry: tuple[Any, Key]) -> Any:
    return entry[0]


def _beyond(start: Any) -> Any:
    """What sorts behind everything that begins with `start`."""
    return start + ("\U0010ffff" if isinstance(start, str) else b"\xff" * 8)


class Table:
    """One table with its indexes. `clock` is the engine's: the past is kept by its seconds."""

    def __init__(self, properties: dict[str, Any], clock: Callable[[], float]) -> None:
        types = {one["AttributeName"]: one["AttributeType"] for one in properties["AttributeDefinitions"]}
        self.name: str = properties["TableName"]
        self.schema = _schema(properties["KeySchema"], types)
        self.items: dict[Key, Item] = {}
        self._clock = clock
        self._own = Partitions(self.schema)
        self._indexes: dict[str, Partitions] = {}
        self._projections: dict[str, frozenset[str] | None] = {}
        self._past: deque[tuple[float, Key, Item | None]] = deque()
        self.watches: list[Callable[[Item | None, Item | None], None]] = []
        for index in properties.get("GlobalSecondaryIndexes", ()):
            self._add_index(index, types)

    def _add_index(self, index: dict[str, Any], types: dict[str, str]) -> None:
        name, schema = index["IndexName"], _schema(index["KeySchema"], types)
        self._indexes[name] = Partitions(schema)
        projection = index["Projection"]
        kept = frozenset({*schema.names, *self.schema.names, *projection.get("NonKeyAttributes", ())})
        self._projections[name] = None if projection["ProjectionType"] == "ALL" else kept

    def put(self, key: Key, item: Item | None) -> None:
        """Puts an item in its place, or None for none."""
        before = self.items.get(key)
        self._remember(key, before)
        for watch in self.watches:
            watch(before, item)
        for part in (self._own, *self._indexes.values()):
            if before is not None:
                part.discard(before, key)
            if item is not None:
                part.add(item, key)
        if item is None:
            self.items.pop(key, None)
        else:
            self.items[key] = item

    def _remember(self, key: Key, before: Item | None) -> None:
        now = self._clock()
        self._past.append((now, key, before))
        while self._past[0][0] < now - PAST:
            self._past.popleft()

    def was(self, lag: float) -> dict[Key, Item | None]:
        """What the items that have changed within the last `lag` seconds were before."""
        since = self._clock() - lag
        changed: dict[Key, Item | None] = {}
        for at, key, before in reversed(self._past):
            if at <= since:
                break
            changed[key] = before
        return changed

    def get(self, key: Key, lag: float = 0.0) -> Item | None:
        past = self.was(lag) if lag else {}
        return past[key] if key in past else self.items.get(key)

    def partitions(self, index: str | None) -> Partitions:
        if index is None:
            return self._own
        if index not in self._indexes:
            raise Invalid(f"The table does not have the specified index: {index}")
        return self._indexes[index]

    def found(self, index: str | None, wanted: KeyCondition, lag: float) -> list[tuple[tuple[Any, Key], Item]]:
        """Every item that fulfils a key condition, with its place, in the order of the range key."""
        part = self.partitions(index)
        entries = part.matching(wanted)
        past = self.was(lag) if lag else {}
        if not past:
            return [(entry, self.items[entry[1]]) for entry in entries]
        now = [(entry, self.items[entry[1]]) for entry in entries if entry[1] not in past]
        old = Partitions(part.schema)
        for key, item in past.items():
            if item is not None:
                old.add(item, key)
        return sorted(now + [(entry, past[entry[1]] or {}) for entry in old.matching(wanted)], key=lambda each: each[0])

    def projected(self, index: str | None, item: Item) -> Item:
        """What an index keeps of an item."""
        kept = self._projections[index] if index else None
        return item if kept is None else {name: value for name, value in item.items() if name in kept}


def _schema(key_schema: list[dict[str, str]], types: dict[str, str]) -> Schema:
    names = {key["KeyType"]: key["AttributeName"] for key in key_schema}
    return Schema(names["HASH"], names.get("RANGE", ""), types)


def require_sound(item: Item) -> None:
    """Raises Invalid for what DynamoDB would not keep: an item too large, an empty set, a number that is none."""
    if sum(len(name) + _weight(value) for name, value in item.items()) > ITEM_BYTES:
        raise Invalid("Item size has exceeded the maximum allowed size")


def _weight(value: Value) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode("utf-8"))
    if kind in ("SS", "NS", "BS"):
        if not content or len(set(content)) < len(content):
            raise Invalid("One or more parameter values were invalid: a set is empty or has a member twice")
        return sum(map(len, content))
    if kind == "L":
        return 3 + sum(1 + _weight(member) for member in content)
    if kind == "M":
        return 3 + sum(1 + len(name) + _weight(member) for name, member in content.items())
    return len(content) if kind in ("N", "B") else 1


def walk(tables: dict[str, Table]) -> Iterator[tuple[str, Item]]:
    """Every item of every table."""
    for name, table in tables.items():
        for item in table.items.values():
            yield name, item
