"""core.deadlines: what falls due within one second goes together, and no message can be read before its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import deadlines
from chalicelib.core.deadlines import TOGETHER, Batch, Due

NOW = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)
moments = st.integers(-100_000_000, 75_000_000).map(lambda micros: NOW + timedelta(microseconds=micros))
dues = st.lists(moments, max_size=200).map(
    lambda found: [Due("project", f"check {number}", at) for number, at in enumerate(found)]
)


@given(dues)
def test_everything_that_is_due_is_in_one_message(found: list[Due]) -> None:
    made = deadlines.batches(found, NOW)

    assert sorted(key for batch in made for key in batch.keys) == sorted((due.project, due.code) for due in found)
    assert all(1 <= len(batch.keys) <= TOGETHER for batch in made)


@given(dues)
def test_a_message_can_be_read_within_a_second_after_all_of_it_is_due(found: list[Due]) -> None:
    at = {(due.project, due.code): due.at for due in found}
    for batch in deadlines.batches(found, NOW):
        readable = NOW + timedelta(seconds=batch.delay(NOW))
        for key in batch.keys:
            assert at[key] <= batch.at <= readable
            assert batch.delay(NOW) == 0 or readable - at[key] < timedelta(seconds=1)


def test_what_is_overdue_goes_first() -> None:
    later, overdue = Due("p", "later", NOW + timedelta(seconds=70)), Due("p", "overdue", NOW - timedelta(hours=1))

    assert [batch.keys[0][1] for batch in deadlines.batches([later, overdue], NOW)] == ["overdue", "later"]


@given(moments)
def test_a_message_comes_back_as_it_was_sent(at: datetime) -> None:
    batch = Batch(at, (("project", "check"), ("other", "check")))

    assert Batch.from_message(batch.to_message()) == batch
