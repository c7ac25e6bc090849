"""A project that is deleted is closed first and emptied then: nothing is left, whatever happens meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Missing
from chalicelib.monitor.intake import points
from chalicelib.monitor.managing import boards, channels, checks, projects, rules
from chalicelib.store import checks as stored
from chalicelib.store import definitions, directory
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.boards import wanted
from tests.conftest import Story
from tests.flows.conftest import Killed, strikes, trouble
from tests.monitor.test_projects import everything_kept, opens

# Closing and emptying a project with two checks and a channel takes so many calls; a test holds the number.
CALLS = 35


@pytest.fixture
def furnished(story: Story) -> list[str]:
    """A project with something of everything; the words by which it would be found."""
    services, project = story.services, story.keyring.project
    channel = channels.create(services, project, "email", "Ops", {"address": "ops@example.org"}, 0)
    check = checks.create(services, project, {"name": "Backup", "slug": "backup", "channels": (channel.code,)})
    rule = rules.create(services, project, {"name": "Load", "spec": specs.above("load"), "channels": (channel.code,)})
    points.take(services, project.code, b"load 9\nother.load 1\n")
    story.queues.until(story.clock.now + timedelta(minutes=2))
    hashes = [projects.hash_of(key) for key in story.keyring.keys.values()]
    return [project.code, project.badge, check.code, rule.code, channel.code, "other.load", *hashes]


def later(story: Story) -> None:
    """The chores are done, those that wait for requests under way too."""
    for _ in range(4):
        story.queues.until(story.clock.now + timedelta(minutes=1))


def left(words: list[str]) -> list[str]:
    kept = everything_kept()
    return [word for word in words if word in kept]


def test_a_deleted_project_leaves_nothing_behind(story: Story, furnished: list[str]) -> None:
    boards.save(story.services, story.keyring.project, wanted("some.load"), "ann", overwrite=False)
    assert left(furnished) == furnished
    projects.delete(story.services, story.project)
    assert all(opens(key) is None for key in story.keyring.keys.values())
    assert directory.projects() == []
    later(story)
    assert left(furnished) == []
    assert directory.with_series() == []


def test_nobody_is_told_of_the_deletion_of_a_project(story: Story, furnished: list[str]) -> None:
    assert story.sent.subjects == ["DOWN | Load"]
    projects.delete(story.services, story.project)
    later(story)
    assert story.sent.subjects == ["DOWN | Load"]


def test_nothing_is_made_in_a_project_that_is_being_deleted(story: Story, furnished: list[str]) -> None:
    """A request that was admitted before goes on with the project as it was."""
    services, project = story.services, story.keyring.project
    projects.delete(services, project.code)
    with pytest.raises(Missing):
        checks.create(services, project, {"name": "Late"})
    with pytest.raises(Missing):
        channels.create(services, project, "email", "Late", {"address": "ops@example.org"}, 0)
    with pytest.raises(Missing):
        projects.rotate(services, project.code)


def test_points_of_a_request_that_was_under_way_go_too(story: Story, furnished: list[str]) -> None:
    projects.delete(story.services, story.project)
    points.take(story.services, story.project, b"late.load 1\n")
    assert left(["late.load"]) == ["late.load"]
    later(story)
    assert left(["late.load", *furnished]) == []


def test_a_key_that_is_rotated_meanwhile_opens_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    close = directory.close_project

    def rotated_first(project: Project, *arguments: object) -> None:
        if not made:
            made.extend(projects.rotate(story.services, project.code).keys.values())
        close(project, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(directory, "close_project", rotated_first)
    projects.delete(story.services, story.project)
    assert len(made) == 3
    assert all(opens(key) is None for key in [*made, *story.keyring.keys.values()])
    later(story)
    assert left([story.project, *map(projects.hash_of, made)]) == []


def test_a_check_that_somebody_else_deletes_meanwhile_stops_nothing(
    story: Story, furnished: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_project = stored.of_project

    def deleted_meanwhile(project: str) -> list[Check]:
        found = of_project(project)
        checks.delete(story.services, found[0])
        return found

    monkeypatch.setattr(stored, "of_project", deleted_meanwhile)
    projects.delete(story.services, story.project)
    monkeypatch.setattr(stored, "of_project", of_project)
    later(story)
    assert left(furnished) == []


@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_death_at_any_call_leaves_the_project_as_it_was_or_gone(
    story: Story, furnished: list[str], call: int, after: bool
) -> None:
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        projects.delete(story.services, story.project)
    later(story)
    with suppress(Missing):
        assert directory.project(story.project).keys == {projects.hash_of(key) for key in story.keyring.keys.values()}
        assert len(stored.of_project(story.project)) == 2
        assert len(definitions.channels(story.project)) == 1
        return
    assert left(furnished) == []


def test_a_deletion_is_no_longer_than_its_strikes(story: Story, furnished: list[str]) -> None:
    with trouble(0, Killed, after=False) as calls:
        projects.delete(story.services, story.project)
    assert len(calls) == CALLS
