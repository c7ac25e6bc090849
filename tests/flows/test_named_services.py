"""News through a named service, from the ping to its server: what fails on the way is told again in its order, under
its id, and waits as long as the service says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.core.check import Channel, Check, PingKind, Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import notifications
from tests.channels.samples import VALID
from tests.channels.servers import HERE, Reply, Server, serving
from tests.conftest import Story


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def channel(story: Story, server: Server) -> Channel:
    story.services.outlet.sender = None
    story.services.outlet.allowed_networks = HERE
    settings = {**VALID["ntfy"], "url": server.url("")}
    return channels.create(story.services, story.keyring.project, "ntfy", "Phone", settings, 3_600)


@pytest.fixture
def check(story: Story, channel: Channel) -> Check:
    check = manage.create(story.services, story.keyring.project, {"name": "Job", "channels": (channel.code,)})
    ping(story, check, "success")
    return check


def ping(story: Story, check: Check, kind: PingKind) -> None:
    pings.receive(story.services, pings.Address(code=check.code), Signal(kind, story.clock.now))
    story.queues.work()
    story.clock.move(seconds=1)


def told(server: Server) -> list[str]:
    return [json.loads(received.body)["title"] for received in server.received]


def test_what_failed_is_told_first_and_under_its_id(story: Story, server: Server, check: Check) -> None:
    server.answer(Reply(502), Reply(502), Reply(200))
    ping(story, check, "fail")
    story.sweep_for(10)
    ping(story, check, "success")
    assert told(server) == ["“Job” is DOWN."] * 3 + ["“Job” is UP."]
    ids = [received.headers["Idempotency-Key"] for received in server.received]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert len({json.loads(received.body)["sequence_id"] for received in server.received}) == 2


def test_a_service_that_asks_for_a_pause_gets_it(story: Story, server: Server, channel: Channel, check: Check) -> None:
    server.answer(Reply(429, {"Retry-After": "300"}), Reply(200))
    ping(story, check, "fail")
    story.sweep_for(4)
    assert len(server.received) == 1
    [line] = notifications.log(channel.code, 10, story.clock.now)
    assert (line.state, line.error) == ("retry", "answered 429")
    story.sweep_for(4)
    assert told(server) == ["“Job” is DOWN."] * 2
    [line] = notifications.log(channel.code, 10, story.clock.now)
    assert line.state == "sent"


def test_what_is_refused_for_good_is_given_up_at_once(
    story: Story, server: Server, channel: Channel, check: Check
) -> None:
    server.answer(Reply(403, {}, b'{"code":40301,"http":403,"error":"forbidden"}'))
    ping(story, check, "fail")
    story.sweep_for(5)
    assert len(server.received) == 1
    [line] = notifications.log(channel.code, 10, story.clock.now)
    said = "answered 403, error 40301 (the topic is reserved, or the token may not write to it)"
    assert (line.state, line.error) == ("failed", said)


def test_a_reminder_says_that_it_is_one(story: Story, server: Server, check: Check) -> None:
    ping(story, check, "fail")
    story.clock.move(minutes=61)
    story.sweep_for(2)
    assert told(server) == ["“Job” is DOWN.", "“Job” is still DOWN."]


def test_a_check_that_is_deleted_while_it_is_down_is_told_to_be_watched_no_more(
    story: Story, server: Server, check: Check
) -> None:
    ping(story, check, "fail")
    story.clock.move(minutes=5)
    manage.delete(story.services, manage.find(check.project, check.code))
    story.sweep_for(2)
    assert told(server) == ["“Job” is DOWN.", "“Job” is not watched any more."]
