"""Random conversations, of which the promises hold."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import pytest

from chalicelib.core import cursor as moves
from chalicelib.core.check import Flip, Status
from chalicelib.core.conversation import Holds, Listener, Settled, Talk, Tell
from chalicelib.core.cursor import Cursor
from chalicelib.core.silence import SilencedUntil
from chalicelib.core.telling import decide
from tests.core.conversations import CODE, START, check_after


@dataclass
class Walk:
    """A check that flips at random beside a channel that fails at random, and what the two made of it."""

    random: random.Random
    now: datetime = START
    flips: list[Flip] = field(default_factory=list)
    cursor: Cursor = field(default_factory=lambda: Cursor("c"))
    silenced: bool = False
    told: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def status(self) -> Status:
        return self.flips[-1].new if self.flips else "new"

    def step(self) -> None:
        self.now += timedelta(seconds=self.random.choice((1, 20, 200)))
        self.random.choice((self.flip, self.flip, self.silence, self.deliver, self.deliver))()

    def flip(self) -> None:
        possible = {"new": ["up", "down", "paused"], "paused": ["new"]}.get(self.status, ["up", "down", "paused"])
        new = cast(Status, self.random.choice([one for one in possible if one != self.status]))
        before = self.flips[-1].at if self.flips else None
        self.flips.append(Flip("p", CODE, self.now, self.status, new, "", before, silenced=self.silenced))

    def silence(self) -> None:
        self.silenced = not self.silenced

    def deliver(self, *, well: bool = False) -> None:
        for _ in range(20):
            if not self.tell(fails=not well and self.random.random() < 0.4):
                break

    def tell(self, *, fails: bool) -> bool:
        """Whether something was told, so that there may be more."""
        holds = Holds(SilencedUntil(None) if self.silenced else None)
        check = check_after(self.flips, **({} if self.flips else {"status": "new", "since": None}))
        decision = decide(Talk(self.cursor, self.flips, check, Listener(), self.now, holds))
        self.cursor = decision.cursor
        if not isinstance(decision, Tell):
            return False
        begun = moves.leased(decision.cursor, decision.attempt(self.now, self.now), "x")
        if fails and self.random.random() < 0.3:
            self.cursor = begun
            return False
        if fails:
            self.cursor = moves.failed(begun, "busy", self.now, permanent=False)
            return False
        self.cursor = moves.told(begun, decision.upto, self.now)
        self.told.append((decision.event, decision.flip.at))
        return True


@pytest.mark.parametrize("seed", range(200))
def test_a_random_conversation_is_in_order_never_too_long_and_ends_true(seed: int) -> None:
    walk = Walk(random.Random(seed))
    for _ in range(60):
        walk.step()
        assert len(walk.told) <= len(walk.flips)
    walk.silenced = False
    walk.now += timedelta(hours=2)
    walk.deliver(well=True)

    moments = [moment for _, moment in walk.told]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(moments)
    heard = walk.told[-1][0] if walk.told else "up"
    if walk.status in ("up", "down"):
        assert heard == walk.status
    assert decided_nothing(walk)


def decided_nothing(walk: Walk) -> bool:
    check = check_after(walk.flips, **({} if walk.flips else {"status": "new", "since": None}))
    return isinstance(decide(Talk(walk.cursor, walk.flips, check, Listener(), walk.now)), Settled)
