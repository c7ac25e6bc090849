"""A signal that is decided after younger things have happened: what it says about the check's past. Pure;
`core.status` calls it.

No flip is ever removed. The time from the signal on is lived through once more, from the flips and pings that are
known, up to the first later flip that stands. A missed deadline that the signal disproves is ended at its own moment;
an outage of which the signal is the only witness is put in. If no later flip stands, the check is in the status that it
would have had if the signal had come in time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core import arrivals
from chalicelib.core.check import TICK, Check, Flip, Ping, PingKind, Signal, Status, flipped

REASON = "late"
# Flips never share a moment, so one may stand a few ticks after what made it; what is as near as that is not late.
SAME = 100 * TICK

Expire = Callable[[Check, datetime], tuple[Check, tuple[Flip, ...]]]


@dataclass(frozen=True, slots=True)
class Late:
    """A signal that is decided at `at`, which is later than it came. `flips` are the check's flips after the signal,
    oldest first, `before` is the last one that is not; `pings` are those of about that time, oldest first. Without them
    `known`, the past is left as it is."""

    signal: Signal
    at: datetime
    flips: tuple[Flip, ...] = ()
    before: Flip | None = None
    pings: tuple[Ping, ...] = ()
    known: bool = True


def concerns(check: Check, signal: Signal) -> bool:
    """Whether something that is younger than the signal has happened to the check."""
    older_than_status = check.since is not None and signal.at < check.since - SAME
    return older_than_status or (signal.kind in arrivals.CLOSING and not arrivals.is_newest_closing(check, signal))


def in_short(check: Check, signal: Signal) -> Late:
    """The signal with its check's last flip, if that came later, as far as the check without its history tells it."""
    if check.since is None or signal.at >= check.since - SAME:
        return Late(signal, signal.at)
    return Late(signal, signal.at, (_last_flip(check, check.since),))


def _last_flip(check: Check, at: datetime) -> Flip:
    """The flip at `at` that brought the check into its status, as far as the check itself tells. A check without a ping
    was new before; any other was up, or down if it is up now. It went down because a ping was missed, unless one came
    at that moment or later: that one reported the failure."""
    before: Status = "down" if check.status == "up" else "up"
    if check.last_ping is None:
        before = "new"
    reason = ""
    if check.status == "down":
        missed = check.last_ping is None or check.last_ping < at
        reason = "timeout" if missed else "fail"
    return Flip(check.project, check.code, at, before, check.status, reason)


def status_then(check: Check, late: Late) -> Status:
    """The status that the check had when the signal came."""
    if late.before:
        return late.before.new
    return late.flips[0].old if late.flips else check.status


def rewritten(check: Check, after: Check, late: Late, kind: PingKind, expire: Expire) -> tuple[Check, tuple[Flip, ...]]:
    """The check `after` a late signal in the status that follows from it, and the flips that set its past right."""
    if not late.flips and check.since and late.signal.at < check.since - SAME:
        late = replace(in_short(check, late.signal), at=late.at)
    past = _Past(_then(check, after, late, kind), expire, _known(check, late), late.signal)
    if kind in arrivals.CLOSING:
        past.turn(kind, late.signal.at)
    for index, flip in enumerate(late.flips):
        past.replay(flip.at)
        if past.disproves(flip):
            past.end(flip, late.flips[index + 1 : index + 2])
        else:
            past.keep(flip)
    past.replay(None)
    made = tuple(flip for flip in past.made if _is_needed(flip, [*past.made, *late.flips]))
    return replace(after, status=past.check.status, since=past.check.since) if made else after, made


def _is_needed(made: Flip, flips: Sequence[Flip]) -> bool:
    """Whether a flip says anything that the others do not. One at the moment of another does not; nor does a change
    from new or paused to up that comes a little before the one that is in the log."""
    if any(made.at == other.at for other in flips if other is not made):
        return False
    following = min((flip for flip in flips if flip.at > made.at), key=lambda flip: flip.at, default=None)
    return following is None or made.old not in ("new", "paused") or not made.new == following.new == "up"


def _since_then(check: Check, late: Late) -> datetime | None:
    """Since when the check had the status that it had when the signal came; None where that is not known."""
    if late.before:
        return late.before.at
    # Without a flip before the signal, the check's own moment is that of a later flip, if there is one.
    return None if late.flips else check.since


