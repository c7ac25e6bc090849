"""News that was kept back by something of which it is not known whom it concerns: a channel that did not work, and a
check that decides for its instances. Whoever ends that leaves an item in the outbox, and here the items of those whom
it concerns are moved up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core import audience, instances
from chalicelib.core.check import Channel, Check
from chalicelib.core.errors import Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import checks, notifications, outbox
from chalicelib.store.gathering import Gathered
from chalicelib.store.outbox import Entry, Nudge

TOGETHER = 100


def wake(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    """Does what an item that is about no single check asks for. Doing so twice does no harm."""
    if outbox.is_of_instances(gathered.entry.subject):
        _wake_instances(services, gathered)
    else:
        release(services, gathered, channels)


def _wake_instances(services: Services, gathered: Gathered) -> None:
    """Moves up the outbox items of every instance of a check. One that was deleted took its instances with it."""
    entry = gathered.entry
    try:
        check = checks.get(entry.project, entry.subject.partition("#")[2])
    except Missing:
        outbox.forget(entry)
        return
    _move_up(services, [outbox.of(one.project, one.code) for one in checks.instances_of(check)], entry)
    outbox.forget(entry)


def release(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    """Moves up the outbox items of the checks about which the channel is owed news, of the checks of whose outage it
    may need a reminder, and of its last words. Doing so twice does no harm."""
    entry = gathered.entry
    code = entry.subject.partition("#")[2]
    channel = next((one for one in channels if one.code == code), None)
    if channel is not None:
        owed = list(notifications.debts(channel.code))
        _hasten_words(services, channel, [key for key in owed if not outbox.is_check(key[1])])
        concerned = _concerned(channel, [key for key in owed if outbox.is_check(key[1])])
        _move_up(services, [outbox.of(check.project, check.code) for check in concerned], entry)
    outbox.forget(entry)


def _hasten_words(services: Services, channel: Channel, owed: list[tuple[str, str]]) -> None:
    words = [outbox.of(project, subject) for project, subject in owed]
    standing = [word for word in words if outbox.hasten(word, services.clock())]
    for word in words:
        if word not in standing:
            notifications.forgive(channel.code, word.subject)
    transitions.nudge(standing)


def _move_up(services: Services, nudges: list[Nudge], entry: Entry) -> None:
    for nudge in nudges:
        outbox.put(nudge, f"{entry.subject}:{entry.mark}", services.clock())
    transitions.nudge(nudges)


def _concerned(channel: Channel, owed: list[tuple[str, str]]) -> Iterator[Check]:
    """The checks of which the channel is owed news, and those of whose outage it may need a reminder."""
    seen = set()
    for start in range(0, len(owed), TOGETHER):
        keys = owed[start : start + TOGETHER]
        found = {check.code: check for check in checks.many_as_told(keys)}
        for _, code in keys:
            if code in found and audience.of_check(found[code], [channel]):
                seen.add(code)
                yield found[code]
            else:
                notifications.forgive(channel.code, code)
    if channel.remind:
        for check in _with_instances(checks.of_project(channel.project)):
            if check.status == "down" and check.code not in seen and audience.of_check(check, [channel]):
                yield check


def _with_instances(found: Iterable[Check]) -> Iterator[Check]:
    for check in found:
        yield check
        for instance in transitions.instances_of(check):
            yield instances.as_told(instance, check)
