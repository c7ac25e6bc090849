"""A kind of channel that fails on demand, and what was told through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.channels.base import Event, Outlet
from chalicelib.core.check import Channel, Check, PingKind, Signal
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import silences
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.store import checks, definitions, notifications, outbox
from chalicelib.store.outbox import Entry
from tests.conftest import Clock, Queues


class Flaky:
    """A kind of channel whose sends fail while `errors` has one for its address. `before` is called with each send."""

    name = "flaky"
    service = ""
    opens_incidents = False
    secrets: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int]] = []
        self.news: list[News] = []
        self.tried: list[News] = []
        self.errors: dict[str, Exception] = {}
        self.before: Callable[[], object] = lambda: None

    def clean(self, settings: dict[str, object], /) -> dict[str, Any]:
        return dict(settings)

    def public(self, settings: dict[str, Any], /) -> dict[str, Any]:
        return settings

    def wants(self, settings: dict[str, Any], event: Event, /) -> bool:
        return event in settings.get("events", ["down", "up"])

    def send(self, settings: dict[str, Any], news: Sequence[News], outlet: Outlet, /) -> None:
        (one,) = news
        self.tried.append(one)
        self.before()
        if settings["to"] in self.errors:
            raise self.errors[settings["to"]]
        self.news.append(one)
        self.told.append((settings["to"], one.event, one.reminder))

    @property
    def words(self) -> list[str]:
        """What was told, to whomever, in order."""
        return [event + (f" #{reminder}" if reminder else "") for _, event, reminder in self.told]

    @property
    def ids(self) -> list[str]:
        """The names of the messages that were tried."""
        return [one.id for one in self.tried]


@dataclass
class Scene:
    """A heartbeat whose channels fail on demand, and the clocks around it."""

    services: Services
    clock: Clock
    keyring: Keyring
    queues: Queues
    flaky: Flaky
    code: str = ""
    channels: dict[str, str] = field(default_factory=dict)

    def channel(self, address: str, **more: Any) -> Channel:
        """A channel of this address; `events` are what it wants, everything else is its own."""
        own = {name: more.pop(name) for name in list(more) if name in Channel.__dataclass_fields__}
        project, code = self.keyring.project.code, self.services.new_code()
        made = Channel(project, code, "flaky", address, self.clock.now, {"to": address, **more}, **own)
        definitions.save_channel(made)
        self.channels[address] = code
        return made

    def check(self, *addresses: str, **values: Any) -> Check:
        """A check that is told to these addresses."""
        told = tuple(self.channels[address] for address in addresses)
        made = manage.create(self.services, self.keyring.project, {"name": "Job", "channels": told, **values})
        self.code = made.code
        return made

    def ping(self, kind: PingKind, code: str = "") -> None:
        pings.receive(self.services, pings.Address(code=code or self.code), Signal(kind, self.clock.now))

    def named(self, address: str) -> Channel:
        return definitions.channel(self.keyring.project.code, self.channels[address])

    @property
    def now(self) -> Check:
        return checks.get(self.keyring.project.code, self.code)

    @property
    def waiting(self) -> list[Entry]:
        return list(outbox.all_waiting())

    def deliver(self) -> None:
        """Has everything looked at that waits, whenever its time is."""
        deliver.deliver_all(self.services, [entry.nudge for entry in self.waiting])

    def deliver_due(self) -> None:
        """Has looked at what is due."""
        due = [one.nudge for one in self.waiting if one.due and one.due <= self.clock.now]
        deliver.deliver_all(self.services, due)

    def deliver_ends(self, *, others: bool = False) -> None:
        """Has the last words looked at and nothing else, or everything but them."""
        chosen = [one.nudge for one in self.waiting if one.subject.startswith("end#") != others]
        deliver.deliver_all(self.services, chosen)

    def silence(self, minutes: int) -> None:
        silences.lay(self.services, self.now, timedelta(minutes=minutes), "maintenance")


BUSY = Undelivered("busy")
GONE = Undelivered("no such mailbox", permanent=True)


def down(scene: Scene, *addresses: str) -> None:
    """A check with channels of these addresses has failed, and nobody was told yet."""
    for address in addresses:
        scene.channel(address)
    scene.check(*addresses)
    scene.ping("fail")


def log(scene: Scene, address: str) -> list[tuple[str, str, int, str]]:
    """(status, state, attempts, error) of the lines of a channel's log, newest first."""
    lines = notifications.log(scene.channels[address], 10, scene.clock.now)
    return [(line.new, line.state, line.attempts, line.error) for line in lines]
