"""DynamoDB's expressions: conditions, updates, projections and key conditions, as functions of an item.

Grammar and meaning: Amazon DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions" and
"Update expressions". Items and values are in the form of the wire: {"S": "text"}, {"N": "1"}. A text is parsed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.walk.grammar import Invalid, Node, Parser

Value = dict[str, Any]
Item = dict[str, Value]
Names = dict[str, str]
Values = dict[str, Value]
Condition = Callable[[Item, Names, Values], bool]
Operand = Callable[[Item, Names, Values], Value | None]

SETS = frozenset({"SS", "NS", "BS"})


def number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def comparable(value: Value) -> Any:
    """What values of one type are ordered by."""
    ((kind, content),) = value.items()
    return number(content) if kind == "N" else content


def equal(a: Value, b: Value) -> bool:
    ((kind_a, content_a),) = a.items()
    ((kind_b, content_b),) = b.items()
    if kind_a != kind_b:
        return False
    if kind_a == "N":
        return number(content_a) == number(content_b)
    if kind_a in SETS:
        return _members(a) == _members(b)
    return bool(content_a == content_b)


def _members(value: Value) -> set[Any]:
    ((kind, content),) = value.items()
    return {number(text) for text in content} if kind == "NS" else set(content)


# Looking into items


def named(step: str | int, names: Names) -> str | int:
    if isinstance(step, str) and step.startswith("#"):
        if step not in names:
            raise Invalid(f"An expression attribute name used in the document path is not defined: {step}")
        return names[step]
    return step


def find(item: Item, path: tuple[str | int, ...], names: Names) -> Value | None:
    """The value at a path, None when there is none."""
    found: Any = item.get(str(named(path[0], names)))
    for step in path[1:]:
        found = _inside(found, named(step, names))
    return found if isinstance(found, dict) else None


def _inside(value: Any, step: str | int) -> Value | None:
    if value is None:
        return None
    if isinstance(step, int):
        members = value.get("L", ())
        return members[step] if step < len(members) else None
    found: Value | None = value.get("M", {}).get(step)
    return found


def given(name: str, values: Values) -> Value:
    if name not in values:
        raise Invalid(f"An expression attribute value used in expression is not defined: {name}")
    return values[name]


def operand_of(node: Node) -> Operand:
    if node[0] == "value":
        name = node[1]
        return lambda item, names, values: given(name, values)
    if node[0] == "path":
        path = node[1]
        if len(path) == 1:
            only = path[0]
            return lambda item, names, values: item.get(str(named(only, names)))
        return lambda item, names, values: find(item, path, names)
    measured = operand_of(node[1])

    def size(item: Item, names: Names, values: Values) -> Value | None:
        value = measured(item, names, values)
        return None if value is None else {"N": str(_size(value))}

    return size


def _size(value: Value) -> int:
    ((kind, content),) = value.items()
    if kind in ("N", "BOOL", "NULL"):
        raise Invalid("Invalid operand type for operator or function size")
    return len(content.encode()) if kind == "S" else len(content)


# Conditions

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(comparator: str, a: Value | None, b: Value | None) -> bool:
    """What is not there is unequal to everything, and neither smaller nor larger."""
    if comparator == "<>":
        return a is None or b is None or not equal(a, b)
    if a is None or b is None:
        return False
    if comparator == "=":
        return equal(a, b)
    if a.keys() != b.keys() or not a.keys() & {"S", "N", "B"}:
        return False
    return _ORDERED[comparator](comparable(a), comparable(b))


def _compiled(node: Node) -> Condition:
    build = {"and": _and, "or": _or, "not": _not, "compare": _compare, "between": _between, "in": _in}
    return build.get(node[0], _function)(node)


def _and(node: Node) -> Condition:
    left, right = _compiled(node[1]), _compiled(node[2])
    return lambda item, names, values: left(item, names, values) and right(item, names, values)


def _or(node: Node) -> Condition:
    left, right = _compiled(node[1]), _compiled(node[2])
    return lambda item, names, values: left(item, names, values) or right(item, names, values)


def _not(node: Node) -> Condition:
    inner = _compiled(node[1])
    return lambda item, names, values: not inner(item, names, values)


def _compare(node: Node) -> Condition:
    comparator, left, right = node[1], operand_of(node[2]), operand_of(node[3])
    return lambda item, names, values: compare(comparator, left(item, names, values), right(item, names, values))


def _between(node: Node) -> Condition:
    middle, low, high = operand_of(node[1]), operand_of(node[2]), operand_of(node[3])

    def holds(item: Item, names: Names, values: Values) -> bool:
        value = middle(item, names, values)
        return compare(">=", value, low(item, names, values)) and compare("<=", value, high(item, names, values))

    return holds


def _in(node: Node) -> Condition:
    left, members = operand_of(node[1]), [operand_of(member) for member in node[2]]

    def holds(item: Item, names: Names, values: Values) -> bool:
        value = left(item, names, values)
        return any(compare("=", value, member(item, names, values)) for member in members)

    return holds


def _function(node: Node) -> Condition:
    name, first = node[1], operand_of(node[2][0])
    if name == "attribute_exists":
        return lambda item, names, values: first(item, names, values) is not None
    if name == "attribute_not_exists":
        return lambda item, names, values: first(item, names, values) is None
    second = operand_of(node[2][1])
    test = {"attribute_type": _is_of_type, "begins_with": _begins_with, "contains": _contains}[name]

    def holds(item: Item, names: Names, values: Values) -> bool:
        a, b = first(item, names, values), second(item, names, values)
        return a is not None and b is not None and test(a, b)

    return holds


def _is_of_type(value: Value, kind: Value) -> bool:
    return kind.get("S") in value


def _begins_with(value: Value, start: Value) -> bool:
    ((kind, content),) = value.items()
    return kind in ("S", "B") and kind in start and bool(content.startswith(start[kind]))


def _contains(value: Value, member: Value) -> bool:
    ((kind, content),) = value.items()
    ((member_kind, sought),) = member.items()
    if kind in SETS:
        return kind[0] == member_kind and comparable(member) in _members(value)
    if kind == "L":
        return any(equal(one, member) for one in content)
    return kind == member_kind and sought in content


@lru_cache(maxsize=4096)
def _tree(text: str) -> Node:
    parser = Parser(text)
    node = parser.condition()
    parser.end()
    return node


@lru_cache(maxsize=4096)
def condition(text: str) -> Condition:
    """Whether an item fulfils the expression: a function of (item, names, values)."""
    return _compiled(_tree(text))


# Keys, projections


@dataclass(frozen=True)
class KeyCondition:
    """The hash key's value; what is asked of the range key: an operator and its operands, or nothing."""

    hash: Value
    operator: str = ""
    operands: tuple[Value, ...] = ()


