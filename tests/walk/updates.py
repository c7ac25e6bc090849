"""DynamoDB's update expressions: SET, REMOVE, ADD and DELETE on a copy of an item."""

from __future__ import annotations

from functools import lru_cache

from tests.walk.expressions import SETS, Item, Names, Value, Values, find, given, named, number, operand_of
from tests.walk.grammar import Invalid, Node, Parser

Path = tuple[str | int, ...]
Action = tuple[str, Path, Node]

_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


@lru_cache(maxsize=4096)
def parsed(text: str) -> tuple[Action, ...]:
    """The actions of an update expression, in its order."""
    parser = Parser(text)
    found: list[Action] = []
    clauses = set()
    while parser.peek():
        clause = parser.word(*_CLAUSES)
        if not clause or clause in clauses:
            raise Invalid(f"Syntax error; token: {parser.peek()!r}")
        clauses.add(clause)
        found.append(_action(parser, clause))
        while parser.word(","):
            found.append(_action(parser, clause))
    return tuple(found)


def _action(parser: Parser, clause: str) -> Action:
    path = parser.path()
    if clause == "SET":
        parser.expect("=")
        return clause, path, parser.setting()
    return clause, path, () if clause == "REMOVE" else parser.operand()


def apply(item: Item, text: str, names: Names, values: Values, keys: tuple[str, ...]) -> Item:
    """The item after the update. Raises Invalid; right-hand sides see the item as it was."""
    after = dict(item)
    touched: list[Path] = []
    for clause, path, node in parsed(text):
        resolved = tuple(named(step, names) for step in path)
        _require_apart(resolved, touched, keys)
        touched.append(resolved)
        if clause == "SET":
            _put(after, resolved, _worth(node, item, names, values))
        elif clause == "REMOVE":
            _remove(after, resolved)
        else:
            _combine(after, clause, resolved, given(node[1], values))
    return after


def _require_apart(path: Path, touched: list[Path], keys: tuple[str, ...]) -> None:
    if path[0] in keys:
        raise Invalid(f"Cannot update attribute {path[0]}. This attribute is part of the key")
    for other in touched:
        shorter = min(len(path), len(other))
        if path[:shorter] == other[:shorter]:
            raise Invalid("Two document paths overlap with each other")


def _worth(node: Node, item: Item, names: Names, values: Values) -> Value:
    """The value of SET's right-hand side."""
    if node[0] == "if_not_exists":
        found = find(item, node[1][1], names)
        return found if found is not None else _worth(node[2], item, names, values)
    if node[0] == "list_append":
        first, second = (_worth(part, item, names, values) for part in node[1:])
        return {"L": [*first["L"], *second["L"]]}
    if node[0] == "sum":
        left, right = (_worth(part, item, names, values) for part in node[2:])
        if "N" not in left or "N" not in right:
            raise Invalid("An operand in the update expression has an incorrect data type")
        sign = 1 if node[1] == "+" else -1
        return {"N": str(number(left["N"]) + sign * number(right["N"]))}
    value = operand_of(node)(item, names, values)
    if value is None:
        raise Invalid("The provided expression refers to an attribute that does not exist in the item")
    return value


def _put(item: Item, path: Path, value: Value) -> None:
    if len(path) == 1:
        item[str(path[0])] = value
        return
    holder = _copied_holder(item, path)
    last = path[-1]
    if isinstance(last, int):
        holder["L"][last : last + 1] = [value]
    else:
        holder["M"][last] = value


def _remove(item: Item, path: Path) -> None:
    if len(path) == 1:
        item.pop(str(path[0]), None)
        return
    holder = _copied_holder(item, path)
    last = path[-1]
    if isinstance(last, int):
        del holder["L"][last : last + 1]
    else:
        holder["M"].pop(last, None)


def _copied_holder(item: Item, path: Path) -> Value:
    """The document that the last step of a path is in; everything down to it is copied, so that the old item stays."""
    name = str(path[0])
    if name not in item:
        raise Invalid("The document path provided in the update expression is invalid for update")
    here = item[name] = _copied(item[name])
    for step in path[1:-1]:
        members = here["L"] if isinstance(step, int) else here.get("M", {})
        try:
            members[step] = _copied(members[step])
        except (KeyError, IndexError):
            raise Invalid("The document path provided in the update expression is invalid for update") from None
        here = members[step]
    return here


def _copied(value: Value) -> Value:
    ((kind, content),) = value.items()
    if kind not in ("M", "L"):
        raise Invalid("The document path provided in the update expression is invalid for update")
    return {kind: dict(content) if kind == "M" else list(content)}


def _combine(item: Item, clause: str, path: Path, value: Value) -> None:
    """ADD of a number or a set, DELETE of members of a set."""
    ((kind, content),) = value.items()
    old = find(item, path, {})
    if old is not None and kind not in old:
        raise Invalid("An operand in the update expression has an incorrect data type")
    if kind == "N" and clause == "ADD":
        _put(item, path, {"N": str(number(old["N"] if old else "0") + number(content))})
        return
    if kind not in SETS:
        raise Invalid(f"Incorrect operand type for operator or function; operator: {clause}")
    before = list(old[kind]) if old else []
    if clause == "ADD":
        _put(item, path, {kind: before + [member for member in content if member not in before]})
        return
    left = [member for member in before if member not in content]
    if left:
        _put(item, path, {kind: left})
    elif old:
        _remove(item, path)
