"""Saving a dashboard is never half done: whatever fails, at whatever call, its alerts are in the end what it says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core import boards
from chalicelib.core.boards import Listed, Wanted
from chalicelib.core.errors import Busy, Missing, TocsinError
from chalicelib.core.specs import panel_of
from chalicelib.monitor.managing import boards as managing
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import panels
from chalicelib.store import checks, documents
from chalicelib.store.faults import Contended, Refused, StoreFault
from tests.boards import wanted
from tests.conftest import Story
from tests.flows.conftest import Killed, strikes, trouble, unavailable

# So many calls the longest of the three steps below makes.
CALLS = 30


def save(story: Story, one: Wanted, **more: Any) -> Listed:
    return managing.save(story.services, story.keyring.project, one, "ann", **{"overwrite": True, **more})


def said(story: Story) -> dict[str, str]:
    """The targets of the checks of all dashboards, by their codes, as the dashboards say."""
    found: dict[str, str] = {}
    for board in managing.of_project(story.project):
        targets = managing.model_of(story.project, board).data["panels"]
        found |= {code: targets[number - 1] for number, code in board.panels.items()}
    return found


def are(story: Story) -> dict[str, str]:
    return {one.code: panel_of(one).conditions[0].target for one in checks.of_project(story.project)}


def replaced(story: Story) -> None:
    """One panel goes, one comes, one is changed."""
    save(story, wanted("a", "", "c", "d"))


STEPS: list[Callable[[Story], object]] = [
    lambda story: save(story, wanted("x", "y", "z")),
    replaced,
    lambda story: managing.delete(story.services, story.project, managing.by_uid(story.project, "shop")),
]


@pytest.mark.parametrize(("call", "after"), strikes(CALLS))
def test_a_strike_while_a_dashboard_is_saved_leaves_nothing_by_halves(story: Story, call: int, after: bool) -> None:
    error = (unavailable, Killed)[call // 2 % 2]
    for step in STEPS:
        with trouble(call, error, after=after), suppress(StoreFault, ClientError, Killed, TocsinError):
            step(story)
        kept = said(story)
        story.clock.move(minutes=2)
        story.queues.work()
        assert are(story) == said(story) == kept
    left = documents.of_project(story.project, "board") + documents.of_project(story.project, "board model")
    assert bool(left) == bool(kept), "nothing is left of one that is deleted"


def test_what_fails_after_a_dashboard_was_kept_follows_at_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_order(*_: object) -> None:
        raise StoreFault("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(panels, "follow", out_of_order)
        save(story, wanted("x", "y"))
    story.queues.work()
    assert list(are(story).values()) == ["x", "y"]


def test_the_steps_are_no_longer_than_the_strikes(story: Story) -> None:
    lengths = []
    for step in STEPS:
        with trouble(0, Killed, after=False) as calls:
            step(story)
        lengths.append(len(calls))
    assert max(lengths) == CALLS, lengths


def test_two_who_save_at_once_are_told_apart_by_the_version(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    first = save(story, wanted("a"))
    original = boards.meant
    others = iter([lambda: save(story, wanted("b", version=first.version), overwrite=False)])

    def meant(*arguments: Any, **more: Any) -> Any:
        found = original(*arguments, **more)
        for other in others:
            other()
        return found

    monkeypatch.setattr(boards, "meant", meant)
    with pytest.raises(boards.Changed):
        save(story, wanted("c", version=first.version), overwrite=False)
    assert list(are(story).values()) == list(said(story).values()) == ["b"]


def test_two_new_ones_of_one_name_are_one(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    original, others = boards.meant, iter([lambda: save(story, wanted("b", uid="other"), overwrite=False)])

    def meant(*arguments: Any, **more: Any) -> Any:
        found = original(*arguments, **more)
        for other in others:
            other()
        return found

    monkeypatch.setattr(boards, "meant", meant)
    with pytest.raises(boards.NameTaken):
        save(story, wanted("a"), overwrite=False)
    assert [one.uid for one in managing.of_project(story.project)] == ["other"]


def test_a_check_is_not_made_for_a_panel_that_has_gone_meanwhile(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    original, others = checks.create_several, iter([lambda: save(story, wanted("", "b"))])
    busy = iter([Contended()])

    def create_several(*arguments: Any) -> None:
        for other in others:
            other()
        for error in busy:
            raise error
        original(*arguments)

    monkeypatch.setattr(checks, "create_several", create_several)
    save(story, wanted("a"))
    assert are(story) == said(story)
    assert list(are(story).values()) == ["b"]


def test_whoever_changes_a_check_looks_at_the_dashboard_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    save(story, wanted("a"))
    original, others = manage.change, iter([lambda: save(story, wanted("c"))])

    def change(*arguments: Any) -> Any:
        for other in others:
            other()
        return original(*arguments)

    monkeypatch.setattr(manage, "change", change)
    save(story, wanted("b"))
    assert are(story) == said(story)
    assert list(are(story).values()) == ["c"]


def test_a_dashboard_that_changes_all_the_time_is_left_to_the_chore(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = save(story, wanted("a"))
    with monkeypatch.context() as patch:

        def refused(*_: Any) -> bool:
            raise Refused

        patch.setattr(panels, "_bring_about", refused)
        with pytest.raises(Busy):
            panels.follow(story.services, story.project, board.number)
        save(story, wanted("b"))
    assert list(are(story).values()) == ["a"]
    story.clock.move(minutes=2)
    story.queues.work()
    assert are(story) == said(story)


def test_a_dashboard_is_deleted_once(story: Story) -> None:
    board = save(story, wanted("a"))
    managing.delete(story.services, story.project, board)
    with pytest.raises(Missing):
        managing.delete(story.services, story.project, board)
    panels.follow(story.services, story.project, board.number)


def test_hundreds_of_alerts_come_and_go_with_their_dashboard(story: Story) -> None:
    board = save(story, wanted(*(f"load{number}" for number in range(130))))
    assert len(are(story)) == 130
    managing.delete(story.services, story.project, board)
    assert len(are(story)) == 130, "they are more than a request has time for"
    story.queues.work()
    assert (are(story), managing.of_project(story.project)) == ({}, [])
