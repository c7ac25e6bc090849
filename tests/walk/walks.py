"""One walk after the other, how they are replayed and made shorter, and what they found in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.walk import faults, steps
from tests.walk.promises import Tally, Witness
from tests.walk.scene import Scene
from tests.walk.session import Session
from tests.walk.world import ENOUGH, Storm

LENGTH = 60
RATE = 0.12


@dataclass
class Walk:
    """A walk that is over: its seed, the seeds of its steps, what it broke and its story."""

    seed: int
    seeds: tuple[int, ...]
    broken: list[tuple[str, str]]
    story: list[str]
    minutes: float = 0.0
    tally: Tally = field(default_factory=Tally)

    @property
    def promises(self) -> set[str]:
        return {promise for promise, _ in self.broken}


def seeds_of(seed: int, length: int = LENGTH) -> tuple[int, ...]:
    random = Random(seed)
    return tuple(random.getrandbits(48) for _ in range(length))


def walk(
    session: Session,
    seed: int,
    seeds: Sequence[int] | None = None,
    groups: frozenset[str] = faults.ALL,
    rate: float = RATE,
) -> Walk:
    """Takes every step and judges. The same seeds take the same walk."""
    seeds = seeds_of(seed) if seeds is None else seeds
    with session.running():
        scene = Scene(session, session.open(seed, groups, rate))
        witness = Witness(scene)
        try:
            steps.begin(scene, seed)
            for number in seeds:
                steps.take(scene, number)
            witness.judge()
        except Storm:
            scene.breaks("storm", f"{ENOUGH} invocations, and no end")
    minutes = scene.world.passed().total_seconds() / 60
    return Walk(seed, tuple(seeds), scene.broken, scene.world.story, minutes, witness.tally)


def shrunk(session: Session, found: Walk, promise: str, again: Callable[..., Walk] = walk, **more: object) -> Walk:
    """The walk without the steps that breaking the promise does not need."""
    best, size = found, max(len(found.seeds) // 2, 1)
    while size:
        start = 0
        while start < len(best.seeds):
            fewer = best.seeds[:start] + best.seeds[start + size :]
            tried = again(session, found.seed, fewer, **more)
            if promise in tried.promises:
                best = tried
            else:
                start += size
        size //= 2
    return best


@dataclass
class Figures:
    """Of many walks: how many there were, in how many each promise was broken, how often, and where first."""

    walks: int = 0
    steps: int = 0
    minutes: float = 0.0
    broken_walks: Counter[str] = field(default_factory=Counter)
    breaks: Counter[str] = field(default_factory=Counter)
    first: dict[str, Walk] = field(default_factory=dict)
    seeds: dict[str, list[int]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def add(self, one: Walk) -> None:
        self.walks += 1
        self.steps += len(one.seeds)
        self.minutes += one.minutes
        self.tally.pings += one.tally.pings
        self.tally.points += one.tally.points
        self.tally.deleted += one.tally.deleted
        self.tally.messages += one.tally.messages
        self.tally.doubled += one.tally.doubled
        self.tally.delays += one.tally.delays
        self.breaks.update(promise for promise, _ in one.broken)
        for promise in one.promises:
            self.broken_walks[promise] += 1
            self.seeds.setdefault(promise, []).append(one.seed)
            self.first.setdefault(promise, one)
