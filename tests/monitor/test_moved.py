"""A receiver that stands elsewhere from now on: the channel follows it, and the message arrives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.channels import telegram
from chalicelib.core.check import Channel, Signal
from chalicelib.core.errors import Undelivered
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import definitions
from chalicelib.store.faults import StoreFault
from tests.channels.samples import VALID
from tests.channels.servers import HERE, Received, Reply, Server, serving
from tests.conftest import Story

OLD, NEW = "-100123", "-1009999999"


def _answer(received: Received) -> Reply:
    """Telegram after a group has become a supergroup."""
    if json.loads(received.body)["chat_id"] == NEW:
        return Reply(200, {}, b'{"ok":true,"result":{}}')
    moved = {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": int(NEW)}}
    return Reply(400, {}, json.dumps(moved).encode())


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as server:
        server.plays = _answer
        monkeypatch.setattr(telegram, "ENDPOINT", server.url(""))
        yield server


@pytest.fixture
def channel(services: Services, keyring: Keyring, service: Server) -> Channel:
    services.outlet.sender = None
    services.outlet.allowed_networks = HERE
    return channels.create(services, keyring.project, "telegram", "Ops", dict(VALID["telegram"]), 0)


def now(channel: Channel) -> Channel:
    return definitions.channel(channel.project, channel.code)


def chats(service: Server) -> list[str]:
    return [json.loads(received.body)["chat_id"] for received in service.received]


def test_a_group_that_became_a_supergroup_is_written_to_under_its_new_number(
    story: Story, channel: Channel, service: Server
) -> None:
    check = manage.create(story.services, story.keyring.project, {"name": "Job", "channels": (channel.code,)})
    for kind in ("success", "fail", "success"):
        pings.receive(story.services, pings.Address(code=check.code), Signal(kind, story.clock.now))
        story.queues.work()
        story.clock.move(minutes=1)
    assert chats(service) == [OLD, NEW, NEW]
    assert now(channel).settings == {**channel.settings, "chat": NEW}


def test_a_test_of_the_channel_follows_too(
    services: Services, keyring: Keyring, channel: Channel, service: Server
) -> None:
    channels.try_out(services, keyring.project, channel)
    assert chats(service) == [OLD, NEW]
    assert (now(channel).settings["chat"], now(channel).error) == (NEW, "")


def test_an_owner_who_changes_the_channel_at_that_moment_keeps_his_change(
    services: Services, keyring: Keyring, channel: Channel, service: Server
) -> None:
    other = {**channel.settings, "chat": "@elsewhere"}
    definitions.update_channel(replace(channel, settings=other), services.clock())
    channels.try_out(services, keyring.project, channel)
    assert chats(service) == [OLD, NEW]
    assert now(channel).settings == other


def test_a_store_that_fails_does_not_keep_the_message_back(
    services: Services, keyring: Keyring, channel: Channel, service: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise StoreFault("throttled")

    monkeypatch.setattr(definitions, "move", fail)
    channels.try_out(services, keyring.project, channel)
    assert chats(service) == [OLD, NEW]
    assert now(channel).settings["chat"] == OLD


def test_a_receiver_that_moves_on_and_on_is_tried_again_later(
    services: Services, keyring: Keyring, channel: Channel, service: Server
) -> None:
    service.plays = lambda _: Reply(400, {}, b'{"parameters":{"migrate_to_chat_id":-5}}')
    with pytest.raises(Undelivered) as caught:
        channels.try_out(services, keyring.project, channel)
    assert (len(service.received), caught.value.permanent) == (2, False)
