"""A text message that SNS accepted and did not deliver: SNS logs it, the log is read, and the channel learns of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.channels import reports as log
from chalicelib.core.check import Channel, Notification
from chalicelib.monitor.clocks import reports
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import definitions, notifications, queues, receipts
from chalicelib.store.faults import StoreFault
from tests.coming_back import Event, Post
from tests.conftest import Story
from tests.flows.conftest import Heartbeat

NUMBER = "+12065550100"
NO_QUOTA = "No quota left for account"


@dataclass
class Scene:
    story: Story
    heartbeat: Heartbeat
    channel_code: str
    post: Post

    @property
    def channel(self) -> Channel:
        return definitions.channel(self.story.project, self.channel_code)

    @property
    def log(self) -> list[Notification]:
        return notifications.log(self.channel_code, 10, self.story.clock.now)

    def fail(self) -> None:
        self.heartbeat.ping("fail")
        self.story.queues.work()

    def write(self, line: Event) -> None:
        """SNS writes a line into its log."""
        self.post.log.append((self.story.clock.now.timestamp(), json.dumps(line)))

    def read(self) -> None:
        """A few seconds later the minute's clock reads the log, and what it says is done."""
        self.story.clock.move(seconds=5)
        reports.run(self.story.services)
        self.story.queues.work()

    def test(self) -> None:
        channels.try_out(self.story.services, self.story.keyring.project, self.channel)


@pytest.fixture
def scene(story: Story, heartbeat: Heartbeat) -> Scene:
    """The heartbeat tells a phone alone."""
    story.services.settings = replace(story.services.settings, sms_log="sns/eu-north-1/1/DirectPublish/Failure")
    phone = channels.create(story.services, story.keyring.project, "sms", "Phone", {"number": NUMBER})
    manage.change(story.services, heartbeat.now, {"channels": (phone.code,)})
    heartbeat.ping()
    story.clock.move(seconds=10)
    return Scene(story, heartbeat, phone.code, Post(story.services))


def test_a_spending_limit_shows_on_the_channel_and_the_message_is_tried_until_there_is_money(scene: Scene) -> None:
    scene.fail()
    scene.write(scene.post.failure(NO_QUOTA))
    scene.read()

    assert scene.channel.trouble == (f"SNS: {NUMBER}: the account's SMS spending limit is reached " + f'("{NO_QUOTA}")')
    assert [(line.new, line.state) for line in scene.log] == [("down", "retry")]

    scene.story.sweep_for(3)

    # The limit has been raised: what was accepted this time does not come back.
    assert len(scene.post.texts) == 2
    assert [line.state for line in scene.log] == ["sent"]


def test_a_month_without_money_loses_nothing(scene: Scene) -> None:
    scene.fail()
    told = 0
    for _ in range(40):
        while told < len(scene.post.texts):
            scene.write(scene.post.failure(NO_QUOTA, told))
            told += 1
        scene.read()
        scene.story.clock.move(hours=1)
        scene.story.sweep_for(1)
    assert [line.state for line in scene.log] == ["failed"]
    assert len(scene.post.texts) < 35
    scene.test()
    scene.story.queues.work()
    assert scene.story.sent.texts[-1].startswith('Tocsin: "Backups" is DOWN')
    assert [line.state for line in scene.log] == ["sent"]


def test_a_number_that_wants_nothing_gets_nothing(scene: Scene) -> None:
    scene.fail()
    scene.write(scene.post.failure("Phone number is opted out"))
    scene.read()
    scene.story.clock.move(minutes=5)
    scene.heartbeat.ping()
    scene.story.queues.work()
    assert len(scene.post.texts) == 1
    assert "wants no messages" in scene.channel.trouble
    assert {line.state for line in scene.log} == {"failed"}


def test_a_test_that_fails_shows_on_the_channel(scene: Scene) -> None:
    scene.test()
    scene.write(scene.post.failure(NO_QUOTA))
    scene.read()
    assert "spending limit" in scene.channel.trouble


def test_a_carrier_may_take_three_days_to_give_up(scene: Scene) -> None:
    scene.fail()
    line = scene.post.failure("Phone is currently unreachable/unavailable")
    scene.story.clock.move(hours=72)
    scene.read()
    scene.write(line)
    scene.read()
    assert [line.state for line in scene.log] == ["failed"]
    assert "could not be reached" in scene.channel.trouble


