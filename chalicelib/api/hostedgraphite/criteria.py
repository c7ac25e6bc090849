"""Criteria as the dialect writes them: type, above_value, below_value, time_period.

Source: Hosted Graphite Alerts API, Creating Alerts, alert_criteria. Null and "" are absent, and numbers may come as
text, as forms have them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from chalicelib.core import unknown
from chalicelib.core.criteria import PERIOD_MAX, TYPES, Criterion, checked
from chalicelib.core.errors import Invalid

# The core's names and the dialect's, where they differ.
_FIELDS = {"above": "above_value", "below": "below_value", "period": "time_period"}
_TYPES = {"outside": "outside_bounds"}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def read(document: object, *, beside: tuple[str, ...] = ()) -> Criterion:
    """The criterion that a document means; `beside` are further fields, which somebody else reads. Raises Invalid
    naming the field, "" for the document itself."""
    if not isinstance(document, Mapping):
        raise Invalid("", "must be an object with a type")
    unknown.refuse(document, ("type", *_FIELDS.values(), *beside))
    given = {name: value for name, value in document.items() if value not in (None, "")}
    kind = _type(given.get("type"))
    above, below = (_bound(name, given[name]) if name in given else None for name in ("above_value", "below_value"))
    period = _period(given["time_period"]) if "time_period" in given else 0
    try:
        return checked(Criterion(kind, above, below, period))
    except Invalid as error:
        raise Invalid(_FIELDS.get(error.field, error.field), error.message) from None


def written(criterion: Criterion) -> dict[str, Any]:
    """The criterion as a document, without what is absent."""
    found: dict[str, Any] = {"type": _TYPES.get(criterion.type, criterion.type)}
    values = {"above": criterion.above, "below": criterion.below, "period": criterion.period or None}
    return found | {_FIELDS[name]: value for name, value in values.items() if value is not None}


def names() -> dict[str, str]:
    """What the dialect calls each type of criterion, with the core's name for it."""
    return {_TYPES.get(name, name): name for name in TYPES}


def _type(value: object) -> str:
    known = names()
    if value is None:
        raise Invalid("type", "is required")
    if not isinstance(value, str) or value not in known:
        raise Invalid("type", f"must be one of {', '.join(known)}")
    return known[value]


def _number(value: object) -> float | None:
    """A finite number, also when it comes as text; None for anything else."""
    if isinstance(value, str) and len(value) <= 400 and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _bound(name: str, value: object) -> float:
    number = _number(value)
    if number is None:
        raise Invalid(name, "must be a finite number")
    return number


def _period(value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 1 <= number <= PERIOD_MAX:
        raise Invalid("time_period", f"must be a whole number of minutes from 1 to {PERIOD_MAX}")
    return int(number)
