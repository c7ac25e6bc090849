"""What a program may use up, and what one run of it has used so far."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.languages.conditions.errors import Exhausted

# Numbers of more bits than this could not be written out.
BITS_MAX = 8_192
# How deep values may lie in each other: Python's own comparison and hashing descend without asking.
NESTING_MAX = 60
# So many steps pass between two looks at the clock: a millisecond or so.
_LOOK_EVERY = 2_000
# Python hashes numbers and tuples predictably, so a program could fill a set with what all hashes alike.
_COLLISIONS_MAX = 500
CHARACTERS_A_STEP = 16


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one run: `steps`, about one for each part of the program that is evaluated and for each item that a
    function looks at; `depth`, calls within calls; `size`, the items or characters of any value; `seconds` of time."""

    steps: int = 1_000_000
    depth: int = 50
    size: int = 1_000_000
    seconds: float = 5.0


DEFAULT = Budget()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where time and chance come from: `clock` only ever goes forward, `now` counts seconds since 1970."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    normal: Callable[[float, float], float] = random.normalvariate


HERE = Surroundings()


class Run:
    """One run of a program: what it has left, and the names that it has read."""

    __slots__ = (
        "_collided",
        "_hashes",
        "_look_at",
        "budget",
        "depth",
        "find",
        "known",
        "library",
        "names",
        "passing",
        "scene",
        "size",
        "steps",
        "surroundings",
        "until",
    )

    def __init__(
        self,
        names: Mapping[str, object],
        library: Mapping[str, object],
        budget: Budget,
        surroundings: Surroundings,
        passing: tuple[type[Exception], ...],
        scene: Any,
    ) -> None:
        self.names = names
        self.library = library
        self.budget = budget
        self.surroundings = surroundings
        self.passing = passing
        self.scene = scene
        self.known: dict[str, Any] = {}
        self.steps = budget.steps
        self.size = budget.size
        self.depth = budget.depth
        self.until = surroundings.clock() + budget.seconds
        self._look_at = budget.steps - _LOOK_EVERY
        self._hashes: dict[int, Hashable] | None = None
        self._collided = 0

    def charge(self, steps: int) -> None:
        """Takes steps from what is left. Raises Exhausted."""
        self.steps -= steps
        if self.steps < self._look_at:
            self.look()

    def look(self) -> None:
        """Looks at what is left and at the clock. Raises Exhausted."""
        if self.steps < 0:
            raise Exhausted(f"it takes more than {self.budget.steps:,} steps")
        if self.surroundings.clock() > self.until:
            raise Exhausted(f"it takes longer than {self.budget.seconds:g} seconds")
        self._look_at = self.steps - _LOOK_EVERY

    def room(self, items: int) -> None:
        """Raises Exhausted if a value may not have so many items."""
        if items > self.size:
            raise Exhausted(f"a value would have more than {self.size:,} items")

    def hold(self, items: int) -> None:
        """Charges for a new value of so many items. Raises Exhausted."""
        self.room(items)
        self.charge(items)

    def write(self, characters: int) -> None:
        """Charges for a new text. Raises Exhausted."""
        if characters > self.size:
            raise Exhausted(f"a text would be longer than {self.size:,} characters")
        self.charge(characters // CHARACTERS_A_STEP)

    def enter(self, steps: int) -> None:
        """Charges for a call, which ends with leave. Raises Exhausted."""
        if self.depth <= 0:
            raise Exhausted(f"calls are nested deeper than {self.budget.depth}")
        self.depth -= 1
        self.charge(steps)

    def leave(self) -> None:
        self.depth += 1

    def count_hash(self, key: Hashable) -> None:
        """Notes a key that a program can choose the hash of. Raises Exhausted if too many hash alike."""
        if self._hashes is None:
            self._hashes = {}
        if self._hashes.setdefault(hash(key), key) != key:
            self._collided += 1
            if self._collided > _COLLISIONS_MAX:
                raise Exhausted("too many different keys hash alike")
