"""JSON Schema in few words, for rules that carry their schema and for the document of the API (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field of a body may be: the check, which raises Invalid, and the same as a schema."""

    check: Callable[[str, Any], None]
    schema: Schema

    def __call__(self, field: str, value: Any) -> None:
        self.check(field, value)


def key_in_any_place(basic: str) -> dict[str, Schema]:
    """What stands for a caller whose key is taken wherever clients put it, each by itself; `basic` says what it is in
    basic authentication."""
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic", "description": basic},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
    }


def text(about: str = "", **more: Any) -> Schema:
    return _described({"type": "string", **more}, about)


def whole(about: str = "", low: int | None = None, high: int | None = None) -> Schema:
    return _described({"type": "integer", **_bounds(low, high)}, about)


def number(about: str = "") -> Schema:
    return _described({"type": "number"}, about)


def truth(about: str = "") -> Schema:
    return _described({"type": "boolean"}, about)


def word(*words: str | bool | int | None, about: str = "") -> Schema:
    """One of these values."""
    return _described({"enum": list(words)}, about)


def moment(about: str = "") -> Schema:
    """A moment in the form of ISO 8601."""
    return _described({"type": "string", "format": "date-time"}, about)


def listed(items: Schema, about: str = "", most: int | None = None) -> Schema:
    return _described({"type": "array", "items": items} | ({} if most is None else {"maxItems": most}), about)


def either(*schemas: Schema, about: str = "") -> Schema:
    return _described({"anyOf": list(schemas)}, about)


def or_null(schema: Schema) -> Schema:
    """What may be missing, and then is null."""
    about = schema.get("description", "")
    rest = {key: value for key, value in schema.items() if key != "description"}
    return either(rest, {"type": "null"}, about=about)


def named(name: str) -> Schema:
    """The schema of that name of the same dialect."""
    return {"$ref": name}


def record(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = (), about: str = "") -> Schema:
    """An object that has all of these properties but for the optional ones."""
    required = [name for name in properties if name not in optional]
    return _described({"type": "object", "properties": dict(properties), "required": required}, about)


def fields(properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), about: str = "") -> Schema:
    """An object that has any of these properties, as bodies have."""
    needed = {"required": list(required)} if required else {}
    return _described({"type": "object", "properties": dict(properties), **needed}, about)


def unchecked(*names: str) -> dict[str, Schema]:
    """Properties that may be anything: nobody looks at them."""
    return {name: {} for name in names}


def table(values: Schema, about: str = "") -> Schema:
    """An object whose properties are called as their makers like."""
    return _described({"type": "object", "additionalProperties": values}, about)


def _bounds(low: int | None, high: int | None) -> Schema:
    given = {"minimum": low, "maximum": high}
    return {key: value for key, value in given.items() if value is not None}


def _described(schema: Schema, about: str) -> Schema:
    return schema | ({"description": about} if about else {})
