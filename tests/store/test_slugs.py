"""A slug means the checks that have it, and goes with the last of them, in one transaction with that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.managing import checks
from chalicelib.store import directory
from tests.conftest import Story
from tests.monitor.test_projects import everything_kept


def made(story: Story, name: str) -> Check:
    return checks.create(story.services, story.keyring.project, {"name": name, "slug": "backups"})


def renamed(story: Story, check: Check) -> Check:
    return checks.change(story.services, check, {"slug": "nightly"})


def deleted(story: Story, check: Check) -> Check:
    return checks.delete(story.services, check)


LEAVE = [renamed, deleted]


@pytest.mark.parametrize("leave", LEAVE)
def test_a_slug_goes_with_its_last_check(story: Story, leave: Callable[[Story, Check], Check]) -> None:
    first, second = made(story, "First"), made(story, "Second")
    leave(story, first)
    assert directory.by_slug(story.project, "backups") == [second.code]
    leave(story, second)
    assert "#backups" not in everything_kept()


@pytest.mark.parametrize("leave", LEAVE)
def test_a_slug_that_is_left_by_both_its_checks_at_once_goes_too(
    story: Story, leave: Callable[[Story, Check], Check], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that the other has it."""
    both, by_slug, read = [made(story, "First"), made(story, "Second")], directory.by_slug, threading.Barrier(2)

    def at_once(project: str, slug: str) -> list[str]:
        found = by_slug(project, slug)
        if len(found) == 2:
            read.wait(10)
        return found

    monkeypatch.setattr(directory, "by_slug", at_once)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda check: leave(story, check), both))
    assert "#backups" not in everything_kept()


def test_a_check_that_comes_while_the_last_leaves_keeps_the_slug(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    first, by_slug, came = made(story, "First"), directory.by_slug, list[Check]()

    def then_another(project: str, slug: str) -> list[str]:
        found = by_slug(project, slug)
        if not came:
            came.append(made(story, "Second"))
        return found

    monkeypatch.setattr(directory, "by_slug", then_another)
    checks.delete(story.services, first)
    assert by_slug(story.project, "backups") == [came[0].code]
