"""The functions through which messages come back are led down all their ways, and call what their policies allow."""

from __future__ import annotations

from dataclasses import replace

import boto3

from chalicelib.core.check import Channel, Check
from chalicelib.monitor.clocks import deadlines
from chalicelib.monitor.managing import channels
from tests.coming_back import Post
from tests.conftest import Story
from tests.shape.calls import Calls
from tests.shape.requests import Invoke
from tests.shape.test_template_policies import allowed


def test_the_reader_of_the_log_of_text_messages(story: Story, invoke: Invoke, calls: Calls) -> None:
    group = "sns/eu-north-1/123456789012/DirectPublishToPhoneNumber/Failure"
    story.services.settings = replace(story.services.settings, sms_log=group)
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    story.services.outlet.logs_client = logs
    invoke("read_sms_log")
    story.services.outlet.__dict__["logs"] = OneLine(logs)
    invoke("read_sms_log")
    assert calls.needed == allowed("read_sms_log")


class OneLine:
    """A log in which something stands, whatever its clock says."""

    def __init__(self, logs: object) -> None:
        self.logs = logs

    def filter_log_events(self, **asked: object) -> dict[str, object]:
        self.logs.filter_log_events(**asked)  # type: ignore[attr-defined]
        return {"events": [{"timestamp": asked["endTime"], "message": "{}"}]}


def test_the_ears(story: Story, check: Check, audience: list[Channel], invoke: Invoke, calls: Calls) -> None:
    """A mail comes back from one after the other, a delay and a text message beside it; one is heard too soon."""
    channels.change(story.services, audience[0], {"settings": {"address": "a@example.org, b@example.org"}})
    post = Post(story.services)
    story.clock.move(minutes=2)
    deadlines.expire(story.services, check.project, check.code)
    story.queues.work()
    early = post.bounce("a@example.org")
    early["mail"]["tags"]["flip"] = ["1"]
    delayed = {"delayType": "General", "delayedRecipients": [{"emailAddress": "a@example.org"}]}
    invoke("hear_back", early, post.event("DeliveryDelay", deliveryDelay=delayed))
    for event in (
        post.bounce("a@example.org"),
        post.bounce("b@example.org"),
        post.failure("No quota left for account"),
    ):
        invoke("hear_back", event)
    assert calls.needed == allowed("hear_back")