def key_condition(text: str, names: Names, values: Values, hash_key: str) -> KeyCondition:
    node = _tree(text)
    parts = [node[1], node[2]] if node[0] == "and" else [node]
    hashes: list[tuple[str, tuple[Value, ...]]] = []
    others: list[tuple[str, tuple[Value, ...]]] = []
    for part in parts:
        name, operator, operands = _key_part(part, names)
        found = tuple(given(operand[1], values) for operand in operands)
        (hashes if name == hash_key else others).append((operator, found))
    if len(hashes) != 1 or hashes[0][0] != "=":
        raise Invalid("Query condition missed key schema element")
    operator, operands_found = others[0] if others else ("", ())
    return KeyCondition(hashes[0][1][0], operator, operands_found)


def _key_part(node: Node, names: Names) -> tuple[str, str, list[Node]]:
    if node[0] == "compare" and node[1] != "<>":
        return _key_name(node[2], names), node[1], [node[3]]
    if node[0] == "between":
        return _key_name(node[1], names), "between", [node[2], node[3]]
    if node[0] == "function" and node[1] == "begins_with":
        return _key_name(node[2][0], names), "begins_with", [node[2][1]]
    raise Invalid("Invalid operator used in KeyConditionExpression")


def _key_name(node: Node, names: Names) -> str:
    if node[0] != "path":
        raise Invalid("Invalid condition in KeyConditionExpression")
    return str(named(node[1][0], names))


@lru_cache(maxsize=1024)
def paths(text: str) -> tuple[tuple[str | int, ...], ...]:
    parser = Parser(text)
    found = [parser.path()]
    while parser.word(","):
        found.append(parser.path())
    parser.end()
    return tuple(found)


def project(item: Item, text: str | None, names: Names) -> Item:
    """The parts of an item that a projection names. Paths into documents answer their whole first member."""
    if not text:
        return dict(item)
    wanted = {str(named(path[0], names)) for path in paths(text)}
    return {name: value for name, value in item.items() if name in wanted}
