"""What to tell a channel of a check, if anything: the one place of every rule about it. Pure.

`decide` takes a conversation as it stands and answers one of three: tell this now, wait until then, or settled.

1. While somebody sends a message of this conversation, everybody else waits.
2. Flips are told in their order, one message each. What the channel missed, because it failed, was throttled or is far
   behind, is one message that ends in the present.
3. "up" goes to who heard "down". An outage that began and ended while nobody was to be told is nobody's news, nor is
   one that ended in a pause or that was found to have been none. New and paused tell nothing, but an incident is closed
   as soon as its check is paused.
4. What the channel does not want counts as told, and so does what is more than a day late.
5. A silence holds everything back; a master that is down, and the interval of a rule that is told every so often, hold
   back "down".
6. What failed is tried again at its time, unless the channel has been mended since. What was given up rests until then.
7. With nothing else to tell, a lasting outage is reminded of in its interval.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.core import cursor as moves
from chalicelib.core import kinds, outages
from chalicelib.core.check import Flip
from chalicelib.core.conversation import Decision, Settled, Talk, Tell, Wait
from chalicelib.core.cursor import Attempt, Heard
from chalicelib.core.outages import Outage
from chalicelib.core.silence import SilencedUntil

# A channel that is more flips behind than this hears of them in one message.
BEHIND = 4
# An outage that was found to have been none is as short as flips allow.
NO_TIME = timedelta(milliseconds=1)


def decide(talk: Talk) -> Decision:
    """What to tell now, see the module's description."""
    attempt = talk.cursor.attempt
    if attempt and attempt.is_leased(talk.now):
        return Wait(talk.cursor, attempt.lease, leased=True)
    talk = _presumed(talk)
    message = _message(talk)
    if message is None:
        return _remind(_passed(talk))
    if not _wanted(talk, message):
        return decide(_as_if_told(talk, message))
    if talk.stale:
        rest = decide(_as_if_told(talk, message))
        return replace(rest, dropped=True) if isinstance(rest, Settled) else rest
    return _in_time(talk, message)


def last_word(talk: Talk, at: datetime) -> Decision:
    """What to tell a channel whose conversation ended at `at`, while it believed that the check was down: once, that it
    is not watched any more."""
    check, cursor = talk.check, talk.cursor
    if cursor.attempt and cursor.attempt.is_leased(talk.now):
        return Wait(cursor, cursor.attempt.lease, leased=True)
    if cursor.state != "down":
        talk = replace(talk, cursor=moves.settled(cursor, None))
    flip = Flip(check.project, check.code, at, "down", "paused", cursor.reason, talk.cursor.since)
    # It may have come up without the channel having been told yet.
    up = Flip(check.project, check.code, check.since, "down", "up") if check.status == "up" and check.since else flip
    message = _up(talk, flip, (_told(talk, up),))
    return _in_time(talk, message) if talk.listener.up else Settled(cursor)


def _passed(talk: Talk) -> Talk:
    """The conversation with everything settled that there is."""
    upto = talk.newest
    if upto == talk.cursor.settled or (upto is None and talk.cursor.attempt is None):
        return talk
    stopped = _story(talk).stopped if talk.cursor.heard_down else None
    return replace(talk, cursor=moves.settled(talk.cursor, upto, stopped.at if stopped else None))


def _as_if_told(talk: Talk, message: Tell) -> Talk:
    """What is not wanted, or too old, counts as told without having been sent."""
    attempt = message.attempt(talk.now, talk.now)
    counted = moves.told(replace(talk.cursor, attempt=attempt), message.upto, talk.now)
    return replace(talk, cursor=replace(counted, at=talk.cursor.at))


def _wanted(talk: Talk, message: Tell) -> bool:
    return talk.listener.down if message.event == "down" else talk.listener.up


@dataclass(slots=True)
class _Story:
    """What the fresh flips amount to. `ended` is the flip to up that ended the outage that was told, `stopped` the one
    that paused it; `missed` are outages that were not told and are over; `open` is the flip down that was not told and
    lasts; `up` is the last flip to up."""

    ended: Flip | None = None
    stopped: Flip | None = None
    missed: list[Outage] = field(default_factory=list)
    open: Flip | None = None
    up: Flip | None = None

    def tells_of(self, moment: datetime) -> bool:
        """Whether an outage that was under way at that moment is among those that were not told: a ping that arrived
        late may have made its beginning earlier."""
        missed = any(outage.began <= moment <= (outage.ended or moment) for outage in self.missed)
        return missed or (self.open is not None and self.open.at <= moment)


