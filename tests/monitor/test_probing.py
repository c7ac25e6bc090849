"""What a worker does with a batch: looking, keeping results once, deciding, confirming from another place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check, Result
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.probes import http
from chalicelib.probes.base import Done, Outcome, Phases, Task
from chalicelib.store import check_items, checks, history, queues, results
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.conftest import NOW, Queues, Story

STOCKHOLM, DUBLIN, OREGON = "Stockholm SWE", "Dublin IRL", "Oregon USA"
PLACES = ((STOCKHOLM, "eu-north-1"), (DUBLIN, "eu-north-1"), (OREGON, "eu-north-1"))

GOOD = Outcome(True, "200 OK", Phases(1, 2, 3, 4, 5, 6), 512)
BAD = Outcome(False, "500 Internal Server Error", Phases(ttlb=20))


class Engine:
    """An engine that answers what it is told, and remembers what it was asked."""

    def __init__(self, outcome: Outcome = GOOD) -> None:
        self.outcome = outcome
        self.asked: list[Task] = []

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        self.asked += tasks
        for task in tasks:
            done(task.key, self.outcome)
        return {task.key: self.outcome for task in tasks}


@pytest.fixture
def engine(services: Services) -> Engine:
    services.engine = engine = Engine()  # type: ignore[assignment]
    return engine


def device(services: Services, keyring: projects.Keyring, period: int = 60, **more: Any) -> Check:
    spec = replace(specs.HTTP, **{"retry_delay": 0, **more})
    return manage.create(services, keyring.project, {"kind": "probe", "name": "Web", "period": period, "spec": spec})


def message(check: Check, at: int = 1_795_262_400_000, **more: Any) -> dict[str, Any]:
    return {"at": at, "checks": [[check.project, check.code]], **more}


def found(services: Services, check: Check) -> list[Any]:
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=1)
    return results.newest(check.code, 100, services.clock(), start=start, end=end)


def test_a_look_leaves_a_result_with_every_phase(services: Services, keyring: projects.Keyring, engine: Engine) -> None:
    check = device(services, keyring)
    assert probing.work(services, message(check)) == 1
    (result,) = found(services, check)
    assert (result.code, result.text, result.location, result.performance) == (1, "200 OK", "Home", "Ok")
    assert (result.block, result.dns, result.connect, result.ssl, result.ttfb, result.ttlb) == (1, 2, 3, 4, 5, 6)
    assert (result.total, result.size) == (20, 512)
    assert result.at == NOW + timedelta(milliseconds=1)
    assert len(result.id) == 48
    assert engine.asked[0].definition == http.Definition(url="https://example.org/", timeout=probing.SHORT)


def test_a_message_that_comes_twice_leaves_one_result_and_counts_once(
    services: Services, keyring: projects.Keyring, engine: Engine
) -> None:
    check = device(services, keyring)
    engine.outcome = BAD
    assert [probing.work(services, message(check)) for _ in range(2)] == [1, 0]
    assert len(found(services, check)) == 1
    suspicion = checks.get(check.project, check.code).suspicion
    assert suspicion is not None
    assert suspicion.failures == 1


def test_a_steady_check_is_not_written(services: Services, keyring: projects.Keyring, engine: Engine) -> None:
    check = device(services, keyring)
    probing.work(services, message(check))
    version = checks.get(check.project, check.code).version
    probing.work(services, message(check, at=1_795_262_460_000))
    assert checks.get(check.project, check.code).version == version


@pytest.mark.parametrize("gone", ["paused", "deleted"])
def test_what_is_paused_or_gone_is_not_looked_at(
    services: Services, keyring: projects.Keyring, engine: Engine, gone: str
) -> None:
    check = device(services, keyring)
    (manage.pause if gone == "paused" else manage.delete)(services, check)
    assert probing.work(services, message(check)) == 0
    assert engine.asked == []


def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The messages for workers from now on."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(queues, "send_all", lambda _noun, some, **_: messages.extend(some))
    return messages


def test_devices_that_fail_together_are_looked_at_again_together(
    services: Services, keyring: projects.Keyring, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message for each would keep every worker busy while their hosts are silent."""
    soon = [device(services, keyring, retry_delay=5) for _ in range(20)]
    later = device(services, keyring, retry_delay=30)
    engine.outcome, messages = BAD, sent(monkeypatch)
    keys = [[one.project, one.code] for one in (*soon, later)]
    probing.work(services, {"at": 1_795_262_400_000, "checks": keys})
    again = sorted(([code for _, code in one["checks"]] for one in messages if "try" in one), key=len)
    assert [len(one) for one in again] == [1, 20]
    assert again[0] == [later.code]
    assert set(again[1]) == {one.code for one in soon}


