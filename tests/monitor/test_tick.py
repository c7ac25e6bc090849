"""The tick: everything on the wheel is asked for at its moments, whenever EventBridge fires."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import wheel as core_wheel
from chalicelib.core.wheel import Member, Slot
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.services import Services
from chalicelib.settings import Settings
from chalicelib.store import limits, queues, wheel
from chalicelib.store.faults import StoreFault
from chalicelib.store.wheel import Wheel
from tests.conftest import NOW, Clock

HOUR = 3_600


@dataclass
class Turning:
    """A wheel in memory with what stands on it, and every look that was asked for: by code, its moment and when its
    message could be read, in seconds since noon."""

    members: list[Member]
    clock: Clock = field(default_factory=Clock)
    served: datetime | None = None
    asked: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    failing: bool = False

    def state(self) -> Wheel:
        return Wheel(
            tuple({(member.letter, member.period) for member in self.members}), self.served, limits.shards.wheel
        )

    def note_served(self, before: datetime | None, until: datetime) -> bool:
        if before == self.served:
            self.served = until
        return before == self.served

    def on(self, slot: Slot) -> Iterator[tuple[str, str]]:
        seats = ((wheel.slot_of(member), member) for member in self.members)
        return (("project", member.code) for seat, member in seats if seat == slot)

    def send(self, _noun: str, messages: list[tuple[int, dict[str, Any]]]) -> None:
        if self.failing:
            raise StoreFault("out of order")
        now = self.clock.now.timestamp()
        for delay, message in messages:
            for _, code in message["checks"]:
                moment = (message["at"] / 1000 - NOW.timestamp(), now + delay - NOW.timestamp())
                self.asked.setdefault(code, []).append(moment)

    def fire(self, seconds: float) -> int:
        """Runs the tick so many seconds after noon. EventBridge says when, in whole seconds."""
        self.clock.now = NOW + timedelta(seconds=seconds)
        services = Services(Settings(), clock=self.clock)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(wheel, "state", self.state)
            patch.setattr(wheel, "note_served", self.note_served)
            patch.setattr(wheel, "members", self.on)
            patch.setattr(queues, "send_delayed", self.send)
            return tick.run(services, self.clock.now.replace(microsecond=0))

    def moments(self, code: str) -> list[float]:
        return [moment for moment, _ in self.asked.get(code, [])]


def due(member: Member, start: float, end: float) -> list[float]:
    """The moments of a member, in seconds since noon."""
    slot, _ = core_wheel.seat(member, limits.shards.wheel)
    noon = NOW.timestamp()
    return [moment - noon for moment in slot.moments(noon + start, noon + end)]


members = st.lists(
    st.builds(
        Member,
        letter=st.sampled_from("pr"),
        code=st.uuids().map(str),
        period=st.one_of(st.integers(1, 130), st.sampled_from([150, 300, HOUR])),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda member: member.code,
)
# EventBridge fires once in each minute, wherever in it.
firings = st.lists(st.integers(0, 59_900), min_size=2, max_size=8).map(
    lambda places: [60 * minute + place / 1000 for minute, place in enumerate(places)]
)
in_time = st.lists(st.integers(45_000, 75_000), min_size=2, max_size=8).map(
    lambda gaps: [moment / 1000 for moment in itertools.accumulate(gaps)]
)


@settings(deadline=None)
@given(members, in_time)
def test_every_member_is_asked_for_exactly_at_its_moments(members: list[Member], fired: list[float]) -> None:
    turning = Turning(members)
    for seconds in fired:
        turning.fire(seconds)

    for member in members:
        began = due(member, fired[0] // 60 * 60, int(fired[0]))[-1:]
        assert sorted(turning.moments(member.code)) == began + due(member, int(fired[0]), fired[-1] + 75)
        late = [read - moment for moment, read in turning.asked.get(member.code, []) if moment > fired[0]]
        assert all(0 <= seconds <= 1 for seconds in late)


@settings(deadline=None)
@given(members, firings)
def test_no_firing_leaves_a_moment_out_or_serves_it_twice(members: list[Member], fired: list[float]) -> None:
    turning = Turning(members)
    for seconds in fired:
        turning.fire(seconds)

    for member in members:
        found = turning.moments(member.code)
        assert len(found) == len(set(found))
        if member.period >= 60:
            assert sorted(found) == due(member, 0, fired[-1] + 75)


def test_runs_at_the_edges_of_their_minutes_serve_every_minute_once() -> None:
    turning = Turning([Member("p", "web", 60)])
    for seconds in (59.9, 120.2, 179.7, 240.1):
        turning.fire(seconds)

    assert turning.moments("web") == [0, 60, 120, 180, 240, 300]
    assert [read for _, read in turning.asked["web"]] == pytest.approx([59.9, 60.9, 120.9, 180.2, 240.7, 300.1])


@pytest.mark.parametrize("period", [45, 90, 150])
def test_a_period_keeps_its_length_whatever_it_divides(period: int) -> None:
    turning = Turning([Member("p", "web", period)])
    for minute in range(20):
        turning.fire(60 * minute)

    found = turning.moments("web")
    assert {later - earlier for earlier, later in itertools.pairwise(found)} == {period}


def test_an_hourly_probe_whose_minute_had_no_run_is_looked_at_by_the_next() -> None:
    probe = Member("p", "web", HOUR)
    moment = due(probe, 0, HOUR)[0]
    turning = Turning([probe])
    turning.fire(moment - 120)
    turning.fire(moment + 30)

    assert turning.asked["web"] == [(moment, moment + 30)]


def test_what_was_missed_many_times_is_looked_at_once() -> None:
    turning = Turning([Member("p", "web", 10)])
    turning.fire(0)
    turning.asked.clear()
    turning.fire(300)

    assert turning.moments("web")[:3] == [290, 300, 310]


def test_after_a_long_absence_the_last_ten_minutes_are_caught_up() -> None:
    hourly = [Member("p", f"web-{number}", HOUR) for number in range(200)]
    turning = Turning(hourly)
    turning.fire(0)
    turning.asked.clear()
    turning.fire(3 * HOUR)

    assert {moment for found in turning.asked.values() for moment, _ in found} == {
        3 * HOUR + 60 * minute for minute in range(-10, 2)
    }


def test_a_run_that_fails_is_made_good_by_the_next() -> None:
    turning = Turning([Member("p", "web", 60)])
    turning.failing = True
    with pytest.raises(StoreFault):
        turning.fire(0)
    turning.failing = False
    turning.fire(60)

    assert turning.moments("web") == [60, 120]


def test_a_run_that_fails_between_others_leaves_no_moment_out() -> None:
    turning = Turning([Member("p", "web", 60)])
    turning.fire(0)
    turning.failing = True
    with pytest.raises(StoreFault):
        turning.fire(60)
    turning.failing = False
    turning.fire(120)

    assert turning.moments("web") == [0, 60, 120, 180]


def test_a_mark_that_a_wrong_clock_has_left_far_ahead_stops_nobody() -> None:
    turning = Turning([Member("p", "web", 60)], served=datetime(2030, 1, 1, tzinfo=UTC))
    turning.fire(0)
    turning.fire(60)

    assert 60 in turning.moments("web")


def test_the_mark_is_kept_by_one_of_two_runs_at_once(services: Services) -> None:
    wheel.register(Member("p", "web", 60))
    before = wheel.state()

    assert wheel.note_served(before.served, NOW)
    assert not wheel.note_served(before.served, NOW + timedelta(minutes=5))
    assert wheel.state() == Wheel((("p", 60),), NOW, 2, measured=False)


def test_what_has_no_status_stands_on_the_wheel_as_well() -> None:
    turning = Turning([Member("p", "definition#42", 90)])
    turning.fire(0)

    assert turning.asked.keys() == {"definition#42"}
