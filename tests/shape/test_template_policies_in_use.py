"""Every function is led down all its ways, and what it calls in AWS is exactly what its policy allows."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import app
from chalicelib.channels import mail
from chalicelib.core.check import Channel, Check, Signal
from chalicelib.core.commands import member_code
from chalicelib.core.deadlines import Batch
from chalicelib.core.errors import Undelivered
from chalicelib.core.specs import ProbeSpec, probe_of
from chalicelib.core.status import Judged, Observed
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import deadlines
from chalicelib.monitor.intake import pings, points
from chalicelib.monitor.looking import commands as running_commands
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import channels, commands, projects
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import RunCommands
from chalicelib.monitor.services import Services
from chalicelib.store import checks, definitions, directory, outbox, queues, series
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.api.client import Api, Entrance
from tests.conftest import Clock, Story
from tests.definitions import command
from tests.park import COMMAND, Park
from tests.shape.calls import Calls
from tests.shape.requests import (
    Invoke,
    fresh,
    manage_channels,
    manage_checks,
    ping,
    read_all,
    send_pings,
    speak_of_alerts,
    speak_of_devices,
    speak_of_entities,
    speak_of_metrics,
)
from tests.shape.scenes import nowhere, watch_a_park
from tests.shape.test_template_policies import POLICIES, allowed


def test_the_sweep(story: Story, check: Check, invoke: Invoke, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    story.clock.move(minutes=1)
    invoke("sweep_due")
    story.clock.move(minutes=1)
    deadlines.expire(story.services, check.project, check.code)
    story.clock.move(seconds=40)
    invoke("sweep_due")
    ping(story.services, check, b"back")
    story.clock.move(minutes=2)
    # Without its queues the sweep decides and delivers by itself: in order, with the retries and the reminders.
    monkeypatch.setattr(queues, "send_delayed", nowhere)
    invoke("sweep_due")
    story.clock.move(seconds=40)
    invoke("sweep_due")

    def deliver() -> None:
        story.clock.move(seconds=40)
        invoke("sweep_due")

    tell_in_every_way(story.services, check, story.clock, deliver)
    assert calls.needed == allowed("sweep_due")


def tell_in_every_way(services: Services, check: Check, clock: Clock, deliver: Callable[[], None]) -> None:
    """A check is down and up, with a channel that fails, one that has enough, and one that is mended; another waits for
    it to come back; a third loses a channel and is deleted while it is down."""
    needy = {"kind": "probe", "master": check.code, "channels": check.channels, "spec": specs.PING}
    needs = manage.create(services, directory.project(check.project), needy)
    needs = transitions.apply(services, check.project, needs.code, Observed(services.clock(), True, "ok", "Home"))
    deliver()
    clock.move(seconds=1)
    for _ in range(2):
        transitions.apply(services, check.project, needs.code, Observed(services.clock(), False, "no", "Home"))
    deliver()
    known = {channel.kind: channel for channel in definitions.channels(check.project)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "send", enough)
        for _ in range(2):
            clock.move(minutes=5)
            deliver()
    ping(services, check, b"back")
    deliver()
    channels.change(services, known["email"], {"remind": 300})
    channels.change(services, known["webhook"], {"resolves": True})
    clock.move(minutes=2)
    deliver()
    rest = tuple(code for code in check.channels if code != known["email"].code)
    manage.change(services, needs, {"channels": rest})
    deliver()
    definitions.save_channel(replace(known["sms"], code="default", default=True))
    clock.move(minutes=1)
    signal = Signal("fail", services.clock())
    pings.receive(services, pings.Address(code=check.code), signal)
    deliver()
    definitions.update_channel(replace(known["sms"], code="default", default=False), services.clock())
    ping(services, check)
    deliver()


def enough(*_: Any) -> None:
    raise Undelivered("too many", after=1)


def test_who_decides_deadlines(
    story: Story, check: Check, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    early = Batch(story.clock.now + timedelta(minutes=1), ((check.project, check.code),)).to_message()
    invoke("decide_deadlines", early)
    seen = checks.get(check.project, check.code)
    ping(story.services, check, b"meanwhile")
    story.clock.move(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr(checks, "get_many", lambda _keys: [seen])
        invoke("decide_deadlines", early)
    ping(story.services, check, b"back")
    story.clock.move(minutes=2)
    invoke("decide_deadlines", early)
    assert calls.needed == allowed("decide_deadlines")


def test_the_deliverer(story: Story, check: Check, invoke: Invoke, calls: Calls) -> None:
    story.clock.move(minutes=2)
    deadlines.expire(story.services, check.project, check.code)

    def deliver() -> None:
        story.queues.take("news")
        invoke("deliver_news", *[entry.nudge.message() for entry in outbox.all_waiting()])

    tell_in_every_way(story.services, check, story.clock, deliver)
    assert calls.needed == allowed("deliver_news")


def test_the_tick(services: Services, keyring: projects.Keyring, invoke: Invoke, calls: Calls) -> None:
    watch_something(services, keyring)
    commands.put(services, keyring.project, command(), "ann")
    invoke("tick_wheel")
    assert calls.needed == allowed("tick_wheel")


def watch_something(services: Services, keyring: projects.Keyring) -> tuple[Check, Check]:
    """A device that is up and an alert, looked at every minute."""
    definition = {"type": "ping", "host": "127.0.0.1", "port": 1, "timeout": 1}
    spec = ProbeSpec(definition, locations=("Home",), retries=0, retry_delay=0)
    device = manage.create(services, keyring.project, {"kind": "probe", "period": 60, "spec": spec})
    device = transitions.apply(services, device.project, device.code, Observed(services.clock(), True, "ok", "Home"))
    judged = specs.above("load")
    alert = manage.create(services, keyring.project, {"kind": "rule", "name": "Load", "period": 60, "spec": judged})
    return device, alert


@contextmanager
def changed_when_read(services: Services, calls: Calls, check: Check, values: dict[str, Any]) -> Iterator[None]:
    """Inside, somebody else changes the check whenever checks have been read."""
    seen = checks.get_many

    def meanwhile(keys: list[tuple[str, str]], **more: bool) -> list[Check]:
        found = seen(keys, **more)
        with calls.paused():
            manage.change(services, check, values)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "get_many", meanwhile)
        yield


def test_a_worker_that_probes(story: Story, invoke: Invoke, calls: Calls) -> None:
    """A failure is confirmed by a retry; somebody else changes the check meanwhile; a day begins; two places look."""
    device, _ = watch_something(story.services, story.keyring)
    story.services.settings = replace(
        story.services.settings, locations=(("Home", "eu-north-1"), ("Elsewhere", "eu-north-1"))
    )
    spec = replace(probe_of(device), locations=("Home", "Elsewhere"), retries=1)
    device = manage.change(story.services, device, {"spec": spec})
    story.clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    at = int(story.clock.now.timestamp() * 1000)
    asked = {"at": at, "checks": [[device.project, device.code]]}
    invoke("run_probes", asked)
    story.clock.move(minutes=1)
    with changed_when_read(story.services, calls, device, {"name": "renamed"}):
        invoke("run_probes", {**asked, "at": at + 60_000, "here": True, "try": 1})
    assert checks.get(device.project, device.code).status == "down"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with calls.paused():
            manage.change(story.services, device, {"spec": replace(spec, definition={**spec.definition, "port": port})})
        story.clock.move(minutes=1)
        invoke("run_probes", {**asked, "at": at + 120_000, "here": True})
    assert checks.get(device.project, device.code).status == "up"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probing, "_was_silent", lambda _check: True)
        invoke("run_probes", {**asked, "at": at + 180_000, "here": True})
    assert calls.needed == allowed("run_probes")


def test_a_worker_that_waits_for_stragglers(story: Story, invoke: Invoke, calls: Calls) -> None:
    """A failure is confirmed by the next look, and told."""
    device, _ = watch_something(story.services, story.keyring)
    spec = replace(probe_of(device), retries=1)
    device = manage.change(story.services, device, {"spec": spec})
    at = int(story.clock.now.timestamp() * 1000)
    asked = {"at": at, "checks": [[device.project, device.code]], "here": True}
    invoke("run_stragglers", asked)
    story.clock.move(hours=12)
    with changed_when_read(story.services, calls, device, {"name": "renamed"}):
        invoke("run_stragglers", {**asked, "try": 1})
    assert checks.get(device.project, device.code).status == "down"
    # It takes from its queue itself, as Lambda does in its name.
    given = POLICIES["run_stragglers"]
    assert {noun for noun, actions in calls.needed.items() if not actions <= given.get(noun, set())} == set()


def test_a_worker_that_judges(story: Story, invoke: Invoke, calls: Calls) -> None:
    _, alert = watch_something(story.services, story.keyring)
    series.add(alert.project, {"load": [(int(story.clock.now.timestamp()), 9.0)]}, story.clock.now)
    asked = {"at": 0, "checks": [[alert.project, alert.code]]}
    with changed_when_read(story.services, calls, alert, {"desc": "changed"}):
        invoke("judge_rules", asked)
    series.add(alert.project, {"load": [(int(story.clock.now.timestamp()) + 30, 1.0)]}, story.clock.now)
    story.clock.move(minutes=1)
    invoke("judge_rules", asked)
    series.add(alert.project, {"load": [(int(story.clock.now.timestamp()), 9.0)]}, story.clock.now)
    invoke("judge_rules", {**asked, "fresh": True})
    with calls.paused():
        manage.change(story.services, alert, {"spec": specs.missing("load")})
    for seconds in (40, 600):
        story.clock.move(seconds=seconds)
        invoke("judge_rules", asked)
    assert calls.needed == allowed("judge_rules")


def test_a_worker_that_runs_commands(
    story: Story, audience: list[Channel], invoke: Invoke, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entities fall ill, two at once and in parts; one is well again, and one goes while it is ill."""
    park = Park(story, (audience[0].code,))
    park.command(
        "counter('x').per_second(1) + len(metrics('load').last()) + len(results(1).last() or ()) + entity['load']"
    )
    park.alert("value > 5 and len(history().result('1h')) >= 0 and value_series(2)")
    series.add(story.project, {"load": [(int(story.clock.now.timestamp()), 9.0)]}, story.clock.now)
    for name, load in (("web1", 9), ("web2", 9), ("web3", 1)):
        park.entity(name, load)

    def run() -> None:
        story.clock.move(minutes=1)
        at = int(story.clock.now.timestamp() * 1000)
        invoke("run_commands", RunCommands(at, ((story.project, member_code(COMMAND)),)).to_message())
        for part in story.queues.take("commands"):
            invoke("run_commands", part)
        story.queues.work()

    run()
    assert len(story.sent.subjects) == 2
    park.entity("web1", 1)
    park.remove("web2")
    monkeypatch.setattr(running_commands, "PART", 1)
    run()
    assert len(story.sent.subjects) == 4
    with monkeypatch.context() as patch:
        patch.setattr(checks, "instances_of", nowhere)
        with pytest.raises(StoreFault):
            run()
    assert calls.needed == allowed("run_commands")


