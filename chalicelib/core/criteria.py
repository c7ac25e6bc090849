"""When the values of a series are news: above or below a bound, outside two, or missing.

Source: Hosted Graphite Alerts API, Creating Alerts (alert_criteria). Values are judged in buckets of 30 seconds. With a
time period every value of it must breach, and any that does not recovers; without one the latest value decides. A
bucket without a value neither triggers nor resolves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from chalicelib.core.errors import Invalid

Kind = Literal["above", "below", "outside_bounds", "missing"]

BUCKET = 30
# Without a time period, what is older than this decides nothing: senders that report every five minutes are common.
FRESH = 300
PERIOD_MAX = 1_440

_FIELDS = ("type", "above_value", "below_value", "time_period")
_NEEDS: dict[Kind, tuple[str, ...]] = {
    "above": ("above_value",),
    "below": ("below_value",),
    "outside_bounds": ("above_value", "below_value"),
    "missing": ("time_period",),
}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Criterion:
    """`period` is in minutes, 0 when the latest value alone decides. A bound that `type` does not use says nothing."""

    type: Kind
    above: float | None = None
    below: float | None = None
    period: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`breached` is None when the data cannot decide; `value` is the one that decided, None for what is missing; `due`
    is when a series will be missing if nothing comes until then."""

    breached: bool | None
    value: float | None = None
    due: datetime | None = None


UNDECIDED = Verdict(None)


def criterion_of(document: object, *, beside: tuple[str, ...] = ("metric",)) -> Criterion:
    """The criterion that a document of type, above_value, below_value and time_period means; null and "" are absent.

    `beside` are further fields that somebody else reads. Raises Invalid naming the field.
    """
    if not isinstance(document, Mapping):
        raise Invalid("", "must be an object with a type")
    _no_strangers(document, (*_FIELDS, *beside))
    given = {name: document[name] for name in _FIELDS if document.get(name) not in (None, "")}
    kind = _kind(given.get("type"))
    for name in _NEEDS[kind]:
        if name not in given:
            raise Invalid(name, f"is required for the type {kind}")
    above, below = (_bound(name, given[name]) if name in given else None for name in _FIELDS[1:3])
    if kind == "outside_bounds" and cast(float, above) < cast(float, below):
        raise Invalid("above_value", "must not be less than below_value")
    return Criterion(kind, above, below, _period(given["time_period"]) if "time_period" in given else 0)


def document_of(criterion: Criterion) -> dict[str, object]:
    """The criterion as a document, without what is absent."""
    values = (criterion.type, criterion.above, criterion.below, criterion.period or None)
    return {name: value for name, value in zip(_FIELDS, values, strict=True) if value is not None}


def _no_strangers(document: Mapping[object, object], known: tuple[str, ...]) -> None:
    for name in document:
        if name not in known:
            raise Invalid(str(name)[:100], f"is not known here; there are {', '.join(known)}")


def _kind(value: object) -> Kind:
    if value is None:
        raise Invalid("type", "is required")
    if value not in get_args(Kind):
        raise Invalid("type", f"must be one of {', '.join(get_args(Kind))}")
    return cast(Kind, value)


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


def window(criterion: Criterion) -> int:
    """Over how many seconds, up to the end of the present bucket, `judge` wants buckets: one more than the time period
    has, for now and so long before now seldom fall on their edges."""
    return criterion.period * 60 + BUCKET if criterion.period else FRESH


def judge(
    criterion: Criterion,
    buckets: Sequence[float | None],
    now: datetime,
    *,
    last: datetime | None = None,
    since: datetime | None = None,
) -> Verdict:
    """Judges the values of one series.

    `buckets` are averages of 30 seconds, oldest first, the last one being that of `now`; more than the window may be
    given, so that criteria can share one reading. What is missing is judged by `last`, the moment of its latest value,
    or for a series that never had one by `since`, from when it is waited for.
    """
    if criterion.type == "missing":
        return _absence(criterion, now, last or since)
    values = [value for value in buckets[-(window(criterion) // BUCKET) :] if value is not None]
    if not values:
        return UNDECIDED
    breaches = _TESTS[criterion.type]
    if not criterion.period:
        return Verdict(breaches(criterion, values[-1]), values[-1])
    inside = next((value for value in reversed(values) if not breaches(criterion, value)), None)
    return Verdict(True, values[-1]) if inside is None else Verdict(False, inside)


def _absence(criterion: Criterion, now: datetime, counted: datetime | None) -> Verdict:
    if counted is None:
        return UNDECIDED
    due = counted + timedelta(minutes=criterion.period)
    return Verdict(True) if now >= due else Verdict(False, due=due)


def _above(criterion: Criterion, value: float) -> bool:
    return value > cast(float, criterion.above)


def _below(criterion: Criterion, value: float) -> bool:
    return value < cast(float, criterion.below)


def _outside(criterion: Criterion, value: float) -> bool:
    return _above(criterion, value) or _below(criterion, value)


_TESTS: dict[Kind, Callable[[Criterion, float], bool]] = {"above": _above, "below": _below, "outside_bounds": _outside}
