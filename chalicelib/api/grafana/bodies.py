"""Reading what a client sends: a JSON object, whatever its type is called, and numbers and words out of queries."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.api.grafana.errors import BadRequest
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Request

BODY_MAX = 100_000
# The numbers of things have no more digits; Python refuses to read those of thousands.
DIGITS = 10
BAD = "bad request data"
_DIGITS_MAX = 40


def read(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises BadRequest."""
    try:
        if len(request.body) > BODY_MAX:
            raise BadRequest(BAD)
        found = json.loads(request.body.decode(), parse_int=_whole, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise BadRequest(BAD) from None
    if not isinstance(found, dict):
        raise BadRequest(BAD)
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS_MAX else float(digits)


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def flag(given: dict[str, Any], name: str, *, default: bool) -> bool:
    """Raises Invalid."""
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Invalid(name, "must be true or false")
    return value


def whole(text: str) -> int | None:
    """The number that a text of digits means; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def numbers(request: Request, name: str) -> list[int]:
    """The values of a parameter that are numbers; others are passed over, as Grafana does."""
    found = (whole(text) for text in request.query.get(name, []))
    return [number for number in found if number is not None]


def words(request: Request, name: str) -> list[str]:
    """The values of a parameter, without empty ones."""
    return [text for text in request.query.get(name, []) if text]
