"""What the document of the API says of the metrics."""

from __future__ import annotations

from chalicelib.gateway.schemas import Schema, key_in_any_place, text

TITLE = "Metrics for Prometheus"

SECURITY = key_in_any_place("The key is the password, or the user.")

PARTS: dict[str, Schema] = {
    "project": text("Anything: the key says which project it is."),
    "key": text("A read-only key of the project."),
}

QUERY: dict[str, Schema] = {
    "tag": text("Only checks that carry this tag. May be repeated: then all of them."),
    "name[]": text("Only the metrics of this name. May be repeated."),
}

SCHEMAS: dict[str, Schema] = {}
