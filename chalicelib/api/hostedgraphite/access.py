"""Who is asking: the key as user name of basic authentication, with or without a colon, or in any other form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib import gateway
from chalicelib.api.hostedgraphite.errors import Denied
from chalicelib.core.check import Access, Project
from chalicelib.core.errors import Forbidden, Invalid
from chalicelib.gateway import Handler, Reply, Request
from chalicelib.store import directory

BODY_MAX = 1_000_000
# No whole number here has so many digits, and Python refuses to read one of thousands.
DIGITS_MAX = 40


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller: its project, and the name it gave itself, if any."""

    project: Project
    author: str = ""


def needs(access: Access, handler: Callable[[Request, Caller], Reply]) -> Handler:
    """`handler` for callers whose key allows "read" or "write"."""

    def checked(request: Request) -> Reply:
        return handler(request, caller(request, access))

    return checked


def caller(request: Request, access: Access) -> Caller:
    """Raises Denied without a known key, Forbidden where the key opens less."""
    texts = gateway.presented(request, "x-api-key")
    if not texts:
        raise Denied("no API key was given: send it as the user name of basic authentication")
    key, author = gateway.opened(request, "x-api-key")
    if key is None:
        raise Denied("the API key is not known")
    if key.access not in ("write", access):
        raise Forbidden("this API key may only read" if key.access == "read" else "this API key may only ping")
    return Caller(directory.project(key.project), author)


def body(request: Request) -> dict[str, Any]:
    """The JSON object in the body whatever its type is called, {} for none. Raises Invalid."""
    if len(request.body) > BODY_MAX:
        raise Invalid("body", f"is longer than {BODY_MAX} bytes")
    if not request.body.strip():
        return {}
    try:
        document = json.loads(request.body.decode(), parse_int=_whole)
    except (ValueError, RecursionError):
        raise Invalid("body", "is not valid JSON") from None
    if not isinstance(document, dict):
        raise Invalid("body", "must be a JSON object")
    return document


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= DIGITS_MAX else float(digits)
