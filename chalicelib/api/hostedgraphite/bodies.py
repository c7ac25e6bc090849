"""Reading what a client sends: a JSON object, whatever its type is called."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.errors import Invalid
from chalicelib.gateway import FORM, Request

BODY_MAX = 1_000_000
# No whole number here has so many digits, and Python refuses to read one of thousands.
DIGITS_MAX = 40


def read(request: Request) -> dict[str, Any]:
    """The JSON object in the body, {} for none. Raises Invalid."""
    if len(request.body) > BODY_MAX:
        raise Invalid("body", f"is longer than {BODY_MAX} bytes")
    if not request.body.strip():
        return {}
    try:
        document = json.loads(request.body.decode(), parse_int=_whole)
    except (ValueError, RecursionError):
        raise Invalid("body", FORM if request.is_form else "is not valid JSON") from None
    if not isinstance(document, dict):
        raise Invalid("body", "must be a JSON object")
    return document


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= DIGITS_MAX else float(digits)
