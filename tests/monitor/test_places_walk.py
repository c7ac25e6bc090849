"""Random walks over a device that is looked at from three places whose clocks lie up to a second apart: messages are
lost, doubled, late and out of order, looks take their time, its owner edits it, and its site comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.core.check import Check, Flip
from chalicelib.core.specs import probe_of
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import probes
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Done, Outcome, Phases, Task
from chalicelib.store import checks, history, queues, results
from tests import specs
from tests.conftest import NOW, Story

PLACES = (("Stockholm SWE", "eu-north-1"), ("Dublin IRL", "eu-west-1"), ("Oregon USA", "us-west-2"))
PERIOD, RETRIES = 60, 1
# Two clocks lie so far apart at most, and a look takes so long.
APART = timedelta(seconds=2.5)
GOOD, BAD = Outcome(True, "200 OK", Phases()), Outcome(False, "connection refused", Phases())


@dataclass
class Place:
    """A worker: `waiting` are the messages of its queue, each with when it may be read."""

    services: Services
    waiting: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)


class Sites:
    """Which address answers since when, and what looks began: a look finds what was so as it began."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.turns: dict[str, list[tuple[datetime, bool]]] = {"a": [(NOW, True)], "b": [(NOW, True)]}

    def turn(self, address: str, now: datetime) -> None:
        self.turns[address].append((now, not self.turns[address][-1][1]))

    def answers(self, address: str, at: datetime) -> bool:
        return [ok for since, ok in self.turns[address] if since <= at or since == NOW][-1]

    def ever(self, address: str, at: datetime, ok: bool) -> bool:
        """Whether it was so about then, by any clock."""
        low, high = self.answers(address, at - APART), self.answers(address, at + APART)
        between = [one for since, one in self.turns[address] if at - APART <= since <= at + APART]
        return ok in (low, high, *between)

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        found = {}
        for place in self.walk.places.values():
            # Looks meanwhile are this engine's too, which is at work.
            place.services.engine = self  # type: ignore[assignment]
        for task in tasks:
            address = str(getattr(task.definition, "host", ""))
            found[task.key] = GOOD if self.answers(address, self.walk.clock.now) else BAD
        self.walk.during_a_look()
        for task in tasks:
            done(task.key, found[task.key])
        return found


