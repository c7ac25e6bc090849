"""What a heartbeat's status is, by the published rules, from everything that happened to it in the order of time.

Healthchecks, Pinging API and "Check states": a success brings it up, a failure down; it is late from the end of its
period, or from the start of a run that has not ended, and down when the grace time is over; a log is none of its
business; a paused one forgets its runs, and comes back with the next ping unless its owner wants to resume it himself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, combinations, pairwise
from typing import Any

from tests.walk.faults import SKEW
from tests.walk.world import START


@dataclass(frozen=True)
class Happened:
    """`what` is "success", "start", "fail", "log", "pause", "resume" or "change"; `run` is a ping's rid; `fields` are
    the values of a change."""

    at: float
    what: str
    run: str = ""
    fields: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class State:
    timeout: int
    grace: int
    manual_resume: bool = False
    status: str = "new"
    ping: float | None = None
    start: float | None = None
    run: str = ""
    since: float = 0.0

    @property
    def late(self) -> float | None:
        """The moment from which it is late."""
        expected = self.ping + self.timeout if self.status == "up" and self.ping is not None else None
        moments = [moment for moment in (expected, self.start) if moment is not None]
        return min(moments) if moments and self.status != "down" else None

    @property
    def deadline(self) -> float | None:
        return self.late + self.grace if self.late is not None else None


def settled(state: State, at: float) -> State:
    """The state when it is `at` and nothing else has happened."""
    end = state.deadline
    return state if end is None or at < end else replace(state, status="down", since=end)


def shown(state: State, at: float) -> str:
    """The status that a reader sees (Management API, version 3): "new", "up", "grace", "down", "paused"."""
    state = settled(state, at)
    if state.start is not None and at >= state.start + state.grace:
        return "down"
    if state.status != "up" or state.ping is None:
        return state.status
    return "grace" if at >= state.ping + state.timeout else "up"


def after(state: State, event: Happened) -> State:
    state = settled(state, event.at)
    if event.what == "change":
        return settled(replace(state, **event.fields), event.at)
    if event.what == "pause":
        return replace(_turned(state, "paused", event.at), start=None, run="")
    if event.what == "resume":
        return replace(_turned(state, "new", event.at), start=None, run="", ping=None)
    if event.what == "log" or (state.status == "paused" and state.manual_resume):
        return state
    if event.what == "start":
        return replace(state, start=event.at, run=event.run)
    closed = state.start is not None and (event.what == "fail" or not event.run or event.run == state.run)
    state = replace(state, ping=event.at)
    if closed:
        state = replace(state, start=None, run="")
    return _turned(state, "down" if event.what == "fail" else "up", event.at)


def _turned(state: State, status: str, at: float) -> State:
    return state if status == state.status else replace(state, status=status, since=at)


def replay(first: State, events: Iterable[Happened]) -> State:
    """The state after everything that happened, whatever order it arrived in."""
    state = first
    for event in sorted(events, key=lambda event: event.at):
        state = after(state, event)
    return state


def moment(text: str) -> float:
    """Seconds since 1970 of a moment as the API writes it."""
    return datetime.fromisoformat(text).timestamp()


def subsets(spent: list[Happened]) -> Iterable[tuple[Happened, ...]]:
    """Who died may have counted a ping or not: every way in which that can be."""
    return chain.from_iterable(combinations(spent, number) for number in range(len(spent) + 1))


def too_close(events: list[Happened]) -> bool:
    """Whether the order of two events depends on which clock is right."""
    ordered = sorted(events, key=lambda event: event.at)
    owner = {"pause", "resume", "change"}
    return any(
        (b.at - a.at < SKEW and {a.what, b.what} & owner and (a.what, a.fields) != (b.what, b.fields))
        or (b.at == a.at and a.what != b.what)
        for a, b in pairwise(ordered)
    )


def history(events: list[Happened]) -> str:
    told = sorted(events, key=lambda event: event.at)
    return ", ".join(f"{event.what}{event.fields or ''} {event.at - START:.2f}" for event in told)
