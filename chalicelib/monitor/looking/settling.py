"""Settling: what an alert says of the results of some entities is kept where it is another than it was.

1. Judge all of them, those that turn on their newest results, and read the alert again: nothing is kept that it says no
   more, for it will be judged for that.
2. Have the instances born of those that fall ill for the first time, all in one transaction: a check whose entities
   fall ill together would be fought for otherwise.
3. Keep each decision on its instance. If there is a newer result by then, decide again on that, until there is none:
   whoever had it did not see what has been kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.core import instances
from chalicelib.core.check import Check, entity_of
from chalicelib.core.commands import Value
from chalicelib.core.entities import Entity
from chalicelib.core.errors import Busy, Missing
from chalicelib.languages.conditions import Verdict
from chalicelib.monitor import transitions
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.looking import running
from chalicelib.monitor.looking.evaluating import Evaluator
from chalicelib.store import checks

# So many decisions are made at the same time.
WORKERS = 16

T = TypeVar("T")
U = TypeVar("U")


def settle(
    evaluator: Evaluator, chosen: Mapping[str, Entity], found: Mapping[str, Value], known: Mapping[str, Check]
) -> bool:
    """Keeps what an alert says of entities, by their ids; `known` are the instances that there were. Answers whether
    anything has turned. Raises Missing when the alert is gone, Busy, StoreFault."""

    def turning(decisions: Iterable[_Decision]) -> list[_Decision]:
        return [one for one in decisions if turns(known.get(one.name), firing=one.verdict.is_alert)]

    with raised_together("entities") as failures, ThreadPoolExecutor(WORKERS) as pool:
        first = turning(_each(pool, failures, lambda name: _Decision.on(evaluator, chosen[name], found[name]), chosen))
        # A message that comes late has an old result.
        left = turning(_each(pool, failures, _Decision.newest, first))
        if not left:
            return False
        alert = _present(evaluator)
        if not is_same(alert, evaluator.alert):
            return False
        born = _born(evaluator, [one for one in left if one.name not in known])
        standing = {**known, **born}
        return any(_each(pool, failures, lambda one: _settled(one, alert, standing[one.name]), left))


def _each(pool: Executor, failures: list[Exception], make: Callable[[T], U], several: Iterable[T]) -> list[U]:
    """What is made of each of several, without those of which nothing can be made: these keep no other back."""
    made: list[U] = []

    def attempt(one: T) -> None:
        with kept(failures):
            made.append(make(one))

    list(pool.map(attempt, several))
    return made


def is_same(alert: Check, seen: Check) -> bool:
    """Whether an alert means the same as when it was seen."""
    return alert.edition == seen.edition and (alert.status == "paused") == (seen.status == "paused")


def _present(evaluator: Evaluator) -> Check:
    return checks.get(evaluator.alert.project, evaluator.alert.code)


def turns(instance: Check | None, *, firing: bool) -> bool:
    """Whether a verdict is another than the last; an entity that was always well has none."""
    if instance is None:
        return firing
    return instance.status != ("down" if firing else "up")


def _born(evaluator: Evaluator, several: Sequence[_Decision]) -> dict[str, Check]:
    """The instances of entities that have none, which they have from now on."""
    made = [instances.new(evaluator.alert, one.name, one.value.at) for one in several]
    for start in range(0, len(made), checks.BORN):
        _bear(evaluator, made[start : start + checks.BORN])
    return {entity_of(one.code): one for one in made}


def _bear(evaluator: Evaluator, several: Sequence[Check]) -> None:
    """Raises Missing when the alert is gone, Busy, StoreFault."""

    seen = [several]

    def attempt() -> None:
        left = seen.pop() if seen else _unborn(evaluator, several)
        if left:
            checks.create_instances(left)

    transitions.retrying(evaluator.services, attempt)


def _unborn(evaluator: Evaluator, several: Sequence[Check]) -> Sequence[Check]:
    """Those of some instances that nobody has kept meanwhile. Raises Missing when the alert is gone."""
    _present(evaluator)
    there = {one.code for one in checks.get_many([(one.project, one.code) for one in several])}
    return [one for one in several if one.code not in there]


@dataclass(frozen=True, slots=True)
class _Decision:
    """What an alert says of an entity, by a result of it."""

    evaluator: Evaluator
    entity: Entity
    value: Value
    verdict: Verdict

    @classmethod
    def on(cls, evaluator: Evaluator, entity: Entity, value: Value) -> _Decision:
        return cls(evaluator, entity, value, evaluator.verdict(entity, value))

    @property
    def name(self) -> str:
        return str(self.entity["id"])

    def newest(self) -> _Decision:
        """The decision on the newest result: this one where there is none that is newer."""
        command = self.evaluator.command
        found = running.newest(self.evaluator.services, command.project, command.number, self.name)
        newer = found is not None and found.at > self.value.at
        return self.on(self.evaluator, self.entity, found) if found and newer else self


def _settled(decision: _Decision, alert: Check, instance: Check) -> bool:
    """Keeps a decision, or that on a newer result; answers whether anything was kept."""
    turned = False
    for _ in range(transitions.ATTEMPTS):
        turned |= _kept(decision, alert, instance)
        newest = decision.newest()
        if newest is decision:
            return turned
        decision = newest
    raise Busy("too many results at once")


def _kept(decision: _Decision, alert: Check, instance: Check) -> bool:
    """Brings a judgement to an instance as it was seen, or else as it is; whether it turned. Raises Busy."""
    seen = [instance]
    judged = decision.evaluator.told(decision.entity, decision.value, decision.verdict)

    def attempt() -> bool:
        check = seen.pop() if seen else checks.get(instance.project, instance.code)
        change = transitions.keep(instances.as_decided(check, alert), judged)
        if change:
            transitions.tell([change])
        return change is not None

    try:
        return transitions.retrying(decision.evaluator.services, attempt)
    except Missing:
        # Whoever has ended it meanwhile has the alert follow.
        return False
