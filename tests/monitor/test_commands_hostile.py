"""Commands and definitions that are made to break the worker: what is wrong with one thing stays with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import commands as functions
from chalicelib.core import instances
from chalicelib.core.check import Check
from chalicelib.core.specs import condition_of
from chalicelib.monitor.looking import commands, settling, wholes
from chalicelib.monitor.looking.evaluating import Evaluator, kept
from chalicelib.monitor.looking.inventory import Unreadable
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import RunCommands
from chalicelib.store import checks, documents, history, values
from chalicelib.store.history_models import HistoryItem
from tests.conftest import Story
from tests.park import Park


@pytest.fixture
def park(story: Story) -> Park:
    ops = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    made = Park(story, (ops.code,))
    made.command()
    return made


def message(park: Park) -> dict[str, Any]:
    park.story.clock.move(minutes=1)
    return RunCommands(int(park.story.clock.now.timestamp() * 1000), ((park.project, "m#1"),)).to_message()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{1, 2}", "TypeError: the result is or holds a set, which is no JSON"),
        ("{'a': [range(5)]}", "TypeError: the result is or holds a range, which is no JSON"),
        ("time('now')", "TypeError: the result is or holds a time, which is no JSON"),
        ("http('http://127.0.0.1/')", "TypeError: the result is or holds a page, which is no JSON"),
        ("{(1, 2): 3}", "TypeError: the result holds an object with a name that is no text"),
    ],
)
def test_a_result_that_is_no_json_is_an_error(park: Park, text: str, said: str) -> None:
    park.command(text)
    alert = park.alert()
    park.entity("web1")
    park.run()
    assert park.values("web1") == [said]
    assert park.states(alert) == {"web1": "down", "": "down"}


def test_an_error_that_nobody_foresaw_is_the_result_of_its_entity_alone(
    park: Park, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bound = functions.bound

    def broken(context: Any) -> Any:
        if context.entity["id"] == "web1":
            raise OSError("of a driver, with who knows what in it")
        return bound(context)

    monkeypatch.setattr(functions, "bound", broken)
    alert = park.alert()
    park.entity("web1")
    park.entity("web2")
    with caplog.at_level("INFO", logger="tocsin"):
        park.run()
    assert park.values("web1") == ["OSError: it cannot be run, for a fault in this service"]
    assert park.values("web2") == [1.0]
    assert park.states(alert) == {"web1": "down", "": "down"}
    assert '"Faults": 1' in caplog.text
    assert "who knows what" not in caplog.text


def test_half_of_a_surrogate_pair_is_neither_kept_nor_sent(park: Park) -> None:
    park.command("{'\\ud800a': ['\\udfff', '\\U0001f600']}")
    alert = park.alert("capture(x=str(value)) != '' and capture(y='\\ud800')", name="Load {x}")
    park.entity("web1")
    park.run()
    assert park.values("web1") == [{"?a": ["?", "\U0001f600"]}]
    code, now = instances.code_of(alert.code, "web1"), park.story.clock.now
    (flip,) = history.flips(alert.project, code, a_year_ago(now), now + timedelta(days=1), now)
    assert str((flip.reason, flip.details)).encode()
    assert flip.details["captures"]["y"] == '"?"'


@pytest.mark.parametrize("text", ["results(1).last('x' * 5000)", "results(10 ** 2400).value()", "results('²').value()"])
def test_what_can_be_no_entity_and_no_check_has_no_results(
    park: Park, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    newest = values.newest

    def noted(project: str, number: int, entity: str, *args: Any, **more: Any) -> Any:
        asked.append((number, entity))
        return newest(project, number, entity, *args, **more)

    monkeypatch.setattr(values, "newest", noted)
    park.command(text)
    park.alert("value is not None")
    park.entity("web1")
    park.run()
    assert set(asked) <= {(1, "web1")}


def test_a_span_that_ends_before_it_begins_holds_nothing(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB itself refuses to look between two keys in the wrong order, and a run would fail for all entities."""
    monkeypatch.setattr(HistoryItem, "query", None)
    now = park.story.clock.now
    assert values.newest(park.project, 1, "web1", 5, now, start=now, end=a_year_ago(now)) == []


