"""What a look at something does to a check: the outcome of one probe run, the judgement of a rule. Pure; `core.status`
calls it.

A failed look is a suspicion at first: only when as many further looks (from other locations, or retries) have failed as
the check asks for does it go down, and then from the first failure on. Any good look ends a suspicion, and so does a
change of what is looked at. A rule has been given its time by its criteria, so its judgement counts at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import breaches
from chalicelib.core.breaches import Breach, Breaches
from chalicelib.core.check import Check, Flip, Status, Suspicion, flipped
from chalicelib.core.specs import PanelSpec, ProbeSpec, probe_of

# What failed so long ago says nothing about a failure of now.
FORGOTTEN = timedelta(hours=24)
# The clocks of two places may lie so far apart.
SKEW = timedelta(seconds=2)
# So much is kept of why data could not be judged.
ERROR_MAX = 500


@dataclass(frozen=True, slots=True)
class Observed:
    """A probe looked: `at` is when it began, `text` says in words what it found. `definition` is what it looked at,
    None for whatever the check says; with a failure, `sound` is when the last look that found all well began."""

    at: datetime
    ok: bool
    text: str
    location: str
    definition: Mapping[str, object] | None = None
    sound: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule was judged."""

    at: datetime
    # None: the data cannot decide.
    firing: bool | None
    # The series that breach now, and those that do no longer, each with its value.
    triggered: Mapping[str, float | None] = field(default_factory=dict)
    recovered: Mapping[str, float | None] = field(default_factory=dict)
    reason: str = ""
    # What decided: the metric, its value and the letter of its criterion.
    details: dict[str, Any] = field(default_factory=dict)
    # Nobody is told of it.
    quiet: bool = False
    # The letters of the criteria that are met, in the order in which they came to be.
    met: str = ""
    # When the judgement will be another if nothing comes.
    due: datetime | None = None
    # The series that breached before, as they were read.
    known: Breaches = field(default_factory=dict)
    # The end of the last bucket that is judged with it.
    moment: datetime | None = None
    # What an instance that goes down by it is called from then on, and how it is described; as its check is, if empty.
    name: str = ""
    desc: str = ""
    # Why the data could not be judged; empty if it could.
    error: str = ""
    # It has to fire for so long before the check is down.
    lasting: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class SeriesTurn:
    """One series of a rule began or ceased to breach."""

    metric: str
    breaching: bool
    value: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """Other series of a rule breach than `known` did: `now` all that do, `turns` those that began or ceased to."""

    known: Breaches = field(default_factory=dict)
    now: Breaches = field(default_factory=dict)
    turns: tuple[SeriesTurn, ...] = ()


def observed(check: Check, look: Observed) -> tuple[Check, tuple[Flip, ...]]:
    if look.definition is not None and look.definition != probe_of(check).definition:
        # What was looked at is not watched any more.
        return check, ()
    check = replace(check, last_result=look.text)
    if check.status == "paused" or _outdated(check, look):
        return check, ()
    return _good(check, look) if look.ok else _bad(check, look)


def _outdated(check: Check, look: Observed) -> bool:
    """Whether a look began before the present status, against which it says nothing, or a good one before the first
    failure: looks end in another order than they began. Who is a little early by the clock of his place may be late by
    that of another."""
    if check.suspicion and look.ok:
        return look.at < check.suspicion.since - apart(check.suspicion, look.location)
    return check.since is not None and look.at < check.since - SKEW


def apart(suspicion: Suspicion | None, location: str) -> timedelta:
    """How far the clock of a place may lie from those of the places that saw a failure."""
    return timedelta() if suspicion and location in suspicion.locations else SKEW


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
    ended = before is not None and look.sound is not None and look.sound > before.since
    if before is None or ended or look.at - before.since > FORGOTTEN:
        return Suspicion(look.at, look.text, (look.location,))
    seen = before.locations if look.location in before.locations else (*before.locations, look.location)
    return Suspicion(min(before.since, look.at), look.text, seen, before.failures + 1)


