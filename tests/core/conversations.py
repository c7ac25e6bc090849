"""Conversations in short words, for tests of what a channel is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from chalicelib.core import cursor as moves
from chalicelib.core.check import Check, Flip, Status
from chalicelib.core.conversation import Decision, Holds, Listener, Settled, Talk, Tell, Wait
from chalicelib.core.cursor import Cursor
from chalicelib.core.telling import decide

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CODE = "11111111-1111-4111-8111-111111111111"


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def flips_of(story: str) -> list[Flip]:
    """The flips of a story such as "down@1 up@2s down@3q": `s` marks a silenced flip, `q` a quiet one, `x` one that
    a late ping made."""
    found: list[Flip] = []
    old: Status = "up"
    before = at(-10)
    for word in story.split():
        new, _, rest = word.partition("@")
        marks = rest.lstrip("0123456789.")
        moment = at(float(rest.removesuffix(marks)))
        details = {"late": "2026-11-21T09:59:50"} if "x" in marks else {}
        status = cast(Status, new)
        found.append(Flip("p", CODE, moment, old, status, f"why {new}", before, details, "q" in marks, "s" in marks))
        old, before = status, moment
    return found


def check_after(flips: Sequence[Flip], **values: Any) -> Check:
    last = flips[-1] if flips else None
    state: dict[str, Any] = {"status": "up", "since": at(-10)}
    if last:
        state = {"status": last.new, "since": last.at, "quiet": last.quiet and last.new == "down"}
    return Check("p", CODE, START - timedelta(days=1), **{**state, **values})


FREE = Holds()
NEW = Cursor("c", at(-10))
HEARD = Cursor("c", at(0), "down", at(0), None, True, "why down", "key", 0, at(0))


def failing(cursor: Cursor, story: str = "", now: float = 59, *, unanswered: bool = False, **values: Any) -> Cursor:
    """The cursor after its next message, in this story, failed: where not said otherwise, a minute ago."""
    talk = Talk(cursor, flips_of(story), check_after(flips_of(story)), Listener(**values), at(now))
    tell = decide(talk)
    assert isinstance(tell, Tell)
    begun = moves.leased(tell.cursor, tell.attempt(at(now), at(now + 1)), "x")
    return moves.failed(begun, "busy", at(now), permanent=False, unanswered=unanswered)


def said(decision: Decision) -> str:
    if isinstance(decision, Settled):
        return "settled"
    if isinstance(decision, Wait):
        minutes = (decision.until - START) / timedelta(minutes=1) if decision.until else None
        return f"wait {minutes:g}" if minutes is not None else "wait"
    again = " again" if decision.event == "down" and decision.heard and not decision.reminder else ""
    over = "".join(f" {outage.began:%M}-{outage.ended:%M}" for outage in decision.over)
    reminder = f" #{decision.reminder}" if decision.reminder else ""
    return f"{decision.event}@{decision.flip.at:%M}{again}{reminder}{over}"


def decided(cursor: Cursor, story: str, now: float = 60, holds: Holds = FREE, **values: Any) -> str:
    check = values.pop("check", {})
    flips = flips_of(story)
    return said(decide(Talk(cursor, flips, check_after(flips, **check), Listener(**values), at(now), holds)))
