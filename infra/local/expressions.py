"""Makes the emulated DynamoDB read an expression of an update once, and walk through it without asking at each node.

moto reads an expression two or three times for each update and walks through what it read ten times, with a table of
what to do that is made anew at every node, and looks each time for faults of the text alone. And it sums up a whole
item for each attribute that it puts into one.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node, UpdateExpression  # type: ignore[attr-defined]
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]

# As in LimitedSizeDict.
_LARGEST_ITEM = 405_000


@contextmanager
def quick() -> Iterator[None]:
    """Inside, updates cost what they change."""
    with (
        patch.object(UpdateExpressionParser, "make", _read),
        patch.object(validators, "deepcopy", _copied),
        patch.object(validators.UpdateExpressionValidator, "validate", _validate),
        patch.object(DepthFirstTraverser, "traverse", _traverse),
        patch.object(Item, "__init__", _fill),
    ):
        yield


# Nobody changes what was read: an update changes a copy.
_read = cache(UpdateExpressionParser.make)
_written = cache(pickle.dumps)


def _copied(value: Any) -> Any:
    if not isinstance(value, UpdateExpression):
        return copy.deepcopy(value)
    copied = pickle.loads(_written(value))
    copied.origin = value
    return copied


# What looks at an expression and the names in it alone: it finds the same each time. moto has them go first.
_OF_THE_TEXT = (
    validators.ActionCountValidator,
    validators.OverlappingPathsValidator,
    validators.UpdateHashRangeKeyValidator,
)
_sound: set[tuple[Any, ...]] = set()


def _validate(self: validators.UpdateExpressionValidator) -> Any:
    node, names = self.node_to_validate, self.expression_attribute_names or {}
    text = (node.origin, tuple(sorted(names.items())), tuple(self.table.table_key_attrs))
    for processor in self.processors:
        if text not in _sound or not isinstance(processor, _OF_THE_TEXT):
            node = processor.traverse(node)
    _sound.add(text)
    return node


def _traverse(self: DepthFirstTraverser, root: Any) -> Any:
    """`traverse_node_recursively`, with a table that is made once."""
    kinds = self._processing_map()
    wanted = tuple(kinds)
    before = type(self).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def walk(node: Any, place: int) -> Any:
        if not _is_node(node.__class__):
            return node
        parent = node.parent
        for position, child in enumerate(node.children or ()):
            if before:
                self.pre_processing_of_child(node, position)
            walk(child, position)
        kind = _first_of(node.__class__, wanted)
        if kind is not None:
            node = kinds[kind](node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    return walk(root, -1)


@cache
def _is_node(kind: Any) -> bool:
    return issubclass(kind, Node)


@cache
def _first_of(kind: Any, wanted: tuple[Any, ...]) -> Any:
    return next((one for one in wanted if issubclass(kind, one)), None)


def _fill(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key = hash_key
    self.range_key = range_key
    self.attrs = LimitedSizeDict()
    values = {name: DynamoType(value) for name, value in attrs.items()}
    if sum(bytesize(name) + value.size() for name, value in values.items()) > _LARGEST_ITEM:
        raise ItemSizeTooLarge
    dict.update(self.attrs, values)
