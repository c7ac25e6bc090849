"""Validation of one key of a definition at a time, with errors that name it."""

from __future__ import annotations

import re
from collections.abc import Collection

from chalicelib.core import unknown
from chalicelib.core.errors import Invalid
from chalicelib.net import urls
from chalicelib.probes.base import TIMEOUT

COMMON = ("type", "timeout")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def refuse_unknown(definition: dict[str, object], known: Collection[str]) -> None:
    """A misspelt key that is silently ignored would be a probe that looks at something else."""
    unknown.refuse(definition, (*COMMON, *known))


def timeout(definition: dict[str, object]) -> int:
    """The seconds that a look may take, 1 to 60."""
    return number(definition, "timeout", 1, 60, TIMEOUT)


def text(definition: dict[str, object], key: str, limit: int, default: str | None = "") -> str:
    """A string of at most `limit` characters, line breaks and all; with `default` None it must be given and not be
    empty."""
    value = definition.get(key)
    if value is None:
        value = default
    if value is None or (value == "" and default is None):
        raise Invalid(key, "is missing")
    if not isinstance(value, str):
        raise Invalid(key, "is not a string")
    if len(value) > limit:
        raise Invalid(key, f"is too long (at most {limit} characters)")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Invalid(key, "holds a character that cannot be used (NUL or a lone surrogate)")
    return value


def word(definition: dict[str, object], key: str, limit: int, default: str | None = "") -> str:
    """A string on one line: no control characters, so that it cannot smuggle a command into a dialogue."""
    value = text(definition, key, limit, default)
    if _CONTROL.search(value):
        raise Invalid(key, "holds control characters")
    return value


def number(definition: dict[str, object], key: str, low: int, high: int, default: int) -> int:
    """A whole number from `low` to `high`."""
    value = optional_number(definition, key, low, high)
    return default if value is None else value


def optional_number(definition: dict[str, object], key: str, low: int, high: int) -> int | None:
    value = definition.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(key, "is not a whole number")
    if not low <= value <= high:
        raise Invalid(key, f"is not between {low} and {high}")
    return value


def flag(definition: dict[str, object], key: str, *, default: bool) -> bool:
    value = definition.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Invalid(key, "is not a boolean")
    return value


def choice(definition: dict[str, object], key: str, choices: Collection[str], default: str) -> str:
    """One of `choices`, spelt exactly so."""
    value = word(definition, key, 100, default)
    if value not in choices:
        raise Invalid(key, f"is not one of {', '.join(choices)}")
    return value


def port(definition: dict[str, object], default: int | None = None, key: str = "port") -> int:
    """A TCP or UDP port; without a `default` it must be given."""
    value = optional_number(definition, key, 1, 65_535)
    if value is not None:
        return value
    if default is None:
        raise Invalid(key, "is missing")
    return default


def host(definition: dict[str, object], key: str = "host") -> str:
    """A host name in its ASCII form or a bare IP address. Where it leads to is judged when the probe runs."""
    return host_name(word(definition, key, 253, None), key)


def host_name(value: str, key: str) -> str:
    """The ASCII form of a host name or an IP address; `[::1]` loses its brackets. Raises Invalid."""
    bracketed = value[:1] == "[" and value[-1:] == "]" and ":" in value
    try:
        return urls.host_name(value[1:-1] if bracketed else value)
    except ValueError as error:
        raise Invalid(key, str(error)) from None
