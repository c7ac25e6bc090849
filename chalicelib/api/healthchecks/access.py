"""Who is asking: the API key and the JSON body it may travel in (Healthchecks Management API, Authentication)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.api.healthchecks.errors import BadRequest, Denied
from chalicelib.core.check import Access, Project
from chalicelib.gateway import Handler, Reply, Request
from chalicelib.monitor.managing import projects
from chalicelib.store import directory

KEY_LENGTH = 32
# No field holds a number of so many digits, and Python refuses to read one of thousands.
DIGITS_MAX = 40


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller: its project, what its key allows, and the body it sent."""

    project: Project
    access: Access
    body: dict[str, Any]


def needs(access: Access, handler: Callable[[Request, Caller], Reply]) -> Handler:
    """`handler` for callers whose key allows "read" or "write"; the body is read first, then the key is looked at."""

    def checked(request: Request) -> Reply:
        body = read_body(request) if request.method == "POST" else {}
        return handler(request, _caller(request, body, access))

    return checked


def read_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body, {} for none. Raises BadRequest."""
    if not request.body:
        return {}
    try:
        body = json.loads(request.body.decode(), parse_int=_whole_number)
    except (ValueError, RecursionError):
        raise BadRequest("could not parse request body") from None
    if not isinstance(body, dict):
        raise BadRequest("json validation error: value is not an object")
    return body


def _whole_number(digits: str) -> int:
    """The number, or one that is as much too large: so its field is what the error names."""
    return int(digits[:DIGITS_MAX])


def _caller(request: Request, body: dict[str, Any], access: Access) -> Caller:
    presented = request.headers.get("x-api-key", body.get("api_key", ""))
    if not isinstance(presented, str) or len(presented) != KEY_LENGTH:
        raise Denied("missing api key")
    key = projects.opened_by(presented)
    if key is None or key.access not in ("write", access):
        raise Denied("wrong api key")
    return Caller(directory.project(key.project), key.access, body)
