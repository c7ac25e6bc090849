"""core.wheel: where what has a period stands, and when that is due."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import wheel
from chalicelib.core.wheel import Member, Slot

SHARDS = 4
members = st.builds(
    Member,
    letter=st.sampled_from("prc"),
    code=st.uuids().map(str),
    period=st.one_of(st.integers(1, 200), st.integers(1, 90_000)),
    spread=st.text(max_size=20),
)
starts = st.integers(1_795_000_000, 1_796_000_000)


def due(member: Member, start: float, end: float) -> list[int]:
    slot, _ = wheel.seat(member, SHARDS)
    return list(slot.moments(start, end))


@settings(deadline=None)
@given(members, starts, st.integers(1, 5))
def test_a_member_is_due_once_in_each_period(member: Member, start: int, periods: int) -> None:
    moments = due(member, start, start + periods * member.period)

    assert len(moments) == periods
    assert {later - earlier for earlier, later in itertools.pairwise(moments)} <= {member.period}


@settings(deadline=None)
@given(members, starts, st.floats(0, 200), st.floats(0, 200))
def test_spans_that_touch_share_no_moment_and_leave_none_out(
    member: Member, start: int, first: float, second: float
) -> None:
    middle, end = start + first, start + first + second

    assert due(member, start, middle) + due(member, middle, end) == due(member, start, end)


@settings(deadline=None)
@given(members, starts, st.floats(0, 200))
def test_a_slot_is_asked_if_and_only_if_it_is_due(member: Member, start: int, seconds: float) -> None:
    slot, _ = wheel.seat(member, SHARDS)
    asked = list(wheel.slots(member.letter, member.period, SHARDS, start, start + seconds))

    assert (slot in asked) == bool(due(member, start, start + seconds))


def test_whole_minutes_are_served_at_the_beginning_of_a_minute() -> None:
    found = [due(Member("p", str(number), 300), 0, 300) for number in range(50)]

    assert {moment for (moment,) in found} == {0, 60, 120, 180, 240}


def test_periods_that_do_not_divide_a_minute_keep_their_length() -> None:
    assert due(Member("p", "a", 45), 0, 200) == [0, 45, 90, 135, 180]
    assert due(Member("p", "a", 90), 0, 300) == [0, 90, 180, 270]
    assert due(Member("p", "a", 1), 0.5, 4) == [1, 2, 3]


def test_a_slot_is_named_after_its_letter_period_phase_and_shard() -> None:
    assert str(Slot("r", 300, 2, 1)) == "r300#2#1"


def test_members_of_one_spread_stand_side_by_side() -> None:
    seats = [wheel.seat(Member("r", code, 60, "web.load"), SHARDS) for code in ("a", "b", "c")]

    assert len({slot for slot, _ in seats}) == 1
    assert [order for _, order in seats] == ["web.load#a", "web.load#b", "web.load#c"]


def test_a_long_spread_leaves_room_for_the_code_in_a_sort_key() -> None:
    _, order = wheel.seat(Member("r", "c" * 100, 60, "ä" * 2_000), SHARDS)

    assert len(order.encode()) <= 1_024
    assert order.endswith("c" * 100)
