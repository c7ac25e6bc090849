"""The timing wheel: what is looked at in a fixed period stands in one slot for good, so scheduling writes nothing.

A period has one phase for each whole minute in it, at least one. What stands in phase n is looked at when the seconds
since 1970 leave a remainder of n minutes if they are divided by the period: a period of 45 s is served every 45 s, one
of 90 s every 90 s, wherever in its minute that falls. A slot is `<letter><period>#<phase>#<shard>`: a letter that says
who looks, the period in seconds, the phase, and one of a few partitions. Pure.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MINUTE = 60
# A sort key of DynamoDB ends at 1,024 bytes; a code stands behind the spread.
_SPREAD_MAX = 900


@dataclass(frozen=True, slots=True)
class Member:
    """What stands on the wheel, with or without a status: `letter` says who looks at it, `period` is in whole seconds
    from 1. Members of equal `spread` stand together, so that one worker gets them; it is empty if each is for itself.
    """

    letter: str
    code: str
    period: int
    spread: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Some of the members of one phase of a period: those of one shard."""

    letter: str
    period: int
    phase: int
    shard: int

    def __str__(self) -> str:
        """The slot as the index keeps it."""
        return f"{self.letter}{self.period}#{self.phase}#{self.shard}"

    def moments(self, start: float, end: float) -> range:
        """The moments (whole seconds since 1970) from `start` on and before `end` at which its members are due."""
        first = -int(-start // 1)
        first += (self.phase * MINUTE - first) % self.period
        return range(first, -int(-end // 1), self.period)


def seat(member: Member, shards: int) -> tuple[Slot, str]:
    """Where a member stands: its slot, and the key that orders it there."""
    spread = member.spread.encode()[:_SPREAD_MAX].decode(errors="ignore")
    phase = _number(member.code) % _phases(member.period)
    slot = Slot(member.letter, member.period, phase, _number(spread or member.code) % shards)
    return slot, f"{spread}#{member.code}"


def slots(letter: str, period: int, shards: int, start: float, end: float) -> Iterator[Slot]:
    """The slots of a period that are due at least once from `start` on and before `end` (seconds since 1970)."""
    for phase in range(_phases(period)):
        found = [Slot(letter, period, phase, shard) for shard in range(shards)]
        if found[0].moments(start, end):
            yield from found


def _phases(period: int) -> int:
    return max(period // MINUTE, 1)


def _number(text: str) -> int:
    return zlib.crc32(text.encode())
