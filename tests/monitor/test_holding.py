"""Holding news back while a silence lasts or a master is down, and telling it when that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.monitor.managing import channels, checks, silences
from chalicelib.store import outbox
from tests import specs
from tests.conftest import Story

Make = Callable[..., Check]


@pytest.fixture
def make(story: Story) -> Make:
    """Makes checks that are up and tell by e-mail: probes unless told otherwise."""
    channel = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)

    def made(kind: str = "probe", **values: Any) -> Check:
        given = {"kind": kind, "channels": (channel.code,), "spec": replace(specs.PING, retries=0), **values}
        return story.see(checks.create(story.services, story.keyring.project, given), ok=True)

    return made


def fails(story: Story, check: Check) -> Check:
    """A minute later the check is seen down."""
    story.clock.move(minutes=1)
    return story.see(check, ok=False)


def test_nobody_is_told_while_a_silence_lasts(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.lay(story.services, check, timedelta(hours=2), "maintenance")
    fails(story, check)
    story.sweep_for(100)
    assert story.sent.subjects == []


def test_a_problem_that_outlives_a_silence_is_told_when_it_ends(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.lay(story.services, check, timedelta(minutes=30), "maintenance")
    fails(story, check)
    story.sweep_for(28)
    assert story.sent.subjects == []
    story.sweep_for(4)
    assert story.sent.subjects == ["DOWN | Web"]
    story.see(check, ok=True)
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Web", "UP | Web"]


def test_a_problem_that_is_over_before_its_silence_is_never_told(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.lay(story.services, check, timedelta(minutes=30), "maintenance")
    fails(story, check)
    story.sweep_for(5)
    story.see(check, ok=True)
    story.sweep_for(60)
    assert story.sent.subjects == []


def test_the_end_of_a_problem_that_was_told_before_the_silence_is_told_after_it(story: Story, make: Make) -> None:
    check = make(name="Web")
    fails(story, check)
    story.sweep_for(1)
    silences.lay(story.services, check, timedelta(minutes=30), "maintenance")
    story.see(check, ok=True)
    story.sweep_for(20)
    assert story.sent.subjects == ["DOWN | Web"]
    story.sweep_for(20)
    assert story.sent.subjects == ["DOWN | Web", "UP | Web"]


def test_lifting_a_silence_tells_a_problem_at_once(story: Story, make: Make) -> None:
    check = make(name="Web")
    check = silences.lay(story.services, check, None, "maintenance")
    check = fails(story, check)
    story.sweep_for(3)
    assert story.sent.subjects == []
    silences.lift(story.services, check)
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Web"]
    story.sweep_for(30)
    assert story.sent.subjects == ["DOWN | Web"]


def test_a_silence_that_is_made_shorter_tells_a_problem_at_its_new_end(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.put(story.services, check, Silence("started", story.clock.now, None, "maintenance"))
    check = fails(story, check)
    story.sweep_for(1)
    silences.put(
        story.services,
        check,
        Silence("started", story.clock.now, story.clock.now + timedelta(minutes=2), "maintenance"),
    )
    story.sweep_for(2)
    assert story.sent.subjects == []
    story.sweep_for(1)
    assert story.sent.subjects == ["DOWN | Web"]


def test_a_silence_that_is_put_off_until_later_tells_a_problem_at_once(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.put(story.services, check, Silence("planned", story.clock.now, None, "maintenance"))
    check = fails(story, check)
    story.sweep_for(1)
    silences.put(story.services, check, Silence("planned", story.clock.now + timedelta(days=1), None, "maintenance"))
    story.sweep_for(1)
    assert story.sent.subjects == ["DOWN | Web"]


def test_lifting_a_silence_tells_the_end_of_a_problem_that_was_told_before_it(story: Story, make: Make) -> None:
    check = make(name="Web")
    fails(story, check)
    story.sweep_for(1)
    silences.lay(story.services, check, None, "maintenance")
    check = story.see(check, ok=True)
    story.sweep_for(1)
    silences.lift(story.services, check)
    story.sweep_for(1)
    assert story.sent.subjects == ["DOWN | Web", "UP | Web"]


def test_of_two_silences_the_longer_one_counts(story: Story, make: Make) -> None:
    check = make(name="Web")
    silences.lay(story.services, check, timedelta(minutes=5), "mute")
    check = silences.lay(story.services, check, timedelta(minutes=50), "maintenance")
    check = fails(story, check)
    silences.lift(story.services, check, lambda silence: silence.kind == "mute")
    story.sweep_for(45)
    assert story.sent.subjects == []
    story.sweep_for(10)
    assert story.sent.subjects == ["DOWN | Web"]


def test_a_dependant_of_what_is_down_flips_and_is_not_told(story: Story, make: Make) -> None:
    router = make(name="Router")
    web = make(name="Web", master=router.code)
    story.clock.move(minutes=1)
    story.see(router, ok=False)
    assert story.see(web, ok=False).status == "down"
    story.sweep_for(5)
    assert story.sent.subjects == ["DOWN | Router"]
    story.see(router, ok=True)
    story.see(web, ok=True)
    story.sweep_for(5)
    assert story.sent.subjects == ["DOWN | Router", "UP | Router"]


def test_a_dependant_that_is_still_down_when_its_master_is_back_is_told(story: Story, make: Make) -> None:
    router = make(name="Router")
    web = make(name="Web", master=router.code)
    story.clock.move(minutes=1)
    story.see(router, ok=False)
    story.see(web, ok=False)
    story.sweep_for(5)
    story.see(router, ok=True)
    story.sweep_for(5)
    assert story.sent.subjects == ["DOWN | Router", "UP | Router", "DOWN | Web"]


def test_an_outage_that_was_over_before_anybody_looked_does_not_wait_for_a_master(story: Story, make: Make) -> None:
    router = make(name="Router")
    web = make(name="Web", master=router.code)
    story.clock.move(minutes=1)
    story.see(web, ok=False)
    story.see(router, ok=False)
    story.clock.move(minutes=1)
    story.see(web, ok=True)
    story.queues.work()
    story.sweep_for(5)
    assert story.sent.subjects == ["DOWN | Router"]
    assert list(outbox.all_waiting()) == []
    story.see(router, ok=True)
    story.sweep_for(5)
    assert story.sent.subjects == ["DOWN | Router", "UP | Router"]


def test_a_rule_that_is_told_every_hour_is_silent_for_an_hour_after_each_telling(story: Story, make: Make) -> None:
    rule = make(kind="rule", name="Load", remind=3600, spec=specs.above("load"))
    for firing in (True, False, True):
        story.clock.move(minutes=1)
        story.judge(rule, firing=firing)
        story.sweep_for(1)
    assert story.sent.subjects == ["DOWN | Load", "UP | Load"]
    story.sweep_for(56)
    assert story.sent.subjects == ["DOWN | Load", "UP | Load"]
    story.sweep_for(10)
    assert story.sent.subjects == ["DOWN | Load", "UP | Load", "DOWN | Load"]
    story.sweep_for(62)
    assert story.sent.subjects[3:] == ["STILL DOWN | Load"]


def test_an_end_that_comes_while_a_rule_is_silent_is_not_told(story: Story, make: Make) -> None:
    rule = make(kind="rule", name="Load", remind=3600, spec=specs.above("load"))
    for firing in (True, False, True, False):
        story.clock.move(minutes=1)
        story.judge(rule, firing=firing)
        story.sweep_for(1)
    story.sweep_for(120)
    assert story.sent.subjects == ["DOWN | Load", "UP | Load"]
