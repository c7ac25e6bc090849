"""The document of the API, for programs at /api/openapi.json and for people at /api/docs."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from chalicelib import gateway
from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.web import rendering

# Written by infra.openapi; a link to docs/openapi.json, which the package holds as a file.
FILE = Path(__file__).parent / "openapi.json"
HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=300"}


class Voice(gateway.Voice):
    """Every site may read the document, and keep it for a while."""

    prefixes = ("/api/openapi.json", "/api/docs")
    headers = HEADERS

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {**rendering.headers(rendering.STYLE, rendering.REFERENCE_STYLE), **reply.headers}
        return super().finish(request, methods, reply)


def _document(_request: Request) -> Reply:
    """Answer this document."""
    return Reply(body=_text())


@cache
def _text() -> str:
    return FILE.read_text(encoding="utf-8")


def _page(_request: Request) -> Reply:
    """Show this document as a page."""
    return Reply(body=_drawn(), content_type="text/html; charset=utf-8")


@cache
def _drawn() -> str:
    # Not at the top: most processes never draw it.
    from chalicelib.web import reference

    return rendering.page("reference.html.j2", reference.page(json.loads(_text()))).text


_VOICE = Voice()
RESOURCES = [
    resource("/api/openapi.json", _VOICE, GET=public(_document, "Document")),
    resource("/api/docs", _VOICE, GET=public(_page, "text/html")),
]
