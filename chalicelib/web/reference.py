"""The reference of the API as a page: what an OpenAPI document says, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}
_SAMPLE_MAX = 20


def page(document: dict[str, Any]) -> dict[str, Any]:
    """What the template takes: the dialects, each with its operations and its objects."""
    info = document["info"]
    return {
        "name": f"{info['title']} API",
        "about": info["description"].split("\n\n"),
        "dialects": [_dialect(document, tag) for tag in document["tags"]],
    }


def _dialect(document: dict[str, Any], tag: dict[str, str]) -> dict[str, Any]:
    name = tag["name"]
    title, _, about = tag["description"].partition(". ")
    operations = [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if name in operation["tags"]
    ]
    schemas = document["components"]["schemas"]
    objects = [_object(full, schema) for full, schema in schemas.items() if full.partition(".")[0] == name]
    return {"name": name, "title": title, "about": about, "operations": operations, "objects": objects}


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": _plain(operation["summary"]),
        "about": _plain(operation["description"]),
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "body": _kinds(operation.get("requestBody", {})),
        "answers": [_answer(document, *one) for one in operation["responses"].items()],
    }


def _plain(text: str) -> str:
    """The text without the marks that the document has around names."""
    return text.replace("`", "")


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "place": "path" if parameter["in"] == "path" else "query",
        "kind": _kind(parameter["schema"]),
        "about": parameter.get("description", ""),
    }


def _answer(document: dict[str, Any], status: str, said: dict[str, Any]) -> dict[str, Any]:
    """An answer; an error's shape stands once for all."""
    shape = said
    if "$ref" in said:
        shape = document["components"]["responses"][said["$ref"].rpartition("/")[2]]
    return {"status": status, "about": said["description"], "kinds": _kinds(shape)}


def _kinds(said: dict[str, Any]) -> list[list[dict[str, str]]]:
    """What is sent or answered, by media type."""
    return [
        [{"text": f"{media_type} ", "link": ""}, *(_kind(one["schema"]) if "$ref" in one["schema"] else [])]
        for media_type, one in said.get("content", {}).items()
    ]


def _object(full: str, schema: Schema) -> dict[str, Any]:
    required = schema.get("required", ())
    properties = [
        {"name": name, "kind": _kind(one), "about": one.get("description", ""), "always": name in required}
        for name, one in schema.get("properties", {}).items()
    ]
    return {
        "id": full,
        "name": full.partition(".")[2],
        "about": schema.get("description", ""),
        "kind": [] if properties else _kind(schema),
        "properties": properties,
    }


def _kind(schema: Schema) -> list[dict[str, str]]:
    """What a value is, in words, some of which are links to objects."""
    return [{"text": text, "link": link} for text, link in _words(schema)]


def _words(schema: Schema) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        full = schema["$ref"].rpartition("/")[2]
        yield full.partition(".")[2], full
    elif "anyOf" in schema:
        for number, one in enumerate(schema["anyOf"]):
            yield from [(" or ", "")] if number else []
            yield from _words(one)
    elif "enum" in schema:
        yield " or ".join(_sample(one) for one in schema["enum"]), ""
    elif schema.get("type") == "array":
        yield "list of ", ""
        yield from _words(schema.get("items", {}))
    elif schema.get("type") == "object":
        yield from _of_object(schema)
    else:
        yield _of_value(schema), ""


def _of_object(schema: Schema) -> Iterator[tuple[str, str]]:
    """The properties of an object that has no name of its own, or what each of them is."""
    if "properties" in schema:
        yield "{ ", ""
        for number, (name, one) in enumerate(schema["properties"].items()):
            yield f"{', ' if number else ''}{name}: ", ""
            yield from _words(one)
        yield " }", ""
    else:
        yield "object of ", ""
        yield from _words(schema.get("additionalProperties", {}))


def _sample(value: Any) -> str:
    return {True: "true", False: "false", None: "null", "": "nothing"}.get(value, str(value))


def _of_value(schema: Schema) -> str:
    kind: str = schema.get("type", "anything")
    words = [_TYPES.get(kind, kind)]
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None:
        words.append(f"from {low:,}" if high is None else f"from {low:,} to {high:,}")
    if "maxLength" in schema:
        words.append(f"of at most {schema['maxLength']:,} characters")
    if schema.get("format") == "date-time":
        words = ["moment"]
    return " ".join(words)
