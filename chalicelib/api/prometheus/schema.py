"""What the document of the API says of the metrics."""

from __future__ import annotations

from chalicelib.gateway.schemas import Schema, text

TITLE = "Metrics for Prometheus"

# What stands for the caller, each by itself.
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the password, or the user."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
}

PARTS: dict[str, Schema] = {
    "project": text("Anything: the key says which project it is."),
    "key": text("A read-only key of the project."),
}

QUERY: dict[str, Schema] = {
    "tag": text("Only checks that carry this tag. May be repeated: then all of them."),
    "name[]": text("Only the metrics of this name. May be repeated."),
}

SCHEMAS: dict[str, Schema] = {}
