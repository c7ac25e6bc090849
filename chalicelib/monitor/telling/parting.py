"""Which conversations begin and end with a change of their check: what its transaction must hold beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib import channels as kinds
from chalicelib.core import audience
from chalicelib.core import cursor as moves
from chalicelib.core.check import Channel, Check
from chalicelib.core.cursor import Cursor
from chalicelib.core.status import Change
from chalicelib.store import cursors, definitions
from chalicelib.store.partings import Parting

# A transaction has room for so many conversations of each sort beside the check's own items and who waits for it.
AT_MOST = 12


def of_change(change: Change) -> Parting | None:
    """The conversations that end because a channel leaves the check, and begin because one comes; None if none does."""
    before, after = change.before, change.after
    if before.channels == after.channels:
        return None
    known = definitions.channels(after.project)
    heard = {channel.code for channel in audience.of_check(before, known)}
    hears = {channel.code for channel in audience.of_check(after, known)}
    seen = cursors.of(after.code)
    left = [code for code in before.channels if code not in after.channels and code not in hears]
    gone = [seen.get(code, Cursor(code)) for code in left]
    come = [code for code in after.channels if code in hears - heard and code not in seen and after.since]
    begun = (replace(moves.joined(code, after.since), by=f"v{after.version}") for code in come)
    more = len(gone) > AT_MOST
    return _parting(gone[:AT_MOST], known, tuple(begun)[:AT_MOST], look=more and not change.is_news)


def of_deletion(check: Check) -> Parting:
    """The conversations that end because the check is deleted. All who are to hear a last word do, however many."""
    known = definitions.channels(check.project)
    seen = cursors.of(check.code)
    codes = {channel.code for channel in audience.of_check(check, known)} | seen.keys()
    ended = [seen.get(code, Cursor(code)) for code in sorted(codes)]
    return replace(_parting(ended, known), ended=tuple(ended[:AT_MOST]))


def of_strangers(seen: Iterable[Cursor], known: list[Channel]) -> Parting:
    """Some of the conversations that have ended without a change of the check: the channel is gone, or no default any
    more."""
    return _parting(tuple(seen)[:AT_MOST], known)


def _parting(
    ended: Sequence[Cursor], known: list[Channel], begun: tuple[Cursor, ...] = (), *, look: bool = False
) -> Parting:
    """A last word gets who believes that the check is down. A channel that is deleted is told nothing."""
    codes = {channel.code for channel in known}
    words = tuple(cursor for cursor in ended if cursor.heard_down and cursor.channel in codes)
    incidents = frozenset(channel.code for channel in known if kinds.kind_named(channel.kind).opens_incidents)
    return Parting(tuple(ended), begun, words, incidents, look)
