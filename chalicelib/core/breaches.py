"""The series of a rule that breach: since when, and how they are kept in items beside the rule. Pure.

A rule may have thousands of series, an item ends at 400,000 bytes and a transaction at four megabytes. So the rule
holds their count and the first few names, and satellite items hold the whole. There are enough satellites to keep each
of them small: when a series begins to breach, one satellite is written anew. A list of checks reads no satellite.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

# So many are named by the rule itself, of names with so many characters in all.
FIRST, FIRST_CHARACTERS = 10, 1_000
# Bytes of one satellite, of what stands beside a name, and of all that one rule may keep: a transaction holds the
# satellites and, in its history, the series that began to breach and those that ceased.
SATELLITE, BESIDE, MOST = 100_000, 40, 1_200_000


@dataclass(frozen=True, slots=True)
class Breach:
    """One breaching series: since when, and its first value out of bounds, None if the series is missing."""

    since: datetime
    value: float | None


Breaches = Mapping[str, Breach]


@dataclass(frozen=True, slots=True)
class Breaching:
    """What a rule says of its series that breach: how many there are, the `first` of their names in alphabetical order,
    and over how many satellites they are spread."""

    count: int = 0
    first: tuple[str, ...] = ()
    satellites: int = 0

    @property
    def complete(self) -> bool:
        """Whether all of them are named."""
        return len(self.first) == self.count


NONE = Breaching()


def summary(found: Breaches) -> Breaching:
    """What the rule says of them."""
    return Breaching(len(found), _first(sorted(found)), _satellites(size(found)))


def _first(names: list[str]) -> tuple[str, ...]:
    shown, left = [], FIRST_CHARACTERS
    for name in names[:FIRST]:
        left -= len(name)
        if left < 0:
            break
        shown.append(name)
    return tuple(shown)


def size(names: Iterable[str]) -> int:
    """How many bytes series of these names take."""
    return sum(len(json.dumps(name)) + BESIDE for name in names)


def _satellites(total: int) -> int:
    """A power of two, so that it seldom changes: then all of them are written anew."""
    return 1 << (-(-total // SATELLITE) - 1).bit_length() if total else 0


def spread(found: Breaches, satellites: int) -> list[dict[str, Breach]]:
    """What each of so many satellites holds, in the order of their numbers. A series stays in its own."""
    parts: list[dict[str, Breach]] = [{} for _ in range(satellites)]
    for name in sorted(found):
        parts[zlib.crc32(name.encode()) % satellites][name] = found[name]
    return parts
