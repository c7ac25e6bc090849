"""The line of those who wait for a sender that takes no more for now. Pure.

Everybody in it has a place, which is a number. When its turn comes follows from the line as it is then: the pace may
have become another since, and nobody has to be told so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# The pace of a sender that does not say what it takes: where it begins, and between what it is sought. One that has
# taken nothing for long is still asked so often that ten who wait are told within a minute when it takes again.
FIRST = timedelta(seconds=0.1)
SHORTEST, LONGEST = timedelta(milliseconds=10), timedelta(seconds=5)
SLOWER, FASTER = 1.4, 0.97
# Who wants to be left alone for so long has another reason than the pace: a quota is used up.
QUOTA = timedelta(minutes=5)
# A sender is told a little less than it says that it takes: neither its clock nor the ways to it are ours.
SPARE = 1.05
# A line for which nobody has waited for so long is over.
QUIET = timedelta(seconds=10)
# Who comes so late has lost its place: all who were held up with it come at once.
LATE = timedelta(seconds=30)
# Who waits for a turn that may move looks again when half of the time has passed, but not more often than this.
SOON = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Line:
    """The turn of the place `first` is at `at`, and then there is one every `interval`; nobody's turn comes before
    `at`. `end` is the next place to be given out. `least` is the shortest interval that the sender says it takes, None
    where it says nothing."""

    at: datetime
    interval: timedelta
    first: int = 0
    end: int = 0
    least: timedelta | None = None

    @property
    def is_told(self) -> bool:
        """Whether the pace is the one that the sender tells, and not one that is sought."""
        return self.interval == self.least

    def turn(self, place: int) -> datetime:
        return self.at + max(0, place - self.first) * self.interval

    def is_quiet(self, now: datetime) -> bool:
        return self.turn(self.end) < now - QUIET

    def has_lost(self, place: int, now: datetime) -> bool:
        """Whether who has the place comes too late for it."""
        return self.turn(place) < now - LATE

    def look(self, place: int, now: datetime) -> datetime:
        """When who has the place is to look at the line again: at its turn, or before where that may come earlier."""
        turn = self.turn(place)
        return turn if self.is_told or turn - now < SOON else max(self.at, now + (turn - now) / 2)


def opened(before: Line | None, now: datetime, pause: timedelta, rate: float | None = None) -> Line:
    """A line in which nobody waits yet, for a sender that has just refused a message and wants to be left alone so
    long. It may say how many it takes in a second (`rate`)."""
    least = timedelta(seconds=SPARE / rate) if rate else None
    interval = least or (before.interval if before else FIRST)
    end = before.end if before else 0
    return Line(now + max(pause, interval), interval, end, end, least)


def refused(line: Line, now: datetime, pause: timedelta, *, in_turn: bool) -> Line:
    """The line after a message was refused by a sender that wants to be left alone so long. Only one that came
    `in_turn` shows that the pace is too fast, and those that are refused together show it once."""
    if in_turn and line.at <= now and pause < QUOTA:
        line = replace(_from(line, now), interval=min(line.interval * SLOWER, LONGEST))
        pause = max(pause, line.interval)
    if pause and now + pause > line.at:
        line = replace(_from(line, now), at=now + pause)
    return line


def taken(line: Line, now: datetime) -> Line:
    """The line after a message was taken in its turn: what was found to be too fast may not be."""
    floor = line.least or SHORTEST
    if line.interval <= floor:
        return line
    return replace(_from(line, now), interval=max(line.interval * FASTER, floor))


def caught_up(line: Line, now: datetime) -> Line:
    """The line, of which the next turn is now if all are over that have places."""
    return replace(line, at=now, first=line.end) if line.turn(line.end) < now else line


def _from(line: Line, now: datetime) -> Line:
    """The same line, counted from the next turn."""
    if line.at > now:
        return line
    gone = min((now - line.at) // line.interval + 1, max(line.end - line.first, 0))
    return replace(line, first=line.first + gone, at=line.at + gone * line.interval)
