"""What the reader of a mail or a text may do with the link in it: stop the mails of its channel, take them up again, or
confirm that he wants the news of its project. The link is all that it takes, and it is good for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from chalicelib import channels as kinds
from chalicelib.core import recipients
from chalicelib.core.check import Channel, Project
from chalicelib.core.errors import Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import asking
from chalicelib.monitor.services import Services
from chalicelib.store import definitions, directory
from chalicelib.store import recipients as stored


@dataclass(frozen=True, slots=True)
class Reader:
    """One of the people whom a project reaches: at which address, and by which of its channels."""

    project: Project
    address: str
    channels: list[Channel]

    @property
    def key(self) -> str:
        return recipients.key(self.address)

    @property
    def has_stopped(self) -> bool:
        return all(self.key in channel.stopped for channel in self.channels)

    @property
    def waits(self) -> bool:
        return any(self.key in channel.waiting for channel in self.channels)


def stopping(link: str) -> Reader:
    """Who stops which mails with this link. Raises Missing, also where they are not sent any more."""
    project, channels = _named_in(link)
    for channel in channels:
        for address in kinds.recipients(channel):
            signed = recipients.sign(project.secret, "stop", project.code, address, channel.code)
            if recipients.is_signed(link, signed):
                return Reader(project, address, [channel])
    raise Missing("link")


def confirming(link: str) -> Reader:
    """Who confirms his address with this link. Raises Missing, also where no channel has the address any more."""
    project, channels = _named_in(link)
    people = {recipients.key(address): address for channel in channels for address in kinds.recipients(channel)}
    for key, address in people.items():
        if recipients.is_signed(link, recipients.sign(project.secret, "confirm", project.code, address)):
            having = [one for one in channels if key in map(recipients.key, kinds.recipients(one))]
            return Reader(project, address, having)
    raise Missing("link")


def _named_in(link: str) -> tuple[Project, list[Channel]]:
    code = recipients.project_of(link)
    if code is None:
        raise Missing("link")
    project = directory.project(code)
    if not project.secret:
        raise Missing("link")
    return project, definitions.channels(code)


def stop(services: Services, reader: Reader) -> None:
    """Nothing more goes to the address through the channel. Raises Missing, Busy."""
    for channel in reader.channels:
        transitions.retrying(services, partial(stored.stop, channel, reader.address))


def resume(services: Services, reader: Reader) -> None:
    """Undoes `stop`: the channel tells its reader what it is owed. Raises Missing, Busy."""
    if not reader.has_stopped:
        return
    if not reader.waits:
        _confirm(services, reader)
    for channel in reader.channels:
        asking.admit(services, channel, reader.address, waits=reader.waits)


def confirm(services: Services, reader: Reader) -> None:
    """The project's channels tell the address their news, beginning with what they are owed. Raises Missing, Busy."""
    _confirm(services, reader)
    for channel in reader.channels:
        if reader.key in channel.waiting:
            asking.admit(services, channel, reader.address)


def _confirm(services: Services, reader: Reader) -> None:
    transitions.retrying(services, lambda: stored.confirm(reader.project.code, reader.address, services.clock()))
