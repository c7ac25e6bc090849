"""Looks that meet: what one of them has decided a moment ago is not yet seen by every reader of the tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import probes
from chalicelib.store import checks
from tests import specs
from tests.conftest import Story
from tests.monitor.test_probing import BAD, GOOD, Engine


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> dict[str, Check | None]:
    """What a reader sees that does not ask for the latest: these checks, by their code; None for one that it misses."""
    seen: dict[str, Check | None] = {}
    original = checks.get_many

    def get_many(keys: list[tuple[str, str]], *, strongly: bool = True) -> list[Check]:
        found = original(keys)
        behind = [seen.get(check.code, check) for check in found]
        return found if strongly else [check for check in behind if check]

    monkeypatch.setattr(checks, "get_many", get_many)
    return seen


def test_a_retry_that_finds_all_well_ends_the_suspicion_of_a_moment_ago(
    story: Story, stale: dict[str, Check | None]
) -> None:
    story.services.engine = engine = Engine()  # type: ignore[assignment]
    spec = replace(specs.HTTP, retry_delay=0)
    check = manage.create(story.services, story.keyring.project, {"kind": "probe", "period": 60, "spec": spec})
    at = int(story.clock.now.timestamp() * 1000)
    probing.work(story.services, {"at": at, "checks": [[check.project, check.code]]})
    stale[check.code] = checks.get(check.project, check.code)

    story.clock.move(minutes=1)
    engine.outcome = BAD
    probing.work(story.services, {"at": at + 60_000, "checks": [[check.project, check.code]]})
    engine.outcome = GOOD
    story.queues.work()

    now = checks.get(check.project, check.code)
    assert (now.status, now.suspicion) == ("up", None)


@pytest.mark.parametrize("period", [60, 600])
def test_a_device_is_looked_at_once_it_is_made_although_it_is_not_seen_everywhere_yet(
    story: Story, stale: dict[str, Check | None], period: int
) -> None:
    story.services.engine = engine = Engine()  # type: ignore[assignment]
    story.tick()
    made = probes.create(story.services, story.keyring.project, {"name": "Web", "spec": specs.PING, "period": period})
    stale[made.code] = None
    story.queues.work()

    assert {task.key for task in engine.asked} == {f"0#{made.code}"}


def test_a_device_that_was_changed_is_looked_at_as_it_is_now(story: Story, stale: dict[str, Check | None]) -> None:
    story.services.engine = engine = Engine()  # type: ignore[assignment]
    made = probes.create(story.services, story.keyring.project, {"name": "Web", "spec": specs.PING})
    stale[made.code] = made
    story.queues.work()
    changed = replace(specs.PING, definition={**specs.PING.definition, "host": "new.example.org"})
    probes.change(story.services, made, {"spec": changed})
    story.queues.work()

    assert [getattr(task.definition, "host", "") for task in engine.asked] == ["example.org", "new.example.org"]
