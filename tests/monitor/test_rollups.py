"""Roll-ups by the clock: whatever runs and chores are missed, every point is in every reading."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.monitor.clocks import rollups
from chalicelib.monitor.intake import points
from chalicelib.store import queues as queueing
from chalicelib.store import series
from chalicelib.store.faults import StoreFault
from chalicelib.store.series_cells import HOUR
from tests.conftest import Story


def a_point_a_minute(story: Story, hours: int) -> int:
    """Sends for some hours, half an hour with each request. Answers when the first of them began."""
    begin = int(story.clock.now.timestamp())
    for start in range(begin, begin + hours * HOUR, HOUR // 2):
        story.clock.move(minutes=30)
        body = "\n".join(f"load 1 {at}" for at in range(start, start + HOUR // 2, 60))
        points.take(story.services, story.project, body.encode())
    return begin


def counted(story: Story, begin: int, hours: int, *, step: int = 60) -> float:
    found = series.read(
        story.project, "load", begin, begin + hours * HOUR, story.clock.now, step=step, view="obvs", consistent=True
    )
    return sum(value or 0 for value in found)


def roll(story: Story) -> None:
    rollups.run(story.services)
    story.queues.until(story.clock.now + timedelta(minutes=2))


def test_runs_that_were_missed_lose_nothing(story: Story) -> None:
    begin = a_point_a_minute(story, 12)
    assert counted(story, begin, 12) == 720
    story.clock.move(days=1)
    roll(story)
    assert counted(story, begin, 12) == 720
    story.clock.move(days=20)
    assert counted(story, begin, 12) == counted(story, begin, 12, step=HOUR) == 720


def test_a_run_whose_chores_were_lost_is_made_good_by_the_next(story: Story) -> None:
    begin = a_point_a_minute(story, 3)
    story.clock.move(hours=1)
    rollups.run(story.services)
    story.queues.take("chores")
    story.clock.move(hours=1)
    roll(story)
    story.clock.move(days=20)
    assert counted(story, begin, 3) == 180


def test_when_nothing_came_nothing_is_asked_for(story: Story) -> None:
    a_point_a_minute(story, 1)
    story.clock.move(days=1)
    roll(story)
    assert rollups.run(story.services) == 0


def test_a_late_point_is_in_every_reading_although_nobody_could_be_asked_to_roll_it_up(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = a_point_a_minute(story, 6)
    story.clock.move(hours=1)
    roll(story)

    def refused(*_: object, **__: object) -> None:
        raise StoreFault("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(queueing, "send_all", refused)
        assert points.take(story.services, story.project, f"load 1 {begin + 1}".encode()).points
    for step in (60, 300, HOUR):
        assert counted(story, begin, 6, step=step) == 361
    story.clock.move(hours=1)
    roll(story)
    story.clock.move(days=20)
    assert counted(story, begin, 6) == counted(story, begin, 6, step=HOUR) == 361


def test_a_backfill_of_many_days_is_rolled_up_by_many_at_once(story: Story) -> None:
    begin = int(story.clock.now.timestamp()) - 48 * HOUR
    body = "\n".join(f"load 1 {at}" for at in range(begin, begin + 48 * HOUR, 600))
    points.take(story.services, story.project, body.encode())
    assert counted(story, begin, 48) == counted(story, begin, 48, step=HOUR) == 288
    story.queues.until(story.clock.now + timedelta(hours=1))
    roll(story)
    story.clock.move(days=20)
    assert counted(story, begin, 48) == counted(story, begin, 48, step=HOUR) == 288