def _story(talk: Talk) -> _Story:
    before, check = talk.cursor.stopped, talk.check
    story = _Story(stopped=Flip(check.project, check.code, before, "down", "paused") if before else None)
    for flip in talk.fresh:
        lasts = talk.cursor.state == "down" and not (story.ended or story.stopped)
        if flip.new == "down":
            # Of an outage that lasts, a ping that arrived late may have made another beginning.
            story.open = story.open or (None if lasts else flip)
        elif flip.new == "up":
            _come_up(talk, story, flip)
        else:
            story.open = None
            story.stopped = story.stopped or (None if story.ended else flip)
    return story


def _come_up(talk: Talk, story: _Story, flip: Flip) -> None:
    story.up = flip
    if story.open is None:
        story.ended = story.ended or (flip if talk.cursor.state == "down" else None)
        return
    outage = Outage(story.open, flip)
    story.open = None
    if not _is_nobodys(talk, outage):
        story.missed.append(outage)


def _is_nobodys(talk: Talk, outage: Outage) -> bool:
    """Whether an outage that is over was none, or came and went while nobody was to be told."""
    down, up, tried = outage.down, outage.end, talk.cursor.attempt
    assert up is not None
    if tried and tried.event == "down" and tried.began == down.at:
        return False
    rested = _rests_until(talk)
    in_silence = down.silenced and up.silenced
    return in_silence or _was_mastered(talk, down) or _was_none(outage) or (rested is not None and up.at < rested)


def _was_mastered(talk: Talk, down: Flip) -> bool:
    """Whether an outage that is over waited, or would have to wait now, for a master to come back. What has been tried
    before did not."""
    holds, tried = talk.holds, talk.cursor.attempt
    waited = holds.mastered is not None and down.at <= holds.mastered
    return waited or (holds.unreachable is not None and (tried is None or tried.flip < down.at))


def _was_none(outage: Outage) -> bool:
    """Whether an outage was found to have been none: the ping that it waited for came in time, and arrived late."""
    end = outage.end
    return end is not None and "late" in end.details and end.at - outage.began < NO_TIME


def _message(talk: Talk) -> Tell | None:
    """What is to be told next, whenever that may be; None where the channel knows what there is to know."""
    story = _story(talk)
    return _after_down(talk, story) if talk.cursor.state == "down" else _after_up(talk, story)


def _presumed(talk: Talk) -> Talk:
    """The conversation with a "down" taken for heard that may have been, and whose outage lasts no longer: what was
    before it must not be told after it, and what comes after it must be."""
    cursor, tried, story = talk.cursor, talk.cursor.attempt, _story(talk)
    if tried is None or tried.event != "down" or tried.reminder:
        return talk
    if cursor.state == "down":
        lasts = story.open is not None and story.open.at <= tried.flip
        if tried.may_be_heard and not lasts:
            return replace(talk, cursor=moves.heard(cursor))
    elif not story.tells_of(tried.flip):
        return replace(talk, cursor=moves.settled(cursor, tried.flip))
    return talk


def _after_down(talk: Talk, story: _Story) -> Tell | None:
    """The next message to who was told of an outage."""
    end = story.ended or story.stopped
    if story.open and _gap_is_nobodys(talk, story):
        return None
    if story.ended and _by_itself(talk, "up", story.ended):
        return _up(talk, story.ended, (_told(talk, story.ended),))
    ended = (_told(talk, end),) if end else ()
    if story.open:
        return _down(talk, story.open, (*ended, *story.missed))
    if story.up and ended:
        return _up(talk, story.up, (*ended, *story.missed))
    if story.stopped and talk.listener.incident:
        return _up(talk, story.stopped, (_told(talk, story.stopped),))
    return None


def _told(talk: Talk, end: Flip) -> Outage:
    """The outage that the channel heard of."""
    return Outage(_down_told(talk), end)


def _down_told(talk: Talk) -> Flip:
    """The flip that the channel was told of, as far as it has not expired."""
    cursor, check = talk.cursor, talk.check
    since = cursor.since or talk.now
    known = next((flip for flip in talk.flips if flip.at == since), None)
    return known or Flip(check.project, check.code, since, "up", "down", cursor.reason)


def _gap_is_nobodys(talk: Talk, story: _Story) -> bool:
    """Whether who heard "down" need not know that it was up meanwhile: it came up and went down inside silences."""
    up, down, tried = story.ended, story.open, talk.cursor.attempt
    if up is None or down is None or not talk.cursor.sure or (tried and tried.event == "up"):
        return False
    return up.silenced and down.silenced and not story.missed


