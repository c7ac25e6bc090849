"""What a check may be created and updated with: the fields, their rules and the error of each.

Source: Healthchecks Management API, Create a Check and Update an Existing Check. The first field that is wrong, in the
order of RULES, is the one that is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from chalicelib.core import schedule, zones
from chalicelib.core.check import PERIOD_MAX, PERIOD_MIN
from chalicelib.core.errors import Invalid

Rule = Callable[[str, Any], None]
# In bytes: a check with all its texts must fit into one item of 400 KB.
TEXT_MAX = 100_000
SLUG_MAX = 100
UNIQUE = ("name", "slug", "tags", "timeout", "grace")


def _storable(field: str, value: str) -> None:
    """Raises Invalid for text that is no Unicode text: NUL, or half of a surrogate pair."""
    if "\0" in value:
        raise Invalid(field, "contains a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise Invalid(field, "is not valid Unicode")


def text(limit: int = TEXT_MAX) -> Rule:
    """A text of at most `limit` characters."""

    def rule(field: str, value: Any) -> None:
        if not isinstance(value, str):
            raise Invalid(field, "is not a string")
        if len(value) > limit or len(value.encode("utf-8", "surrogatepass")) > TEXT_MAX:
            raise Invalid(field, "is too long")
        _storable(field, value)

    return rule


def _seconds(field: str, value: Any) -> None:
    if not isinstance(value, int):
        raise Invalid(field, "is not a number")
    if value < PERIOD_MIN:
        raise Invalid(field, "is too small")
    if value > PERIOD_MAX:
        raise Invalid(field, "is too large")


def _boolean(field: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise Invalid(field, "is not a boolean")


def _slug(field: str, value: Any) -> None:
    text(SLUG_MAX)(field, value)
    if not re.fullmatch(r"[a-z0-9_-]*", value):
        raise Invalid(field, "does not match pattern")


def _methods(field: str, value: Any) -> None:
    text()(field, value)
    if value not in ("", "POST"):
        raise Invalid(field, "has unexpected value")


def _schedule(field: str, value: Any) -> None:
    text(100)(field, value)
    try:
        schedule.validate(value)
    except ValueError as error:
        raise Invalid(field, f"is {error}") from None


def _zone(field: str, value: Any) -> None:
    text()(field, value)
    try:
        zones.canonical(value)
    except ValueError:
        raise Invalid(field, "is not a valid timezone") from None


def _unique(field: str, value: Any) -> None:
    if not isinstance(value, list):
        raise Invalid(field, "is not an array")
    if any(item not in UNIQUE for item in value):
        raise Invalid(f"an item in '{field}'", "has unexpected value")


RULES: dict[str, Rule] = {
    "channels": text(),
    "desc": text(),
    "failure_kw": text(200),
    "filter_subject": _boolean,
    "filter_body": _boolean,
    "filter_http_body": _boolean,
    "filter_default_fail": _boolean,
    "grace": _seconds,
    "manual_resume": _boolean,
    "methods": _methods,
    "name": text(100),
    "schedule": _schedule,
    "slug": _slug,
    "start_kw": text(200),
    "subject": text(200),
    "subject_fail": text(200),
    "success_kw": text(200),
    "tags": text(),
    "timeout": _seconds,
    "tz": _zone,
    "unique": _unique,
}


def validate(body: dict[str, Any]) -> dict[str, Any]:
    """The known fields of a request body; unknown ones are dropped. Raises Invalid for the first that is wrong."""
    for field, rule in RULES.items():
        if field in body:
            rule(field, body[field])
    return {field: body[field] for field in RULES if field in body}
