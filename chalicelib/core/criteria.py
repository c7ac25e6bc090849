"""When the values of a series are news: above or below a bound, outside two, or missing.

Values are judged in buckets of 30 seconds. With a time period every value of it must breach, and any that does not
recovers; without one the latest value decides. A bucket without a value neither triggers nor resolves (Hosted Graphite
Alerts API, Creating Alerts, alert_criteria).

To add a type: one CriterionType, and its name in `_ALL`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.core.away import Away
from chalicelib.core.errors import Invalid

BUCKET = 30
# Without a time period, what is older than this decides nothing: senders that report every five minutes are common.
FRESH = 300
PERIOD_MAX = 1_440

Need = Literal["above", "below", "period"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """`type` names one of TYPES; `period` is in minutes, 0 when the latest value alone decides. A bound that the type
    does not use says nothing."""

    type: str
    above: float | None = None
    below: float | None = None
    period: int = 0

    @property
    def by_absence(self) -> bool:
        """Whether it is missing values that breach."""
        return TYPES[self.type].by_absence


def _never(_criterion: Criterion, _value: float) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class CriterionType:
    """A type of criterion: the fields that it needs, the values that breach it, and its description in words.
    `by_absence` marks the type that is breached by the absence of values for a whole period."""

    name: str
    needs: tuple[Need, ...]
    words: Callable[[Criterion], str]
    breaches: Callable[[Criterion, float], bool] = _never
    by_absence: bool = False


def _is_above(criterion: Criterion, value: float) -> bool:
    return criterion.above is not None and value > criterion.above


def _is_below(criterion: Criterion, value: float) -> bool:
    return criterion.below is not None and value < criterion.below


def _is_outside(criterion: Criterion, value: float) -> bool:
    return _is_above(criterion, value) or _is_below(criterion, value)


_ALL = (
    CriterionType("above", ("above",), lambda one: f"above {one.above:g}", _is_above),
    CriterionType("below", ("below",), lambda one: f"below {one.below:g}", _is_below),
    CriterionType("outside", ("above", "below"), lambda one: f"outside {one.below:g} to {one.above:g}", _is_outside),
    CriterionType("missing", ("period",), lambda one: "missing", by_absence=True),
)

TYPES: dict[str, CriterionType] = {one.name: one for one in _ALL}


def checked(criterion: Criterion) -> Criterion:
    """The criterion, if it has all that its type needs. Raises Invalid naming the attribute."""
    needs = TYPES[criterion.type].needs
    given = {"above": criterion.above, "below": criterion.below, "period": criterion.period or None}
    for name in needs:
        if given[name] is None:
            raise Invalid(name, "is required for this type")
    if "above" in needs and "below" in needs and _is_below(criterion, criterion.above or 0.0):
        raise Invalid("above", "must not be less than the lower bound")
    return criterion


@dataclass(frozen=True, slots=True)
class Verdict:
    """`breached` is None when the data cannot decide; `value` is the one that decided, None for what is missing; `due`
    is since when a series is missing, or when it will be if nothing comes until then. With `away`, it would have been
    missing in that time already."""

    breached: bool | None
    value: float | None = None
    due: datetime | None = None
    away: Away | None = None


UNDECIDED = Verdict(None)


def window(criterion: Criterion) -> int:
    """Over how many seconds before a moment `judge` wants buckets."""
    return criterion.period * 60 or FRESH


def judge(
    criterion: Criterion,
    buckets: Sequence[float | None],
    now: datetime,
    *,
    last: datetime | None = None,
    since: datetime | None = None,
) -> Verdict:
    """Judges the values of one series.

    `buckets` are those of the window, of 30 seconds each, oldest first; the last one ends at `now`. What is missing is
    judged by `last`, the moment of its latest value, or for a series that never had one by `since`, from when it is
    waited for.
    """
    if criterion.by_absence:
        return _absence(criterion, now, last or since)
    values = [value for value in buckets if value is not None]
    if not values:
        return UNDECIDED
    breaches = TYPES[criterion.type].breaches
    if not criterion.period:
        return Verdict(breaches(criterion, values[-1]), values[-1])
    inside = next((value for value in reversed(values) if not breaches(criterion, value)), None)
    return Verdict(True, values[-1]) if inside is None else Verdict(False, inside)


def _absence(criterion: Criterion, now: datetime, counted: datetime | None) -> Verdict:
    if counted is None:
        return UNDECIDED
    due = counted + timedelta(minutes=criterion.period)
    return Verdict(now >= due, due=due)


def settled(criterion: Criterion, verdict: Verdict, away: Away, now: datetime) -> Verdict:
    """The verdict on a series that is missing, but was not before the monitor was away: until it has had time to settle
    its silence says nothing yet."""
    if verdict.due is None or verdict.due > away.until:
        return verdict
    due = away.settled(away.until, timedelta(minutes=criterion.period))
    return Verdict(True if now >= due else None, due=due, away=away)
