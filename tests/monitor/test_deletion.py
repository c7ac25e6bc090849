"""Checks and channels that are deleted while something else happens: what is left is whole or gone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.core.check import Channel, Check, Signal
from chalicelib.core.errors import Missing
from chalicelib.core.line import Line
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks, probes, rules
from chalicelib.store import checks as stored
from chalicelib.store import definitions, lines
from chalicelib.store.faults import StoreFault
from chalicelib.store.history_models import HistoryItem
from tests import specs
from tests.conftest import Story
from tests.flows.conftest import Killed, strikes, trouble
from tests.monitor.test_projects import everything_kept

# So many calls to AWS delete a channel that two checks tell, and a check with a history.
CHANNEL, CHECK = 14, 5


def channel(story: Story) -> Channel:
    return channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)


def check(story: Story, *told: Channel) -> Check:
    values = {"name": "Backup", "channels": tuple(one.code for one in told)}
    return checks.create(story.services, story.keyring.project, values)


def device(story: Story, **values: str) -> Check:
    return probes.create(story.services, story.keyring.project, {"name": "Web", "spec": specs.PING, **values})


def failed(story: Story) -> Check:
    """A check with a ping and a flip in its history."""
    made = check(story)
    signal = Signal("fail", story.clock.now)
    assert pings.receive(story.services, pings.Address(code=made.code), signal) == "recorded"
    return made


def told(story: Story) -> list[tuple[str, ...]]:
    return [check.channels for check in stored.of_project(story.project)]


def later(story: Story) -> None:
    """What was queued for when the deletion is over is done."""
    for _ in range(3):
        story.queues.until(story.clock.now + timedelta(minutes=1))


@pytest.fixture
def assigned(story: Story) -> tuple[Channel, Channel]:
    """Two channels that are told of two checks."""
    found = channel(story), channel(story)
    for _ in range(2):
        check(story, *found)
    return found


@pytest.mark.parametrize(("call", "after"), strikes(CHANNEL))
def test_a_death_at_any_call_leaves_a_channel_as_it_was_or_on_no_check(
    story: Story, assigned: tuple[Channel, Channel], call: int, after: bool
) -> None:
    gone, other = assigned
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        channels.delete(story.services, gone)
    later(story)

    stands = any(one.code == gone.code for one in definitions.channels(story.project))
    both = tuple(sorted((gone.code, other.code)))
    assert [tuple(sorted(codes)) for codes in told(story)] == [both if stands else (other.code,)] * 2
    assert stands or gone.code not in everything_kept()


def test_the_deletion_of_a_channel_is_no_longer_than_its_strikes(
    story: Story, assigned: tuple[Channel, Channel]
) -> None:
    with trouble(0, Killed, after=False) as calls:
        channels.delete(story.services, assigned[0])
    assert len(calls) == CHANNEL


@pytest.mark.parametrize(("call", "after"), strikes(CHECK))
def test_a_death_at_any_call_leaves_a_check_as_it_was_or_nothing_of_it(story: Story, call: int, after: bool) -> None:
    made = failed(story)
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        checks.delete(story.services, made)
    later(story)

    if stored.of_project(story.project):
        assert made.code in {item.owner for item in HistoryItem.scan()}
    else:
        assert made.code not in everything_kept()


def test_the_deletion_of_a_check_is_no_longer_than_its_strikes(story: Story) -> None:
    made = failed(story)
    with trouble(0, Killed, after=False) as calls:
        checks.delete(story.services, made)
    assert len(calls) == CHECK


@pytest.fixture
def found_late(story: Story, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Between the reading of a project's checks and what follows, what stands in here is done."""
    of_project, todo = stored.of_project, list[object]()

    def listed(project: str) -> list[Check]:
        found = of_project(project)
        while todo:
            todo.pop()()  # type: ignore[operator]
        return found

    monkeypatch.setattr(stored, "of_project", listed)
    return todo


def test_a_check_that_is_deleted_meanwhile_keeps_no_channel_on_the_others(
    story: Story, assigned: tuple[Channel, Channel], found_late: list[object]
) -> None:
    gone, other = assigned
    first = stored.of_project(story.project)[0]
    found_late.append(lambda: checks.delete(story.services, first))
    channels.delete(story.services, gone)

    assert told(story) == [(other.code,)]


def test_a_channel_that_comes_to_a_check_meanwhile_stays(
    story: Story, assigned: tuple[Channel, Channel], found_late: list[object]
) -> None:
    gone, other = assigned
    third, first = channel(story), stored.of_project(story.project)[0]
    values = {"channels": (gone.code, other.code, third.code)}
    found_late.append(lambda: checks.change(story.services, first, values))
    channels.delete(story.services, gone)

    assert sorted(told(story)[0]) == sorted((other.code, third.code))


def test_a_device_that_comes_to_depend_on_another_meanwhile_goes_on_to(story: Story, found_late: list[object]) -> None:
    gone, other = device(story), device(story)
    dependant = device(story, master=gone.code)
    found_late.append(lambda: checks.change(story.services, dependant, {"master": other.code}))
    probes.delete(story.services, gone)

    assert stored.get(story.project, dependant.code).master == other.code


def test_a_dependant_that_is_deleted_meanwhile_keeps_no_other_from_being_freed(
    story: Story, found_late: list[object]
) -> None:
    gone = device(story)
    first, second = device(story, master=gone.code), device(story, master=gone.code)
    found_late.append(lambda: checks.delete(story.services, first))
    probes.delete(story.services, gone)

    assert stored.get(story.project, second.code).master == ""
    with pytest.raises(Missing):
        stored.get(story.project, first.code)


def test_the_line_of_a_channel_that_took_no_more_goes_with_it(story: Story) -> None:
    made = channel(story)
    assert lines.put(made.code, Line(story.clock.now, timedelta(seconds=1)), None)
    channels.delete(story.services, made)
    later(story)
    assert made.code not in everything_kept()


def test_what_an_alert_watched_goes_with_it_however_its_deletion_ended(story: Story) -> None:
    made = rules.create(story.services, story.keyring.project, {"name": "Load", "spec": specs.above("load")})
    checks.delete(story.services, made)
    assert made.code in everything_kept()
    later(story)
    assert made.code not in everything_kept()