def test_messages_are_worked_on_together(
    services: Services, keyring: projects.Keyring, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = [device(services, keyring) for _ in range(3)]
    assert probing.work(services, *(message(one) for one in devices)) == 3
    assert {task.key.partition("#")[2] for task in engine.asked} == {one.code for one in devices}


def test_a_message_that_cannot_be_read_keeps_no_other_from_being_done(
    services: Services, keyring: projects.Keyring, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = device(services, keyring), device(services, keyring)
    read = checks.get_many

    def failing(keys: list[tuple[str, str]], **how: Any) -> list[Check]:
        if (bad.project, bad.code) in keys:
            raise StoreFault("out of order")
        return read(keys, **how)

    monkeypatch.setattr(checks, "get_many", failing)
    with pytest.raises(StoreFault):
        probing.work(services, message(bad), message(good))
    assert len(found(services, good)) == 1


def test_a_failure_is_looked_at_again_and_confirmed(story: Story, engine: Engine) -> None:
    check = device(story.services, story.keyring)
    probing.work(story.services, message(check))
    story.clock.move(minutes=1)
    engine.outcome = BAD
    probing.work(story.services, message(check, at=1_795_262_460_000))
    story.queues.work()
    now = checks.get(check.project, check.code)
    assert (now.status, now.since) == ("down", NOW + timedelta(minutes=1))
    assert len(found(story.services, check)) == 3


def test_a_failure_that_does_not_repeat_is_no_outage(story: Story, engine: Engine) -> None:
    check = device(story.services, story.keyring)
    probing.work(story.services, message(check))
    story.clock.move(minutes=1)
    engine.outcome = BAD
    probing.work(story.services, message(check, at=1_795_262_460_000))
    engine.outcome = GOOD
    story.queues.work()
    now = checks.get(check.project, check.code)
    assert (now.status, now.suspicion) == ("up", None)


def test_three_places_look_and_each_keeps_its_own_result(
    services: Services, keyring: projects.Keyring, engine: Engine, queues: Queues
) -> None:
    workers = at_places(services)
    check = device(services, keyring, locations=(STOCKHOLM, DUBLIN, OREGON))
    probing.work(workers[STOCKHOLM], message(check))
    asked = queues.take("probes")
    assert len(asked) == 2
    for place, asked_of in zip((DUBLIN, OREGON), asked, strict=True):
        probing.work(workers[place], asked_of)
    assert {result.location for result in found(services, check)} == {STOCKHOLM, DUBLIN, OREGON}


def test_a_failure_is_confirmed_by_the_next_place(
    services: Services, keyring: projects.Keyring, engine: Engine, queues: Queues
) -> None:
    workers = at_places(services)
    check = device(services, keyring, locations=(STOCKHOLM, DUBLIN, OREGON))
    engine.outcome = BAD
    probing.work(workers[DUBLIN], message(check, here=True))
    (retry,) = queues.take("probes")
    probing.work(workers[STOCKHOLM], retry)
    now = checks.get(check.project, check.code)
    assert now.status == "down"
    (flip,) = history.flips(now.project, now.code, NOW, NOW + timedelta(minutes=1), NOW)
    assert flip.details == {"locations": [DUBLIN, STOCKHOLM], "failures": 2}


def test_a_place_that_alone_sees_a_failure_does_not_take_a_check_down(story: Story, engine: Engine) -> None:
    workers = at_places(story.services)
    check = device(story.services, story.keyring, locations=(STOCKHOLM, DUBLIN, OREGON))
    for at in (1_795_262_400_000, 1_795_262_460_000, 1_795_262_520_000):
        engine.outcome = BAD
        probing.work(workers[DUBLIN], message(check, at=at, here=True))
        story.clock.move(seconds=1)
        engine.outcome = GOOD
        for retry in story.queues.take("probes"):
            probing.work(workers[STOCKHOLM], retry)
        story.clock.move(seconds=59)
    assert checks.get(check.project, check.code).status == "up"


def test_what_is_critical_is_told_with_its_limit(services: Services, keyring: projects.Keyring, engine: Engine) -> None:
    check = device(services, keyring, perf_warn=10, perf_crit=15, perf_down="Slow")
    probing.work(services, message(check))
    assert found(services, check)[0].text == "took 15 ms or more: 200 OK"


def test_slow_is_said_and_is_no_failure_unless_asked(
    services: Services, keyring: projects.Keyring, engine: Engine
) -> None:
    slow = device(services, keyring, perf_warn=10, perf_crit=100)
    strict = device(services, keyring, perf_warn=10, perf_down="Slow", retries=0)
    for check in (slow, strict):
        probing.work(services, message(check))
    (result,), (failed,) = found(services, slow), found(services, strict)
    assert (result.performance, result.code, checks.get(slow.project, slow.code).status) == ("Slow", 2, "up")
    assert (failed.performance, failed.code, failed.text) == ("Slow", 0, "took 10 ms or more: 200 OK")
    assert checks.get(strict.project, strict.code).status == "down"


def test_the_tick_asks_for_every_check_once_a_period_and_writes_nothing(story: Story, engine: Engine) -> None:
    every_minute, seldom = device(story.services, story.keyring), device(story.services, story.keyring, period=300)
    before = [checks.get(check.project, check.code) for check in (every_minute, seldom)]
    asked: set[tuple[int, str]] = set()
    for _ in range(10):
        tick.run(story.services)
        asked |= {(batch["at"], code) for batch in story.queues.take("probes") for _, code in batch["checks"]}
        story.clock.move(minutes=1)
    assert [code for _, code in asked].count(every_minute.code) == 10
    assert [code for _, code in asked].count(seldom.code) == 2
    assert [checks.get(check.project, check.code) for check in (every_minute, seldom)] == before


def test_a_paused_check_stands_in_no_slot(services: Services, keyring: projects.Keyring, engine: Engine) -> None:
    check = manage.pause(services, device(services, keyring))
    assert check_items.member_of(check) is None
    assert tick.run(services) == 0
    resumed = manage.resume(services, check)
    assert check_items.member_of(resumed) is not None


def test_a_period_that_is_new_when_a_check_is_resumed_is_served(
    services: Services, keyring: projects.Keyring, engine: Engine
) -> None:
    check = manage.pause(services, device(services, keyring))
    manage.resume(services, manage.change(services, check, {"period": 45}))
    assert tick.run(services) > 0


def test_without_anything_to_look_at_the_tick_asks_for_nothing(services: Services, keyring: projects.Keyring) -> None:
    assert tick.run(services) == 0


def at_places(services: Services) -> dict[str, Services]:
    """The same house as the workers of three places see it."""
    settings = replace(services.settings, locations=PLACES)
    services.settings = replace(settings, location=STOCKHOLM)
    workers = {}
    for place, _region in PLACES:
        workers[place] = Services(replace(settings, location=place), clock=services.clock, engine=services.engine)
    return workers


class Hanging(Engine):
    """An engine whose last probe ends when something has happened to what the others found."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def run(self, tasks: list[Task], done: Done) -> dict[str, Outcome]:
        super().run(tasks[:-1], done)
        self.meanwhile()
        return {**super().run(tasks[-1:], done), **dict.fromkeys((task.key for task in tasks[:-1]), self.outcome)}


def both(quick: Check, slow: Check) -> dict[str, Any]:
    return {**message(quick), "checks": [[quick.project, quick.code], [slow.project, slow.code]]}


def test_a_host_that_hangs_does_not_keep_back_what_others_found(
    services: Services, keyring: projects.Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = device(services, keyring), device(services, keyring)
    kept, add = threading.Event(), results.add

    def add_and_tell(code: str, result: Result) -> bool:
        try:
            return add(code, result)
        finally:
            kept.set()

    monkeypatch.setattr(results, "add", add_and_tell)
    monkeypatch.setattr(probing, "PATIENCE", 0.0)
    services.engine = engine = Hanging(lambda: None)  # type: ignore[assignment]
    engine.meanwhile = lambda: None if kept.wait(10) else pytest.fail("nothing was kept while one probe hung")

    assert probing.work(services, both(quick, slow)) == 2
    assert [len(found(services, check)) for check in (quick, slow)] == [1, 1]


def test_nothing_is_kept_while_times_are_measured(services: Services, keyring: projects.Keyring) -> None:
    quick, slow = device(services, keyring), device(services, keyring)
    seen: list[int] = []
    services.engine = Hanging(lambda: seen.append(len(found(services, quick))))  # type: ignore[assignment]

    assert probing.work(services, both(quick, slow)) == 2
    assert (seen, len(found(services, quick))) == ([0], 1)


def test_a_batch_is_probed_while_another_hangs(services: Services, keyring: projects.Keyring) -> None:
    other, slow = device(services, keyring), device(services, keyring)

    def work_on_another() -> None:
        services.engine = Engine()  # type: ignore[assignment]
        assert probing.work(services, message(other)) == 1

    services.engine = hanging = Hanging(work_on_another)  # type: ignore[assignment]
    assert probing.work(services, message(slow)) == 1
    assert services.engine is hanging


def test_a_good_look_within_the_second_of_the_first_failure_elsewhere_keeps_nobody_from_confirming_that(
    story: Story, engine: Engine
) -> None:
    workers = at_places(story.services)
    spec = replace(specs.HTTP, retries=1, locations=tuple(place for place, _ in PLACES))
    check = manage.create(story.services, story.keyring.project, {"kind": "probe", "period": 60, "spec": spec})
    begin = story.clock.now
    for (place, _), after, outcome in zip(PLACES, (0.5, 0.0, 0.2), (GOOD, BAD, BAD), strict=True):
        story.clock.now = begin + timedelta(seconds=after)
        workers[place].engine = Engine(outcome)  # type: ignore[assignment]
        probing.work(workers[place], message(check, here=True))

    assert checks.get(check.project, check.code).status == "down"
