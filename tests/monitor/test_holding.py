"""Holding news back while a silence lasts or a master is down, and telling it when that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.core.status import Judged, Observed
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.managing import channels, checks, projects, silences
from chalicelib.monitor.services import Services
from tests import specs
from tests.conftest import Clock, Queues
from tests.sent import Sent

Minute = Callable[[], None]


@pytest.fixture
def told(services: Services, keyring: projects.Keyring) -> tuple[str, ...]:
    channel = channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    return (channel.code,)


def make(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], kind: str = "probe", **values: Any
) -> Check:
    spec = replace(specs.PING, retries=0)
    check = checks.create(services, keyring.project, {"kind": kind, "channels": told, "spec": spec, **values})
    return see(services, check, ok=True)


def see(services: Services, check: Check, *, ok: bool) -> Check:
    text = "TCP connect ok" if ok else "no answer"
    return transitions.apply(services, check.project, check.code, Observed(services.clock(), ok, text, "Home"))


def judge(services: Services, check: Check, *, firing: bool) -> Check:
    return transitions.apply(services, check.project, check.code, Judged(services.clock(), firing))


def pass_minutes(minutes: int, services: Services, clock: Clock, queues: Queues) -> None:
    for _ in range(minutes):
        sweep.run(services)
        queues.until(clock.now + timedelta(minutes=1))


def test_nobody_is_told_while_a_silence_lasts(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.lay(services, check, timedelta(hours=2), "maintenance")
    clock.move(minutes=1)
    see(services, check, ok=False)
    pass_minutes(100, services, clock, queues)
    assert sent.subjects == []


def test_a_problem_that_outlives_a_silence_is_told_when_it_ends(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.lay(services, check, timedelta(minutes=30), "maintenance")
    clock.move(minutes=1)
    see(services, check, ok=False)
    pass_minutes(28, services, clock, queues)
    assert sent.subjects == []
    pass_minutes(4, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]
    see(services, check, ok=True)
    queues.work()
    assert sent.subjects == ["DOWN | Web", "UP | Web"]


def test_a_problem_that_is_over_before_its_silence_is_never_told(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.lay(services, check, timedelta(minutes=30), "maintenance")
    clock.move(minutes=1)
    see(services, check, ok=False)
    pass_minutes(5, services, clock, queues)
    see(services, check, ok=True)
    pass_minutes(60, services, clock, queues)
    assert sent.subjects == []


def test_the_end_of_a_problem_that_was_told_before_the_silence_is_told_after_it(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    clock.move(minutes=1)
    see(services, check, ok=False)
    pass_minutes(1, services, clock, queues)
    silences.lay(services, check, timedelta(minutes=30), "maintenance")
    see(services, check, ok=True)
    pass_minutes(20, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]
    pass_minutes(20, services, clock, queues)
    assert sent.subjects == ["DOWN | Web", "UP | Web"]


def test_lifting_a_silence_tells_a_problem_at_once(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    check = silences.lay(services, check, None, "maintenance")
    clock.move(minutes=1)
    check = see(services, check, ok=False)
    pass_minutes(3, services, clock, queues)
    assert sent.subjects == []
    silences.lift(services, check)
    queues.work()
    assert sent.subjects == ["DOWN | Web"]
    pass_minutes(30, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]


def test_a_silence_that_is_made_shorter_tells_a_problem_at_its_new_end(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.put(services, check, Silence("started", clock(), None, "maintenance"))
    clock.move(minutes=1)
    check = see(services, check, ok=False)
    pass_minutes(1, services, clock, queues)
    silences.put(services, check, Silence("started", clock(), clock() + timedelta(minutes=2), "maintenance"))
    pass_minutes(2, services, clock, queues)
    assert sent.subjects == []
    pass_minutes(1, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]


def test_a_silence_that_is_put_off_until_later_tells_a_problem_at_once(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.put(services, check, Silence("planned", clock(), None, "maintenance"))
    clock.move(minutes=1)
    check = see(services, check, ok=False)
    pass_minutes(1, services, clock, queues)
    silences.put(services, check, Silence("planned", clock() + timedelta(days=1), None, "maintenance"))
    pass_minutes(1, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]


def test_lifting_a_silence_tells_the_end_of_a_problem_that_was_told_before_it(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    clock.move(minutes=1)
    see(services, check, ok=False)
    pass_minutes(1, services, clock, queues)
    silences.lay(services, check, None, "maintenance")
    check = see(services, check, ok=True)
    pass_minutes(1, services, clock, queues)
    silences.lift(services, check)
    pass_minutes(1, services, clock, queues)
    assert sent.subjects == ["DOWN | Web", "UP | Web"]


def test_of_two_silences_the_longer_one_counts(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    check = make(services, keyring, told, name="Web")
    silences.lay(services, check, timedelta(minutes=5), "mute")
    check = silences.lay(services, check, timedelta(minutes=50), "maintenance")
    clock.move(minutes=1)
    check = see(services, check, ok=False)
    silences.lift(services, check, lambda silence: silence.kind == "mute")
    pass_minutes(45, services, clock, queues)
    assert sent.subjects == []
    pass_minutes(10, services, clock, queues)
    assert sent.subjects == ["DOWN | Web"]


def test_a_dependant_of_what_is_down_flips_and_is_not_told(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    router = make(services, keyring, told, name="Router")
    web = make(services, keyring, told, name="Web", master=router.code)
    clock.move(minutes=1)
    see(services, router, ok=False)
    assert see(services, web, ok=False).status == "down"
    pass_minutes(5, services, clock, queues)
    assert sent.subjects == ["DOWN | Router"]
    see(services, router, ok=True)
    see(services, web, ok=True)
    pass_minutes(5, services, clock, queues)
    assert sent.subjects == ["DOWN | Router", "UP | Router"]


def test_a_dependant_that_is_still_down_when_its_master_is_back_is_told(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    router = make(services, keyring, told, name="Router")
    web = make(services, keyring, told, name="Web", master=router.code)
    clock.move(minutes=1)
    see(services, router, ok=False)
    see(services, web, ok=False)
    pass_minutes(5, services, clock, queues)
    see(services, router, ok=True)
    pass_minutes(5, services, clock, queues)
    assert sent.subjects == ["DOWN | Router", "UP | Router", "DOWN | Web"]


def test_a_rule_that_is_told_every_hour_is_silent_for_an_hour_after_each_telling(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    rule = make(services, keyring, told, kind="rule", name="Load", remind=3600, spec=specs.above("load"))
    for firing in (True, False, True):
        clock.move(minutes=1)
        judge(services, rule, firing=firing)
        pass_minutes(1, services, clock, queues)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]
    pass_minutes(56, services, clock, queues)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]
    pass_minutes(10, services, clock, queues)
    assert sent.subjects == ["DOWN | Load", "UP | Load", "DOWN | Load"]
    pass_minutes(62, services, clock, queues)
    assert sent.subjects[3:] == ["STILL DOWN | Load"]


def test_an_end_that_comes_while_a_rule_is_silent_is_not_told(
    services: Services, keyring: projects.Keyring, told: tuple[str, ...], sent: Sent, clock: Clock, queues: Queues
) -> None:
    rule = make(services, keyring, told, kind="rule", name="Load", remind=3600, spec=specs.above("load"))
    for firing in (True, False, True, False):
        clock.move(minutes=1)
        judge(services, rule, firing=firing)
        pass_minutes(1, services, clock, queues)
    pass_minutes(120, services, clock, queues)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]
