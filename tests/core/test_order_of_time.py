"""Signals that arrive in any order leave the check that they would have left in the order of time."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import late, status
from chalicelib.core.check import Check, Flip, Ping, PingKind, Signal
from chalicelib.core.status import DeadlinePassed, Late, Paused

T0 = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEW = Check("p", "c", T0 - timedelta(days=1), timeout=60, grace=60)
CRON = replace(NEW, schedule_kind="cron", schedule="*/3 * * * *")
CLOSING: tuple[PingKind, ...] = ("success", "success", "fail", "log")
STATE = ("status", "last_ping", "last_start", "last_start_rid", "n_pings", "due")


@pytest.fixture
def cases(long: bool) -> int:
    return 10_000 if long else 60


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


@dataclass
class Told:
    """A check to which things happen, with its flips and the log of its pings."""

    check: Check
    flips: list[Flip] = field(default_factory=list)
    log: list[Ping] = field(default_factory=list)

    def happens(self, event: status.Event) -> None:
        change = status.decide(self.check, event)
        if change:
            self.check = change.after
            self.flips = sorted([*self.flips, *change.flips], key=lambda flip: flip.at)

    def arrives(self, signal: Signal, now: datetime) -> None:
        pings = tuple(sorted(self.log, key=lambda ping: ping.at))
        after = tuple(flip for flip in self.flips if flip.at > signal.at)
        before = next((flip for flip in reversed(self.flips) if flip.at <= signal.at), None)
        self.happens(Late(signal, now, after, before, pings))
        self.log.append(Ping(self.check.n_pings, signal.kind, signal.at, signal.rid))

    def settles(self, now: datetime) -> None:
        for _ in range(3):
            self.happens(DeadlinePassed(now))

    def status_at(self, moment: datetime) -> str:
        return next((flip.new for flip in reversed(self.flips) if flip.at <= moment), "new")


@dataclass(frozen=True)
class Case:
    """Signals with the moments at which they arrive, and the end of the story."""

    check: Check
    arrivals: list[tuple[datetime, Signal]]
    end: datetime

    @property
    def in_time(self) -> Told:
        told = Told(self.check)
        for _, signal in sorted(self.arrivals, key=lambda arrival: arrival[1].at):
            told.settles(signal.at)
            told.happens(signal)
        told.settles(self.end)
        return told

    def as_they_come(self, chance: random.Random) -> Told:
        told = Told(self.check)
        for now, signal in sorted(self.arrivals, key=lambda arrival: arrival[0]):
            if chance.random() < 0.7:
                told.settles(now)
            told.arrives(signal, now)
        told.settles(self.end)
        return told


def made(chance: random.Random, kinds: tuple[PingKind, ...]) -> Case:
    times = chance.sample(range(1, 900), chance.randint(1, 8))
    signals = [
        Signal(chance.choice(kinds), at(moment), chance.choice([None, None, "a", "b"]), request=str(moment))
        for moment in times
    ]
    arrivals = [(signal.at + timedelta(seconds=_lateness(chance)), signal) for signal in signals]
    end = max(at(chance.choice([max(times) + 1, 1500])), *(now for now, _ in arrivals))
    return Case(chance.choice([NEW, CRON]), arrivals, end)


def _lateness(chance: random.Random) -> int:
    return 0 if chance.random() < 0.6 else chance.randint(1, 400)


@pytest.mark.parametrize("kinds", [CLOSING, (*CLOSING, "start")], ids=["without runs", "with runs"])
def test_the_check_is_as_if_all_had_come_in_time(kinds: tuple[PingKind, ...], cases: int) -> None:
    for seed in range(cases):
        case = made(random.Random(seed), kinds)
        right, found = case.in_time.check, case.as_they_come(random.Random(seed)).check
        assert {name: getattr(found, name) for name in STATE} == {name: getattr(right, name) for name in STATE}, seed


def test_the_flips_tell_the_same_past_except_that_a_new_check_may_be_known_later(cases: int) -> None:
    for seed in range(cases):
        case = made(random.Random(seed), CLOSING)
        right, found = case.in_time, case.as_they_come(random.Random(seed))
        for moment in (at(second + 0.5) for second in range(0, int((case.end - T0).total_seconds()), 7)):
            told = (right.status_at(moment), found.status_at(moment))
            assert told[0] == told[1] or told == ("up", "new"), (seed, moment)


def test_the_flips_of_a_check_never_share_a_moment_and_the_last_one_is_its_status(cases: int) -> None:
    for seed in range(cases):
        found = made(random.Random(seed), (*CLOSING, "start")).as_they_come(random.Random(seed))
        assert len({flip.at for flip in found.flips}) == len(found.flips), seed
        assert not found.flips or found.flips[-1].new == found.check.status, seed


def test_what_comes_twice_counts_once(cases: int) -> None:
    for seed in range(cases):
        case = made(random.Random(seed), (*CLOSING, "start"))
        twice = replace(
            case, arrivals=case.arrivals + [(now + timedelta(seconds=1), one) for now, one in case.arrivals]
        )
        assert twice.as_they_come(random.Random(seed)).check.n_pings == len(case.arrivals), seed


def test_a_signal_from_before_a_pause_counts_and_leaves_the_check_paused() -> None:
    told = Told(NEW)
    told.happens(Signal("success", at(0)))
    told.happens(Paused(at(20)))
    for kind in ("success", "fail", "start"):
        told.arrives(Signal(kind, at(10), request=kind), at(30))

    assert (told.check.status, told.check.last_start, told.check.n_pings) == ("paused", None, 4)


def test_a_past_that_is_not_known_is_left_as_it_is() -> None:
    told = Told(NEW)
    told.happens(Signal("success", at(0)))
    told.happens(Signal("success", at(50)))
    told.happens(Late(Signal("fail", at(10)), at(60), known=False))

    assert (told.check.status, told.check.n_pings, len(told.flips)) == ("up", 3, 1)


def test_what_is_as_old_as_the_status_to_a_few_ticks_is_not_late() -> None:
    told = Told(NEW)
    for kind in ("success", "fail", "success"):
        told.happens(Signal(kind, at(0)))

    assert [flip.new for flip in told.flips] == ["up", "down", "up"]
    assert not late.concerns(told.check, Signal("success", at(0)))
