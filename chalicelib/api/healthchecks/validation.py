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
from chalicelib.gateway import schemas
from chalicelib.gateway.schemas import Rule

# In bytes: a check with all its texts must fit into one item of 400 KB.
TEXT_MAX = 100_000
SLUG_MAX = 100
SLUG = "[a-z0-9_-]*"
METHODS = ("", "POST")
UNIQUE = ("name", "slug", "tags", "timeout", "grace")


def _storable(field: str, value: str) -> None:
    """Raises Invalid for text that is no Unicode text: NUL, or half of a surrogate pair."""
    if "\0" in value:
        raise Invalid(field, "contains a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise Invalid(field, "is not valid Unicode")


def text(limit: int = TEXT_MAX, about: str = "", **more: Any) -> Rule:
    """A text of at most `limit` characters."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, str):
            raise Invalid(field, "is not a string")
        if len(value) > limit or len(value.encode("utf-8", "surrogatepass")) > TEXT_MAX:
            raise Invalid(field, "is too long")
        _storable(field, value)

    return Rule(check, schemas.text(about, maxLength=limit, **more))


def _seconds(about: str) -> Rule:
    def check(field: str, value: Any) -> None:
        if not isinstance(value, int):
            raise Invalid(field, "is not a number")
        if value < PERIOD_MIN:
            raise Invalid(field, "is too small")
        if value > PERIOD_MAX:
            raise Invalid(field, "is too large")

    return Rule(check, schemas.whole(about, PERIOD_MIN, PERIOD_MAX))


def _truth(about: str) -> Rule:
    def check(field: str, value: Any) -> None:
        if not isinstance(value, bool):
            raise Invalid(field, "is not a boolean")

    return Rule(check, schemas.truth(about))


def _and(rule: Rule, further: Callable[[str, Any], None]) -> Rule:
    """A rule that asks for more than its schema can say."""

    def check(field: str, value: Any) -> None:
        rule(field, value)
        further(field, value)

    return Rule(check, rule.schema)


def _slug(field: str, value: str) -> None:
    if not re.fullmatch(SLUG, value):
        raise Invalid(field, "does not match pattern")


def _methods(field: str, value: Any) -> None:
    _TEXT(field, value)
    if value not in METHODS:
        raise Invalid(field, "has unexpected value")


def _schedule(field: str, value: str) -> None:
    try:
        schedule.validate(value)
    except ValueError as error:
        raise Invalid(field, f"is {error}") from None


def _zone(field: str, value: str) -> None:
    try:
        zones.canonical(value)
    except ValueError:
        raise Invalid(field, "is not a valid timezone") from None


def _unique(field: str, value: Any) -> None:
    if not isinstance(value, list):
        raise Invalid(field, "is not an array")
    if any(item not in UNIQUE for item in value):
        raise Invalid(f"an item in '{field}'", "has unexpected value")


_TEXT = text()
RULES: dict[str, Rule] = {
    "channels": text(about="Ids or names of the channels that are told, separated by commas; * for all."),
    "desc": text(about="A description."),
    "failure_kw": text(200, "Words, separated by commas, that make a ping a failure."),
    "filter_subject": _truth("Whether the words are looked for in the subject of a mail."),
    "filter_body": _truth("Whether the words are looked for in the body of a mail."),
    "filter_http_body": _truth("Whether the words are looked for in the body of a request."),
    "filter_default_fail": _truth("Whether a ping with none of the words is a failure."),
    "grace": _seconds("How many seconds a ping may be late before anybody is told."),
    "manual_resume": _truth("Whether a paused check stays paused when a ping comes."),
    "methods": Rule(_methods, schemas.word(*METHODS, about="POST: only requests of this method are pings.")),
    "name": text(100, "What people call it."),
    "schedule": _and(text(100, "A cron or OnCalendar expression; goes before timeout."), _schedule),
    "slug": _and(text(SLUG_MAX, "What the addresses of its pings call it.", pattern=f"^{SLUG}$"), _slug),
    "start_kw": text(200, "Words, separated by commas, that make a ping the beginning of a run."),
    "subject": text(200, "Older name of success_kw; looks for the words in the subjects of mails."),
    "subject_fail": text(200, "Older name of failure_kw; looks for the words in the subjects of mails."),
    "success_kw": text(200, "Words, separated by commas, that make a ping a success."),
    "tags": text(about="Its tags, separated by spaces."),
    "timeout": _seconds("The period in seconds, where it is simple."),
    "tz": _and(text(about="The time zone of the schedule, as in Europe/Riga."), _zone),
    "unique": Rule(
        _unique,
        schemas.listed(
            schemas.word(*UNIQUE),
            "The fields by which an existing check is looked for; one that is equal in them is changed instead.",
        ),
    ),
}


def validate(body: dict[str, Any]) -> dict[str, Any]:
    """The known fields of a request body; unknown ones are dropped. Raises Invalid for the first that is wrong."""
    for field, rule in RULES.items():
        if field in body:
            rule(field, body[field])
    return {field: body[field] for field in RULES if field in body}
