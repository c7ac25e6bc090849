"""Alerts of panels: what the values of their queries mean together (Grafana 4 to 7, alerting). Pure.

Each series of a condition is reduced to one value, and the condition is met if that of any series satisfies its
evaluator. Conditions are joined from left to right. A condition without any value has no data; what that makes of the
alert follows the same operators, and counts only where the alert does not fire.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.phrases import span
from chalicelib.core.reducers import REDUCERS, Values
from chalicelib.core.specs import PanelCondition, PanelSpec, panel_of
from chalicelib.core.watching import Judged

# What a condition that is met by finding no series at all says is the one that meets it.
NO_SERIES = "NoData"

Outcome = Literal["alerting", "no_data", "keep_state", "ok"]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """How a reduced value meets a condition with so many bounds, and in words."""

    bounds: int
    meets: Callable[[float | None, Sequence[float]], bool]
    words: Callable[[Sequence[float]], str]


def _is_above(value: float | None, bounds: Sequence[float]) -> bool:
    return value is not None and value > bounds[0]


def _is_below(value: float | None, bounds: Sequence[float]) -> bool:
    return value is not None and value < bounds[0]


def _is_within(value: float | None, bounds: Sequence[float]) -> bool:
    return value is not None and min(bounds) < value < max(bounds)


def _is_outside(value: float | None, bounds: Sequence[float]) -> bool:
    return value is not None and not min(bounds) <= value <= max(bounds)


EVALUATORS: dict[str, Evaluator] = {
    "gt": Evaluator(1, _is_above, lambda bounds: f"above {bounds[0]:g}"),
    "lt": Evaluator(1, _is_below, lambda bounds: f"below {bounds[0]:g}"),
    "within_range": Evaluator(2, _is_within, lambda bounds: f"within {min(bounds):g} to {max(bounds):g}"),
    "outside_range": Evaluator(2, _is_outside, lambda bounds: f"outside {min(bounds):g} to {max(bounds):g}"),
    "no_value": Evaluator(0, lambda value, _bounds: value is None, lambda _bounds: "without a value"),
}


@dataclass(frozen=True, slots=True)
class Reduced:
    """A series of a condition, its one value, and whether that meets the condition."""

    name: str
    value: float | None
    met: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a condition found."""

    condition: PanelCondition
    series: tuple[Reduced, ...]

    @property
    def met(self) -> bool:
        return any(one.met for one in self.series)

    @property
    def is_empty(self) -> bool:
        """Whether no series has a value."""
        return all(one.value is None for one in self.series)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the conditions of an alert mean together. `said` is how that came to be, with their truth."""

    firing: bool
    no_data: bool
    said: str
    found: tuple[Found, ...]

    @property
    def is_of_absence(self) -> bool:
        """Whether it would be another if values came that are missing."""
        lacking = (one.met for found in self.found for one in found.series if one.value is None)
        return any(lacking) if self.firing else self.no_data


def evaluate(condition: PanelCondition, series: Iterable[tuple[str, Values]]) -> Found:
    """Reduces the series of a condition, by name, and evaluates each; where there are none, the lack of them."""
    reduce, evaluator = REDUCERS[condition.reducer], EVALUATORS[condition.evaluator]
    reduced = [(name, reduce(values)) for name, values in series] or [(NO_SERIES, None)]
    return Found(
        condition, tuple(Reduced(name, value, evaluator.meets(value, condition.bounds)) for name, value in reduced)
    )


def together(found: Sequence[Found]) -> Verdict:
    """Joins the conditions from left to right."""
    first, *others = found
    firing, no_data, said = first.met, first.is_empty, _truth(first.met)
    for one in others:
        if one.condition.operator == "or":
            firing, no_data = firing or one.met, no_data or one.is_empty
        else:
            firing, no_data = firing and one.met, no_data and one.is_empty
        said = f"[{said} {one.condition.operator.upper()} {_truth(one.met)}]"
    return Verdict(firing, no_data, f"{said} = {_truth(firing)}", tuple(found))


def _truth(value: bool) -> str:
    return "true" if value else "false"


def outcome(spec: PanelSpec, verdict: Verdict) -> Outcome:
    """What an alert is by a verdict, if nothing has to last."""
    if verdict.firing:
        return "alerting"
    return spec.no_data if verdict.no_data else "ok"


def judgement(check: Check, known: Breaches, at: datetime, verdict: Verdict) -> Judged:
    """What a verdict means for the alert, of which the series `known` met it before."""
    spec, matches = panel_of(check), _matches(verdict)
    made = outcome(spec, verdict)
    if made == "keep_state":
        return kept(check, known, at)
    decisive = _decisive(verdict)
    if verdict.firing:
        return Judged(
            *(at, True, matches, _values(verdict, known)),
            reason=_reason(decisive, matches),
            details=_details(decisive, matches),
            met="".join(dict.fromkeys(one.condition.letter for one in verdict.found if one.met)),
            known=known,
            lasting=timedelta(seconds=spec.pending),
        )
    return Judged(
        *(at, made != "ok", {}, _values(verdict, known)),
        reason=f"no data: {described(decisive.condition)} finds no value" if made != "ok" else "",
        details=_details(decisive, {}),
        known=known,
        # What has no data is told at once; what then counts as alerting has to last like any alert.
        lasting=timedelta(seconds=spec.pending if made == "alerting" else 0),
    )


def failure(check: Check, known: Breaches, at: datetime, why: str) -> Judged:
    """An alert whose queries fail is what its owner wants it to be then."""
    spec = panel_of(check)
    if spec.on_error == "keep_state":
        return kept(check, known, at, why)
    return Judged(
        *(at, spec.on_error == "alerting", {}, dict.fromkeys(known)),
        reason=f"query failed: {why}" if spec.on_error == "alerting" else "",
        details={"metric": spec.conditions[0].target, "value": None, "query_failure": True},
        known=known,
        error=why,
        lasting=timedelta(seconds=spec.pending),
    )


def kept(check: Check, known: Breaches, at: datetime, why: str = "") -> Judged:
    """Nothing says that the alert is other than it was."""
    still = {name: one.value for name, one in known.items()}
    return Judged(at, None, still, known=known, met=check.met, error=why)


def _matches(verdict: Verdict) -> dict[str, float | None]:
    """The series that meet a condition, with their values; one beyond all numbers has none."""
    found: dict[str, float | None] = {}
    for one in verdict.found:
        for reduced in one.series:
            if reduced.met:
                found.setdefault(reduced.name, finite(reduced.value))
    return found


def _values(verdict: Verdict, known: Breaches) -> dict[str, float | None]:
    """The values of the series that met it before."""
    every = {reduced.name: finite(reduced.value) for one in verdict.found for reduced in one.series}
    return {name: every.get(name) for name in known}


def finite(value: float | None) -> float | None:
    """A value that can be told; None for one beyond all numbers."""
    return value if value is not None and math.isfinite(value) else None


def _decisive(verdict: Verdict) -> Found:
    """The condition that an alert is told by: the first that is met, of those without data the first."""
    fitting = (one for one in verdict.found if (one.met if verdict.firing else one.is_empty))
    return next(fitting, verdict.found[0])


def _details(found: Found, matches: dict[str, float | None]) -> dict[str, object]:
    name = _first(found)
    return {"metric": name or found.condition.target, "value": matches.get(name), "letter": found.condition.letter}


def _first(found: Found) -> str:
    """The first series that meets a condition; empty if none does, or it is met as there is none."""
    return next((one.name for one in found.series if one.met and one.name != NO_SERIES), "")


def _reason(found: Found, matches: dict[str, float | None]) -> str:
    """ "avg of web1.load over 5 minutes is 93, above 90" """
    condition, name = found.condition, _first(found)
    value, over = matches.get(name), f"{condition.reducer} of {name or condition.target} over {_over(condition)}"
    words = EVALUATORS[condition.evaluator].words(condition.bounds)
    return f"{over} is {words}" if value is None else f"{over} is {value:g}, {words}"


def _over(condition: PanelCondition) -> str:
    ago = f" until {span(timedelta(seconds=condition.end), 3)} ago" if condition.end else ""
    return span(timedelta(seconds=condition.seconds), 3) + ago


def described(condition: PanelCondition) -> str:
    """ "avg of web1.load over 5 minutes" """
    return f"{condition.reducer} of {condition.target} over {_over(condition)}"


def worded(spec: PanelSpec) -> str:
    """ "avg of web1.load over 5 minutes above 90, and last of ..." """
    said = ""
    for one in spec.conditions:
        joined = f", {one.operator} " if said else ""
        said += f"{joined}{described(one)} {EVALUATORS[one.evaluator].words(one.bounds)}"
    return said + (f" for {span(timedelta(seconds=spec.pending), 3)}" if spec.pending else "")
