"""What a look at something does to a check: the outcome of one probe run, the judgement of a rule. Pure; `core.status`
calls it.

A failed look is a suspicion at first: only when as many further looks (from other locations, or retries) have failed as
the check asks for does it go down, and then from the first failure on. Any good look ends a suspicion. A rule has been
given its time by its criteria, so its judgement counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.check import Check, Flip, Status, Suspicion, flipped
from chalicelib.core.specs import probe_of

# What failed so long ago says nothing about a failure of now.
FORGOTTEN = timedelta(hours=24)

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Observed:
    """A probe looked: `at` is when it began, `text` says in words what it found."""

    at: datetime
    ok: bool
    text: str
    location: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule was judged. `firing` None means that the data cannot decide. `triggered` are the series that breach now
    with their value, `recovered` the values of those that do no longer; `details` say what decided; `met` are the
    letters of the criteria that are met, oldest first; `due` is when time alone will make it another. A `quiet`
    judgement is nobody's news."""

    at: datetime
    firing: bool | None
    triggered: Mapping[str, float | None] = field(default_factory=dict)
    recovered: Mapping[str, float | None] = field(default_factory=dict)
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False
    met: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One series of a rule began or ceased to breach."""

    metric: str
    breaching: bool
    value: float | None
    at: datetime


def observed(check: Check, look: Observed) -> tuple[Check, tuple[Flip, ...]]:
    check = replace(check, last_result=look.text)
    if check.status == "paused" or _outdated(check, look.at):
        return check, ()
    return _good(check, look) if look.ok else _bad(check, look)


def _outdated(check: Check, at: datetime) -> bool:
    """Looks may end in another order than they began; what began before the present status says nothing against it."""
    began = check.suspicion.since if check.suspicion else check.since
    return began is not None and at < began


def _good(check: Check, look: Observed) -> tuple[Check, tuple[Flip, ...]]:
    check = replace(check, suspicion=None)
    if check.status == "up":
        return check, ()
    check, flip = flipped(check, "up", look.at, look.text, {"locations": [look.location]})
    return check, (flip,)


def _bad(check: Check, look: Observed) -> tuple[Check, tuple[Flip, ...]]:
    if check.status == "down":
        return check, ()
    suspicion = _suspicion(check, look)
    if suspicion.failures <= retries(check):
        return replace(check, suspicion=suspicion), ()
    details = {"locations": list(suspicion.locations), "failures": suspicion.failures}
    check, flip = flipped(replace(check, suspicion=None), "down", suspicion.since, look.text, details)
    return check, (flip,)


def _suspicion(check: Check, look: Observed) -> Suspicion:
    before = check.suspicion
    if before is None or look.at - before.since > FORGOTTEN:
        return Suspicion(look.at, look.text, (look.location,))
    seen = before.locations if look.location in before.locations else (*before.locations, look.location)
    return Suspicion(before.since, look.text, seen, before.failures + 1)


def retries(check: Check) -> int:
    """How many further failures confirm the first."""
    return probe_of(check).retries


def judged(check: Check, judgement: Judged) -> tuple[Check, tuple[Flip, ...]]:
    if check.status == "paused" or (check.since and judgement.at < check.since):
        return check, ()
    check = replace(check, triggered=_triggered(check, judgement), met=judgement.met)
    firing = judgement.firing
    if firing is None or not _turns(check, judgement):
        return check, ()
    new: Status = "down" if firing else "up"
    check, flip = flipped(check, new, judgement.at, judgement.reason, judgement.details, quiet=judgement.quiet)
    return check, (flip,)


def _turns(check: Check, judgement: Judged) -> bool:
    """Whether the judgement is another than the last; an outage that nobody was to hear of may become one for all."""
    if judgement.firing and check.status == "down":
        return check.quiet and not judgement.quiet
    return check.status != ("down" if judgement.firing else "up")


def _triggered(check: Check, judgement: Judged) -> dict[str, Any]:
    """The series that breach: those that did already keep the moment and value at which they began."""
    now = micros(judgement.at)
    fresh = {name: {"since": now, "value": value} for name, value in judgement.triggered.items()}
    return {name: check.triggered.get(name, fresh[name]) for name in sorted(fresh)}


def instances(before: Check, judgement: Judged) -> tuple[Instance, ...]:
    """Which series began and which ceased to breach with this judgement."""
    at = judgement.at
    began = [name for name in sorted(judgement.triggered) if name not in before.triggered]
    ceased = [name for name in sorted(before.triggered) if name not in judgement.triggered]
    return (
        *(Instance(name, True, judgement.triggered[name], at) for name in began),
        *(Instance(name, False, judgement.recovered.get(name), at) for name in ceased),
    )


def micros(moment: datetime) -> int:
    """Microseconds since 1970, as `triggered` keeps its moments."""
    return (moment - _EPOCH) // _MICROSECOND


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
