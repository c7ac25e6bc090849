"""Documents are kept as they came, each change under another edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.commands import Value, command_of
from chalicelib.core.errors import Missing
from chalicelib.monitor.managing import projects
from chalicelib.store import documents, numbers, values
from chalicelib.store.documents import Document
from chalicelib.store.faults import Refused
from tests.conftest import NOW, Story

ODD: dict[str, Any] = {
    "id": "web-1[aws:1]",
    "none": None,
    "whole": 1,
    "part": 1.0,
    "large": 2**70,
    "Case": {"cASE": [[], {}, "ä\u0000"]},
}


def entity(project: str, name: str = "web-1[aws:1]", at: datetime = NOW) -> Document:
    return Document(project, "entity", name, {**ODD, "id": name}, at, at, "bob")


def test_a_document_comes_back_as_it_was_put(story: Story) -> None:
    documents.put(entity(story.project))
    found = documents.get(story.project, "entity", "web-1[aws:1]")
    assert found == entity(story.project)
    assert repr(found.data) == repr(ODD)
    assert documents.of_project(story.project, "entity") == [found]


def test_each_change_is_another_edition(story: Story) -> None:
    seen = [documents.edition(story.project)]
    documents.put(entity(story.project))
    seen.append(documents.edition(story.project))
    before = documents.get(story.project, "entity", "web-1[aws:1]")
    after = before.changed({"id": "web-1[aws:1]"}, NOW, "eve")
    documents.put(after, before)
    seen.append(documents.edition(story.project))
    documents.delete(after)
    seen.append(documents.edition(story.project))
    assert len(set(seen)) == 4
    with pytest.raises(Missing):
        documents.get(story.project, "entity", "web-1[aws:1]")


def test_who_has_seen_another_state_changes_nothing(story: Story) -> None:
    documents.put(entity(story.project))
    with pytest.raises(Refused):
        documents.put(entity(story.project))
    before = documents.get(story.project, "entity", "web-1[aws:1]")
    documents.put(before.changed({"a": 1}, NOW), before)
    edition = documents.edition(story.project)
    with pytest.raises(Refused):
        documents.put(before.changed({"a": 2}, NOW), before)
    with pytest.raises(Refused):
        documents.delete(before)
    assert documents.get(story.project, "entity", before.name).data == {"a": 1}
    assert documents.edition(story.project) == edition


def test_numbered_documents_stand_in_the_order_of_their_numbers(story: Story) -> None:
    given = [numbers.take(story.project, "command") for _ in range(11)]
    assert given == list(range(1, 12))
    for number in reversed(given):
        documents.put(Document(story.project, "command", str(number), {"n": number}, NOW, NOW))
    assert [one.number for one in documents.of_project(story.project, "command")] == given
    assert documents.of_project(story.project, "alert") == []


def test_documents_go_with_their_project_and_none_is_made_in_one_that_is_deleted(story: Story) -> None:
    documents.put(entity(story.project))
    numbers.take(story.project, "alert")
    projects.delete(story.services, story.project)
    assert documents.of_project(story.project, "entity") == []
    assert documents.edition(story.project) == 0
    with pytest.raises(Refused):
        documents.put(entity(story.project))


def test_results_are_read_newest_first_until_they_are_too_old(story: Story) -> None:
    found = [Value(NOW + timedelta(minutes=minute), 0.2, {"load": minute}) for minute in range(3)]
    failed = Value(NOW + timedelta(minutes=3), 1.5, "timed out", failed=True)
    for value in (*found, failed, found[1]):
        values.add(story.project, 7, {"web": value, "db": value}, NOW + timedelta(hours=1))
    assert values.newest(story.project, 7, "web", 20, NOW) == [failed, *reversed(found)]
    assert values.newest(story.project, 7, "db", 2, NOW) == [failed, found[2]]
    assert values.newest(story.project, 7, "web", 20, NOW, start=NOW + timedelta(minutes=2)) == [failed, found[2]]
    assert values.newest(story.project, 7, "web", 20, NOW + timedelta(hours=2)) == []
    assert values.newest(story.project, 70, "web", 20, NOW) == []


def test_a_command_stands_on_the_wheel_while_it_is_active() -> None:
    described = {"name": "Load", "command": "1", "interval": 45, "entities": [{"type": "host"}], "status": "ACTIVE"}
    member = command_of("p", 7, described).member
    assert member is not None
    assert (member.letter, member.code, member.period) == ("c", "m#7", 45)
    assert command_of("p", 7, {**described, "status": "INACTIVE"}).member is None
