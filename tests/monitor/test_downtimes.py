"""Downtimes: who is told of what while they last, when they end, and of what comes meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import downtimes as core
from chalicelib.core.check import Check
from chalicelib.core.errors import Conflict
from chalicelib.core.windows import Window
from chalicelib.monitor.managing import alerts as managed
from chalicelib.monitor.managing import commands, downtimes, entities
from chalicelib.store import checks, documents
from tests import definitions
from tests.conftest import Story
from tests.downtimes import HOUR, asked, covered, define, failing, later, opened, put, remove, schedule, subjects
from tests.park import COMMAND, Park, pause


@pytest.fixture
def park(story: Story) -> Park:
    return opened(story)


@pytest.fixture
def alert(park: Park) -> Check:
    return park.alert()


def test_nobody_is_told_of_an_entity_in_downtime(park: Park, alert: Check) -> None:
    made = schedule(park, "web-1", "nothing")
    assert (made.entities, made.alerts) == (("web-1",), (1,))
    failing(park, "web-1", "db-1")
    assert subjects(park) == ["DOWN | Load on db-1"]
    assert park.states(alert) == {"": "down", "web-1": "down", "db-1": "down"}


def test_a_problem_that_outlives_its_downtime_is_told_when_that_ends(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "web-1")
    park.story.sweep_for(minutes=58)
    assert subjects(park) == []
    park.story.sweep_for(minutes=2)
    assert subjects(park) == ["DOWN | Load on web-1"]


def test_a_problem_that_comes_and_goes_in_a_downtime_is_nobodys(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "web-1")
    park.entity("web-1", load=1)
    park.run()
    park.story.sweep_for(minutes=65)
    assert subjects(park) == []
    failing(park, "web-1")
    assert subjects(park) == ["DOWN | Load on web-1"]


def test_a_problem_from_before_a_downtime_that_ends_in_it_is_told_to_have_ended_afterwards(
    park: Park, alert: Check
) -> None:
    failing(park, "web-1")
    schedule(park, "web-1")
    park.entity("web-1", load=1)
    park.run()
    assert subjects(park) == ["DOWN | Load on web-1"]
    park.story.sweep_for(minutes=62)
    assert subjects(park) == ["DOWN | Load on web-1", "UP | Load on web-1"]


def test_a_downtime_begins_at_its_second(park: Park, alert: Check) -> None:
    schedule(park, "web-1", "web-2", start=park.story.clock.now + timedelta(seconds=90))
    failing(park, "web-1")
    failing(park, "web-2")
    assert subjects(park) == ["DOWN | Load on web-1"]


def test_what_was_held_back_is_told_when_a_downtime_is_deleted(park: Park, alert: Check) -> None:
    made = schedule(park, "web-1", "web-2")
    failing(park, "web-1")
    assert subjects(park) == []
    gone = remove(park, made)
    park.story.queues.work()
    assert subjects(park) == ["DOWN | Load on web-1"]
    assert gone == made
    assert covered(park, alert) == [()]
    assert remove(park, made) is None


def test_another_downtime_of_the_same_entity_goes_on(park: Park, alert: Check) -> None:
    made = schedule(park, "web-1")
    schedule(park, "web-1", length=2 * HOUR)
    failing(park, "web-1")
    remove(park, made)
    park.story.sweep_for(minutes=70)
    assert subjects(park) == []
    park.story.sweep_for(minutes=50)
    assert subjects(park) == ["DOWN | Load on web-1"]


def test_only_alerts_that_are_named_are_concerned_and_paused_ones_if_they_are(park: Park, alert: Check) -> None:
    other = park.alert(number=2)
    elsewhere = park.alert(number=3, entities=[{"id": "db-1"}])
    assert schedule(park, "web-1", alerts=(2,)).alerts == (2,)
    assert covered(park, alert, other, elsewhere) == [(), ("web-1",), ()]
    assert schedule(park, "web-2", "db-1").alerts == (1, 2, 3)
    pause(park, alert)
    assert schedule(park, "web-1").alerts == (2,)
    assert schedule(park, "web-1", alerts=(1,)).alerts == (1,)


def test_what_fits_nothing_is_kept_and_silences_nobody(park: Park, alert: Check) -> None:
    made = schedule(park, "nothing")
    assert (made.entities, made.alerts) == ((), ())
    assert covered(park, alert) == [()]
    assert remove(park, made) == made


def test_a_downtime_of_entities_does_not_cover_what_comes_later(park: Park, alert: Check) -> None:
    schedule(park, "web-1", "web-9")
    put(park, "web-9", load=9)
    failing(park, "web-1")
    assert subjects(park) == ["DOWN | Load on web-9"]


def test_an_open_downtime_covers_entities_that_come_to_fit_it(park: Park, alert: Check) -> None:
    other = park.alert(number=2, entities=[{"type": "city"}])
    made = schedule(park, filters=({"rack": "a"},))
    assert (made.entities, made.alerts) == ((), ())
    put(park, "web-8", rack="a")
    put(park, "web-9", rack="b")
    put(park, "web-1", rack="a")
    assert covered(park, alert, other) == [("web-1", "web-8"), ()]
    failing(park, "web-1", "web-2")
    assert subjects(park) == ["DOWN | Load on web-2"]
    assert remove(park, made) == core.from_document(
        made.id, made.made, {**core.to_document(made), "entities": ["web-1", "web-8"], "alerts": [1]}
    )
    assert covered(park, alert) == [()]


def test_an_open_downtime_covers_alerts_that_come_to_fit_it_unless_others_are_named(park: Park) -> None:
    alert = define(park)
    first = schedule(park, filters=({"id": "web-1"},))
    schedule(park, filters=({"id": "web-2"},), alerts=(1,))
    other = define(park)
    assert covered(park, alert, other) == [("web-1", "web-2"), ("web-1",)]
    assert remove(park, first)
    assert covered(park, alert, other) == [("web-2",), ()]


def test_an_open_downtime_covers_what_an_alert_and_a_command_come_to_take(park: Park) -> None:
    services, project = park.story.services, park.story.keyring.project
    park.entity("city-1", type="city")
    alert = define(park, entities=[{"id": "db-1"}])
    schedule(park, filters=({"id": ["web-1", "city-1"]},))
    assert covered(park, alert) == [()]
    managed.change(services, project, 1, definitions.alert(check_definition_id=COMMAND, entities=[]), "ann")
    assert covered(park, alert) == [("web-1",)]
    wider = definitions.command(entities=[{"type": "host"}, {"type": "city"}])
    commands.put(services, project, wider, "ann", COMMAND)
    assert covered(park, alert) == [("city-1", "web-1")]


def test_an_open_downtime_that_is_over_covers_nothing(park: Park, alert: Check) -> None:
    schedule(park, filters=({"rack": "a"},))
    park.story.clock.move(hours=1)
    put(park, "web-8", rack="a")
    assert covered(park, alert) == [()]


def test_a_downtime_that_comes_again_holds_in_its_windows_alone(park: Park, alert: Check) -> None:
    # It is noon.
    schedule(park, "web-1", length=None, window=Window(13 * 60, 30))
    failing(park, "web-1")
    park.entity("web-1")
    park.run()
    park.story.sweep_for(minutes=60)
    failing(park, "web-1")
    assert subjects(park) == ["DOWN | Load on web-1", "UP | Load on web-1"]
    park.story.sweep_for(minutes=30)
    assert subjects(park)[2:] == ["DOWN | Load on web-1"]


def test_single_entities_are_taken_out_of_a_downtime(park: Park, alert: Check) -> None:
    other = park.alert(number=2)
    made = schedule(park, "web-1", "web-2")
    failing(park, "web-1", "web-2")
    pairs = [core.pair_id(made.id, 1, "web-1"), core.pair_id(made.id, 2, "web-1"), core.pair_id(made.id, 2, "web-2")]
    downtimes.take_out(park.story.services, park.story.keyring.project, [*pairs, "unknown"])
    later(park)
    assert covered(park, alert, other) == [("web-2",), ()]
    assert sorted(subjects(park)) == ["DOWN | Load on web-1"] * 2 + ["DOWN | Load on web-2"]


def test_an_alert_that_has_as_many_downtimes_as_it_can_refuses_one_and_nothing_is_changed(
    park: Park, alert: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = park.alert(number=2)
    monkeypatch.setattr("chalicelib.core.silencing.OF_INSTANCES_AT_MOST", 1)
    schedule(park, "web-1", alerts=(1,))
    with pytest.raises(Conflict):
        schedule(park, "web-2")
    assert covered(park, alert, other) == [("web-1",), ()]
    with pytest.raises(Conflict):
        several = [asked(park, "web-1", alerts=(2,)), asked(park, "web-2", alerts=(1,))]
        downtimes.schedule_all(park.story.services, park.story.keyring.project, several)
    assert covered(park, alert, other) == [("web-1",), ()]
    assert len(documents.of_project(park.project, "downtime")) == 1


def test_an_entity_is_put_though_an_alert_has_as_many_downtimes_as_it_can(
    park: Park, alert: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(park, "web-1")
    schedule(park, filters=({"rack": "a"},))
    monkeypatch.setattr("chalicelib.core.silencing.OF_INSTANCES_AT_MOST", 1)
    put(park, "web-8", rack="a")
    assert entities.find(park.story.keyring.project, "web-8")["rack"] == "a"
    assert covered(park, alert) == [("web-1",)]


def test_those_that_have_long_been_over_are_forgotten_when_another_is_made(park: Park, alert: Check) -> None:
    made, other = schedule(park, "web-1"), schedule(park, "web-2")
    park.story.clock.move(hours=1, minutes=50)
    schedule(park, "web-1")
    later(park)
    assert remove(park, made) == made
    park.story.clock.move(minutes=20)
    schedule(park, "web-1")
    later(park)
    assert remove(park, other) is None


def test_what_happened_to_downtimes_stands_in_the_history_of_their_alert(park: Park, alert: Check) -> None:
    begun = park.story.clock.now
    schedule(park, "web-1", start=begun + HOUR)
    made = schedule(park, "web-2")
    never = schedule(park, "db-1", start=begun + 3 * HOUR)
    park.story.clock.move(minutes=10)
    remove(park, made)
    remove(park, never)
    park.story.clock.move(hours=3)
    found = downtimes.events(park.story.services, checks.get(park.project, alert.code), begun)
    told = [(int((one.at - begun) / timedelta(minutes=1)), one.name, one.silence.entities) for one in found]
    assert sorted(told) == [
        (0, "DOWNTIME_SCHEDULED", ("db-1",)),
        (0, "DOWNTIME_SCHEDULED", ("web-1",)),
        (0, "DOWNTIME_SCHEDULED", ("web-2",)),
        (0, "DOWNTIME_STARTED", ("web-2",)),
        (10, "DOWNTIME_ENDED", ("web-2",)),
        (10, "DOWNTIME_REMOVED", ("db-1",)),
        (10, "DOWNTIME_REMOVED", ("web-2",)),
        (60, "DOWNTIME_STARTED", ("web-1",)),
        (120, "DOWNTIME_ENDED", ("web-1",)),
    ]


def of_whole(park: Park) -> list[str]:
    """What was told of the alert as a whole."""
    return [subject for subject in park.story.sent.subjects if " on " not in subject]


def test_an_alert_as_a_whole_is_held_back_while_all_that_is_wrong_is_in_downtime(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "web-1")
    park.story.sweep_for(minutes=58)
    assert of_whole(park) == []
    park.story.sweep_for(minutes=2)
    assert of_whole(park) == ["DOWN | Load"]


def test_an_alert_as_a_whole_is_told_of_when_something_else_goes_wrong(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "web-1")
    failing(park, "db-1")
    assert of_whole(park) == ["DOWN | Load"]


def test_an_alert_as_a_whole_is_told_of_when_a_downtime_is_deleted(park: Park, alert: Check) -> None:
    made = schedule(park, "web-1")
    failing(park, "web-1")
    remove(park, made)
    park.story.queues.work()
    assert of_whole(park) == ["DOWN | Load"]


def test_what_comes_and_goes_in_a_downtime_is_no_news_of_the_alert_as_a_whole(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "web-1")
    park.entity("web-1")
    park.run()
    park.story.sweep_for(minutes=65)
    assert of_whole(park) == []
    assert park.states(alert)[""] == "up"
    failing(park, "web-1")
    assert of_whole(park) == ["DOWN | Load"]


def test_what_comes_and_goes_beside_a_downtime_is_news_of_the_alert_as_a_whole(park: Park, alert: Check) -> None:
    schedule(park, "web-1")
    failing(park, "db-1")
    park.entity("db-1")
    park.run()
    assert of_whole(park) == ["DOWN | Load", "UP | Load"]
