"""From what a client writes of an alert to the attributes of a rule. Every error names the field that is wrong.

Source: Hosted Graphite Alerts API, Creating Alerts and Composite Alerts. A change names only what changes; the criteria
of a composite are given as a whole.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from chalicelib.api.hostedgraphite import criteria, wire
from chalicelib.core import audience, unknown
from chalicelib.core.check import Check
from chalicelib.core.criteria import Criterion
from chalicelib.core.errors import Invalid
from chalicelib.core.specs import FIRST, Part, RuleSpec
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError, lines
from chalicelib.monitor.looking.reading import split_view
from chalicelib.monitor.managing import channels as managed_channels

FIELDS = (
    *("name", "metric", "alert_criteria", "additional_criteria", "expression", "scheduled_mutes", "info"),
    *("notification_channels", "notification_type", "on_query_failure"),
)
READ_ONLY = ("id", "url", "status", "muted", "currently_triggered_metrics", "warnings")
NAME_MAX, INFO_MAX, METRIC_MAX, CHANNELS_MAX = 200, 10_000, 5_000, 50
EVERY_MAX = 10_080
DEFAULT_EVERY = 60
DIGITS_MAX = 12

_LETTER = re.compile(r"[A-Za-z]")


def values(project: str, given: dict[str, Any], alert: Check | None = None) -> dict[str, Any]:
    """The attributes of a rule that `given` means, all of a new one, the changed ones of another. Raises Invalid."""
    require_known(given, FIELDS, READ_ONLY)
    found: dict[str, Any] = {}
    if alert is None or "name" in given:
        found["name"] = text(given.get("name"), "name", NAME_MAX)
    spec = _spec(given, alert)
    if spec is not None:
        found["spec"] = spec
    if alert is None or "notification_type" in given:
        found["remind"] = 60 * _every(given.get("notification_type"))
    if "info" in given:
        found["desc"] = "" if given["info"] is None else text(given["info"], "info", INFO_MAX, empty=True)
    if "notification_channels" in given:
        named = given["notification_channels"]
        found["channels"] = None if named in (None, []) else channels(project, named)
    if given.get("scheduled_mutes") is not None:
        found["mutes"] = _texts(given["scheduled_mutes"], "scheduled_mutes")
    return found


def require_known(given: dict[str, Any], fields: tuple[str, ...], passed_over: tuple[str, ...] = ()) -> None:
    """Raises Invalid naming the first field that is neither written nor passed over here."""
    unknown.refuse(given, fields, beside=passed_over)


def text(value: Any, field: str, limit: int, *, empty: bool = False) -> str:
    """A string that can be kept. Raises Invalid."""
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


def _spec(given: dict[str, Any], alert: Check | None) -> RuleSpec | None:
    """What the rule judges, None when nothing of that changes."""
    before = wire.criteria_fields(alert) if alert else {}
    named = [key for key in ("metric", "alert_criteria", "additional_criteria", "expression") if key in given]
    if alert and not named and "on_query_failure" not in given:
        return None
    merged = before | {key: given[key] for key in named}
    metric = target(merged.get("metric"), "metric")
    additional = _additional(merged.get("additional_criteria"))
    written = merged.get("expression")
    written = FIRST if written in (None, "") else written
    if not isinstance(written, str):
        raise Invalid("expression", "must be a string")
    expression.check(written, additional)
    first = criterion(merged.get("alert_criteria"), "alert_criteria")
    failing = given.get("on_query_failure", before.get("on_query_failure"))
    parts = (Part(FIRST, metric, first), *(additional[letter] for letter in sorted(additional)))
    return RuleSpec(parts, written, _on_failure(failing))


def _additional(value: Any) -> dict[str, Part]:
    if value in (None, {}, ""):
        return {}
    if not isinstance(value, dict):
        raise Invalid("additional_criteria", "must be an object of letters")
    found: dict[str, Part] = {}
    for letter, document in value.items():
        field = f"additional_criteria.{ascii(letter)[1:-1][:20]}"
        key = letter.lower()
        if not _LETTER.fullmatch(letter) or key == FIRST or key in found:
            raise Invalid(field, "must be one letter, another than a and given once")
        if not isinstance(document, dict):
            raise Invalid(field, "must be an object")
        kept = criterion(document, field, beside=("metric",))
        found[key] = Part(key, target(document.get("metric"), f"{field}.metric"), kept)
    return found


def criterion(value: Any, field: str, *, beside: tuple[str, ...] = ()) -> Criterion:
    """A criterion; somebody else reads what is `beside` it. Raises Invalid with the path of the field."""
    if value is None:
        raise Invalid(field, "is required")
    if not isinstance(value, dict):
        raise Invalid(field, "must be an object with a type")
    try:
        return criteria.read(value, beside=beside)
    except Invalid as error:
        raise Invalid(f"{field}.{error.field}" if error.field else field, error.message) from None


def target(value: Any, field: str) -> str:
    """A Graphite target that can be read. Raises Invalid with the position of what is wrong."""
    written = text(value, field, METRIC_MAX).strip()
    try:
        if not graphite.is_plain(written):
            return written
        graphite.parse(split_view(written)[0])
    except GraphiteError as error:
        raise Invalid(field, f"cannot be read: {error}") from None
    name = split_view(written)[0]
    return written if graphite.is_pattern(name) else lines.meant(name) + written[len(name) :]


def _on_failure(value: Any) -> Literal["", "ignore", "notify"]:
    match value:
        case None:
            return ""
        case "ignore" | "notify":
            return value
    raise Invalid("on_query_failure", 'must be null, "ignore" or "notify"')


def _every(value: Any) -> int:
    """The minutes of ["every", minutes], 0 for "state_change"."""
    if value in (None, [], ""):
        return DEFAULT_EVERY
    if value in ("state_change", ["state_change"]):
        return 0
    if isinstance(value, list) and len(value) == 2 and value[0] == "every":
        minutes = whole(value[1])
        if minutes is None or not 1 <= minutes <= EVERY_MAX:
            raise Invalid("notification_type", f"must name whole minutes from 1 to {EVERY_MAX} after every")
        return minutes
    raise Invalid("notification_type", 'must be "state_change", ["state_change"] or ["every", minutes]')


def channels(project: str, value: Any) -> tuple[str, ...]:
    """Channels by their ids or descriptions."""
    resolved = audience.resolve(managed_channels.of_project(project), _texts(value, "notification_channels"))
    for name, _ in resolved.wrong:
        raise Invalid("notification_channels", f"holds {name[:60]!a}, which is no channel or several")
    return resolved.codes


def duration(value: Any, most: int) -> int:
    """Whole minutes."""
    minutes = whole(value)
    if minutes is None or not 1 <= minutes <= most:
        raise Invalid("duration", f"must be whole minutes from 1 to {most}")
    return minutes


def whole(value: Any) -> int | None:
    """A whole number, also where it came as text, as forms have it; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < DIGITS_MAX:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
