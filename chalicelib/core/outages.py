"""Outages: what a check's flips say about when it was down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.check import Flip


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage: `down` is the flip that began it, `end` the next flip (to up or to paused), None while it lasts."""

    down: Flip
    end: Flip | None = None

    @property
    def began(self) -> datetime:
        return self.down.at

    @property
    def ended(self) -> datetime | None:
        return self.end.at if self.end else None


def incident(code: str, began: datetime) -> str:
    """The name under which services for incidents know an outage: it belongs to this check, or instance, and to this
    outage alone. A hash, for whoever knows a check's code can ping it."""
    return hashlib.sha256(f"{code} {began:%Y%m%dT%H%M%S%f}".encode()).hexdigest()[:40]


def outages(newest_first: Iterable[Flip]) -> list[Outage]:
    """The outages in a check's flips, newest first. One that began before the oldest flip is not among them."""
    found, later = [], None
    for flip in newest_first:
        if flip.new == "down":
            found.append(Outage(flip, later))
        later = flip
    return found
