"""The state machine of a check: what an event does to it, and what status it shows. Pure; the waist of the system.

`decide(check, event)` answers the check as it is afterwards together with the flips on the way. Two rules hold for
every event. First the deadline, then the event: whatever comes after a missed deadline records the missed flip before
itself, so that the history is the same whether or not the sweep was first. And the flips of one check are strictly
ordered in time. A ping counts as of when it came, whenever it is decided (`core.late`). Rules: Healthchecks' documented
behaviour (pinging, "started", grace, pausing, manual resume).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.core import arrivals, late, schedule, silencing, watching
from chalicelib.core.away import Away
from chalicelib.core.breaches import NONE
from chalicelib.core.check import Check, Flip, PingKind, Signal, Status, flipped
from chalicelib.core.errors import Conflict
from chalicelib.core.late import Late
from chalicelib.core.silence import Silence
from chalicelib.core.silencing import Silenced, Unsilenced
from chalicelib.core.watching import Judged, Observed, SeriesChange

__all__ = [
    "Change",
    "DeadlinePassed",
    "Event",
    "Judged",
    "Late",
    "Observed",
    "PageClosed",
    "PageRenewed",
    "Paused",
    "Redefined",
    "Resumed",
    "Shown",
    "Signal",
    "Silenced",
    "Unlinked",
    "Unsilenced",
    "deadline",
    "decide",
    "effective_kind",
    "grace_start",
    "shown",
]

Shown = Literal["new", "started", "up", "grace", "down", "paused"]


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome of a decision: the check before and after, and the flips between the two, oldest first.

    `ended` are the silences that are over. `series` says which series of a rule breach now, None if the same do as
    before. `released` are the checks whose news waited for this one to come back. With `unheld` a silence, a master or
    an interval that may have kept back news of this check itself is not what it was.
    """

    before: Check
    after: Check
    at: datetime
    flips: tuple[Flip, ...] = ()
    ended: tuple[Silence, ...] = ()
    series: SeriesChange | None = None
    released: tuple[str, ...] = ()
    unheld: bool = False

    @property
    def is_news(self) -> bool:
        """Whether somebody may have to be told something of the check."""
        return self.unheld or any(flip.is_news for flip in self.flips)


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The clock reached `at`; nothing else happened."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    at: datetime


@dataclass(frozen=True, slots=True)
class Redefined:
    """The owner changed the definition: `fields` are attributes of Check with their new values."""

    at: datetime
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PageRenewed:
    """The owner wants another address for the check's page, or a page for a check that has none."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PageClosed:
    """The owner wants the check to have no page."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Something that the check names by this code, a channel or its master, has been deleted."""

    at: datetime
    code: str


Event = (
    Signal
    | Late
    | DeadlinePassed
    | Paused
    | Resumed
    | Redefined
    | PageRenewed
    | PageClosed
    | Observed
    | Judged
    | Silenced
    | Unsilenced
    | Unlinked
)


def grace_start(check: Check, *, with_started: bool = True) -> datetime | None:
    """The moment from which the check is late, None if it cannot be. A run that has started is late from its start."""
    expected = _expected(check) if check.status == "up" and check.last_ping else None
    if with_started and check.last_start and check.status != "down":
        return min(expected, check.last_start) if expected else check.last_start
    return expected


def deadline(check: Check) -> datetime | None:
    """The moment at which silence becomes news: the end of the grace time, or of the time to settle after that if
    nobody looked then."""
    start = grace_start(check)
    return _end_of_grace(check, start) if start else None


def _end_of_grace(check: Check, start: datetime) -> datetime:
    grace = timedelta(seconds=check.grace)
    return check.away.settled(start + grace, grace) if check.away else start + grace


def _expected(check: Check) -> datetime | None:
    assert check.last_ping is not None
    if check.schedule_kind == "simple":
        return check.last_ping + timedelta(seconds=check.timeout)
    return schedule.next_firing(check.schedule_kind, check.schedule, check.tz, check.last_ping)


def shown(check: Check, now: datetime, *, with_started: bool) -> Shown:
    """The status a reader sees at `now`, true even where the sweep has not been yet. Without `with_started` (today's
    API versions) a run under way does not hide the status below it."""
    if check.last_start:
        if now >= _end_of_grace(check, check.last_start):
            return "down"
        if with_started:
            return "started"
    if check.status != "up":
        return check.status
    late = grace_start(check, with_started=False)
    if late is None or now < late:
        return "up"
    return "down" if now >= _end_of_grace(check, late) else "grace"


def decide(check: Check, event: Event, away: Away | None = None) -> Change | None:
    """What `event` does to `check`; None when nothing changes at all. `away` is the last time in which nobody looked at
    deadlines: one that fell into it is given time to settle, once.

    Raises Conflict when the event does not fit the state (resuming a check that is not paused).
    """
    current = _excused(check, away)
    missed: tuple[Flip, ...] = ()
    if not _is_past(check, event):
        current, missed = _expire_deadline(current, _moment(event))
    after, made = _HANDLERS[type(event)](current, event)
    after = replace(after, away=after.away if _is_settling(after) else None)
    after = replace(after, due=None if after.status == "down" else deadline(after))
    flips = missed + made
    if isinstance(event, Redefined | Late):
        # Another definition, or a ping of long ago, may put the deadline where it has passed already.
        after, overdue = _expire_deadline(after, event.at)
        flips += overdue
    series = watching.series(check, after, event)
    if after == check and series is None:
        return None
    released = () if after.status == "down" else after.holds
    after = replace(after, holds=()) if released else after
    return Change(
        check,
        replace(after, version=check.version + 1),
        event.at,
        flips,
        silencing.ended(check, after, event.at),
        series,
        released,
        _unheld(check, after),
    )


