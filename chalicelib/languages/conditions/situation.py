"""Conditions at work: what one is evaluated in, and the verdict. Source: ZMON, Alert Condition; Alert Functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.languages.conditions import program
from chalicelib.languages.conditions.budget import DEFAULT, HERE, Budget, Run, Surroundings
from chalicelib.languages.conditions.errors import ConditionError
from chalicelib.languages.conditions.library import CONDITIONS
from chalicelib.languages.conditions.operators import truth

# As many results as the original keeps.
RESULTS_MAX = 20
NO_RESULT = "Alert result cannot be None. Please return either True or False"
EXCEPTION = "exception"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Result(NamedTuple):
    """What a check found, and when, in seconds since 1970."""

    ts: float
    value: Any


@dataclass(slots=True)
class Situation:
    """What a condition may ask for.

    `history` are the last results of the check on this entity, in any order, the present one among them; of more than
    twenty the newest count. `past` is what history() looks at, weeks of it. `parameters` are the alert's, each with its
    `value` and perhaps its `type`. `entity_results` are the latest results of all the alert's entities, each with
    `value`, `ts` and `td`. `captures` is filled while the condition is evaluated.
    """

    value: Any
    entity: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Result] = ()
    parameters: Mapping[str, Mapping[str, Any]] | None = None
    entity_results: Sequence[Mapping[str, Any]] = ()
    past: Sequence[Result] = ()
    captures: dict[str, Any] = field(default_factory=dict)
    now: float | None = None

    def newest_first(self) -> list[Result]:
        return sorted(self.history, key=lambda one: one.ts, reverse=True)[:RESULTS_MAX]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether there is an alert, and what was captured. `error` is why the condition could not be evaluated: that is
    an alert too, with its text among the captures as `exception`."""

    is_alert: bool
    captures: Mapping[str, Any]
    error: ConditionError | None = None


def judge(
    condition: str,
    situation: Situation,
    names: Mapping[str, object] = _NOTHING,
    budget: Budget = DEFAULT,
    surroundings: Surroundings = HERE,
    passing: tuple[type[Exception], ...] = (),
) -> Verdict:
    """The verdict of a condition. `names` are functions from outside, such as time(). Raises what is `passing` only."""
    captures = situation.captures
    raw = {name: one.get("value") for name, one in (situation.parameters or _NOTHING).items()}
    error: ConditionError | None = None
    try:
        is_alert = _evaluated(condition, situation, names, budget, surroundings, passing)
    except ConditionError as failed:
        is_alert, error = True, failed
    if raw:
        captures = {**raw, **captures}
    if error:
        captures = {**captures, EXCEPTION: str(error)}
    return Verdict(is_alert, captures, error)


def _evaluated(
    condition: str,
    situation: Situation,
    names: Mapping[str, object],
    budget: Budget,
    surroundings: Surroundings,
    passing: tuple[type[Exception], ...],
) -> bool:
    made = program.condition(condition)
    known: dict[str, object] = {**names, "value": situation.value, "entity": situation.entity, "params": _NOTHING}
    if situation.parameters:
        known.update(_parameters(situation.parameters, known))
    return bool(program.evaluated(made, Run(known, made.library, budget, surroundings, passing, situation), _truth))


def _truth(run: Run, value: Any) -> bool:
    if value is None:
        raise NoResult
    return truth(value)


class NoResult(ConditionError):
    """A condition came to None."""

    def __init__(self) -> None:
        super().__init__("", NO_RESULT)

    def __str__(self) -> str:
        return self.message


def _parameters(given: Mapping[str, Mapping[str, Any]], known: Mapping[str, object]) -> dict[str, object]:
    """The parameters by their names, and all of them as `params`. Raises ConditionError."""
    params: dict[str, object] = {}
    for name, one in given.items():
        if name in CONDITIONS or (name in known and name != "params"):
            raise ConditionError("ValueError", f"the parameter {name[:80]} has a name that is taken already")
        params[name] = cast(name, one)
    return {"params": params, **params}


def clashes(names: Sequence[str], known: Mapping[str, object] = _NOTHING) -> list[str]:
    """Which names of parameters are taken already."""
    taken = {"value", "entity", *known, *CONDITIONS}
    return [name for name in names if name in taken]


def cast(name: str, parameter: Mapping[str, Any]) -> object:
    """The value of a parameter as its type says. Raises ConditionError."""
    kind, value = parameter.get("type"), parameter.get("value")
    if not kind:
        return value
    try:
        return _TYPES[kind](value)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ConditionError("ValueError", f"the parameter {name[:80]} is no {str(kind)[:80]}") from None


def _bool(value: Any) -> bool:
    if isinstance(value, str):
        words = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "": False}
        return words[value.strip().lower()]
    return bool(value)


def _moment(value: str) -> datetime:
    return datetime.strptime(value, _MOMENT).replace(tzinfo=UTC)


_TYPES: Mapping[str, Callable[[Any], object]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": _bool,
    "datetime": _moment,
    "date": lambda value: _moment(value).date(),
}
