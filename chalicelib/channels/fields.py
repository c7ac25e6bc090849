"""Validation of one setting at a time, with errors that name it: `settings.<key>`."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from chalicelib.channels.base import Event
from chalicelib.core import unknown
from chalicelib.core.errors import Invalid
from chalicelib.net import urls

# Stands for a hidden value. It is not ASCII, so no URL, header or number can be taken for it.
MASK = "•••"

URL_LIMIT = 2_000
_VISIBLE = re.compile(r"[!-~]+")


def invalid(key: str, message: str) -> Invalid:
    return Invalid(f"settings.{key}", message)


def refuse_unknown(settings: dict[str, object], known: Collection[str]) -> None:
    """A misspelt setting that is silently ignored would be news that never comes."""
    unknown.refuse(settings, known, before="settings.")


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


def covered(settings: dict[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """The settings without the secrets among them: of a web address its host is shown, of anything else that it is
    there."""
    return {key: _covered(value) if key in secrets else value for key, value in settings.items()}


def _covered(value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    return masked(value) if value.startswith(("http://", "https://")) else MASK


def matching(
    settings: dict[str, object], key: str, limit: int, pattern: re.Pattern[str], wrong: str, default: str | None = None
) -> str:
    """A string, without blanks around it, that fits the pattern, or is the `default`. `wrong` is said of any other."""
    given = text(settings, key, limit, default).strip()
    if given != default and not pattern.fullmatch(given):
        raise invalid(key, wrong)
    return given


def token(settings: dict[str, object], key: str, limit: int = 500, default: str | None = None) -> str:
    """A secret that can stand in a header: visible characters of ASCII."""
    return matching(settings, key, limit, _VISIBLE, "holds other characters than those of a token", default)


def web_address(settings: dict[str, object], key: str = "url", limit: int = URL_LIMIT) -> str:
    """A web address, without blanks around it."""
    return address(text(settings, key, limit).strip(), key)


def webhook(settings: dict[str, object]) -> dict[str, Any]:
    """The settings of a kind that needs no more than an address."""
    refuse_unknown(settings, ["url"])
    return {"url": web_address(settings)}


def signed_webhook(settings: dict[str, object]) -> dict[str, Any]:
    """The settings of a kind that has an address, and a secret with which calls to it may be signed."""
    refuse_unknown(settings, ["url", "secret"])
    return {"url": web_address(settings), "secret": token(settings, "secret", 200, "")}


def address(url: str, key: str) -> str:
    """`url`, if it is a web address."""
    try:
        urls.parse(url)
    except ValueError as error:
        raise invalid(key, str(error)) from error
    return url


def server(settings: dict[str, object], key: str, default: str | None = None, *, with_user: bool = False) -> str:
    """The address of a server, behind which paths are put: it has no query and no slash at its end, and no user unless
    it may come `with_user`, which makes it a secret."""
    given = address(text(settings, key, URL_LIMIT, default).strip(), key)
    if "?" in given or "#" in given:
        raise invalid(key, "must not hold a query or a fragment")
    if urls.parse(given).user is not None and not with_user:
        raise invalid(key, "must not hold a user or a password")
    return given.rstrip("/")


def number(settings: dict[str, object], key: str, low: int, high: int, default: int) -> int:
    """A whole number within these bounds."""
    value = settings.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(key, f"is not a whole number from {low} to {high}")
    return value


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
