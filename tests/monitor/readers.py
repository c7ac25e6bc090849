"""Readers of mails for tests: SES as it answers, and what readers do with the links that they get."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.channels import Outlet
from chalicelib.core import recipients as marks
from chalicelib.core.check import Channel, Check
from chalicelib.monitor.managing import channels, checks, recipients
from chalicelib.store import definitions
from tests import specs
from tests.conftest import Story

A, B, C = "a@example.org", "b@example.org", "c@example.org"


class Post:
    """SES as it takes mails of some, and refuses those of others; what was taken, in order."""

    def __init__(self, **wrong: Exception) -> None:
        self.wrong: dict[str, Exception] = {f"{name}@example.org": error for name, error in wrong.items()}
        self.taken: list[tuple[str, str]] = []

    def send_email(self, **request: Any) -> None:
        (address,) = request["Destination"]["ToAddresses"]
        if address in self.wrong:
            raise self.wrong[address]
        subject = request["Content"]["Raw"]["Data"].decode().partition("Subject: ")[2].partition("\r\n")[0]
        self.taken.append((address, subject.partition(" | ")[0]))

    def get_account(self) -> dict[str, Any]:
        return {"SendQuota": {"MaxSendRate": 14.0}}


def answer(code: str, words: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "SendEmail")


BROKEN, REJECTED = answer("InternalFailure"), answer("MessageRejected", "Address is blacklisted.")
BUSY = answer("TooManyRequestsException")


def post_of(story: Story, **wrong: Exception) -> Post:
    post = Post(**wrong)
    story.services.outlet = Outlet((), post, story.services.outlet.sns)
    return post


def channel_to(story: Story, *addresses: str, **more: Any) -> Channel:
    settings = {"address": ", ".join(addresses)}
    return channels.create(story.services, story.keyring.project, "email", "Ops", settings, **more)


def now(channel: Channel) -> Channel:
    return definitions.channel(channel.project, channel.code)


def watched(story: Story, channel: Channel) -> Check:
    probe = {"name": "Web", "channels": (channel.code,), "kind": "probe", "spec": specs.PING, "period": 60}
    return story.see(checks.create(story.services, story.keyring.project, probe), ok=True)


def fails(story: Story, check: Check, *, ok: bool = False) -> None:
    """It is seen down, or up again, and whoever can be told is told."""
    for _ in range(1 if ok else 2):
        story.clock.move(seconds=1)
        story.see(check, ok=ok)
    story.queues.work()


def reader(story: Story, channel: Channel, address: str) -> recipients.Reader:
    project = story.keyring.project
    return recipients.stopping(marks.sign(project.secret, "stop", project.code, address, channel.code))


def stop(story: Story, channel: Channel, address: str) -> None:
    recipients.stop(story.services, reader(story, channel, address))


def confirm(story: Story, address: str) -> None:
    project = story.keyring.project
    link = marks.sign(project.secret, "confirm", project.code, address)
    story.clock.move(seconds=1)
    recipients.confirm(story.services, recipients.confirming(link))
    story.queues.work()