class Walk:
    def __init__(self, story: Story, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.story, self.random, self.clock = story, random, story.clock
        self.sites, self.depth, self.quiet, self.seen = Sites(self), 0, False, 0
        self.edits: list[tuple[datetime, str]] = [(NOW, "a")]
        settings = replace(story.services.settings, location=PLACES[0][0], locations=PLACES)
        story.services.settings, story.services.engine = settings, self.sites  # type: ignore[assignment]
        self.places = {region: self._place(settings, name) for name, region in PLACES}
        monkeypatch.setattr(queues, "send_all", self._sent)
        spec = replace(self._spec("a"), locations=tuple(name for name, _ in PLACES), retries=RETRIES, retry_delay=5)
        values = {"name": "Web", "spec": spec, "period": PERIOD}
        self.device = probes.create(story.services, story.keyring.project, values)

    def _place(self, settings: Any, name: str) -> Place:
        behind = timedelta(seconds=self.random.uniform(-1, 1))
        clock: Callable[[], datetime] = lambda: self.clock.now + behind  # noqa: E731
        return Place(Services(replace(settings, location=name), clock=clock, engine=self.sites))  # type: ignore[arg-type]

    def _spec(self, address: str) -> Any:
        return replace(specs.PING, definition={**specs.PING.definition, "host": address})

    def _sent(self, noun: str, messages: list[dict[str, Any]], *, delay: int = 0, region: str | None = None) -> None:
        if noun != "probes":
            return
        for message in messages:
            for _ in range(self.random.choices((0, 1, 2), (1, 12, 1))[0]):
                late = self.random.choice((0.1, 0.1, 1, 20))
                at = self.clock.now + timedelta(seconds=delay + late)
                self.places[region or PLACES[0][1]].waiting.append((at, message))

    # Steps

    def step(self) -> None:
        do = self.random.choices((self.work, self.tick, self.turn, self.edit, self.pass_), (20, 6, 2, 1, 4))[0]
        do()

    def tick(self) -> None:
        self._sent("probes", [self.asked()])

    def asked(self) -> dict[str, Any]:
        return {"at": int(self.clock.now.timestamp() * 1000), "checks": [[self.device.project, self.device.code]]}

    def work(self) -> None:
        due = [(place, one) for place in self.places.values() for one in place.waiting if one[0] <= self.clock.now]
        if not due:
            self.clock.move(seconds=self.random.choice((0.3, 2, 5)))
            return
        place, one = self.random.choice(due)
        place.waiting.remove(one)
        probing.work(place.services, one[1])
        if not self.depth:
            self.watch()

    def during_a_look(self) -> None:
        """A look takes a moment, in which other places look and the owner edits."""
        self.depth += 1
        self.clock.move(seconds=0.5 if self.quiet else self.random.choice((0.1, 1, 10, 25)))
        if not self.quiet and self.depth < 3 and self.random.random() < 0.3:
            self.random.choice((self.work, self.turn, self.edit))()
        self.depth -= 1

    def turn(self) -> None:
        self.sites.turn(self.edits[-1][1], self.clock.now)

    def edit(self) -> None:
        address = "b" if self.edits[-1][1] == "a" else "a"
        present = probe_of(self.now)
        spec = replace(present, definition={**present.definition, "host": address})
        probes.change(self.story.services, self.now, {"spec": spec})
        self.edits.append((self.clock.now, address))

    def pass_(self) -> None:
        self.clock.move(seconds=self.random.choice((1, 10, 60)))

    @property
    def now(self) -> Check:
        return checks.get(self.device.project, self.device.code)

    # What is promised

    def settle(self) -> None:
        """Nothing is lost any more, and every place looks twice."""
        self.quiet = True
        for place in self.places.values():
            place.waiting.clear()
        for _ in range(3):
            self.clock.move(seconds=PERIOD)
            for place in self.places.values():
                probing.work(place.services, {**self.asked(), "here": True})
                self.watch()
                self.clock.move(seconds=1)
        self.quiet = False

    def flips(self) -> list[Flip]:
        return history.flips(self.device.project, self.device.code, NOW, self.clock.now + APART, self.clock.now)[::-1]

    def addresses(self, at: datetime) -> set[str]:
        """What was looked at about then."""
        before = [address for since, address in self.edits if since <= at - APART or since == NOW][-1]
        return {before, *(address for since, address in self.edits if at - APART <= since <= at + APART)}

    def watch(self) -> None:
        """A change is decided by what a place saw last, of the address that is looked at now."""
        flips = self.flips()
        if len(flips) == self.seen:
            return
        self.seen, since = len(flips), self.edits[-1][0] - APART
        kept = results.newest(self.device.code, 1_000, self.clock.now + APART, start=NOW, end=self.clock.now + APART)
        newest = {one.location: one for one in sorted(kept, key=lambda one: one.at) if one.at >= since}
        codes = {one.code > 0 for one in newest.values()}
        assert (flips[-1].new == "up") in codes, (flips[-1], newest)

    def check(self) -> None:
        for flip in self.flips():
            ok = flip.new == "up"
            assert any(self.sites.ever(address, flip.at, ok) for address in self.addresses(flip.at)), flip
        downs = [flip for flip in self.flips() if flip.new == "down"]
        kept = results.newest(self.device.code, 1_000, self.clock.now, start=NOW, end=self.clock.now + APART)
        for flip in downs:
            failures = [one for one in kept if one.code == 0 and one.at >= flip.at - APART]
            assert len(failures) > RETRIES, flip


SEEDS = [pytest.param(seed, marks=pytest.mark.long if seed >= 3 else ()) for seed in range(48)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_status_is_that_of_what_is_looked_at_whatever_became_of_the_looks(
    story: Story, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    walk = Walk(story, Random(seed), monkeypatch)
    for _ in range(6):
        for _ in range(40):
            walk.step()
        walk.settle()
        answers = walk.sites.answers(walk.edits[-1][1], walk.clock.now)
        assert walk.now.status == ("up" if answers else "down")
        walk.check()
