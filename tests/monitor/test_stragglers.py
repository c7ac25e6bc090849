"""Hosts that say nothing: who hands their looks on, who waits for them, and what becomes of those that answer late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.looking import asking, probing, waiting
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.probes.base import Done, Outcome, Phases, Task
from chalicelib.probes.silence import timed_out
from chalicelib.store import checks, queues, results
from tests import specs
from tests.conftest import NOW, Story

AT = 1_795_262_400_000
Sent = list[tuple[str, int, dict[str, Any]]]


class Hosts:
    """An engine whose hosts answer after so many seconds."""

    def __init__(self, after: float) -> None:
        self.after = after

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        found = {task.key: self._outcome(task.definition.timeout) for task in tasks}
        for key, outcome in found.items():
            done(key, outcome)
        return found

    def _outcome(self, timeout: float) -> Outcome:
        if self.after > timeout:
            return Outcome(False, timed_out(timeout), Phases(ttfb=1e3 * timeout))
        return Outcome(True, "200 OK", Phases(ttfb=1e3 * self.after))


@pytest.fixture
def hosts(services: Services) -> Hosts:
    services.engine = found = Hosts(100)  # type: ignore[assignment]
    return found


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The messages that are sent: the queue, the delay, the content."""
    found: Sent = []

    def send(noun: str, some: list[dict[str, Any]], *, delay: int = 0, **_: Any) -> None:
        found.extend((noun, delay, one) for one in some)

    monkeypatch.setattr(queues, "send_all", send)
    monkeypatch.setattr(queues, "take", lambda *_, **__: ([], []))
    return found


def device(services: Services, keyring: projects.Keyring, **more: Any) -> Check:
    spec = replace(specs.HTTP, **more)
    return manage.create(services, keyring.project, {"kind": "probe", "name": "Web", "period": 60, "spec": spec})


def asks(check: Check, **more: Any) -> dict[str, Any]:
    return {"at": AT, "checks": [[check.project, check.code]], **more}


def looks(sent: Sent) -> list[tuple[str, int, int | None, bool]]:
    """Of each look that was asked for its queue, delay, number, and whether the next has been asked for."""
    return [(noun, delay, one.get("try"), one.get("followed", False)) for noun, delay, one in sent if "at" in one]


def test_a_look_at_a_silent_host_is_handed_on_with_the_one_that_confirms_it(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    check = device(services, keyring)
    assert probing.work(services, asks(check)) == 0
    assert looks(sent) == [("stragglers", 0, None, True), ("stragglers", 5, 1, False)]
    assert results.newest(check.code, 9, NOW, start=NOW.replace(year=2025), end=NOW.replace(year=2027)) == []
    assert checks.get(check.project, check.code).suspicion is None


def test_a_failure_that_nothing_confirms_is_handed_on_alone(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    probing.work(services, asks(device(services, keyring, retries=0)))
    assert looks(sent) == [("stragglers", 0, None, False)]


def test_two_looks_with_all_their_time_make_an_outage_of_silence(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    check = device(services, keyring)
    probing.work(services, asks(check))
    (_, _, first), (_, _, second) = sent
    sent.clear()
    assert [waiting.wait(services, one) for one in (first, second)] == [1, 1]
    after = checks.get(check.project, check.code)
    assert (after.status, after.last_result, looks(sent)) == ("down", "no answer within 30 s", [])


def test_what_is_down_and_silent_goes_to_the_stragglers_at_once(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    check = device(services, keyring, retries=0)
    waiting.wait(services, asks(check, here=True))
    hosts.after = 0
    sent.clear()
    assert probing.work(services, asks(check)) == 0
    assert looks(sent) == [("stragglers", 0, None, False)]


def test_a_host_that_answers_late_is_up(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    hosts.after = 12
    check = device(services, keyring)
    probing.work(services, asks(check))
    assert sum(waiting.wait(services, one) for _, _, one in list(sent)) == 2
    assert checks.get(check.project, check.code).status == "up"


def test_silence_shorter_than_a_look_may_last_is_judged_at_once(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    definition = {**specs.HTTP.definition, "timeout": 2}
    check = device(services, keyring, definition=definition, retries=0)
    assert probing.work(services, asks(check)) == 1
    assert checks.get(check.project, check.code).status == "down"


def test_a_message_of_stragglers_is_of_a_size_that_others_have_room_beside(
    services: Services, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    devices = [device(services, keyring, retries=0) for _ in range(asking.MOST + 1)]
    probing.work(services, {"at": AT, "checks": [[one.project, one.code] for one in devices]})
    assert [len(one["checks"]) for _, _, one in sent if "at" in one] == [asking.MOST, 1]


def test_looks_at_a_silent_host_count_in_whatever_order_they_end(
    story: Story, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    check = device(story.services, keyring)
    story.clock.move(seconds=5)
    waiting.wait(story.services, asks(check, here=True, **{"try": 1}))
    story.clock.move(seconds=-5)
    waiting.wait(story.services, asks(check, here=True, followed=True))
    assert checks.get(check.project, check.code).status == "down"


def test_a_failure_that_ends_after_a_later_look_found_all_well_says_nothing(
    story: Story, keyring: projects.Keyring, hosts: Hosts, sent: Sent
) -> None:
    check = device(story.services, keyring, retries=0)
    hosts.after = 0
    story.clock.move(seconds=5)
    waiting.wait(story.services, asks(check, here=True, **{"try": 1}))
    hosts.after = 100
    story.clock.move(seconds=-5)
    waiting.wait(story.services, asks(check, here=True))
    assert checks.get(check.project, check.code).status == "up"