def test_text_messages_of_others_are_nobodys(scene: Scene) -> None:
    scene.fail()
    line = scene.post.failure(NO_QUOTA)
    line["notification"]["messageId"] = "0000"
    scene.write(line)
    scene.read()
    assert (scene.channel.trouble, scene.log[0].state) == ("", "sent")


def test_lines_that_are_read_again_change_nothing(scene: Scene) -> None:
    scene.fail()
    scene.write(scene.post.failure("Phone number is opted out"))
    scene.read()
    before = (scene.channel, scene.log)
    scene.read()
    assert (scene.channel, scene.log) == before


def test_what_is_written_late_is_found(scene: Scene) -> None:
    scene.fail()
    line, moment = scene.post.failure(NO_QUOTA), scene.story.clock.now.timestamp()
    scene.read()
    scene.story.clock.move(seconds=60)
    scene.post.log.append((moment, json.dumps(line)))
    scene.read()
    assert "spending limit" in scene.channel.trouble


def test_after_an_interruption_the_log_is_read_from_where_it_was_left(scene: Scene) -> None:
    scene.read()
    scene.fail()
    scene.write(scene.post.failure(NO_QUOTA))
    scene.story.clock.move(hours=5)
    scene.read()
    assert "spending limit" in scene.channel.trouble


def test_what_could_not_be_handed_on_is_read_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.read()
    scene.fail()
    scene.write(scene.post.failure(NO_QUOTA))

    def nowhere(*_: object, **__: object) -> None:
        raise StoreFault("out of reach")

    with monkeypatch.context() as patch:
        patch.setattr(queues, "send_all", nowhere)
        with pytest.raises(StoreFault):
            scene.read()
    scene.story.clock.move(minutes=10)
    scene.read()
    assert "spending limit" in scene.channel.trouble


def test_without_a_log_nobody_reads(story: Story) -> None:
    post = Post(story.services)
    assert reports.run(story.services) == 0
    assert post.read == []


def failing(error: Exception) -> Callable[..., None]:
    def filter_log_events(**_: object) -> None:
        raise error

    return filter_log_events


def test_a_log_that_sns_has_not_made_yet_is_empty(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "FilterLogEvents")
    monkeypatch.setattr(scene.post, "filter_log_events", failing(gone))
    scene.read()
    assert receipts.read_until() == scene.story.clock.now


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "FilterLogEvents"),
        EndpointConnectionError(endpoint_url="https://logs"),
    ],
    ids=["throttled", "no connection"],
)
def test_a_log_that_cannot_be_read_is_read_from_there_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    scene.read()
    before = receipts.read_until()
    with monkeypatch.context() as patch:
        patch.setattr(scene.post, "filter_log_events", failing(error))
        with pytest.raises(log.Unreadable):
            scene.read()
    assert receipts.read_until() == before


def test_a_line_that_is_no_json_is_passed_over(scene: Scene) -> None:
    scene.fail()
    scene.post.log += [(scene.story.clock.now.timestamp(), "no json"), (scene.story.clock.now.timestamp(), "[1]")]
    scene.write(scene.post.failure(NO_QUOTA))
    scene.read()
    assert "spending limit" in scene.channel.trouble


def test_of_a_flood_of_lines_the_rest_is_read_the_next_time(scene: Scene) -> None:
    """More pages than are read at once; the next reading begins where this one ended."""
    now = scene.story.clock.now
    pages = iter(range(1_000))

    def page(**_: object) -> Event:
        number = next(pages)
        return {"events": [{"timestamp": int(now.timestamp() * 1000) + number, "message": "{}"}], "nextToken": "more"}

    scene.post.filter_log_events = page  # type: ignore[method-assign]
    lines, until = log.failures(scene.story.services.outlet, "g", now, now + timedelta(hours=1))
    assert len(lines) == log.PAGES
    assert until == now + timedelta(milliseconds=log.PAGES - 1)


def test_a_receipt_that_could_not_be_kept_costs_the_message_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object) -> None:
        raise StoreFault("out of reach")

    monkeypatch.setattr(receipts, "keep", nowhere)
    scene.fail()
    assert ([line.state for line in scene.log], len(scene.post.texts)) == (["sent"], 1)


def test_receipts_are_forgotten(scene: Scene) -> None:
    scene.fail()
    receipt, now = scene.post.texts[0]["MessageId"], scene.story.clock.now
    assert receipts.find(receipt, now) is not None
    assert receipts.find(receipt, now + receipts.KEEP + timedelta(seconds=1)) is None
    assert isinstance(now, datetime)
