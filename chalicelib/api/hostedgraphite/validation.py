"""From what a client writes of an alert to the attributes of a rule. Every error names the field that is wrong.

Source: Hosted Graphite Alerts API, Creating Alerts and Composite Alerts. A change names only what changes; the criteria
of a composite are given as a whole.
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.api.hostedgraphite import wire
from chalicelib.core import criteria
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor import manage
from chalicelib.monitor.reading import split_view

FIELDS = (
    *("name", "metric", "alert_criteria", "additional_criteria", "expression", "scheduled_mutes", "info"),
    *("notification_channels", "notification_type", "on_query_failure"),
)
READ_ONLY = ("id", "url", "status", "muted", "currently_triggered_metrics")
NAME_MAX, INFO_MAX, METRIC_MAX, CHANNELS_MAX = 200, 10_000, 5_000, 50
EVERY_MAX = 10_080
DEFAULT_EVERY = 60
FIRST = "a"

_LETTER = re.compile(r"[A-Za-z]")


def values(project: str, given: dict[str, Any], alert: Check | None = None) -> dict[str, Any]:
    """The attributes of a rule that `given` means, all of a new one, the changed ones of another. Raises Invalid."""
    for key in given:
        if key not in (*FIELDS, *READ_ONLY):
            raise Invalid(ascii(key)[1:-1][:60], f"is not known here; there are {', '.join(FIELDS)}")
    found: dict[str, Any] = {}
    if alert is None or "name" in given:
        found["name"] = _text(given.get("name"), "name", NAME_MAX)
    watch = _watch(given, alert)
    if watch is not None:
        found["watch"] = watch
    if alert is None or "notification_type" in given:
        found["remind"] = 60 * _every(given.get("notification_type"))
    if given.get("info") is not None or "info" in given:
        found["desc"] = _text(given.get("info") or "", "info", INFO_MAX, empty=True)
    if given.get("notification_channels") not in (None, []):
        found["channels"] = channels(project, given["notification_channels"])
    if given.get("scheduled_mutes") is not None:
        found["mutes"] = _texts(given["scheduled_mutes"], "scheduled_mutes")
    return found


def _text(value: Any, field: str, limit: int, *, empty: bool = False) -> str:
    if value is None:
        raise Invalid(field, "is required")
    if not isinstance(value, str):
        raise Invalid(field, "must be a string")
    if not empty and not value.strip():
        raise Invalid(field, "must not be empty")
    if len(value) > limit:
        raise Invalid(field, f"must not be longer than {limit} characters")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in value):
        raise Invalid(field, "holds characters that cannot be kept")
    return value


def _texts(value: Any, field: str) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or len(value) > CHANNELS_MAX or not all(isinstance(one, str) for one in value):
        raise Invalid(field, f"must be a list of at most {CHANNELS_MAX} strings")
    return value


def _watch(given: dict[str, Any], alert: Check | None) -> dict[str, Any] | None:
    """What the rule judges, None when nothing of that changes."""
    before = wire.criteria_fields(alert) if alert else {}
    named = [key for key in ("metric", "alert_criteria", "additional_criteria", "expression") if key in given]
    if alert and not named and "on_query_failure" not in given:
        return None
    merged = before | {key: given[key] for key in named}
    metric = target(merged.get("metric"), "metric")
    additional = _additional(merged.get("additional_criteria"))
    text = merged.get("expression") or FIRST
    if not isinstance(text, str):
        raise Invalid("expression", "must be a string")
    expression.check(text, additional)
    first = criterion(merged.get("alert_criteria"), "alert_criteria")
    failing = given.get("on_query_failure", before.get("on_query_failure"))
    return {
        "metric": metric,
        "criteria": {FIRST: {**first, "metric": metric}, **additional},
        "expression": text,
        "on_query_failure": _on_failure(failing),
    }


def _additional(value: Any) -> dict[str, dict[str, Any]]:
    if value in (None, {}, ""):
        return {}
    if not isinstance(value, dict):
        raise Invalid("additional_criteria", "must be an object of letters")
    found: dict[str, dict[str, Any]] = {}
    for letter, document in value.items():
        field = f"additional_criteria.{ascii(letter)[1:-1][:20]}"
        key = letter.lower()
        if not _LETTER.fullmatch(letter) or key == FIRST or key in found:
            raise Invalid(field, "must be one letter, another than a and given once")
        if not isinstance(document, dict):
            raise Invalid(field, "must be an object")
        found[key] = {**criterion(document, field), "metric": target(document.get("metric"), f"{field}.metric")}
    return found


def criterion(value: Any, field: str) -> dict[str, Any]:
    """A criterion as it is kept. Raises Invalid with the path of the field."""
    if value is None:
        raise Invalid(field, "is required")
    if not isinstance(value, dict):
        raise Invalid(field, "must be an object with a type")
    try:
        return criteria.document_of(criteria.criterion_of(value))
    except Invalid as error:
        raise Invalid(f"{field}.{error.field}" if error.field else field, error.message) from None


def target(value: Any, field: str) -> str:
    """A Graphite target that can be read. Raises Invalid with the position of what is wrong."""
    text = _text(value, field, METRIC_MAX).strip()
    try:
        graphite.parse(split_view(text)[0] if graphite.is_plain(text) else text)
    except GraphiteError as error:
        raise Invalid(field, f"cannot be read: {error}") from None
    return text


def _on_failure(value: Any) -> str | None:
    if value not in (None, "ignore", "notify"):
        raise Invalid("on_query_failure", 'must be null, "ignore" or "notify"')
    return value or None


def _every(value: Any) -> int:
    """The minutes of ["every", minutes], 0 for "state_change"."""
    if value in (None, [], ""):
        return DEFAULT_EVERY
    if value in ("state_change", ["state_change"]):
        return 0
    if isinstance(value, list) and len(value) == 2 and value[0] == "every":
        minutes = int(value[1]) if isinstance(value[1], str) and value[1].isascii() and value[1].isdigit() else value[1]
        if isinstance(minutes, int) and not isinstance(minutes, bool) and 1 <= minutes <= EVERY_MAX:
            return minutes
        raise Invalid("notification_type", f"must name whole minutes from 1 to {EVERY_MAX} after every")
    raise Invalid("notification_type", 'must be "state_change", ["state_change"] or ["every", minutes]')


def channels(project: str, value: Any) -> tuple[str, ...]:
    """Channels by their ids or descriptions."""
    names = _texts(value, "notification_channels")
    found: set[str] = set()
    for name in names:
        if "," in name or not name:
            raise Invalid("notification_channels", f"holds {name[:60]!a}, which is no channel")
        try:
            found.update(manage.resolve_channels(project, name))
        except Invalid:
            raise Invalid("notification_channels", f"holds {name[:60]!a}, which is no channel or several") from None
    return tuple(sorted(found))


def duration(value: Any, most: int) -> int:
    """Whole minutes."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Invalid("duration", f"must be whole minutes from 1 to {most}")
    return value
