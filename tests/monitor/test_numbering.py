"""Numbers that stay: what is made has one, and what is older is given one by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import instances, status
from chalicelib.core.check import Check
from chalicelib.core.errors import Busy
from chalicelib.core.specs import ConditionSpec
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import numbering
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import GiveNumbers, of_chore
from chalicelib.store import checks, definitions, directory, numbers
from chalicelib.store import queues as queueing
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.conftest import Story

CONDITION = ConditionSpec(1, 1, "> 5")
ADDRESS = {"address": "ops@example.org"}


def old(story: Story, *names: str) -> list[Check]:
    """Checks from before there were numbers, made one after another."""
    made = []
    for name in names:
        story.clock.move(seconds=1)
        made.append(replace(manage.new(story.services, story.project, {"name": name}), number=0))
        checks.create(made[-1], 100)
    return made


def numbered(story: Story) -> dict[str, int]:
    return {check.name: check.number for check in checks.of_project(story.project)}


def pass_by(story: Story) -> int:
    found = numbering.run()
    story.queues.work()
    return found


def test_every_kind_of_check_is_made_with_a_number_of_its_project(story: Story) -> None:
    project = story.keyring.project
    kinds = {"heartbeat": None, "probe": specs.PING, "rule": specs.above("load"), "evaluation": CONDITION}
    for number, (kind, spec) in enumerate(kinds.items(), 1):
        made = manage.create(story.services, project, {"kind": kind, "name": kind, "spec": spec})
        assert made.number == number
        assert checks.get(story.project, made.code) == made
        assert directory.by_number(story.project, number) == made.code
    pinged = manage.create_by_ping(story.services, story.project, "pinged")
    assert directory.by_number(story.project, 5) == pinged.code
    assert directory.by_number("another", 5) is None


def test_a_number_is_never_given_twice(story: Story) -> None:
    first = manage.create(story.services, story.keyring.project, {})
    manage.delete(story.services, first)
    assert directory.by_number(story.project, first.number) is None
    assert manage.create(story.services, story.keyring.project, {}).number == 2


def test_an_instance_has_no_number_but_that_of_its_check_when_it_is_told(story: Story) -> None:
    parent = manage.create(story.services, story.keyring.project, {"kind": "evaluation", "spec": CONDITION})
    instance = instances.new(parent, "web-1", story.clock.now)
    checks.create_instances([instance])
    assert checks.get(story.project, instance.code).number == 0
    assert checks.as_told(story.project, instance.code).number == parent.number
    assert pass_by(story) == 0


def test_channels_are_counted_by_themselves_and_hidden_ones_are_not(story: Story) -> None:
    project = story.keyring.project
    manage.create(story.services, project, {})
    shown = channels.create(story.services, project, "email", "Ops", ADDRESS)
    hidden = channels.create(story.services, project, "email", "", ADDRESS, hidden=True)
    assert (shown.number, hidden.number) == (1, 0)
    assert pass_by(story) == 0


def test_what_is_older_is_numbered_by_the_clock_the_oldest_first(story: Story) -> None:
    old(story, "a", "b")
    manage.create(story.services, story.keyring.project, {"name": "c"})
    channel = replace(channels.create(story.services, story.keyring.project, "email", "Ops", ADDRESS), number=0)
    definitions.delete_channel(channel)
    definitions.save_channel(channel)
    assert numbered(story) == {"a": 0, "b": 0, "c": 3}
    assert pass_by(story) == 3
    assert numbered(story) == {"a": 4, "b": 5, "c": 3}
    assert definitions.channel(story.project, channel.code).number == 2
    for check in checks.of_project(story.project):
        assert directory.by_number(story.project, check.number) == check.code


def test_when_all_have_numbers_nobody_looks_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    old(story, "a")
    assert (pass_by(story), pass_by(story)) == (1, 0)

    def looked() -> None:
        raise AssertionError("looked again")

    monkeypatch.setattr(directory, "projects", looked)
    assert pass_by(story) == 0


def test_a_chore_that_is_lost_is_asked_for_again(story: Story) -> None:
    old(story, "a")
    numbering.run()
    story.queues.take("chores")
    assert pass_by(story) == 1
    assert numbered(story)["a"] > 0


def test_a_clock_that_cannot_hand_it_on_notes_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    old(story, "a")

    def refused(*_: object, **__: object) -> None:
        raise StoreFault("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(queueing, "send_all", refused)
        with pytest.raises(StoreFault):
            numbering.run()
    assert pass_by(story) == 1


def test_a_chore_that_comes_twice_changes_no_number(story: Story) -> None:
    (check,) = old(story, "a")
    chore = GiveNumbers(story.project, numbers.CHECK, (check.code, "gone"))
    numbering.give(chore)
    given = numbered(story)["a"]
    numbering.give(chore)
    assert numbered(story)["a"] == given
    assert directory.by_number(story.project, given) == check.code
    assert directory.by_number(story.project, given + 1) is None
    assert of_chore(chore) == {
        "do": "give_numbers",
        "project": story.project,
        "noun": "check",
        "codes": (check.code, "gone"),
    }


def test_a_check_that_is_numbered_while_it_is_deleted_leaves_no_number(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = old(story, "a")
    delete = checks.delete
    met: list[bool] = []

    def meanwhile(*args: object, **more: object) -> None:
        if not met:
            met.append(numbers.give_check(check.project, check.code, 7))
        delete(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(checks, "delete", meanwhile)
    manage.delete(story.services, check)
    assert met == [True]
    assert directory.by_number(story.project, 7) is None


def test_a_decision_on_a_check_that_is_numbered_meanwhile_is_made_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = old(story, "a")
    seen = checks.get(check.project, check.code)
    numbers.give_check(check.project, check.code, 7)
    story.clock.move(seconds=1)
    with pytest.raises(Busy):
        transitions.retrying(story.services, lambda: transitions.keep(seen, status.Paused(story.clock.now)))
    assert manage.pause(story.services, check).number == 7


def test_a_channel_that_is_numbered_while_it_is_changed_keeps_its_number(story: Story) -> None:
    made = replace(
        channels.create(story.services, story.keyring.project, "slack", "Ops", {"url": "https://hooks.example.org/a"}),
        number=0,
    )
    definitions.delete_channel(made)
    definitions.save_channel(made)
    numbers.give_channel(story.project, made.code, 9)
    channels.change(story.services, made, {"name": "Night"})
    assert definitions.channel(story.project, made.code).number == 9
    assert not numbers.give_channel(story.project, made.code, 10)


def test_a_deleted_project_leaves_no_numbers(story: Story) -> None:
    manage.create(story.services, story.keyring.project, {})
    projects.delete(story.services, story.project)
    story.queues.until(story.clock.now + timedelta(minutes=5))
    assert directory.by_number(story.project, 1) is None
    assert numbers.take(story.project, numbers.CHECK) == 1
