"""Commands are kept under their number, their source or their name, with their place on the wheel."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.errors import Conflict, Invalid, Missing
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import alerts, commands
from chalicelib.store.document_models import MemberItem
from chalicelib.store.documents import Document
from tests.conftest import Story
from tests.definitions import alert, command
from tests.flows.conftest import interrupted


def put(story: Story, number: int | None = None, author: str = "ann", **fields: Any) -> Document:
    return commands.put(story.services, story.keyring.project, command(**fields), author, number)


def seats(story: Story) -> list[str]:
    """The slots of the wheel in which commands of the project stand."""
    return [item.wheel.partition("#")[0] for item in MemberItem.query(story.project, MemberItem.code.startswith("m#"))]


def test_a_command_has_a_number_and_a_place_on_the_wheel(story: Story) -> None:
    made = put(story)
    assert (made.number, made.author, made.data) == (1, "ann", command())
    assert commands.find(story.keyring.project, 1) == made
    assert seats(story) == ["c60"]


def test_another_interval_is_another_place_and_no_place_is_left_by_one_that_does_not_run(story: Story) -> None:
    put(story)
    put(story, interval=45)
    assert seats(story) == ["c45"]
    put(story, status="INACTIVE", interval=45)
    assert seats(story) == []
    put(story, interval=7)
    assert seats(story) == ["c7"]


def test_whoever_puts_the_same_name_in_the_same_team_changes_what_is_there(story: Story) -> None:
    put(story)
    assert put(story, name="LOAD", owning_team="platform", interval=30).number == 1
    assert put(story, owning_team="Other").number == 2
    assert [one.data["interval"] for one in commands.of_project(story.keyring.project)] == [30, 60]


def test_the_source_goes_before_the_name_and_the_number_before_both(story: Story) -> None:
    put(story, source_url="https://example.org/load.yaml")
    put(story, name="Other")
    renamed = put(story, source_url="https://example.org/load.yaml", name="Other")
    assert (renamed.number, put(story, 2, name="Third", source_url="https://example.org/load.yaml").number) == (1, 2)


def test_the_same_again_changes_nothing(story: Story) -> None:
    made = put(story)
    story.clock.move(minutes=1)
    assert put(story, author="bob") == made


def test_a_number_that_none_has_is_missing(story: Story) -> None:
    with pytest.raises(Missing):
        put(story, 5)
    assert commands.of_project(story.keyring.project) == []


def test_of_two_that_make_the_same_at_once_one_makes_it(story: Story) -> None:
    with interrupted(3, lambda: put(story, interval=30)):
        put(story, interval=45)
    (kept,) = commands.of_project(story.keyring.project)
    assert kept.data["interval"] == 45


def test_a_new_command_is_run_at_the_moments_that_were_handed_out_before_it_came(story: Story) -> None:
    put(story, name="Other", interval=60)
    tick.run(story.services)
    story.queues.take("commands")
    put(story, interval=10)
    story.clock.move(minutes=2)
    asked = [message["checks"] for message in story.queues.take("commands")]
    assert 7 <= asked.count([[story.project, "m#2"]]) <= 8


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("command", "1 +", "command cannot be read: SyntaxError: invalid syntax (line 1, column 4)"),
        ("command", "import os", "command cannot be read: SyntaxError: a command is one expression or one function"),
        ("command", "http('/') +\n nothing('x')", "command speaks of nothing, which nothing is called here (line 2, "),
        ("command", "ldap().search()", "command ldap() cannot be called here: its protocol has no client here"),
        ("entities", [], "entities must hold at least one object"),
        ("entities", [{"id": "web"}], "entities each entity should contain field: type"),
        ("entities", [{"type": None}], "entities must not be null or empty for type: null filters not supported"),
        ("interval", 0, "interval must be from 1 to 2678400 seconds: minimum interval value is 1"),
        ("description", "x" * 350_000, "check definition must not take more than 350000 bytes of JSON"),
    ],
)
def test_what_cannot_be_run_is_refused(story: Story, field: str, value: Any, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(story, **{field: value})
    assert str(refused.value).startswith(message)
    assert (commands.of_project(story.keyring.project), seats(story)) == ([], [])


def test_a_command_that_no_alert_uses_is_deleted_with_its_place(story: Story) -> None:
    put(story)
    made = alerts.create(story.services, story.keyring.project, alert(), "ann")
    with pytest.raises(Conflict, match="used by the alert definitions 1"):
        commands.delete(story.services, story.keyring.project, 1)
    alerts.delete(story.services, story.keyring.project, made.number)
    assert commands.delete(story.services, story.keyring.project, 1).number == 1
    assert (commands.of_project(story.keyring.project), seats(story)) == ([], [])
    with pytest.raises(Missing):
        commands.delete(story.services, story.keyring.project, 1)


@pytest.mark.parametrize("call", range(1, 9))
def test_no_alert_is_left_on_a_command_that_is_deleted_meanwhile(story: Story, call: int) -> None:
    put(story)
    project = story.keyring.project

    def gone() -> None:
        with suppress(Conflict):
            commands.delete(story.services, project, 1)

    with interrupted(call, gone), suppress(Invalid):
        alerts.create(story.services, project, alert(), "ann")
    assert bool(alerts.tree_of(story.project).nodes) == bool(commands.of_project(project))
