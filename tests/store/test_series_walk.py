"""Random walks over points and roll-ups, held against a list of all points: each counts once, at every resolution, at
any time, however late it came, however often it was sent, and whatever was rolled up, twice, at once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from chalicelib.store import series, series_ages, series_marks, series_names, series_rolls
from chalicelib.store.faults import StoreFault
from chalicelib.store.series_cells import HOUR
from tests.conftest import NOW
from tests.flows.conftest import Killed, interrupted, trouble, unavailable
from tests.store.series_scene import PROJECT

pytestmark = pytest.mark.usefixtures("services")
DAY = 86_400
NAMES = ("a", "b.c;k=v")
Points = dict[str, list[tuple[int, float]]]
# A run of the roll-ups that did not come within so many days is an outage of another kind.
MISSED = timedelta(days=1)


@dataclass
class Walk:
    chance: Random
    now: datetime = NOW
    sent: list[Points] = field(default_factory=list)
    rolled: datetime = NOW
    story: list[str] = field(default_factory=list)

    def step(self) -> None:
        actions: list[tuple[int, Callable[[], None]]] = [
            (8, self.send),
            (3, self.send_again),
            (3, self.roll_some),
            (2, self.roll_all),
            (2, self.meet),
            (3, self.move),
            (1, series_names.forget),
        ]
        self.chance.choices([do for _, do in actions], [weight for weight, _ in actions])[0]()

    @property
    def second(self) -> int:
        return int(self.now.timestamp())

    def some_moment(self) -> int:
        back = self.chance.choice((60, HOUR, 5 * HOUR, DAY, 3 * DAY, 6 * DAY, 30 * DAY, 170 * DAY))
        return self.second - self.chance.randrange(back)

    def send(self) -> None:
        at = self.some_moment()
        spread = self.chance.choice((1, 60, 2 * HOUR))
        found: Points = {}
        for name in self.chance.sample(NAMES, self.chance.choice((1, 2))):
            many = range(self.chance.choice((1, 1, 4)))
            moments = sorted({min(at + self.chance.randrange(spread), self.second) for _ in many})
            found[name] = [(moment, float(self.chance.randrange(1, 100))) for moment in moments]
        self.sent.append(found)
        self.add(found)

    def send_again(self) -> None:
        oldest = series_ages.oldest(self.now).timestamp()
        fit = [one for one in self.sent if min(at for points in one.values() for at, _ in points) >= oldest]
        if fit:
            self.add(self.chance.choice(fit))

    def add(self, points: Points) -> None:
        """Sends until it is answered."""
        self.tell(f"sends {points}")
        if self.chance.random() < 0.4:
            with self.fault(), suppress(Killed, StoreFault):
                series.add(PROJECT, points, self.now, sleep=lambda _: None)
        at_call = self.chance.randrange(1, 9) if self.chance.random() < 0.3 else 0
        with interrupted(at_call, lambda: self.roll_all()):
            series.add(PROJECT, points, self.now, sleep=lambda _: None)

    def fault(self) -> AbstractContextManager[list[str]]:
        error = self.chance.choice((Killed, unavailable))
        return trouble(self.chance.randrange(1, 9), error, after=self.chance.random() < 0.5)

    def marked(self) -> list[tuple[str, int]]:
        return [(name, begin + length - HOUR) for name, begin, length in series_marks.ripe(PROJECT, self.now)]

    def roll_some(self) -> None:
        """Some of what is marked is rolled up, and the worker dies."""
        for name, hour in self.chance.sample(found := self.marked(), min(3, len(found))):
            self.tell(f"rolls {name} at {hour}")
            with self.fault(), suppress(Killed, StoreFault):
                series_rolls.roll_up(PROJECT, name, hour, self.now, lambda _: None)

    def roll_all(self) -> None:
        self.tell("rolls all")
        for name, hour in sorted(set(self.marked())):
            with suppress(StoreFault):
                series_rolls.roll_up(PROJECT, name, hour, self.now, lambda _: None)
        self.rolled = self.now

    def meet(self) -> None:
        """While something is rolled up, late points come and others roll up the same day."""
        found = self.marked()
        if not found:
            return
        name, hour = self.chance.choice(found)
        self.tell(f"rolls {name} at {hour} while others do too")
        meanwhile, at_call = [self.roll_some, self.roll_all, self.send, self.send_again], self.chance.randrange(1, 5)
        with interrupted(at_call, lambda: self.chance.choice(meanwhile)()), suppress(StoreFault):
            series_rolls.roll_up(PROJECT, name, hour, self.now, lambda _: None)

    def move(self) -> None:
        length = timedelta(seconds=self.chance.choice((60, 400, HOUR, 7 * HOUR, DAY)))
        self.now += length
        self.tell(f"{length} pass")
        if self.now - self.rolled > MISSED:
            self.roll_all()

    def tell(self, words: str) -> None:
        self.story.append(f"{self.now:%d %H:%M:%S} {words}")

    # What is promised

    def check(self) -> None:
        end = self.second + 60
        for name in NAMES:
            every = {point for one in self.sent for point in self.keyed(one, name)}
            for step, days in ((30, 3), (60, 8), (HOUR, 3), (HOUR, 60), (DAY, 8)):
                start = end - days * DAY - self.chance.randrange(DAY)
                if step < HOUR:
                    start = max(start, end - 2 * DAY if step == 30 else start)
                begin = start - start % step
                view = self.chance.choice(("sum", "obvs", "max"))
                found = series.read(PROJECT, name, begin, end, self.now, step=step, view=view)
                expected = seen(every, begin, end, step, view)
                assert found == expected, (name, step, view, self.difference(found, expected, begin, step))

    def keyed(self, one: Points, name: str) -> list[tuple[int, float, int]]:
        """The points of a request, told apart from those of others."""
        return [(at, value, self.sent.index(one)) for at, value in one.get(name, [])]

    def difference(self, found: list[float | None], expected: list[float | None], begin: int, step: int) -> list[str]:
        wrong = [
            f"{begin + number * step}: {one} for {other}"
            for number, (one, other) in enumerate(zip(found, expected, strict=True))
            if one != other
        ]
        return [*wrong[:5], *self.story]


def seen(points: set[tuple[int, float, int]], begin: int, end: int, step: int, view: str) -> list[float | None]:
    buckets: dict[int, list[float]] = {}
    for at, value, _ in points:
        buckets.setdefault((at - begin) // step, []).append(value)
    look: dict[str, Callable[[list[float]], float]] = {"sum": sum, "obvs": len, "max": max}
    number = -(-(end - begin) // step)
    return [look[view](buckets[index]) if index in buckets else None for index in range(number)]


# A few in a moment, many where there is time.
SEEDS = [pytest.param(seed, marks=pytest.mark.long if seed >= 6 else ()) for seed in range(24)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_point_counts_once_whatever_happens(seed: int, long: bool) -> None:
    walk = Walk(Random(seed))
    for number in range(300 if long else 40):
        walk.step()
        if number % 4 == 0:
            walk.check()