def test_the_roll_up(story: Story, invoke: Invoke, calls: Calls) -> None:
    points.take(story.services, story.project, b"load 1")
    story.clock.move(hours=2)
    # The first run finds that everything has a number, and notes it.
    invoke("roll_up")
    assert calls.needed == allowed("roll_up")


def test_the_api(
    story: Story,
    audience: list[Channel],
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch_a_park(story)
    fresh()
    api = Api(Entrance(app.app), story.keyring.keys["write"])

    def breach(code: str) -> None:
        """More series of an alert breach than it names itself."""
        with calls.paused():
            judged = Judged(story.services.clock(), True, {f"load{number}": 9.0 for number in range(20)})
            transitions.apply(story.services, story.project, code, judged)

    with calls.recorded():
        manage_channels(api, audience)
        made = manage_checks(api)
        send_pings(api, made, story.keyring.keys["ping"], story.clock)
        read_all(api, made, audience)
        speak_of_devices(api)
        speak_of_entities(api)
        speak_of_alerts(api)
        speak_of_metrics(api, breach)
        api.delete(f"/api/v1/checks/{made['uuid']}")
        assert api.get("/api/v1/checks/", key="X" * 32).status == 401
        # Without its queue the API cleans up by itself.
        monkeypatch.setattr(queues, "send", nowhere)
        api.delete(f"/api/v1/checks/{api.check(name='short-lived')['uuid']}")
        api.delete(f"/api/v1/channels/{audience[0].code}")
    assert calls.needed == allowed("api_handler")
