"""Downtimes that are made and deleted while something else happens, or somebody dies: what is left is whole or gone."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chalicelib.core.check import Check
from chalicelib.core.downtimes import Downtime
from chalicelib.monitor.managing import downtimes
from chalicelib.store import checks, documents
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.downtimes import asked, covered, define, failing, later, opened, put, remove, schedule, subjects
from tests.flows.conftest import Killed, deaths, interrupted, strikes, trouble
from tests.park import Park

# So many calls to AWS schedule a downtime of two entities at two alerts, delete it, and define an alert during one.
SCHEDULE, REMOVE, DEFINE = 12, 13, 23


@pytest.fixture
def park(story: Story) -> Park:
    return opened(story)


@pytest.fixture
def alert(park: Park) -> Check:
    return park.alert()


@pytest.mark.parametrize(("call", "after"), strikes(DEFINE))
def test_a_death_at_any_call_leaves_no_alert_that_an_open_downtime_does_not_cover(
    park: Park, call: int, after: bool
) -> None:
    alert = define(park)
    schedule(park, filters=({"id": "web-1"},))
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        define(park)
    later(park)
    found = [one for one in checks.of_project(park.project) if one.kind == alert.kind]
    assert set(covered(park, *found)) == {("web-1",)}


def test_defining_an_alert_is_no_longer_than_its_strikes(park: Park) -> None:
    schedule(park, filters=({"id": "web-1"},))
    with trouble(0, Killed, after=False) as calls:
        define(park)
    assert len(calls) == DEFINE


@pytest.mark.parametrize(("call", "after"), strikes(SCHEDULE))
def test_a_death_at_any_call_leaves_a_downtime_at_all_of_its_alerts_or_at_none(
    park: Park, alert: Check, call: int, after: bool
) -> None:
    other = park.alert(number=2)
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        schedule(park, "web-1", "db-1")
    later(park)
    stands = documents.of_project(park.project, "downtime")
    assert covered(park, alert, other) == [("db-1", "web-1") if stands else ()] * 2


def test_scheduling_is_no_longer_than_its_strikes(park: Park, alert: Check) -> None:
    park.alert(number=2)
    with trouble(0, Killed, after=False) as calls:
        schedule(park, "web-1", "db-1")
    assert len(calls) == SCHEDULE


@pytest.mark.parametrize(("call", "after"), strikes(REMOVE))
def test_a_death_at_any_call_leaves_a_downtime_whole_or_nothing_of_it(
    park: Park, alert: Check, call: int, after: bool
) -> None:
    other = park.alert(number=2)
    made = schedule(park, "web-1")
    failing(park, "web-1")
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        remove(park, made)
    park.story.sweep_for(minutes=3)
    stands = documents.of_project(park.project, "downtime")
    assert covered(park, alert, other) == [("web-1",) if stands else ()] * 2
    assert subjects(park) == ([] if stands else ["DOWN | Load on web-1"] * 2)


def test_removing_is_no_longer_than_its_strikes(park: Park, alert: Check) -> None:
    park.alert(number=2)
    made = schedule(park, "web-1")
    failing(park, "web-1")
    with trouble(0, Killed, after=False) as calls:
        remove(park, made)
    assert len(calls) == REMOVE


@pytest.mark.parametrize("call", deaths(SCHEDULE))
def test_an_instance_that_is_born_while_a_downtime_is_made_is_held_back_by_it(
    park: Park, alert: Check, call: int
) -> None:
    park.entity("web-1", load=9)
    with interrupted(call, park.run):
        schedule(park, "web-1")
    told = subjects(park)
    park.entity("web-1")
    park.run()
    # What was told before it began is told to have ended after it.
    assert subjects(park) == told
    park.story.sweep_for(minutes=65)
    assert subjects(park) == [*told, *(["UP | Load on web-1"] if told else [])]


@pytest.mark.parametrize("call", deaths(REMOVE))
def test_an_instance_that_is_born_while_a_downtime_is_removed_is_told_of_at_once(
    park: Park, alert: Check, call: int
) -> None:
    made = schedule(park, "web-1")
    park.entity("web-1", load=9)
    with interrupted(call, park.run):
        remove(park, made)
    park.run()
    assert subjects(park) == ["DOWN | Load on web-1"]


@pytest.mark.parametrize("call", deaths(SCHEDULE + 3))
def test_an_entity_that_is_put_while_an_open_downtime_is_made_is_covered_within_a_minute(
    park: Park, alert: Check, call: int
) -> None:
    with interrupted(call, lambda: put(park, "web-8", rack="a")):
        schedule(park, filters=({"rack": "a"},))
        put(park, "web-8", rack="a")
    later(park)
    assert covered(park, alert) == [("web-8",)]


@pytest.mark.parametrize("call", deaths(SCHEDULE + 3))
def test_none_is_laid_by_a_downtime_that_is_deleted_meanwhile(park: Park, alert: Check, call: int) -> None:
    drawn = asked(park, "web-1")
    gone: list[Downtime | None] = []
    with interrupted(call, lambda: gone.append(remove(park, drawn))):
        downtimes.schedule(park.story.services, park.story.keyring.project, drawn)
    assert covered(park, alert) == ([()] if any(gone) else [("web-1",)])
