"""Validation of one setting at a time, with errors that name it: `settings.<key>`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chalicelib.channels.base import Event
from chalicelib.core.errors import Invalid
from chalicelib.net import urls

# Stands for a hidden value. It is not ASCII, so no URL, header or number can be taken for it.
MASK = "•••"


def invalid(key: str, message: str) -> Invalid:
    return Invalid(f"settings.{key}", message)


def refuse_unknown(settings: dict[str, object], known: Collection[str]) -> None:
    """A misspelt setting that is silently ignored would be news that never comes."""
    for key in settings:
        if key not in known:
            raise invalid(ascii(key)[1:-1][:60], f"is unknown; there are {', '.join(known)}")


def text(settings: dict[str, object], key: str, limit: int, default: str | None = None) -> str:
    """A string of at most `limit` characters; without a `default` it must be given and not be empty."""
    value = plain(settings.get(key, default), key, limit)
    if not value and default is None:
        raise invalid(key, "is empty")
    return value


def plain(value: object, key: str, limit: int) -> str:
    """`value` if it is a string that can be kept and sent. A masked value is what a reader saw, not what was set."""
    if value is None:
        raise invalid(key, "is missing")
    if not isinstance(value, str):
        raise invalid(key, "is not a string")
    if len(value) > limit:
        raise invalid(key, f"is too long (at most {limit} characters)")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise invalid(key, "holds a character that cannot be used (NUL or a lone surrogate)")
    if MASK in value:
        raise invalid(key, f"holds {MASK}, which stands for a hidden value: give the value itself")
    return value


def masked(url: str) -> str:
    """Where a web address leads, without what may be a secret: tokens stand in paths as often as in queries."""
    if not url:
        return ""
    try:
        return f"{urls.parse(url).site}/{MASK}"
    except ValueError:
        return MASK


def flag(settings: dict[str, object], key: str, *, default: bool) -> bool:
    value = settings.get(key, default)
    if not isinstance(value, bool):
        raise invalid(key, "is not a boolean")
    return value


def directions(settings: dict[str, object]) -> dict[str, bool]:
    """Which news a channel for people takes: `down` (reminders too) and `up`, both unless told otherwise."""
    return {key: flag(settings, key, default=True) for key in ("down", "up")}


def wants(settings: dict[str, Any], event: Event) -> bool:
    """Whether `directions` let an event through: the `wants` of a kind that has them."""
    return bool(settings.get(event, True))