def redefined(before: Check, after: Check) -> Check:
    """A check with another definition: what is suspected of something that is not looked at any more is dropped. What
    is pending of a panel stays, as its state does when its dashboard is saved."""
    old, new = before.spec, after.spec
    same = isinstance(old, ProbeSpec) and isinstance(new, ProbeSpec) and old.definition == new.definition
    same = same or isinstance(new, PanelSpec)
    return after if same else replace(after, suspicion=None)


def retries(check: Check) -> int:
    """How many further failures confirm the first."""
    return probe_of(check).retries


def judged(check: Check, judgement: Judged) -> tuple[Check, tuple[Flip, ...]]:
    if not _counts(check, judgement):
        return check, ()
    error = judgement.error[:ERROR_MAX] or (check.error if judgement.firing is None else "")
    summary, pending = breaches.summary(_standing(judgement)), _pending(check, judgement)
    after = replace(check, breaching=summary, met=judgement.met, error=error, suspicion=pending)
    # Written only with what else changes: until then judging the same moments again makes the same of them.
    same = after == check and judgement.triggered.keys() == judgement.known.keys()
    after = after if same else replace(after, judged=judgement.moment or check.judged)
    if judgement.firing is None or pending or not _turns(check, judgement):
        return after, ()
    new: Status = "down" if judgement.firing else "up"
    if judgement.firing and judgement.name:
        after = replace(after, name=judgement.name, desc=judgement.desc)
    after, flip = flipped(after, new, judgement.at, judgement.reason, judgement.details, quiet=judgement.quiet)
    value = as_number(judgement.details.get("value"))
    return replace(after, judged=judgement.moment or check.judged, value=value), (flip,)


def _pending(check: Check, judgement: Judged) -> Suspicion | None:
    """What fires, and has not done so for as long as it has to; what cannot be judged stays as it is."""
    if judgement.firing is None:
        return check.suspicion
    if not judgement.firing or check.status == "down":
        return None
    since = check.suspicion.since if check.suspicion else judgement.at
    if judgement.at - since >= judgement.lasting:
        return None
    return check.suspicion or Suspicion(since, judgement.reason, ())


def as_number(value: object) -> float | None:
    """A value as a finite number, also where it is the JSON of one; None for any other."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _turns(check: Check, judgement: Judged) -> bool:
    """Whether the judgement is another than the last; an outage that nobody was to hear of may become one for all."""
    if judgement.firing and check.status == "down":
        return check.quiet and not judgement.quiet
    return check.status != ("down" if judgement.firing else "up")


def _counts(check: Check, judgement: Judged) -> bool:
    """Whether a judgement says anything: not while the rule is paused, nor if its status is younger."""
    return check.status != "paused" and not (check.since and judgement.at < check.since)


def _standing(judgement: Judged) -> dict[str, Breach]:
    """The series that breach: those that did already keep the moment and value at which they began."""
    fresh = {name: Breach(judgement.at, value) for name, value in judgement.triggered.items()}
    return {name: judgement.known.get(name, fresh[name]) for name in fresh}


def series(before: Check, after: Check, event: object) -> SeriesChange | None:
    """The change of the breaching series by an event, None if there is no change."""
    if not isinstance(event, Judged):
        return SeriesChange() if before.breaching.count and not after.breaching.count else None
    if not _counts(before, event) or event.triggered.keys() == event.known.keys():
        return None
    return SeriesChange(event.known, _standing(event), _turns_of_series(event))


def _turns_of_series(judgement: Judged) -> tuple[SeriesTurn, ...]:
    at = judgement.at
    began = [name for name in sorted(judgement.triggered) if name not in judgement.known]
    ceased = [name for name in sorted(judgement.known) if name not in judgement.triggered]
    return (
        *(SeriesTurn(name, True, judgement.triggered[name], at) for name in began),
        *(SeriesTurn(name, False, judgement.recovered.get(name), at) for name in ceased),
    )
