"""Reading what a client sends: a JSON object, whatever its type is called, and numbers and words out of queries.

A document that is kept must come back as it was: what JSON cannot say, and a depth that nobody means, is refused.
"""

from __future__ import annotations

import json
import math
from typing import Any

from chalicelib.api.grafana.errors import BadRequest
from chalicelib.core.errors import Invalid
from chalicelib.gateway import FORM, Request

BODY_MAX = 100_000
# The numbers of things have no more digits; Python refuses to read those of thousands.
DIGITS = 10
DEPTH = 100
# Characters of a uid.
UID_MAX = 40
BAD = "bad request data"
_DIGITS_MAX = 40


def read(request: Request, most: int = BODY_MAX) -> dict[str, Any]:
    """The JSON object in the body, which has at most so many bytes. Raises BadRequest."""
    try:
        if len(request.body) > most:
            raise BadRequest(BAD)
        found = json.loads(request.body.decode(), parse_int=_whole, parse_float=_double, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise BadRequest(f"{BAD}: the body {FORM}" if request.is_form else BAD) from None
    if not isinstance(found, dict) or _is_deeper(found, DEPTH):
        raise BadRequest(BAD)
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS_MAX else _double(digits)


def _double(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(f"{digits[:20]} is beyond what a number holds")
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _is_deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_is_deeper(one, depth - 1) for one in inner)


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
