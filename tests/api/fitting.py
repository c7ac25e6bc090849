"""Every answer of the API tests is held against the document of the API, and so is every body that was accepted.

An answer must be documented with its status and media type, and have exactly the properties that its schema has. What
is sent may have more, as some dialects pass over what they do not know.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Container
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

import app
from infra import openapi

JSON = "application/json"
_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@_formats.checks("uuid", raises=ValueError)
def _is_uuid(text: object) -> bool:
    return not isinstance(text, str) or str(uuid.UUID(text)) == text


@cache
def document() -> dict[str, Any]:
    return openapi.document(app.PACKAGES)


def answered(method: str, target: str, body: bytes | None, status: int, media_type: str, text: str) -> None:
    """Raises AssertionError if the document does not say that this may be."""
    parts = [part for part in target.partition("?")[0].split("/") if part]
    found = app.app.paths.find(parts)
    operation = document()["paths"].get(found[0].path, {}).get(method.lower()) if found else None
    if operation is None:
        return
    place = f"{method} {found[0].path} {status}" if found else ""
    said = _said(operation["responses"], str(status), place)
    content = said.get("content", {})
    media_type = media_type.partition(";")[0]
    if content or text:
        assert media_type in content, f"{place}: {media_type} is not documented"
        if media_type == JSON:
            _fits(place, json.loads(text), _schema(content[JSON]["schema"], strict=True))
    if status < 300 and body:
        _accepted(
            f"{place}, what was sent", operation, body, parse_qs(target.partition("?")[2], keep_blank_values=True)
        )


def _said(responses: dict[str, Any], status: str, place: str) -> dict[str, Any]:
    assert status in responses or int(status) >= 400, f"{place}: the status is not documented"
    said: dict[str, Any] = responses.get(status) or responses["default"]
    if "$ref" in said:
        said = document()["components"]["responses"][said["$ref"].rpartition("/")[2]]
    return said


def _accepted(place: str, operation: dict[str, Any], body: bytes, query: Container[str]) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get(JSON, {}).get("schema")
    try:
        sent = json.loads(body)
    except ValueError:
        return  # XML, a form, lines
    assert content or not sent, f"{place}: a body is not documented"
    if not schema:
        return
    if isinstance(sent, dict):
        # What the query gives is read there.
        sent = {name: value for name, value in sent.items() if name not in query}
    if not all(name in query for name in _properties(schema)):
        # A body all of which the query gives is not read at all.
        _fits(place, sent, _schema(schema, strict=False))


def _properties(schema: dict[str, Any]) -> list[str]:
    """What an object of the schema may hold, or something that no query has where it may hold anything."""
    named = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(named.get("properties", [""]))


def _fits(place: str, value: Any, validator: Draft202012Validator) -> None:
    error = best_match(validator.iter_errors(value))
    assert error is None, f"{place}: {error.json_path}: {error.message[:500]}"


def _schema(schema: dict[str, Any], *, strict: bool) -> Draft202012Validator:
    return _validator(schema["$ref"], strict)


@cache
def _validator(reference: str, strict: bool) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": _components(strict)}, format_checker=_formats)


@cache
def _components(strict: bool) -> dict[str, Any]:
    schemas = document()["components"]["schemas"]
    return {"schemas": _closed(schemas) if strict else schemas}


def _closed(schema: Any) -> Any:
    """The schema with objects that have no other properties than those that are named."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        found.setdefault("additionalProperties", False)
    return found
