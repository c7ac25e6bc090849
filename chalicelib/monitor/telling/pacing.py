"""Pacing: a sender that takes no more messages for now is told the others one by one, as fast as it takes them.

Who is refused for that reason takes a place in the sender's line and comes back at its turn (`core.line`). The pace is
the one that the sender says it takes; that of one which does not say so is found out. A process that has seen a sender
refuse has its next messages take places before they are tried. Who never was refused asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib import channels, log
from chalicelib.channels import mail
from chalicelib.channels.base import Outlet
from chalicelib.core import cursor as moves
from chalicelib.core import line as lines_of
from chalicelib.core.check import Channel
from chalicelib.core.conversation import Wait
from chalicelib.core.cursor import Attempt, Cursor
from chalicelib.core.line import Line
from chalicelib.monitor.services import Services
from chalicelib.store import lines
from chalicelib.store.faults import Contended, Refused, StoreFault
from chalicelib.store.lines import Kept

# So long one may take to ask a sender for its pace, while the others look again in pauses.
ASKING, LOOK = timedelta(seconds=2), 0.1
# A change of the line that meets others is tried so often.
TRIES = 5
# Who cannot reach the line comes back within so many seconds.
AGAIN = 10.0
# A sender that takes one message in so long has no room for one that comes a second late.
SLOW = timedelta(seconds=0.5)

# Services of AWS take messages of all channels at one rate, and how it is learnt.
_SHARED: dict[str, Callable[[Outlet], float | None]] = {"SES": mail.rate, "SNS": lambda _outlet: None}


class Turn(NamedTuple):
    """When to look again whether it is one's turn, and one's place in the line; None where the line is out of reach."""

    at: datetime
    place: int | None


def sender_of(channel: Channel) -> str:
    """By whose pace a channel is told."""
    service = channels.kind_named(channel.kind).service
    return service if service in _SHARED else channel.code


def paced(services: Services, channel: Channel, cursor: Cursor) -> Wait | None:
    """Until when a message that was refused waits for its sender; None if it may go out now, as one may that was not
    refused."""
    waited = cursor.attempt
    turn = leave(services, channel, waited) if waited and waited.paced else None
    return Wait(moves.placed(cursor, *turn), turn.at) if turn else None


def first_turn(services: Services, channel: Channel) -> Turn | None:
    """None if a message that has not waited may go out now, as it may unless this process has seen its sender refuse
    some of late."""
    known = services.memory.lines.get(sender_of(channel))
    if known is None or known.is_quiet(services.clock()):
        return None
    try:
        return leave(services, channel, None)
    except (StoreFault, Contended) as fault:
        log.warning("message sent without a place, the line is out of reach", reason=str(fault), channel=channel.code)
        return None


def leave(services: Services, channel: Channel, waited: Attempt | None) -> Turn | None:
    """None if a message that has `waited` may go out now; else its turn."""
    sender, place = sender_of(channel), waited.place if waited else None
    seen = _seen(services, sender)
    if seen is None:
        return None
    line, now = seen.line, services.clock()
    if place is None or line.has_lost(place, now):
        place, line = _taken_place(services, channel, seen)
    return None if line.turn(place) <= now else Turn(line.look(place, now), place)


def refused(services: Services, channel: Channel, after: float, *, in_turn: bool) -> Turn:
    """A message was refused, which came at its turn or (not `in_turn`) had not waited. Its sender wants to be left
    alone for `after` seconds. Answers its next turn."""
    pause, sender = timedelta(seconds=after), sender_of(channel)

    def change(line: Line, now: datetime) -> Line:
        return lines_of.refused(line, now, pause, in_turn=in_turn)

    try:
        seen = _seen(services, sender)
        if seen is None or seen.line.is_quiet(services.clock()):
            seen = _opened(services, sender, seen, pause)
        else:
            seen = _changed(services, sender, seen, change)
        place, line = _taken_place(services, channel, seen)
        return Turn(line.look(place, services.clock()), place)
    except (StoreFault, Contended, Refused) as fault:
        log.warning("message waits without a place, the line is out of reach", reason=str(fault), channel=channel.code)
        random = int(services.random_text(3, "0123456789")) / 1000
        return Turn(services.clock() + pause + timedelta(seconds=AGAIN * random), None)


def taken(services: Services, channel: Channel) -> None:
    """A message was taken at its turn."""
    sender = sender_of(channel)
    line = services.memory.lines.get(sender)
    if line is None or lines_of.taken(line, services.clock()) == line:
        return
    try:
        seen = _seen(services, sender)
        if seen:
            _changed(services, sender, seen, lines_of.taken)
    except (StoreFault, Contended) as fault:
        log.warning("pace of a sender stays as it is", reason=str(fault), channel=channel.code)


def gap(services: Services, channel: Channel) -> float:
    """The seconds between messages that go to several recipients: none, unless their sender has refused some of
    late."""
    line = services.memory.lines.get(sender_of(channel))
    return 0.0 if line is None or line.is_quiet(services.clock()) else line.interval.total_seconds()


def is_strict(services: Services, channel: Channel) -> bool:
    """Whether messages of the channel must come at their turns, not a second after: at a slow sender, and at one whose
    pace is sought, for several that come together are refused at any pace."""
    line = services.memory.lines.get(sender_of(channel))
    return line is not None and (line.interval >= SLOW or not line.is_told)


def _seen(services: Services, sender: str) -> Kept | None:
    """The line as it is, after its sender was asked for the pace if somebody does so at this moment."""
    seen = lines.get(sender)
    while seen and seen.asking and seen.asking > services.clock():
        services.sleep(LOOK)
        seen = lines.get(sender)
    if seen:
        services.memory.lines.put(sender, seen.line)
    return seen


def _opened(services: Services, sender: str, seen: Kept | None, pause: timedelta) -> Kept:
    """The line of a sender for which nobody waits. One of those who are refused together opens it, and asks the sender
    what it takes."""
    ask, now = _SHARED.get(sender), services.clock()
    line = lines_of.opened(seen.line if seen else None, now, pause)
    asking = now + ASKING if ask else None
    opened = Kept(line, asking)
    if not lines.put(sender, line, seen, asking):
        return _seen(services, sender) or opened
    rate = ask(services.outlet) if ask else None
    known = Kept(lines_of.opened(line, now, pause, rate))
    if ask and not lines.put(sender, known.line, opened):
        return _seen(services, sender) or opened
    services.memory.lines.put(sender, known.line)
    return known


def _changed(services: Services, sender: str, seen: Kept, change: Callable[[Line, datetime], Line]) -> Kept:
    """The line after a change, or as others have changed it meanwhile where they were faster time and again."""
    for _ in range(TRIES):
        line = change(seen.line, services.clock())
        if line == seen.line or lines.put(sender, line, seen):
            services.memory.lines.put(sender, line)
            return Kept(line)
        seen = _seen(services, sender) or seen
    return seen


def _taken_place(services: Services, channel: Channel, seen: Kept) -> tuple[int, Line]:
    """A place of its own for a message, and the line behind it."""
    sender, now = sender_of(channel), services.clock()
    if seen.line.turn(seen.line.end) < now:
        # Nobody waits: its turn is now.
        _changed(services, sender, seen, lines_of.caught_up)
    place, kept = lines.take(sender, _weight(channel))
    services.memory.lines.put(sender, kept.line)
    return place, kept.line


def _weight(channel: Channel) -> int:
    """As how many messages one to the channel counts: each of its recipients gets one."""
    return max(1, len(channels.recipients(channel)))
