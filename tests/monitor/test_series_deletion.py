"""Series that are deleted: what came before goes, at once and for good, and nothing that comes after, whoever sends it
and however often the chore comes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.monitor import chores
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking.sources import Stored
from chalicelib.monitor.managing import series as manage
from chalicelib.store import directory, series_names
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.flows.conftest import Killed, interrupted, strikes, trouble
from tests.monitor.test_projects import everything_kept

# So many calls to AWS delete two series of a project for the first time.
CALLS = 8


def send(story: Story, name: str, value: float) -> None:
    """A request, which reads its project first."""
    body = f"{name} {value} {int(story.clock.now.timestamp())}".encode()
    deletions = directory.deletions(story.project)
    assert points.take(story.services, story.project, body, deletions=deletions).points


def values(story: Story, name: str) -> list[float]:
    """What is read of a series by its name."""
    now = int(story.clock.now.timestamp())
    grid = Stored(story.project, story.clock.now, consistent=True).grids(
        [name], now - 7_200, now + 60, 60, points=False
    )
    return [value for value in grid[name].seen("sum") if value is not None]


def listed(story: Story) -> list[str]:
    return [one.series for one in series_names.every(story.project, story.clock.now)]


def later(story: Story, minutes: int = 3) -> None:
    story.queues.until(story.clock.now + timedelta(minutes=minutes))


@pytest.fixture
def sent(story: Story) -> Story:
    for name in ("load.a", "load.b", "other"):
        send(story, name, 1)
    story.clock.move(minutes=1)
    return story


@pytest.mark.parametrize("remembers", [True, False])
def test_a_series_that_is_sent_again_is_there_at_once_without_what_was_before(sent: Story, remembers: bool) -> None:
    assert manage.delete(sent.services, sent.project, "load.*") == ["load.a", "load.b"]
    assert (listed(sent), values(sent, "load.a"), values(sent, "other")) == (["other"], [], [1])
    if not remembers:
        series_names.forget()
    sent.clock.move(seconds=5)
    send(sent, "load.a", 7)
    assert (listed(sent), values(sent, "load.a")) == (["load.a", "other"], [7])
    later(sent)
    assert (values(sent, "load.a"), values(sent, "other")) == ([7], [1])
    assert f"{sent.project}#load.b" not in everything_kept()


def test_a_chore_that_comes_again_after_days_deletes_nothing_more(sent: Story) -> None:
    manage.delete(sent.services, sent.project, "load.a")
    sent.clock.move(minutes=2)
    queued = [message for message in sent.queues.take("chores") if message["do"] == "purge_series"]
    send(sent, "load.a", 7)
    for value, days in ((8, 0), (9, 0), (10, 3)):
        sent.clock.move(days=days)
        send(sent, "load.a", value)
        for message in queued:
            chores.do(sent.services, message)
    assert values(sent, "load.a") == [10]
    sent.clock.move(days=-3)
    assert sum(values(sent, "load.a")) == 7 + 8 + 9


def test_a_deletion_that_failed_is_not_carried_out_days_later(sent: Story) -> None:
    with trouble(4, Killed, after=True), suppress(Killed):
        manage.delete(sent.services, sent.project, "load.a")
    sent.clock.move(minutes=2)
    queued = [message for message in sent.queues.take("chores") if message["do"] == "purge_series"]
    assert listed(sent) == ["load.a", "load.b", "other"]
    assert queued
    sent.clock.move(days=3)
    send(sent, "load.a", 8)
    for message in queued:
        chores.do(sent.services, message)
    assert values(sent, "load.a") == [8]


@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_death_at_any_call_leaves_each_series_whole_or_gone(sent: Story, call: int, after: bool) -> None:
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        manage.delete(sent.services, sent.project, "load.*")
    later(sent)
    before = listed(sent)
    assert before in (["load.a", "load.b", "other"], ["other"])
    kept = [1] if "load.a" in before else []
    assert values(sent, "load.a") == kept
    send(sent, "load.a", 7)
    later(sent)
    assert values(sent, "load.a") == [*kept, 7]


def test_a_deletion_is_no_longer_than_its_strikes(sent: Story) -> None:
    with trouble(0, Killed, after=False) as calls:
        manage.delete(sent.services, sent.project, "load.*")
    assert len(calls) == CALLS


def another_process_sends(story: Story) -> None:
    send(story, "load.a", 5)
    series_names.forget()


@pytest.mark.parametrize("call", range(1, 7))
def test_two_that_make_a_series_again_at_the_same_moment_make_one(sent: Story, call: int) -> None:
    manage.delete(sent.services, sent.project, "load.a")
    series_names.forget()
    with interrupted(call, lambda: another_process_sends(sent)):
        send(sent, "load.a", 7)
    later(sent)
    assert sum(values(sent, "load.a")) == 12
