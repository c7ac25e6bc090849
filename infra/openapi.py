"""The document of the API, one for all dialects, from what each resource says of itself (OpenAPI 3.1).

    python -m infra.openapi            writes docs/openapi.json
    python -m infra.openapi --check    fails if it is another one

The words are the docstrings of the handlers; the shapes are those that each dialect's module `schema` has by name, of
which some are made of the rules that judge a body.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from chalicelib.gateway import Operation, Resource
from chalicelib.gateway.routes import is_variable

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

_TOO_OFTEN = "Too many requests with unknown API keys came from here, or the same was asked for too often."
_DONE = {200: "Done.", 201: "Made.", 202: "Taken.", 400: "What was refused, and why.", 503: "What is out of reach."}
_NEEDS = {None: "Open to everybody.", "read": "Needs a key that may read.", "write": "Needs a key that may change."}
_ABOUT = """\
One monitor in several published languages: what is made in one is seen in the others, and one key opens all of them.

Every path may end in a slash. A path with a method that it has not is answered with 405 and the header Allow; OPTIONS
tells the methods of every path. When the service cannot reach its tables it answers 503, and the call may be repeated.
"""


@dataclass(frozen=True)
class Entry:
    """One operation, with the dialect that it belongs to."""

    package: ModuleType
    schema: ModuleType
    resource: Resource
    method: str
    operation: Operation

    @property
    def dialect(self) -> str:
        return self.package.__name__.rpartition(".")[2]

    @property
    def variables(self) -> list[str]:
        return [part[1:-1] for part in self.resource.parts if is_variable(part)]

    @property
    def handler(self) -> str:
        """Where the code of it is."""
        return f"{self.operation.handler.__module__}.{self.operation.handler.__name__}"

    def names(self) -> Iterator[str]:
        """What it may be called, the shortest first."""
        handler = self.operation.handler
        name = f"{self.dialect}.{handler.__module__.rpartition('.')[2]}.{handler.__name__.strip('_')}"
        yield name
        words = [part for part in self.resource.parts if not is_variable(part)]
        name = f"{name}.{words[1] if words[0] == 'api' else '-'.join(words)}"
        yield name
        name = f"{name}.{self.method.lower()}"
        yield name
        yield f"{name}.{len(self.variables)}"
        yield f"{name}.{'.'.join(words)}"


def entries(packages: Iterable[ModuleType]) -> list[Entry]:
    """Every operation that the packages declare."""
    return [
        Entry(package, importlib.import_module(f"{package.__name__}.schema"), resource, method, operation)
        for package in packages
        for resource in package.RESOURCES
        for method, operation in resource.operations.items()
    ]


def document(packages: Iterable[ModuleType]) -> dict[str, Any]:
    """The whole document."""
    found = entries(packages)
    modules = {entry.dialect: entry for entry in found}
    identifiers = _identifiers(found)
    paths: dict[str, Any] = {}
    for entry in found:
        paths.setdefault(entry.resource.path, {})[entry.method.lower()] = _operation(entry, identifiers[id(entry)])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tocsin", "version": "unreleased", "description": _ABOUT},
        "servers": [{"url": "..", "description": "Where this document is served, at /api/openapi.json."}],
        "tags": [_tag(entry) for entry in modules.values()],
        "paths": paths,
        "components": {
            "schemas": _merged(_schemas(entry) for entry in modules.values()),
            "responses": _merged(_errors(entry) for entry in found),
            "securitySchemes": _merged(entry.schema.SECURITY for entry in modules.values()),
        },
    }


def _merged(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in documents:
        found |= one
    return found


def _identifiers(found: list[Entry]) -> dict[int, str]:
    """For each entry the shortest name that no other has."""
    counts = Counter(name for entry in found for name in entry.names())
    return {id(entry): next(name for name in entry.names() if counts[name] == 1) for entry in found}


def _tag(entry: Entry) -> dict[str, Any]:
    return {"name": entry.dialect, "description": f"{entry.schema.TITLE}. {inspect.getdoc(entry.package) or ''}"}


def _schemas(entry: Entry) -> dict[str, Any]:
    return {f"{entry.dialect}.{name}": _resolved(entry, schema) for name, schema in entry.schema.SCHEMAS.items()}


def _resolved(entry: Entry, schema: Any) -> Any:
    """The schema with the names of others made into references."""
    if isinstance(schema, list):
        return [_resolved(entry, one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": f"#/components/schemas/{entry.dialect}.{schema['$ref']}"}
    return {key: _resolved(entry, value) for key, value in schema.items()}


def _operation(entry: Entry, identifier: str) -> dict[str, Any]:
    summary, about = _words(entry)
    found: dict[str, Any] = {
        "tags": [entry.dialect],
        "operationId": identifier,
        "summary": summary,
        "description": f"{about}{_NEEDS[entry.operation.access]}",
    }
    parameters = [*_path_parameters(entry), *_query_parameters(entry)]
    if parameters:
        found["parameters"] = parameters
    if entry.operation.body:
        found["requestBody"] = {"content": _body(entry)}
    found["responses"] = _responses(entry)
    access = entry.operation.access
    found["security"] = [{name: [access]} for name in entry.schema.SECURITY] if access else []
    return found


def _words(entry: Entry) -> tuple[str, str]:
    """The first sentence of the docstring without its full stop, and the rest. Raises ValueError without one."""
    text = inspect.getdoc(entry.operation.handler)
    if not text:
        raise ValueError(f"{entry.handler} has no docstring")
    first, _, rest = " ".join(text.split()).removesuffix(".").partition(". ")
    return first, f"{rest}. " if rest else ""


def _path_parameters(entry: Entry) -> list[dict[str, Any]]:
    return [{"in": "path", "required": True, **_parameter(entry, entry.schema.PARTS, name)} for name in entry.variables]


def _query_parameters(entry: Entry) -> list[dict[str, Any]]:
    names = (*entry.operation.query, *(getattr(entry.schema, "ALWAYS", ()) if entry.operation.access else ()))
    return [{"in": "query", **_parameter(entry, entry.schema.QUERY, name)} for name in names]


def _parameter(entry: Entry, known: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    if name not in known:
        raise ValueError(f"{entry.handler}: the parameter {name!r} is not explained in {entry.schema.__name__}")
    schema = dict(known[name])
    about = schema.pop("description", "")
    return {"name": name, **({"description": about} if about else {}), "schema": schema}


def _body(entry: Entry) -> dict[str, Any]:
    name = entry.operation.body
    types = [JSON, FORM] if name in getattr(entry.schema, "FORMS", ()) else [JSON]
    return _content(entry, name, types)


def _responses(entry: Entry) -> dict[str, Any]:
    also = getattr(entry.schema, "ALSO", ())
    found: dict[str, Any] = {
        str(status): {
            "description": _DONE[status],
            **({"content": _content(entry, name, [JSON, *also])} if name else {}),
        }
        for status, name in entry.operation.answers.items()
    }
    error = {"$ref": f"#/components/responses/{_error_name(entry)}"}
    operation = entry.operation
    if entry.variables or operation.query or operation.body:
        found.setdefault("400", error | {"description": "Something that was sent cannot be used."})
    if operation.access:
        found["401"] = error | {"description": "The API key is missing, unknown, or not enough."}
        found["429"] = error | {"description": _TOO_OFTEN}
    if entry.variables:
        found["404"] = error | {"description": "What the path names does not exist."}
    found["default"] = error | {"description": "Whatever else goes wrong."}
    return found


def _content(entry: Entry, name: str, types: list[str]) -> dict[str, Any]:
    """An object in each of the media types, those besides JSON as text; or the one media type that is named."""
    if "/" in name:
        return {name: {"schema": {"type": "string"}}}
    if name not in entry.schema.SCHEMAS:
        raise ValueError(f"{entry.handler}: the object {name!r} is not explained in {entry.schema.__name__}")
    reference = {"$ref": f"#/components/schemas/{entry.dialect}.{name}"}
    return {one: {"schema": reference if one in (JSON, FORM) else {"type": "string"}} for one in types}


def _error_name(entry: Entry) -> str:
    return f"{entry.dialect}.{entry.resource.voice.error.replace('/', '-')}"


def _errors(entry: Entry) -> dict[str, Any]:
    content = _content(entry, entry.resource.voice.error, [JSON, *getattr(entry.schema, "ALSO", ())])
    return {_error_name(entry): {"description": "What went wrong.", "content": content}}


def written(packages: Iterable[ModuleType]) -> str:
    """The document as it is kept."""
    return json.dumps(document(packages), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    import app

    parser = argparse.ArgumentParser(prog="python -m infra.openapi", description="write the document of the API")
    parser.add_argument("--check", action="store_true", help="only say whether the committed one is up to date")
    text = written(app.PACKAGES)
    if not parser.parse_args().check:
        FILE.write_text(text)
    elif not FILE.exists() or FILE.read_text() != text:
        sys.exit(f"infra.openapi: {FILE.name} is out of date: run python -m infra.openapi")


if __name__ == "__main__":
    main()