def _then(check: Check, after: Check, late: Late, kind: PingKind) -> Check:
    """The check at the moment of the signal, as far as its last pings tell."""
    at = late.signal.at
    then = replace(
        after,
        status=status_then(check, late),
        since=_since_then(check, late),
        last_ping=None,
        last_start=None,
        last_start_rid=None,
        runs_from=None,
        runs_ended={},
    )
    begin = late.before.at if late.before and late.before.new in ("paused", "new") else None
    earlier = [ping for ping in late.pings if ping.at <= at and (begin is None or ping.at >= begin)]
    if not earlier and after.last_start and after.last_start <= at:
        then = replace(then, last_start=after.last_start, last_start_rid=after.last_start_rid)
    for ping in earlier:
        then = arrivals.taken_in(then, Signal(ping.kind, ping.at, ping.rid), ping.kind)
    return arrivals.taken_in(then, late.signal, kind)


def _known(check: Check, late: Late) -> list[Ping]:
    """The starts, successes and failures after the signal; the newest is known from the check itself."""
    found = [ping for ping in late.pings if ping.at > late.signal.at and ping.kind in ("start", *arrivals.CLOSING)]
    newest = check.last_ping
    if newest is None or newest <= late.signal.at or check.status not in ("up", "down"):
        return found
    if any(ping.at == newest for ping in found):
        return found
    kind: PingKind = "fail" if check.status == "down" and check.since and newest >= check.since else "success"
    return sorted([*found, Ping(0, kind, newest)], key=lambda ping: ping.at)


class _Past:
    """The past from a late signal on, lived through once more."""

    def __init__(self, check: Check, expire: Expire, pings: Sequence[Ping], signal: Signal) -> None:
        self.check, self._expire, self._pings, self._signal = check, expire, list(pings), signal
        self.made: list[Flip] = []
        # The status by the flips in the log. While it is up, the log has recorded no missed deadline, so none is made.
        self._known: Status = check.status

    def turn(self, kind: PingKind, at: datetime) -> None:
        """A success or failure takes effect."""
        new: Status = "down" if kind == "fail" else "up"
        if new != self.check.status:
            self.check, flip = flipped(self.check, new, at, "fail" if kind == "fail" else "")
            self.made.append(flip)

    def replay(self, until: datetime | None) -> None:
        """Lives through the time up to `until`, to the end without it: takes in the pings, and makes the flips of
        deadlines that were missed while the log does not have the check up."""
        while self._pings and (until is None or self._pings[0].at < until):
            ping = self._pings.pop(0)
            self._miss(ping.at)
            self.check = arrivals.taken_in(self.check, Signal(ping.kind, ping.at, ping.rid), ping.kind)
            if ping.kind in arrivals.CLOSING:
                self.turn(ping.kind, ping.at)
        if until:
            self._miss(until - TICK)

    def _miss(self, at: datetime) -> None:
        if self._known != "up" and self.check.status != "down":
            self.check, flips = self._expire(self.check, at)
            self.made += flips

    def disproves(self, flip: Flip) -> bool:
        """Whether the deadline that `flip` says was missed lay later, or the return that was told late was none."""
        if self.check.status == "down":
            return flip.new == "up" and flip.reason == REASON
        missed = flip.new == "down" and flip.reason == "timeout"
        return missed and not self._expire(self.check, flip.at)[1]

    def keep(self, flip: Flip) -> None:
        """A flip stands as it is."""
        self._known = flip.new
        self.check = replace(self.check, status=flip.new, since=flip.at)
        if flip.new in ("paused", "new"):
            self.check = arrivals.silent(self.check, flip.at)

    def end(self, flip: Flip, following: Sequence[Flip]) -> None:
        """Ends a flip at its own moment, if nothing has yet."""
        at, self._known = flip.at + TICK, flip.new
        if following and following[0].at <= at:
            return
        status, self.check = self.check.status, replace(self.check, status=flip.new, since=flip.at)
        reason = "fail" if status == "down" else REASON
        self.check, back = flipped(self.check, status, at, reason, {"late": self._signal.at.isoformat()})
        self.made.append(back)
