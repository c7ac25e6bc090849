"""Deadlines on their way: what falls due within the same second goes out as messages that can be read when it is over.
Pure.

A message of the queue `deadlines` names checks and the last of their deadlines. It nominates: what it names may have
been pinged, redefined or decided since.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.moments import from_micros, to_micros

# So many checks go with one message: as many as one worker decides within a second.
TOGETHER = 25


@dataclass(frozen=True, slots=True)
class Due:
    """A check that is due at `at`, unless something happens before."""

    project: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One message: `keys` (project, code) of checks that are all due by `at`."""

    at: datetime
    keys: tuple[tuple[str, str], ...]

    def to_message(self) -> dict[str, Any]:
        return {"at": to_micros(self.at), "checks": [list(key) for key in self.keys]}

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Batch:
        return cls(from_micros(message["at"]), tuple((project, code) for project, code in message["checks"]))

    def delay(self, now: datetime) -> int:
        """The whole seconds after which everything in it is due: queues know no fractions, and a message that came
        before its deadline would find nothing to do."""
        return max(math.ceil((self.at - now).total_seconds()), 0)


def batches(found: Iterable[Due], now: datetime) -> list[Batch]:
    """What falls due within one second together, what is overdue first; TOGETHER at most."""
    seconds: dict[int, list[Due]] = {}
    for due in found:
        seconds.setdefault(Batch(due.at, ()).delay(now), []).append(due)
    return [
        _batch(group[start : start + TOGETHER])
        for _, group in sorted(seconds.items())
        for start in range(0, len(group), TOGETHER)
    ]


def _batch(group: list[Due]) -> Batch:
    return Batch(max(due.at for due in group), tuple((due.project, due.code) for due in group))
