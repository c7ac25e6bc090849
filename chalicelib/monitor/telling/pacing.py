"""Pacing: a sender that takes no more messages for now is not asked as often as there are messages.

Who was refused for that reason once waits a random while and then asks for leave: one message at a time, in an interval
that grows with every refusal and shrinks with every leave, until it is what the sender takes. Who never was refused
asks nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib import channels
from chalicelib.core.check import Channel
from chalicelib.monitor.services import Services
from chalicelib.store import paces
from chalicelib.store.paces import Pace

FIRST = timedelta(seconds=0.5)
SHORTEST, LONGEST = timedelta(milliseconds=10), timedelta(seconds=30)
SLOWER, FASTER = 1.6, 0.93
# Leave that nobody asked for is kept for so long.
SPARE = timedelta(seconds=1)
# Who waits asks again after a random while, the longer the longer it has waited, within these.
SOONEST, LATEST = timedelta(seconds=1), timedelta(seconds=10)

# Services of AWS take messages of all channels at one rate.
_SHARED = ("SES", "SNS")


def sender_of(channel: Channel) -> str:
    """By whose pace a channel is told."""
    service = channels.kind_named(channel.kind).service
    return service if service in _SHARED else channel.code


def leave(services: Services, sender: str, waiting_since: datetime) -> datetime | None:
    """None if a message may go out now; else when to ask again."""
    now, seen = services.clock(), paces.get(sender)
    if seen is None:
        return None
    if seen.free <= now:
        free = max(seen.free, now - SPARE) + seen.interval
        if paces.put(Pace(sender, free, max(seen.interval * FASTER, SHORTEST)), seen):
            return None
    return max(seen.free, now) + _while(services, now - waiting_since)


def refused(services: Services, sender: str, after: float, waiting_since: datetime) -> datetime:
    """A message was refused, and the sender wants to be left alone for `after` seconds. Answers when to ask again."""
    now, seen = services.clock(), paces.get(sender)
    pause = now + timedelta(seconds=after)
    if seen is None or seen.free <= pause:
        interval = FIRST if seen is None else seen.interval
        # Those who were refused together make it slower once.
        slower = interval if seen is None or seen.free > now else min(interval * SLOWER, LONGEST)
        paces.put(Pace(sender, pause, slower), seen)
    return pause + _while(services, now - waiting_since)


def _while(services: Services, waited: timedelta) -> timedelta:
    longest = min(max(waited / 4, SOONEST), LATEST)
    return longest * (int(services.random_text(3, "0123456789")) / 1000)
