"""A heartbeat whose mail comes back, for the stories of what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.core.check import Channel, Notification
from chalicelib.monitor.managing import channels
from chalicelib.store import definitions, notifications, queues
from tests.coming_back import Event, Post
from tests.conftest import Story
from tests.flows.conftest import Heartbeat


@dataclass
class Scene:
    """A heartbeat whose mail comes back, and who hears of that."""

    story: Story
    heartbeat: Heartbeat
    post: Post

    @property
    def channel(self) -> Channel:
        return definitions.channel(self.heartbeat.project, self.heartbeat.channel.code)

    @property
    def log(self) -> list[Notification]:
        return notifications.log(self.channel.code, 10, self.story.clock.now)

    @property
    def owed(self) -> list[str]:
        return [code for _, code in notifications.debts(self.channel.code)]

    def address(self, addresses: str) -> Channel:
        return channels.change(self.story.services, self.channel, {"settings": {"address": addresses}})

    def fail(self) -> None:
        self.heartbeat.ping("fail")
        self.story.queues.work()

    def succeed(self) -> None:
        self.heartbeat.ping()
        self.story.queues.work()

    def hear(self, *events: Event) -> None:
        """The events come by their queue, and what follows from them is done."""
        queues.send_all("feedback", list(events))
        self.story.queues.work()

    def wait(self, **time: float) -> None:
        self.story.queues.until(self.story.clock.now + timedelta(**time))

    def test(self) -> None:
        channels.try_out(self.story.services, self.story.keyring.project, self.channel)
        self.story.queues.work()


def begin(story: Story, heartbeat: Heartbeat) -> Scene:
    """The check is up, and nobody was told yet."""
    heartbeat.ping()
    story.clock.move(seconds=10)
    return Scene(story, heartbeat, Post(story.services))
