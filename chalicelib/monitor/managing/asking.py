"""Asking those whom a channel reaches whether they want its news, where the installation confirms addresses.

Whoever is new to a channel waits until he has said so once in the project. An address counts as confirmed that a
channel has had since before addresses were confirmed, and so does the installation's owner's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib import channels as kinds
from chalicelib.channels import asking
from chalicelib.channels.asking import Question
from chalicelib.core import recipients
from chalicelib.core.check import Channel, Project
from chalicelib.core.errors import TooOften, Undelivered
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import reaching
from chalicelib.store import definitions, directory, outbox
from chalicelib.store import recipients as stored

# So often one address is asked in a day by one project.
QUESTIONS = 5
# Messages that the owners of a project have sent by hand in an hour: tests of channels, and questions.
TESTS = 60


def count(services: Services, project: str, messages: int, what: str = "questions to new recipients") -> None:
    """Counts messages that an owner sends by hand. Raises TooOften: nobody is to be flooded with them."""
    for _ in range(messages):
        if not directory.count_test(project, services.clock(), TESTS):
            raise TooOften(f"{what} are limited to {TESTS} an hour for each project")


def marked(services: Services, channel: Channel, before: Channel | None = None) -> Channel:
    """The channel with the marks of those whom it reaches: the new ones wait, unless they have confirmed already, and
    of those who are gone nothing is known any more."""
    people = kinds.recipients(channel)
    keys = {recipients.key(address) for address in people}
    known = {recipients.key(address) for address in kinds.recipients(before)} if before else set()
    new = [address for address in people if recipients.key(address) not in known]
    fresh = {recipients.key(address) for address in new if not _is_confirmed(services, channel, address)}
    return replace(channel, stopped=channel.stopped & keys, waiting=(channel.waiting & keys) | fresh)


def _is_confirmed(services: Services, channel: Channel, address: str) -> bool:
    settings = services.settings
    if not settings.confirm_addresses or recipients.key(address) == recipients.key(settings.mail_to):
        return True
    asked = stored.confirmed(channel.project, address)
    return _is_in_use(channel, recipients.key(address)) if asked is None else asked


def _is_in_use(channel: Channel, key: str) -> bool:
    """Whether another channel of the project reaches the address, of which nothing else is known: it had it before
    anybody was asked."""
    others = (one for one in definitions.channels(channel.project) if one.code != channel.code)
    return any(key in map(recipients.key, kinds.recipients(one)) and key not in one.waiting for one in others)


def waiting(services: Services, channel: Channel, among: Iterable[str] | None = None) -> list[str]:
    """Those of the channel's people who have yet to be asked, or asked again; nobody who has stopped its mails."""
    if not services.settings.confirm_addresses:
        return []
    silent = channel.waiting - channel.stopped
    found = [address for address in kinds.recipients(channel) if recipients.key(address) in silent]
    return found if among is None else [address for address in found if recipients.key(address) in among]


def asked(services: Services, project: Project, channel: Channel, addresses: list[str]) -> Channel:
    """The channel after they have been asked; it shows who could not be."""
    channel, trouble = ask(services, project, channel, addresses)
    if trouble:
        definitions.show_error(channel, trouble)
    return replace(channel, error=trouble or channel.error)


def ask(services: Services, project: Project, channel: Channel, addresses: list[str]) -> tuple[Channel, str]:
    """Asks them. Answers the channel, for somebody may have confirmed meanwhile, and who could not be asked and why."""
    troubles = []
    for address in addresses:
        answer = stored.count_asking(project.code, address, services.clock(), QUESTIONS)
        if answer == "confirmed":
            channel = admit(services, channel, address)
        elif answer == "too often":
            troubles.append(f"{address} was asked {QUESTIONS} times within a day and is not asked again now")
        else:
            troubles += _ask_one(services, project, channel, address)
    return channel, "; ".join(troubles)


def _ask_one(services: Services, project: Project, channel: Channel, address: str) -> list[str]:
    """What kept the question from being sent."""
    root = services.settings.site_root
    if not (root and project.secret):
        return [f"{address} could not be asked: the installation does not know its own address, TOCSIN_SITE_ROOT"]
    link = f"{root}/confirm/{recipients.sign(project.secret, 'confirm', project.code, address)}"
    stop = reaching.stop_link(services, channel, project.secret, address)
    question = Question(channel.kind, address, project.name, link, stop)
    try:
        asking.ask(question, services.site, services.outlet, services.clock())
    except Undelivered as error:
        return [f"{address} could not be asked: {error.message}"]
    return []


def admit(services: Services, channel: Channel, address: str, *, waits: bool = False) -> Channel:
    """Has one of its people told by the channel, and with that what it is owed; one that `waits` goes on waiting.
    Raises Missing, Busy."""
    key = recipients.key(address)
    now = transitions.retrying(services, lambda: definitions.admit(channel, key, services.clock(), waits=waits))
    transitions.nudge([outbox.of_channel(channel.project, channel.code)])
    return now