def _excused(check: Check, away: Away | None) -> Check:
    """The check with the time away noted, if its deadline fell into it. A check that is settling already is given no
    more time, unless the same absence turns out to have lasted longer than was known."""
    if away is None or check.status == "down":
        return check
    if check.away and _is_settling(check):
        return replace(check, away=away) if away.since == check.away.since else check
    end = deadline(check)
    return replace(check, away=away) if end and away.covers(end) else check


def _is_settling(check: Check) -> bool:
    """Whether the check has been given time because nobody looked at its deadline."""
    if check.away is None or check.status == "down":
        return False
    start = grace_start(check)
    return start is not None and check.away.covers(start + timedelta(seconds=check.grace))


def _moment(event: Event) -> datetime:
    return event.signal.at if isinstance(event, Late) else event.at


def _is_past(check: Check, event: Event) -> bool:
    """Whether the event comes before what the check already is, so that no deadline comes before it."""
    signal = event.signal if isinstance(event, Late) else event
    return isinstance(signal, Signal) and late.concerns(check, signal)


def _unheld(before: Check, after: Check) -> bool:
    """Whether news that was kept back may not be any more: a silence is off it or has changed, or it is told to others,
    in another rhythm, or without regard to the same master."""
    others = (before.channels, before.master, before.remind) != (after.channels, after.master, after.remind)
    return others or any(silence not in after.silences for silence in before.silences)


def _expire_deadline(check: Check, now: datetime) -> tuple[Check, tuple[Flip, ...]]:
    """The check after a deadline that has passed by `now`, and the flip if there was one."""
    end = deadline(check) if check.status != "down" else None
    if end is None or now < end:
        return check, ()
    details = {"away": check.away.as_text()} if check.away else {}
    down, flip = flipped(check, "down", end, "timeout", details)
    return replace(down, due=None, away=None), (flip,)


def _deadline_passed(check: Check, _event: DeadlinePassed) -> tuple[Check, tuple[Flip, ...]]:
    return check, ()


def _signal(check: Check, signal: Signal) -> tuple[Check, tuple[Flip, ...]]:
    return _late(check, late.in_short(check, signal))


def _late(check: Check, event: Late) -> tuple[Check, tuple[Flip, ...]]:
    """Counts the signal once and gives it its place in the order of time."""
    signal = event.signal
    if arrivals.repeated(check, signal):
        return check, ()
    kind = effective_kind(check, signal)
    after = arrivals.taken_in(arrivals.counted(check, signal), signal, kind)
    if kind in ("log", "ign"):
        return after, ()
    if late.concerns(check, signal):
        if not event.known and not arrivals.is_newest_closing(check, signal):
            return after, ()
        return late.rewritten(check, after, event, kind, _expire_deadline)
    new: Status = "down" if kind == "fail" else "up"
    if kind == "start" or new == check.status:
        return after, ()
    after, flip = flipped(after, new, signal.at, "fail" if kind == "fail" else "")
    return after, (flip,)


def effective_kind(check: Check, signal: Signal) -> PingKind:
    """A paused check that waits for its owner to resume it takes note of a signal and ignores it."""
    held = check.status == "paused" and check.manual_resume
    return "ign" if held and not late.concerns(check, signal) else signal.kind


def _paused(check: Check, event: Paused) -> tuple[Check, tuple[Flip, ...]]:
    if check.status == "paused" and not check.last_start:
        return check, ()
    check = arrivals.silent(check, event.at)
    if check.status == "paused":
        return check, ()
    check, flip = flipped(replace(check, suspicion=None, breaching=NONE, error="", value=None), "paused", event.at)
    return check, (flip,)


def _resumed(check: Check, event: Resumed) -> tuple[Check, tuple[Flip, ...]]:
    if check.status != "paused":
        raise Conflict("check is not paused")
    cleared = replace(arrivals.silent(check, event.at), last_ping=None)
    check, flip = flipped(cleared, "new", event.at)
    return check, (flip,)


def _redefined(check: Check, event: Redefined) -> tuple[Check, tuple[Flip, ...]]:
    changed = replace(check, **event.fields)
    if changed == check:
        return check, ()
    return replace(watching.redefined(check, changed), edition=check.edition + 1), ()


def _page_renewed(check: Check, _event: PageRenewed) -> tuple[Check, tuple[Flip, ...]]:
    return replace(check, page=check.page + 1, page_off=False), ()


def _page_closed(check: Check, _event: PageClosed) -> tuple[Check, tuple[Flip, ...]]:
    return replace(check, page_off=True), ()


def _unlinked(check: Check, event: Unlinked) -> tuple[Check, tuple[Flip, ...]]:
    channels = tuple(code for code in check.channels if code != event.code)
    master = "" if check.master == event.code else check.master
    return _redefined(check, Redefined(event.at, {"channels": channels, "master": master}))


_HANDLERS: dict[type, Callable[[Check, Any], tuple[Check, tuple[Flip, ...]]]] = {
    Signal: _signal,
    Late: _late,
    DeadlinePassed: _deadline_passed,
    Paused: _paused,
    Resumed: _resumed,
    Redefined: _redefined,
    PageRenewed: _page_renewed,
    PageClosed: _page_closed,
    Observed: watching.observed,
    Judged: watching.judged,
    Silenced: silencing.silenced,
    Unsilenced: silencing.unsilenced,
    Unlinked: _unlinked,
}
