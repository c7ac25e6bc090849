"""What a look says is weighed against what was seen since it began: the newest look wins, of what is looked at now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import probes
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Done, Outcome, Phases, Task
from chalicelib.store import checks, results
from tests import specs
from tests.conftest import Story

GOOD, BAD = Outcome(True, "200 OK", Phases()), Outcome(False, "connection refused", Phases())
MINUTE = timedelta(minutes=1)
OLD, NEW = "https://old.example.org/", "https://new.example.org/"


class Engine:
    """An engine whose looks find what `outcomes` say, in turn; `meanwhile` happens during the first of them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.outcomes: list[Outcome] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        outcome = self.outcomes.pop(0)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        # Looks meanwhile are this engine's too, which is at work.
        self.services.engine = self  # type: ignore[assignment]
        meanwhile()
        for task in tasks:
            done(task.key, outcome)
        return {task.key: outcome for task in tasks}


@pytest.fixture
def engine(story: Story) -> Engine:
    story.services.engine = engine = Engine(story.services)  # type: ignore[assignment]
    return engine


def device(story: Story, retries: int = 0, **values: Any) -> Check:
    spec = replace(specs.HTTP, definition={"type": "http", "url": OLD}, retries=retries, retry_delay=0)
    made = probes.create(story.services, story.keyring.project, {"name": "Web", "period": 3_600, "spec": spec})
    story.queues.take("probes")
    return made


def look(story: Story, check: Check, seconds: int = 0) -> None:
    """One look by the clock, after so many seconds."""
    story.clock.move(seconds=seconds)
    at = int(story.clock.now.timestamp() * 1000)
    probing.work(story.services, {"at": at, "checks": [[check.project, check.code]]})


def status(check: Check) -> str:
    return checks.get(check.project, check.code).status


def moved(story: Story, check: Check) -> Check:
    """The device with another address."""
    present = checks.get(check.project, check.code)
    spec = replace(present.spec, definition={"type": "http", "url": NEW})  # type: ignore[type-var]
    return probes.change(story.services, present, {"spec": spec})


def test_a_failed_look_that_began_before_a_newer_good_one_takes_nothing_down(story: Story, engine: Engine) -> None:
    check = device(story)
    engine.outcomes = [GOOD, BAD, GOOD]
    look(story, check)
    engine.meanwhile = lambda: look(story, check, 20)
    look(story, check, 60)
    assert status(check) == "up"


def test_a_good_look_that_began_before_a_newer_failed_one_brings_nothing_up(story: Story, engine: Engine) -> None:
    check = device(story)
    engine.outcomes = [BAD, GOOD, BAD]
    look(story, check)
    engine.meanwhile = lambda: look(story, check, 20)
    look(story, check, 60)
    assert status(check) == "down"


def test_a_good_look_that_saw_no_suspicion_yet_ends_it_all_the_same(
    story: Story, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changed nothing on the copy that it was decided on, and is not confirmed by the failure that follows it."""
    check = device(story, retries=1)
    engine.outcomes = [GOOD, BAD, GOOD, BAD]
    look(story, check)
    seen = checks.get(check.project, check.code)
    look(story, check, 60)
    with monkeypatch.context() as stale:
        stale.setattr(checks, "get_many", lambda *_, **__: [seen])
        look(story, check, 60)
    look(story, check, 60)
    assert status(check) == "up"


def test_a_look_at_an_address_that_is_none_any_more_is_kept_and_decides_nothing(story: Story, engine: Engine) -> None:
    check = device(story)
    engine.outcomes = [GOOD, BAD]
    look(story, check)
    engine.meanwhile = lambda: moved(story, check)
    look(story, check, 60)
    assert status(check) == "up"
    now = story.clock.now
    assert [one.code for one in results.newest(check.code, 9, now, start=check.created, end=now + MINUTE)] == [0, 1]


def test_failures_of_an_old_address_confirm_none_of_a_new_one(story: Story, engine: Engine) -> None:
    check = device(story, retries=2)
    engine.outcomes = [GOOD, BAD, BAD, BAD]
    for _ in range(3):
        look(story, check, 60)
    moved(story, check)
    look(story, check, 60)
    present = checks.get(check.project, check.code)
    assert (present.status, present.suspicion and present.suspicion.failures) == ("up", 1)


@pytest.mark.parametrize("what", ["address", "resumed", "name"])
def test_what_is_looked_at_from_now_on_is_looked_at_at_once(story: Story, engine: Engine, what: str) -> None:
    check = device(story)
    engine.outcomes = [GOOD]
    look(story, check)
    if what == "address":
        moved(story, check)
    elif what == "resumed":
        probes.resume(story.services, manage.pause(story.services, check))
    else:
        probes.change(story.services, check, {"name": "Shop"})
    assert len(story.queues.take("probes")) == (what != "name")
