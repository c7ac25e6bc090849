"""Reading the fields of definitions, as leniently as zmon-cli needs it: an empty text where a number or nothing is
meant, numbers and truths as texts. Each reader raises Invalid naming the field."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.core.errors import Invalid

Given = dict[str, Any]

NAME_MAX = 256
TEXT_MAX = 50_000
LISTED_MAX = 200
STATUSES = ("ACTIVE", "INACTIVE", "REJECTED")
MANDATORY = "is mandatory"
# What stands in no text: NUL and halves of characters; in a name no other control character either.
_ODD, _CONTROL = re.compile(r"[\0\ud800-\udfff]"), re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_TRUTHS = {"true": True, "false": False}


def text(given: Given, field: str) -> str | None:
    """A text of any lines, None for none."""
    value = given.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > TEXT_MAX or _ODD.search(value):
        raise Invalid(field, f"must be a text of at most {TEXT_MAX} characters")
    return value


def name(given: Given, field: str) -> str | None:
    """A name, without the blanks around it; None for none."""
    value = text(given, field)
    if value is None:
        return None
    value = value.strip()
    if len(value) > NAME_MAX or _CONTROL.search(value):
        raise Invalid(field, f"must be one line of at most {NAME_MAX} characters")
    return value


def required(value: Any, field: str) -> Any:
    """What must be given; an empty text is nothing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Invalid(field, MANDATORY)
    return value


def whole(given: Given, field: str) -> int | None:
    """A whole number, also as a text; None for none, which an empty text is too."""
    value = given.get(field)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**18:
        raise Invalid(field, "must be a whole number")
    return value


def truth(given: Given, field: str) -> bool | None:
    """True or false, also as a text; None for none."""
    value = given.get(field)
    if isinstance(value, str):
        value = _TRUTHS.get(value.strip().lower(), value)
    if value is None or isinstance(value, bool):
        return value
    raise Invalid(field, "must be true or false")


def word(given: Given, field: str, words: tuple[str, ...]) -> str | None:
    """One of some words; None for none."""
    value = given.get(field)
    if value is None or value == "":
        return None
    if value not in words:
        raise Invalid(field, f"must be one of {', '.join(words)}")
    return str(value)


def status(given: Given) -> str:
    return str(required(word(given, "status", STATUSES), "status"))


def texts(given: Given, field: str) -> list[str] | None:
    """A list of texts; None for none."""
    value = given.get(field)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > LISTED_MAX or not all(isinstance(one, str) for one in value):
        raise Invalid(field, f"must be a list of at most {LISTED_MAX} texts")
    return value


def identifier(given: Given, path: int | None = None) -> int | None:
    """The number of a definition in the body, which must be that in the path where there is one."""
    value = whole(given, "id")
    if path is not None and value not in (None, path):
        raise Invalid("", "ID from path does not match the one received in body")
    return path if path is not None else value


def parameters(given: Given) -> dict[str, Any] | None:
    """Parameters, each with its value, a comment and a type; a plain value is one without these."""
    value = given.get("parameters")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Invalid("parameters", "must be an object")
    return {name: _parameter(name, one) for name, one in value.items()}


def _parameter(name: str, value: Any) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {"value": value}
    found = {"value": given.get("value"), "comment": given.get("comment"), "type": given.get("type") or None}
    for key in ("comment", "type"):
        if not isinstance(found[key], str | None):
            raise Invalid("parameters", f"holds {name[:80]!a}, whose {key} must be a text")
    return found
