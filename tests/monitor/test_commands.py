"""Commands at work: what is run, for which entities, and what alerts say of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import instances
from chalicelib.core.check import Check
from chalicelib.core.commands import Value
from chalicelib.core.moments import to_micros
from chalicelib.monitor.looking import commands
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import RunCommands
from chalicelib.store import checks, history, values
from tests.conftest import Story
from tests.park import Park, pause


@pytest.fixture
def park(story: Story) -> Park:
    ops = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    made = Park(story, (ops.code,))
    made.command()
    return made


def test_a_command_is_run_for_each_entity_that_an_alert_takes_and_for_no_other(park: Park) -> None:
    park.alert(entities=[{"type": "host", "zone": "a"}], entities_exclude=[{"id": "web3"}])
    park.entity("web1", 1, zone="a")
    park.entity("web2", 2, zone="b")
    park.entity("web3", 3, zone="a")
    park.run()
    assert [park.values(name) for name in ("web1", "web2", "web3")] == [[1.0], [], []]


def test_a_command_is_run_by_the_clock_at_its_interval(park: Park) -> None:
    park.alert()
    park.entity("web1")
    for _ in range(3):
        park.story.clock.move(minutes=1)
        park.story.tick()
    park.story.queues.until(park.story.clock.now + timedelta(seconds=10))
    assert len(park.values("web1")) == 3


def test_nothing_is_run_without_an_active_alert(park: Park) -> None:
    alert = park.alert()
    pause(park, alert)
    park.entity("web1")
    park.run()
    assert park.values("web1") == []


def test_an_entity_that_falls_ill_is_told_of_with_what_was_captured_and_so_is_its_end(park: Park) -> None:
    alert = park.alert("capture(load=value) > 5", name="Load {load:.1f}")
    park.entity("web1", 7.25)
    park.entity("web2", 1)
    park.run()
    assert park.states(alert) == {"web1": "down", "": "down"}
    park.entity("web1", 2)
    park.run()
    assert park.states(alert) == {"web1": "up", "": "up"}
    assert told(park) == ["DOWN | Load 7.3 on web1", "UP | Load 7.3 on web1"]
    assert "7.25" in mail(park).text


def test_an_entity_that_is_well_is_written_nowhere_but_in_its_results(park: Park) -> None:
    alert = park.alert()
    park.entity("web1")
    park.run()
    before = checks.get(alert.project, alert.code)
    park.run()
    assert checks.get(alert.project, alert.code) == before
    assert checks.instances_of(alert) == []


def test_an_alert_is_down_while_one_of_its_entities_is(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.entity("web2", 9)
    park.run()
    park.entity("web1", 1)
    park.run()
    assert park.states(alert) == {"web1": "up", "web2": "down", "": "down"}
    park.entity("web2", 1)
    park.run()
    assert park.states(alert) == {"web1": "up", "web2": "up", "": "up"}


def test_a_command_that_fails_is_an_alert_that_says_why(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", "broken")
    park.run()
    assert park.states(alert) == {"web1": "down", "": "down"}
    assert "TypeError" in mail(park).text
    assert "Traceback" not in mail(park).text


def test_a_condition_that_cannot_be_evaluated_is_an_alert_with_the_exception_among_its_captures(park: Park) -> None:
    alert = park.alert("value['x'] > 1")
    park.entity("web1")
    park.run()
    (flip,) = flips(park, alert, "web1")
    assert flip.details["captures"].keys() == {"exception"}


def test_a_condition_looks_back_at_the_results_of_its_entity(park: Park) -> None:
    alert = park.alert("timeseries_avg('5m') > 5")
    for load in (1, 2, 9, 9, 9):
        park.entity("web1", load)
        park.run()
    assert park.states(alert)[""] == "down"
    assert [flip.details["captures"]["avg(5m)"] for flip in flips(park, alert, "web1")] == [5.25]


def test_results_that_are_errors_are_not_among_those_that_a_condition_looks_back_at(park: Park) -> None:
    alert = park.alert("timeseries_avg('5m') > 5")
    for load in ("broken", 1):
        park.entity("web1", load)
        park.run()
    assert park.states(alert) == {"web1": "up", "": "up"}


def test_a_condition_looks_at_the_results_of_all_entities_of_its_alert(park: Park) -> None:
    alert = park.alert("capture(total=sum(entity_values())) > 5")
    park.entity("web1", 2)
    park.entity("web2", 4)
    park.run()
    assert park.states(alert) == {"web1": "down", "web2": "down", "": "down"}


def test_a_condition_knows_its_parameters_as_their_types_say(park: Park) -> None:
    alert = park.alert("> limit", parameters={"limit": {"value": "5", "type": "int", "comment": "much"}})
    park.entity("web1", 9)
    park.run()
    assert park.states(alert)["web1"] == "down"
    assert flips(park, alert, "web1")[0].details["captures"] == {"limit": "5"}


def test_an_entity_that_is_gone_ends_with_a_last_word(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.run()
    park.remove("web1")
    park.run()
    assert park.states(alert) == {"": "up"}
    assert [subject.partition(" | ")[0] for subject in told(park)] == ["DOWN", "NOT WATCHED"]


def test_an_alert_that_is_not_active_any_more_ends_its_entities(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.run()
    pause(park, alert)
    park.run()
    assert park.states(alert) == {"": "paused"}
    assert [subject.partition(" | ")[0] for subject in told(park)] == ["DOWN", "NOT WATCHED"]


def test_a_command_that_is_not_active_any_more_ends_the_entities_of_its_alerts(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.run()
    park.command(status="INACTIVE")
    park.run()
    assert park.states(alert) == {"": "up"}


def test_a_message_that_comes_late_changes_nothing_that_is_newer(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    late = RunCommands(to_micros(park.story.clock.now) // 1000, ((park.project, "m#1"),)).to_message()
    park.entity("web1", 1)
    park.run()
    park.entity("web1", 9)
    commands.work(park.story.services, late)
    assert park.states(alert) == {"": "up"}


def test_a_message_that_comes_twice_leaves_one_result(park: Park) -> None:
    park.alert()
    park.entity("web1")
    message = RunCommands(to_micros(park.story.clock.now) // 1000, ((park.project, "m#1"),)).to_message()
    commands.work(park.story.services, message)
    commands.work(park.story.services, message)
    assert park.values("web1") == [1.0]


def test_many_entities_are_run_in_parts_that_leave_none_out(park: Park) -> None:
    alert = park.alert()
    names = [f"web{number:03d}" for number in range(2 * commands.PART + 5)]
    for number, name in enumerate(names):
        park.entity(name, 9 if number % 40 == 0 else 1)
    park.run()
    assert all(park.values(name) for name in names)
    ill = dict.fromkeys(names[::40], "down")
    assert park.states(alert) == {**ill, "": "down"}
    for name in names[::40]:
        park.entity(name)
    park.run()
    assert park.states(alert) == {**dict.fromkeys(ill, "up"), "": "up"}


def test_an_alert_follows_its_entities_when_a_worker_died_between_the_two(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    instance = instances.new(alert, "web1", park.story.clock.now)
    checks.create_instances([instance])
    park.story.clock.move(seconds=1)
    park.story.judge(instance, firing=True)
    park.run()
    assert park.states(alert) == {"web1": "down", "": "down"}


def test_an_alert_that_is_deleted_takes_its_entities_with_it(park: Park) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.run()
    manage.delete(park.story.services, checks.get(alert.project, alert.code))
    assert checks.instances_of(alert) == []


def test_no_instance_is_born_while_its_alert_is_deleted(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    listed = checks.instances_of
    born: list[Check] = []

    def listed_before_a_birth(check: Check, low: str = "", high: str = "") -> list[Check]:
        found = listed(check, low, high)
        if not born:
            born.append(instances.new(alert, "web1", park.story.clock.now))
            checks.create_instances([born[0]])
        return found

    monkeypatch.setattr(checks, "instances_of", listed_before_a_birth)
    manage.delete(park.story.services, checks.get(alert.project, alert.code))
    assert listed(alert) == []


def test_a_counter_counts_from_one_run_to_the_next(park: Park) -> None:
    park.command("counter('x').per_minute(entity['load'])")
    park.alert()
    for load in (10, 16):
        park.entity("web1", load)
        park.run()
    assert park.values("web1") == [6.0, 0.0]


def test_a_command_reads_what_another_has_found(park: Park) -> None:
    park.command("results(1).value() + sum(results(1).by_entity().values())", number=2, interval=3_600)
    park.alert()
    park.alert(number=2, check_definition_id=2)
    park.entity("web1", 2)
    park.entity("web2", 3)
    park.run()
    commands.run_now(park.story.services, park.project, "m#2")
    park.story.queues.work()
    assert park.values("web1", 2) == [7.0]


def test_what_another_has_found_for_all_entities_is_read_once_a_run(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    park.command("len(results(1).by_entity())", number=2, interval=3_600)
    park.alert()
    park.alert("> 99", number=2, check_definition_id=2)
    for number in range(6):
        park.entity(f"web{number}", number)
    park.run()
    asked: list[str] = []

    def newest(project: str, number: int, entity: str, *more: Any, **named: Any) -> list[Value]:
        asked.append(entity)
        return kept(project, number, entity, *more, **named)

    kept = values.newest
    monkeypatch.setattr(values, "newest", newest)
    commands.run_now(park.story.services, park.project, "m#2")
    park.story.queues.work()
    assert sorted(asked) == [f"web{number}" for number in range(6)]
    assert park.values("web0", 2) == [6]


def test_a_command_sees_how_alerts_cover_entities(park: Park) -> None:
    park.command("entities().alert_coverage(type='host')")
    park.alert(entities=[{"id": "web1"}], name="A")
    park.entity("web1")
    park.entity("web2")
    park.run()
    assert park.values("web1") == [
        [
            {"alerts": [{"id": 1, "name": "A"}], "entities": [{"id": "web1", "type": "host"}]},
            {"alerts": [], "entities": [{"id": "web2", "type": "host"}]},
        ]
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("'x' * 70000", "ResultSizeError"),
        ("{str(n): n for n in range(1001)}", "ResultSizeError"),
        ("float('inf')", "ValueError"),
        ("entity['nothing']", "KeyError"),
        ("lambda x", "SyntaxError"),
    ],
)
def test_a_result_that_cannot_be_kept_is_an_error(park: Park, text: str, said: str) -> None:
    park.command(text)
    alert = park.alert()
    park.entity("web1")
    park.run()
    assert said in park.values("web1")[0]
    assert park.states(alert)["web1"] == "down"


def flips(park: Park, alert: Check, entity: str) -> list[Any]:
    now = park.story.clock.now
    code = instances.code_of(alert.code, entity)
    return list(history.flips(alert.project, code, now - timedelta(days=1), now + timedelta(days=1), now))


def told(park: Park) -> list[str]:
    """The subjects of what was told of single entities."""
    return [subject for subject in park.story.sent.subjects if "on web" in subject]


def mail(park: Park) -> Any:
    """The first mail about a single entity."""
    return next(one for one in park.story.sent.mails if "on web" in one.subject)