def _after_up(talk: Talk, story: _Story) -> Tell | None:
    """The next message to who was told of no outage, or of its end."""
    missed, tried = tuple(story.missed), talk.cursor.attempt
    # While the master is down a "down" waits, and must not keep back the end of what may have been heard.
    if missed and not talk.holds.unreachable and _by_itself(talk, "down", missed[0].down):
        return _down(talk, missed[0].down)
    if story.open:
        return _down(talk, story.open, missed)
    # An incident that nobody opened needs no closing.
    if missed and story.up and ((tried and tried.may_be_heard) or not talk.listener.incident):
        return _up(talk, story.up, missed)
    return None


def _by_itself(talk: Talk, event: Heard, flip: Flip) -> bool:
    """Whether a flip is told by itself: its channel is not far behind, and has missed or may have heard no other."""
    tried = talk.cursor.attempt
    missed = tried is not None and (tried.count > 0 or tried.paced or (tried.event, tried.flip) != (event, flip.at))
    return len(talk.fresh) <= BEHIND and not missed


def _down(talk: Talk, flip: Flip, over: tuple[Outage, ...] = ()) -> Tell:
    return _tell(talk, "down", flip, flip.at, over)


def _up(talk: Talk, flip: Flip, over: tuple[Outage, ...]) -> Tell:
    return _tell(talk, "up", flip, over[-1].began, over)


def _tell(talk: Talk, event: Heard, flip: Flip, began: datetime, over: tuple[Outage, ...]) -> Tell:
    heard = talk.cursor.state == "down"
    incident = _open_incident(talk) or outages.incident(talk.check.code, began)
    upto = _covered(talk.cursor.attempt, event, flip.at)
    return Tell(talk.cursor, event, flip, began, upto, over, heard, incident=incident)


def _covered(tried: Attempt | None, event: Heard, upto: datetime) -> datetime:
    """The newest flip that a message covers: also what one to the same effect did that may have been heard, and whose
    outage has been found to begin earlier. Flips that come before it are no news any more."""
    if tried and tried.event == event and tried.may_be_heard and not tried.reminder:
        return max(upto, tried.flip)
    return upto


def _open_incident(talk: Talk) -> str:
    """The name of the incident that is open, or may be: it is closed under the name that it was opened under."""
    tried = talk.cursor.attempt
    return talk.cursor.incident or (tried.incident if tried else "")


def _remind(talk: Talk) -> Decision:
    """Nothing has changed: a lasting outage is reminded of at its time."""
    cursor, listener, check = talk.cursor, talk.listener, talk.check
    lasting = cursor.state == "down" and check.status == "down" and cursor.since is not None
    if not (lasting and listener.remind and listener.down and cursor.at and cursor.since):
        return Settled(cursor)
    due = cursor.at + timedelta(seconds=listener.remind)
    if due > talk.now:
        return Wait(cursor, due)
    number, incident = cursor.reminder + 1, cursor.incident
    return _in_time(
        talk,
        Tell(cursor, "down", _down_told(talk), cursor.since, cursor.settled, reminder=number, incident=incident),
    )


def _in_time(talk: Talk, message: Tell) -> Decision:
    """The message, or until when it has to wait."""
    held = _held(talk, message)
    if held:
        return Wait(talk.cursor, held.until, mastered=held is talk.holds.unreachable)
    tried = talk.cursor.attempt
    if tried and tried.lease and talk.now - tried.first > moves.LONGEST:
        return Settled(moves.given_up(talk.cursor))
    if tried is None or tried.lease or _is_mended(talk, tried):
        return message
    if (tried.event, tried.flip, tried.reminder) != (message.event, message.newest, message.reminder):
        waits = tried.paced and tried.next_at is not None and tried.next_at > talk.now
        return Wait(talk.cursor, tried.next_at) if waits else message
    if tried.next_at is None:
        return Settled(talk.cursor)
    return message if tried.next_at <= talk.now else Wait(talk.cursor, tried.next_at)


def _is_mended(talk: Talk, tried: Attempt) -> bool:
    return talk.listener.mended is not None and talk.listener.mended > tried.at


def _held(talk: Talk, message: Tell) -> SilencedUntil | None:
    holds = talk.holds
    if holds.silenced or message.event == "up":
        return holds.silenced
    if holds.unreachable:
        return holds.unreachable
    rested = None if message.reminder else _rests_until(talk)
    return SilencedUntil(rested) if rested and rested > talk.now else None


def _rests_until(talk: Talk) -> datetime | None:
    """What is told every so often rests so long after each telling (Hosted Graphite Alerts API, Creating Alerts,
    notification_type); None where it has not been told."""
    check, told = talk.check, talk.cursor.at
    return told + timedelta(seconds=check.remind) if told and check.remind and kinds.of(check).spaced else None
