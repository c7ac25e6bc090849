"""What the document of the API says of badges and pages."""

from __future__ import annotations

from typing import Any

from chalicelib.gateway.schemas import either, record, table, text, whole, word

TITLE = "Badges, pages and this document"

SECURITY: dict[str, Any] = {}

# A picture, where the name of the file ends in .svg.
ALSO = ("image/svg+xml",)

PARTS = {
    "states": text("How many states the badge has: with 2 a late check shows as up, with 3 as late."),
    "file": text("The code of the badge, or a tag, with .svg, .json or .shields behind it."),
    "key": text("The badge key of the project."),
    "signed": text("The signature of the tag, with -2 behind it for two states."),
    "address": text("The address of the page, which its owner is told."),
    "link": text("The last part of a link in a mail or a text. It is good for one reader alone."),
}

QUERY: dict[str, Any] = {}

SCHEMAS = {
    "Error": record({"error": text("What is wrong."), "field": text()}, optional=("field",)),
    "Document": table({}, "An OpenAPI document, version 3.1."),
    "Badge": either(
        record({"status": word("up", "late", "down"), "total": whole(), "grace": whole(), "down": whole()}),
        record(
            {"schemaVersion": word(1), "label": text(), "message": text(), "color": text()},
            about="What shields.io draws.",
        ),
        about="By the end of the name: .json, .shields, or with .svg a picture.",
    ),
}
