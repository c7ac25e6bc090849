"""Reading what a client sends: JSON, whatever its type is called.

A document that is kept must come back as it was. So what JSON cannot say, or a reader would turn into something else,
is refused: NaN, Infinity, numbers beyond what a double holds, a depth that nobody means.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from chalicelib.core.errors import Invalid
from chalicelib.gateway import FORM, Request

BODY_MAX = 1_000_000
DEPTH = 50
# Python refuses to read whole numbers of more digits than thousands.
DIGITS_MAX = 1_000
UNREADABLE = "Could not read request"


def read(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises Invalid."""
    document = value(request)
    if not isinstance(document, dict):
        raise _unreadable("the body must be a JSON object")
    return document


def value(request: Request) -> Any:
    """Whatever JSON there is in the body. Raises Invalid."""
    if len(request.body) > BODY_MAX:
        raise _unreadable(f"the body is longer than {BODY_MAX} bytes")
    if request.is_form:
        raise _unreadable(f"the body {FORM}")
    return parsed(request.body)


def parsed(text: bytes | str) -> Any:
    """The value that a text of JSON means. Raises Invalid."""
    try:
        written = text if isinstance(text, str) else text.decode("utf-8-sig")
        found = json.loads(written, parse_constant=_constant, parse_float=_double, parse_int=_whole)
    except (ValueError, RecursionError):
        raise _unreadable("it is not valid JSON") from None
    if _is_deeper(found, DEPTH):
        raise _unreadable(f"it is nested deeper than {DEPTH}")
    return found


def _unreadable(why: str) -> Invalid:
    return Invalid("", f"{UNREADABLE}: {why}")


def _constant(name: str) -> NoReturn:
    raise _unreadable(f"{name} is no number of JSON")


def _double(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise _unreadable(f"{digits[:20]} is beyond what a number holds")
    return found


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise _unreadable(f"a whole number has more than {DIGITS_MAX} digits")
    return int(digits)


def _is_deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_is_deeper(one, depth - 1) for one in inner)
