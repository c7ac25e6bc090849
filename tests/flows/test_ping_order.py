"""Pings in any order, twice, through faults and several processes, against a model that knows the order of time alone.

The model is written from the published documents: the newest success or failure decides, a run is late from its start,
silence is news when the grace time is over.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import status
from chalicelib.core.check import Check, PingKind, Signal
from chalicelib.monitor import chores, transitions
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.memory import Memory
from chalicelib.store import history
from chalicelib.store.faults import StoreFault
from tests.conftest import Clock, Queues
from tests.flows.conftest import Heartbeat, trouble, unavailable

KINDS: tuple[PingKind, ...] = ("success", "success", "success", "fail", "start", "log")
MINUTE = timedelta(minutes=1)
PINGS, PROCESSES = 25, 3
# A check remembers the last eight requests; what waits longer is known by the mark that it leaves.
WAITS = 6


@dataclass
class Model:
    """What a heartbeat with a period and a grace of a minute is, once all its pings are there."""

    status: str = "new"
    last_ping: datetime | None = None
    last_start: datetime | None = None
    rid: str | None = None

    @classmethod
    def of(cls, signals: list[Signal], end: datetime) -> Model:
        model = cls()
        for signal in sorted(signals, key=lambda signal: signal.at):
            model.settle(signal.at)
            model.take(signal)
        model.settle(end)
        return model

    @property
    def shown(self) -> tuple[object, ...]:
        return self.status, self.last_ping, self.last_start, self.rid if self.last_start else None

    def settle(self, now: datetime) -> None:
        late = [self.last_ping + MINUTE] if self.status == "up" and self.last_ping else []
        if self.last_start and self.status != "down":
            late.append(self.last_start)
        if late and min(late) + MINUTE <= now:
            self.status = "down"

    def take(self, signal: Signal) -> None:
        if signal.kind == "start":
            self.last_start, self.rid = signal.at, signal.rid
        elif signal.kind in ("success", "fail"):
            if signal.kind == "fail" or signal.rid in (None, self.rid):
                self.last_start = None
            self.last_ping = signal.at
            self.status = "up" if signal.kind == "success" else "down"


@dataclass
class Story:
    """A heartbeat whose pings come in any order, now and then twice, through an AWS that fails now and then."""

    heartbeat: Heartbeat
    queues: Queues
    clock: Clock
    chance: random.Random
    sent: list[Signal] = field(default_factory=list)
    waiting: list[tuple[int, Any]] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=lambda: [Memory() for _ in range(PROCESSES)])

    def tell(self) -> None:
        for number in range(PINGS):
            self.clock.move(seconds=self.chance.choice([1, 5, 20, 70, 130]), microseconds=number)
            self.chance.choice([self.ping, self.ping, self.ping, self.ping_again, self.notice])()
            self.waiting += [(number, message) for message in self.queues.take("chores")]
            self.do(due=[one for one in self.waiting if number - one[0] >= WAITS or self.chance.random() < 0.2])
        self.do(due=list(self.waiting))
        self.notice()

    def ping(self) -> None:
        kind, rid = self.chance.choice(KINDS), self.chance.choice([None, None, "a", "b"])
        signal = Signal(kind, self.clock.now, rid, request=f"request {len(self.sent)}")
        self.sent.append(signal)
        self._receive(signal)

    def ping_again(self) -> None:
        """The gateway hands on once more what it handed on a moment ago."""
        if self.sent:
            self._receive(self.sent[-1])

    def _receive(self, signal: Signal) -> None:
        strikes = self.chance.randint(1, 4) if self.chance.random() < 0.4 else 0
        self._another_process()
        with trouble(strikes, unavailable, after=self.chance.random() < 0.5):
            pings.receive(self.heartbeat.services, pings.Address(code=self.heartbeat.code), signal)

    def do(self, due: list[tuple[int, Any]]) -> None:
        for one in due:
            self._another_process()
            strikes, after = self.chance.choice([0, 0, 1, 2, 3, 4]), self.chance.random() < 0.5
            with trouble(strikes, unavailable, after=after), suppress(StoreFault):
                chores.do(self.heartbeat.services, one[1])
            # What failed comes again, and what did not may too.
            chores.do(self.heartbeat.services, one[1])
            self.waiting.remove(one)

    def notice(self) -> None:
        """The sweep comes by."""
        passed = status.DeadlinePassed(self.clock.now)
        for _ in range(2):
            transitions.apply(self.heartbeat.services, self.heartbeat.project, self.heartbeat.code, passed)

    def _another_process(self) -> None:
        self.heartbeat.services.memory = self.chance.choice(self.memories)


def shown(check: Check) -> tuple[object, ...]:
    return check.status, check.last_ping, check.last_start, check.last_start_rid if check.last_start else None


@pytest.fixture
def seeds(long: bool) -> range:
    return range(300 if long else 4)


def test_status_counts_and_log_are_those_of_the_order_of_time(
    heartbeat: Heartbeat, keyring: Keyring, queues: Queues, clock: Clock, seeds: range
) -> None:
    for seed in seeds:
        made = manage.create(heartbeat.services, keyring.project, {"timeout": 60, "grace": 60})
        one = replace(heartbeat, code=made.code)
        story = Story(one, queues, clock, random.Random(seed))
        story.tell()
        model, check = Model.of(story.sent, clock.now), one.now
        found = history.pings(one.code, 1_000, clock.now)
        assert shown(check) == model.shown, seed
        assert [(ping.kind, ping.at) for ping in found] == [(it.kind, it.at) for it in reversed(story.sent)], seed
        assert sorted(ping.n for ping in found) == list(range(1, check.n_pings + 1)), seed
        assert [flip.new for flip in one.flip_records][-1:] == [check.status] * (check.status != "new"), seed
