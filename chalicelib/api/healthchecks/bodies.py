"""Reading what a client sends: a JSON object, in which the API key may stand (Healthchecks Management API)."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.errors import TocsinError
from chalicelib.gateway import FORM, Request

# No field holds a number of so many digits, and Python refuses to read one of thousands.
DIGITS_MAX = 40
UNREAD = "could not parse request body"


class BadRequest(TocsinError):
    """What was sent cannot be used; the message is told as it is."""


def read(request: Request) -> dict[str, Any]:
    """The JSON object in the body, {} for none. Raises BadRequest."""
    if not request.body:
        return {}
    try:
        body = json.loads(request.body.decode(), parse_int=_whole_number)
    except (ValueError, RecursionError):
        raise BadRequest(f"{UNREAD}: it {FORM}" if request.is_form else UNREAD) from None
    if not isinstance(body, dict):
        raise BadRequest("json validation error: value is not an object")
    return body


def _whole_number(digits: str) -> int:
    """The number, or one that is as much too large: so its field is what the error names."""
    return int(digits[:DIGITS_MAX])
