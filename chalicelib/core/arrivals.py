"""What a signal does to a check's counts and runs, in the order of time, whatever the order of arrival. Pure;
`core.status` calls it.

The newest start and the newest success or failure by time are what counts. A start that arrives late opens no run if
a younger start, or a signal that would have ended it, is known already; so a check keeps, beside the run under way, the
moment before which no start counts any more, and the runs whose end came after that moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.core.check import Check, PingKind, Signal

# So many requests a check remembers, so that one that comes twice counts once.
REMEMBERED = 8
# So many ends of runs it remembers that began at an unknown moment.
RUNS_ENDED = 8

CLOSING: tuple[PingKind, ...] = ("success", "fail")


def repeated(check: Check, signal: Signal) -> bool:
    """Whether the check has counted the request that brought the signal."""
    return bool(signal.request) and signal.request in check.recent


def number(check: Check, signal: Signal) -> int:
    """The number of a signal that the check has counted already. The check must still remember its request."""
    return check.n_pings - (check.recent.index(signal.request) if signal.request else 0)


def counted(check: Check, signal: Signal) -> Check:
    recent = (signal.request, *check.recent)[:REMEMBERED] if signal.request else check.recent
    return replace(check, n_pings=check.n_pings + 1, recent=recent)


def is_newest_closing(check: Check, signal: Signal) -> bool:
    """Whether no success or failure that is known is younger."""
    return check.last_ping is None or signal.at >= check.last_ping


def taken_in(check: Check, signal: Signal, kind: PingKind) -> Check:
    """The check with its run, its last ping and its last duration as they are once the signal has its place among the
    others. What comes from before a pause or a resumption no longer concerns either."""
    past = check.status in ("paused", "new") and check.since is not None and signal.at < check.since
    if past and check.status == "new":
        return check
    if kind == "start":
        return check if past else _started(check, signal)
    return _closed(check, signal, kind) if kind in CLOSING else check


def _started(check: Check, signal: Signal) -> Check:
    if signal.at < (_no_start_before(check) or signal.at):
        return check
    ended = {rid: at for rid, at in check.runs_ended.items() if at > signal.at}
    check = replace(check, runs_from=signal.at, runs_ended=ended, last_start=None, last_start_rid=None)
    if signal.rid in ended:
        return check
    return replace(check, last_start=signal.at, last_start_rid=signal.rid)


def _no_start_before(check: Check) -> datetime | None:
    """The moment before which no start can be of a run under way."""
    if check.runs_ended or check.last_ping is None:
        return check.runs_from
    return max(check.runs_from or check.last_ping, check.last_ping)


def _closed(check: Check, signal: Signal, kind: PingKind) -> Check:
    newest = is_newest_closing(check, signal)
    check = _ended(check, signal, kind, newest=newest)
    ends_any = kind == "fail" or signal.rid is None
    duration = None
    if check.last_start and check.last_start <= signal.at and (ends_any or signal.rid == check.last_start_rid):
        if signal.rid == check.last_start_rid:
            duration = signal.at - check.last_start
        check = replace(check, last_start=None, last_start_rid=None)
    return replace(check, last_ping=signal.at, last_duration=duration) if newest else check


def _ended(check: Check, signal: Signal, kind: PingKind, *, newest: bool) -> Check:
    """Takes note of which starts the signal would end, should they arrive later than it."""
    floor = _no_start_before(check)
    if floor and signal.at < floor:
        return check
    if kind == "fail" or signal.rid is None:
        if newest and not check.runs_ended:
            return check
        ended = {rid: at for rid, at in check.runs_ended.items() if at > signal.at}
        return replace(check, runs_ended=ended, runs_from=check.runs_from if newest else signal.at)
    ended = {**check.runs_ended, signal.rid: max(signal.at, check.runs_ended.get(signal.rid, signal.at))}
    if len(ended) > RUNS_ENDED:
        oldest = min(ended, key=lambda rid: ended[rid])
        floor = ended.pop(oldest)
    return replace(check, runs_ended=ended, runs_from=floor)


def silent(check: Check, at: datetime) -> Check:
    """The check without a run, and without a memory of any that began before `at`."""
    return replace(check, last_start=None, last_start_rid=None, runs_from=at, runs_ended={})
