"""The condition of the installation itself, for whoever is called at night: is everybody told, how late is it, who
cannot be reached, do the clocks strike, what waits in the queues, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import functions, log
from chalicelib.core.away import ABSENCE, Away
from chalicelib.core.check import Channel, Project
from chalicelib.monitor.services import Services
from chalicelib.store import checks, definitions, directory, notifications, outbox, queues, sweeps, wheel
from chalicelib.store.faults import StoreFault
from chalicelib.store.queues import Depth

# What is decided in time is decided within two seconds, and what a nudge has lost is found by the next sweep.
BEHIND, UNTOLD = timedelta(seconds=10), timedelta(minutes=2)
# So many deadlines are counted one by one.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class News:
    """Items of the outbox: how many are `due`, since when the oldest is, how many wait for a `later` moment, a retry or
    the end of a silence, and how many are `held` until something else happens."""

    due: int
    oldest: datetime | None
    later: int
    held: int


@dataclass(frozen=True, slots=True)
class Failing:
    """A channel that fails, with the number of checks of which it is owed news."""

    project: Project
    channel: Channel
    owed: int


@dataclass(frozen=True, slots=True)
class Condition:
    """`swept` is when the last sweep began that came to its end, `away` the last time in which none did, `handed_out`
    the moment up to which the wheel has been served (None: nothing is on it), `behind` the number of deadlines that
    nobody has decided, and the earliest; `aside` the messages that were set aside, by queue. A queue that cannot be
    asked has no depth."""

    at: datetime
    swept: datetime | None
    away: Away | None
    periods: int
    handed_out: datetime | None
    behind: int
    earliest: datetime | None
    news: News
    failing: tuple[Failing, ...]
    queues: dict[str, Depth | None]
    aside: dict[str, Depth | None]

    @property
    def sweeps(self) -> bool:
        """Whether deadlines are looked at."""
        return self.swept is not None and self.at - self.swept <= ABSENCE

    @property
    def ticks(self) -> bool:
        """Whether probes, rules and commands are asked for."""
        return not self.periods or (self.handed_out is not None and self.at <= self.handed_out)

    @property
    def tells(self) -> bool:
        """Whether nobody waits for news that could be told."""
        return self.news.oldest is None or self.at - self.news.oldest <= UNTOLD

    @property
    def good(self) -> bool:
        """Whether there is nothing to look at."""
        runs = self.sweeps and self.ticks and self.tells
        return runs and not self.behind and not self.failing and not self.set_aside

    @property
    def set_aside(self) -> dict[str, int | None]:
        """How many messages were set aside, by queue, where there are any or nobody can say."""
        found = {noun: depth.ready if depth else None for noun, depth in self.aside.items()}
        return {noun: number for noun, number in found.items() if number != 0}


def of_installation(services: Services) -> Condition:
    """As it is at this moment. Reads the outbox whole, and the channels of all projects. Raises StoreFault."""
    now, swept, turning = services.clock(), sweeps.state(), wheel.state()
    behind, earliest = checks.behind(now - BEHIND, COUNTED)
    return Condition(
        now,
        swept.last,
        swept.away,
        len(turning.periods),
        turning.served,
        behind,
        earliest,
        _news(now),
        tuple(_failing()),
        {noun: _depth(noun) for noun in functions.fed()},
        {noun: _depth(noun, aside=True) for noun in functions.fed()},
    )


def _news(now: datetime) -> News:
    waiting = [entry.due for entry in outbox.all_waiting()]
    due = [moment for moment in waiting if moment and moment <= now]
    later = sum(1 for moment in waiting if moment and moment > now)
    return News(len(due), min(due, default=None), later, waiting.count(None))


def _failing() -> list[Failing]:
    found = []
    for project in directory.projects():
        for channel in definitions.channels(project.code):
            if channel.error:
                found.append(Failing(project, channel, sum(1 for _ in notifications.debts(channel.code))))
    return found


def _depth(noun: str, *, aside: bool = False) -> Depth | None:
    try:
        return queues.depth(noun, aside=aside)
    except StoreFault as fault:
        log.warning("a queue cannot be asked", queue=noun, aside=aside, reason=str(fault))
        return None