def a_year_ago(now: datetime) -> datetime:
    return now.replace(year=now.year - 1)


# Definitions that cannot be read


def spoil(park: Park, noun: documents.Noun, number: int, **changes: Any) -> None:
    """A definition as a later version may write it."""
    found = documents.get(park.project, noun, number)
    data = {name: one for name, one in {**found.data, **changes}.items() if one is not ...}
    documents.put(found.changed(data, park.story.clock.now), found)


@pytest.mark.parametrize("changes", [{"command": ...}, {"entities": 7}])
def test_a_command_that_cannot_be_read_keeps_no_other_from_being_run(park: Park, changes: dict[str, Any]) -> None:
    park.command(number=2)
    first, second = park.alert(), park.alert(number=2, check_definition_id=2)
    park.entity("web1", 9)
    park.run()
    spoil(park, "command", 1, **changes)
    asked = message(park)
    commands.work(park.story.services, {**asked, "checks": [[park.project, "m#2"]]})
    assert park.states(second) == {"web1": "down", "": "down"}
    with pytest.raises(Unreadable):
        commands.work(park.story.services, asked)
    # Nobody knows its entities: they are left as they were.
    assert park.states(first) == {"web1": "down", "": "down"}


def test_an_alert_definition_that_cannot_be_read_keeps_no_other_from_being_judged(park: Park) -> None:
    first, second = park.alert(), park.alert(number=2)
    spoil(park, "alert", 1, parent_id=[7])
    park.entity("web1", 9)
    park.run()
    assert park.states(first) == {"": "new"}
    assert park.states(second) == {"web1": "down", "": "down"}


def test_an_alert_whose_filters_cannot_be_read_keeps_no_other_from_being_judged(park: Park) -> None:
    first, second = park.alert(), park.alert(number=2)
    park.entity("web1", 9)
    park.run()
    strange = replace(condition_of(first), filters=({"type": {"is": "host"}},))
    manage.change(park.story.services, checks.get(first.project, first.code), {"spec": strange})
    park.entity("web1", 1)
    park.run()
    assert park.states(first) == {"web1": "down", "": "down"}
    assert park.states(second) == {"web1": "up", "": "up"}


# What others do meanwhile


def test_an_instance_that_is_ended_meanwhile_keeps_no_other_from_being_told(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.entity("web2", 1)
    park.run()
    ended = checks.get(alert.project, instances.code_of(alert.code, "web1"))
    settled = settling._settled

    def ending(decision: Any, alert: Check, instance: Check) -> bool:
        if instance.code == ended.code:
            manage.delete(park.story.services, ended)
            follow(park, alert)
        return settled(decision, alert, instance)

    monkeypatch.setattr(settling, "_settled", ending)
    park.entity("web1", 1)
    park.entity("web2", 9)
    park.run()
    assert park.states(alert) == {"web2": "down", "": "down"}


def follow(park: Park, alert: Check) -> None:
    """As who ends an instance does."""
    wholes.follow(park.story.services, alert, park.story.clock.now)


def test_an_entity_that_cannot_be_judged_keeps_no_other_from_being_told(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = park.alert()
    park.entity("web1", 9)
    park.entity("web2", 9)
    found = Evaluator.verdict

    def broken(self: Any, entity: Any, value: Any) -> Any:
        if entity["id"] == "web1":
            raise RuntimeError("nobody foresaw this")
        return found(self, entity, value)

    monkeypatch.setattr(Evaluator, "verdict", broken)
    with pytest.raises(RuntimeError, match="nobody foresaw"):
        commands.work(park.story.services, message(park))
    assert park.states(alert) == {"web2": "down", "": "down"}


def test_a_capture_that_is_no_json_is_kept_as_a_text() -> None:
    assert kept({"x": {(1, 2): 3}, "y": [{(1,): 2}]}) == {"x": "{(1, 2): 3}", "y": "[{(1,): 2}]"}
