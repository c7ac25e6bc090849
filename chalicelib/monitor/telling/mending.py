"""What a channel is owed, once there is reason to think that it works again."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core import audience
from chalicelib.core.check import Channel, Check
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import checks, notifications, outbox
from chalicelib.store.gathering import Gathered

TOGETHER = 100


def release(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    """Moves up the outbox items of the checks about which the channel is owed news, and of the checks of whose outage
    it may need a reminder. Doing so twice does no harm."""
    entry = gathered.entry
    code = entry.subject.partition("#")[2]
    channel = next((one for one in channels if one.code == code), None)
    if channel is not None:
        nudges = [outbox.of(check.project, check.code) for check in _concerned(channel)]
        for nudge in nudges:
            outbox.put(nudge, f"{channel.code}:{entry.mark}", services.clock())
        transitions.nudge(nudges)
    outbox.forget(entry)


def _concerned(channel: Channel) -> Iterator[Check]:
    seen = set()
    owed = list(notifications.debts(channel.code))
    for start in range(0, len(owed), TOGETHER):
        keys = owed[start : start + TOGETHER]
        found = {check.code: check for check in checks.told_many(keys)}
        for _, code in keys:
            if code in found and audience.of_check(found[code], [channel]):
                seen.add(code)
                yield found[code]
            else:
                notifications.forgive(channel.code, code)
    if channel.remind:
        for check in checks.of_project(channel.project):
            if check.status == "down" and check.code not in seen and audience.of_check(check, [channel]):
                yield check
