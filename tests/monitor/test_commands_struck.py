"""Runs of commands in which AWS fails or the worker dies at any call: nothing is lost, and nobody is told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.errors import Busy
from chalicelib.monitor.looking import commands
from chalicelib.monitor.managing import channels
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.messages import RunCommands
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.flows.conftest import Killed, strikes, trouble, unavailable
from tests.park import Park

# So many calls to AWS bring about what the stories tell.
TURNS, ENDS = 53, 38


@pytest.fixture
def park(story: Story, monkeypatch: pytest.MonkeyPatch) -> Park:
    """Parts are of two entities each."""
    monkeypatch.setattr(commands, "PART", 2)
    ops = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    made = Park(story, (ops.code,))
    # Nothing is run by the clock while the story lasts.
    made.command(interval=86_400)
    return made


def load(park: Park, **loads: int | None) -> None:
    for name, one in loads.items():
        if one is None:
            park.remove(name)
        else:
            park.entity(name, one)


def worked(park: Park, call: int, error: Callable[[], BaseException], *, after: bool) -> int:
    """The command is run, with a fault at a call, by messages that the queue hands out again where their worker failed
    or died. Answers how many calls there were."""
    park.story.clock.move(minutes=1)
    now = int(park.story.clock.now.timestamp() * 1000)
    waiting = [RunCommands(now, ((park.project, "m#1"),)).to_message()]
    made = 0
    while waiting:
        message = waiting.pop(0)
        with trouble(call - made, error, after=after) as calls, suppress(StoreFault, Killed, Busy, ExceptionGroup):
            commands.work(park.story.services, message)
            message = {}
        made += len(calls)
        if message:
            park.story.services.memory = Memory()
            waiting.append(message)
        waiting += park.story.queues.take("commands")
    return made


def recovered(park: Park) -> None:
    """What the clocks do by themselves: news of which nobody was told is found. None of them runs the command."""
    for _ in range(4):
        park.story.clock.move(minutes=1)
        park.story.queues.sweep()
        park.story.queues.work()


def told(park: Park) -> dict[str, list[str]]:
    """What was told of each entity."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject in park.story.sent.subjects:
        word, _, rest = subject.partition(" | ")
        found[rest.partition(" on ")[2]].append(word)
    return dict(found)


@pytest.fixture
def alert(park: Park) -> Check:
    """web1 and web5 are down before the story begins."""
    made = park.alert()
    load(park, web1=9, web2=1, web3=1, web4=1, web5=9)
    park.run()
    return made


def strokes(calls: int) -> list[Any]:
    """Each call is the last of a process, or fails; some of the deaths are quick enough for all days."""
    return [
        pytest.param(error, *one.values, marks=one.marks if error is Killed else pytest.mark.long)
        for one in strikes(calls)
        for error in (Killed, unavailable)
    ]


@pytest.mark.parametrize(("error", "call", "after"), strokes(TURNS))
def test_entities_that_turn_are_told_once_whatever_happens(
    park: Park, alert: Check, error: Callable[[], BaseException], call: int, after: bool
) -> None:
    """One comes up, one goes down, one goes down that is new, and one vanishes."""
    load(park, web1=1, web3=9, web5=None, web6=9)
    worked(park, call, error, after=after)
    recovered(park)
    assert park.states(alert) == {"web1": "up", "web3": "down", "web6": "down", "": "down"}
    assert told(park) == {
        "web1": ["DOWN", "UP"],
        "web3": ["DOWN"],
        "web5": ["DOWN", "NOT WATCHED"],
        "web6": ["DOWN"],
    }


@pytest.mark.parametrize(("error", "call", "after"), strokes(ENDS))
def test_an_alert_ends_with_the_last_of_its_entities_whatever_happens(
    park: Park, alert: Check, error: Callable[[], BaseException], call: int, after: bool
) -> None:
    """One comes up, and one vanishes."""
    load(park, web1=1, web5=None)
    worked(park, call, error, after=after)
    recovered(park)
    assert park.states(alert) == {"web1": "up", "": "up"}
    assert told(park) == {"web1": ["DOWN", "UP"], "web5": ["DOWN", "NOT WATCHED"]}


def test_the_story_of_turns_is_no_longer_than_its_strikes(park: Park, alert: Check) -> None:
    load(park, web1=1, web3=9, web5=None, web6=9)
    assert worked(park, 0, Killed, after=False) == TURNS


def test_the_story_of_an_end_is_no_longer_than_its_strikes(park: Park, alert: Check) -> None:
    load(park, web1=1, web5=None)
    assert worked(park, 0, Killed, after=False) == ENDS
