"""Single values as clients write them: JSON has numbers and truths, XML has texts alone."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.core.errors import Invalid
from chalicelib.gateway import Request

PLACES = 20

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_YES = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
_NUMBERS = ("port", "min_size", "max_size", "cert_days", "cert_warn_days", "days", "warn_days")
# Keys of a definition whose values are lists, and what an element of theirs is called in XML.
_LISTS = {"json": "JSON", "expected": "DNSExpect"}


def typed(key: str, value: Any) -> Any:
    """A value of HostData as the key of a definition has it: a text that stands for a number, a truth or a list
    becomes one; what stands for none is left to be refused."""
    if key in _LISTS:
        return _listed(value, _LISTS[key])
    if not isinstance(value, str):
        return value
    if key in _NUMBERS:
        return int(value) if _NUMBER.fullmatch(value) else value or None
    if key in ("follow_redirects", "verify") or (key == "tls" and value.lower() in _YES):
        return _YES.get(value.lower(), value or None)
    return value


def _listed(value: Any, element: str) -> Any:
    """A list as XML has it: one below the other, or the only one by itself."""
    if isinstance(value, dict) and list(value) == [element]:
        value = value[element]
    return [value] if isinstance(value, dict) else value


def asked(request: Request, name: str) -> str:
    """The last value of a parameter of the query, in whatever case it is written; empty when there is none."""
    found = [values for given, values in request.query.items() if given.lower() == name.lower()]
    return found[-1][-1] if found and found[-1] else ""


def text(merged: dict[str, Any], field: str, limit: int) -> str:
    value = merged.get(field, "")
    if not isinstance(value, str):
        raise Invalid(field, "is not a string")
    if len(value) > limit:
        raise Invalid(field, f"is too long (at most {limit} characters)")
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in value):
        raise Invalid(field, "holds characters that cannot be shown")
    return value


def number(value: Any, field: str, low: int, high: int, default: int) -> int:
    if value is None or value == "":
        return default
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(field, f"must be a whole number from {low} to {high}")
    return value


def flag(value: Any, field: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _YES:
        return _YES[value.lower()]
    raise Invalid(field, 'must be "Y" or "N"')


def names(value: Any, field: str) -> list[str]:
    """A list of texts: as JSON has it, as XML has it (one below the other), or separated by commas."""
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        (value,) = value.values() if len(value) == 1 else (None,)
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value) or len(value) > PLACES:
        raise Invalid(field, f"must be a list of at most {PLACES} names")
    return list(dict.fromkeys(value))
