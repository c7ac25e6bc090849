"""Other numbers of partitions, from one deployment to the next: nobody is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import store
from chalicelib.core.check import PingKind, Signal
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import sweep, tick
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.memory import Memory
from chalicelib.store import check_items, checks, limits, outbox, wheel
from chalicelib.store.faults import StoreFault
from chalicelib.store.models import DirectoryItem, OutboxItem
from tests import specs
from tests.conftest import Story
from tests.monitor.flaky import GONE, Flaky, Scene

CHANGES = pytest.mark.parametrize(("before", "after"), [(8, 1), (1, 8), (6, 4)])


def deploy(story: Story | Scene, number: int) -> None:
    """The functions are replaced by others that are told another number of partitions."""
    settings = story.services.settings
    store.connect(replace(settings, due_shards=number, outbox_shards=number, wheel_shards=number))
    story.services.memory = Memory()


def heartbeats(story: Story, number: int) -> list[str]:
    """So many checks with a period and a grace of a minute, which have been pinged."""
    values = {"timeout": 60, "grace": 60}
    made = [manage.create(story.services, story.keyring.project, values).code for _ in range(number)]
    for code in made:
        ping(story, code)
    return made


def ping(story: Story, code: str, kind: PingKind = "success") -> None:
    pings.receive(story.services, pings.Address(code=code), Signal(kind, story.clock.now))


def down(story: Story, codes: list[str]) -> int:
    return sum(checks.get(story.project, code).status == "down" for code in codes)


@CHANGES
def test_whoever_falls_silent_is_noticed_whatever_the_number_was(story: Story, before: int, after: int) -> None:
    deploy(story, before)
    codes = heartbeats(story, 12)
    deploy(story, after)
    story.sweep_for(4)

    assert down(story, codes) == len(codes)


def test_where_too_many_stand_to_be_looked_at_every_partition_is_asked(
    scene: Scene, flaky: Flaky, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOOKED_AT", 2)
    deploy(story, 8)
    scene.channel("a")
    made = [scene.check("a", timeout=60, grace=60).code for _ in range(8)]
    for code in made:
        scene.ping("success", code)
    deploy(story, 1)
    story.sweep_for(4)

    assert down(story, made) == len(flaky.told) == len(made)


def test_what_functions_write_that_are_not_replaced_yet_is_noticed_too(story: Story) -> None:
    deploy(story, 8)
    deploy(story, 1)
    story.sweep_for(1)
    limits.shards.due = 8
    codes = heartbeats(story, 12)
    limits.shards.due = 1
    story.sweep_for(4)

    assert down(story, codes) == len(codes)


def test_partitions_that_cannot_be_looked_for_keep_nobody_else_waiting(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing() -> set[str]:
        raise StoreFault("throttled")

    codes = heartbeats(story, 4)
    with monkeypatch.context() as patch:
        patch.setattr(checks, "due_shards", nothing)
        story.sweep_for(4)
    assert down(story, codes) == 4
    deploy(story, 1)
    late = heartbeats(story, 4)
    deploy(story, 8)
    with monkeypatch.context() as patch:
        patch.setattr(checks, "due_shards", nothing)
        sweep.run(story.services)
    story.sweep_for(4)
    assert down(story, late) == 4


@CHANGES
def test_what_stands_on_the_wheel_is_looked_at_whatever_the_number_was(story: Story, before: int, after: int) -> None:
    deploy(story, before)
    made = [manage.create(story.services, story.keyring.project, probe(number)).code for number in range(8)]
    deploy(story, after)

    assert asked(story) == sorted(made)


def test_a_wheel_of_an_older_version_is_measured_once(story: Story) -> None:
    deploy(story, 6)
    made = [manage.create(story.services, story.keyring.project, probe(number)).code for number in range(8)]
    DirectoryItem("wheel").update([DirectoryItem.shards.remove()])
    deploy(story, 2)
    wheel.register(check_items.member_of(checks.get(story.project, made[0])))

    assert asked(story) == sorted(made)
    assert asked(story) == sorted(made)


def probe(number: int) -> dict[str, object]:
    return {"kind": "probe", "name": f"web-{number}", "spec": specs.PING, "period": 60}


def asked(story: Story) -> list[str]:
    """What one minute's tick asks for."""
    story.queues.take("probes")
    tick.run(story.services)
    story.clock.move(minutes=1)
    return sorted({code for message in story.queues.take("probes") for _, code in message["checks"]})


@CHANGES
def test_news_that_waits_is_told_whatever_the_number_was(
    scene: Scene, flaky: Flaky, story: Story, before: int, after: int
) -> None:
    deploy(scene, before)
    scene.channel("a")
    codes = []
    for _ in range(8):
        codes.append(scene.check("a").code)
        scene.ping("fail")
    story.queues.take("news")  # the nudges are lost
    deploy(scene, after)
    story.sweep_for(2)

    assert len(flaky.told) == len(codes)
    assert scene.waiting == []


def test_a_last_word_that_rests_is_told_when_its_channel_works_again(scene: Scene, flaky: Flaky, story: Story) -> None:
    deploy(scene, 8)
    scene.channel("a")
    made = [scene.check("a") for _ in range(6)]
    for check in made:
        scene.ping("fail", check.code)
    scene.deliver()
    flaky.errors["a"] = GONE
    for check in made:
        manage.delete(scene.services, checks.get(check.project, check.code))
    scene.deliver()
    flaky.errors.clear()
    flaky.told.clear()
    deploy(scene, 3)
    story.sweep_for(1)
    channels.change(scene.services, scene.named("a"), {"name": "mended"})
    story.sweep_for(2)

    assert flaky.words == ["up"] * 6
    assert scene.waiting == []


def test_an_item_that_has_one_at_its_new_place_joins_it(scene: Scene, flaky: Flaky, story: Story) -> None:
    deploy(scene, 64)
    scene.channel("a")
    scene.check("a")
    scene.ping("fail")
    (old,) = [entry.nudge for entry in scene.waiting]
    OutboxItem(old.shard, old.subject).update([OutboxItem.held.set(scene.clock.now), OutboxItem.due.remove()])
    deploy(scene, 1)
    scene.clock.move(seconds=1)
    outbox.put(outbox.of(old.project, old.subject), "newer", scene.clock.now)
    assert old.shard != outbox.of(old.project, old.subject).shard
    strays = outbox.look_for_strays(scene.clock.now)

    (entry,) = scene.waiting
    assert entry.held == scene.clock.now - timedelta(seconds=1)
    assert entry.due == scene.clock.now + outbox.HEAD_START
    assert entry.shard in strays
    transitions.nudge([entry.nudge])
    story.queues.work()
    assert flaky.words == ["down"]
