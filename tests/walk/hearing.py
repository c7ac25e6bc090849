"""What the channels have heard, message by message, against the changes of status that there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.walk import steps
from tests.walk.faults import SKEW
from tests.walk.outside import Received
from tests.walk.things import Channel, Span, Thing
from tests.walk.world import START

# What becomes of an entity of an alert that this is not about any more.
ENDED = "ended"
# Seconds after which what a process left half done has been done again: a lease, a sweep and a minute of trouble.
AGAIN = 180.0
Breaks = Callable[[str, str], None]


@dataclass
class Flip:
    """A change of status as it was written: when it became true, and when it was written down."""

    at: float
    old: str
    new: str
    seen: float


@dataclass
class Told:
    """What a channel has heard of a check: the last word, when it came, what it covers, and the ids so far."""

    word: str = ""
    at: float = 0.0
    covers: int = -1
    ids: dict[str, Received] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


class Hearing:
    """All that one channel heard of one check, and what it broke: `breaks` takes a promise and the words."""

    def __init__(
        self,
        channel: Channel,
        thing: Thing,
        flips: list[Flip],
        breaks: Breaks | None = None,
        unreachable: Sequence[Span] = (),
        paused: Sequence[Span] = (),
    ) -> None:
        self.channel, self.thing, self.flips = channel, thing, flips
        # When the device on which the check depends was down.
        self.unreachable = unreachable
        # When it, or the alert whose entity it is, was paused.
        self.paused = paused
        self._breaks: Breaks = breaks or (lambda _promise, _words: None)
        self.told = Told()
        self.doubtful = False
        self.messages = 0
        self.doubled = 0
        # Seconds from a change to its message, where nothing held that back.
        self.delays: list[float] = []
        for message in channel.receiver.received:
            word, name = steps.parsed(message.text, channel.kind)
            if name == thing.name and word != "test":
                self._hear(message, word)

    def _hear(self, message: Received, word: str) -> None:
        about = f"{self.channel.name} is told {word!r} of {self.thing.name} at {message.at - START:.1f}"
        # What is being sent while a silence begins comes during it, later still if another receiver keeps it waiting.
        begun = message.invocation.began if message.invocation else message.at
        if (
            self._in_silence(begun)
            and self._in_silence(message.at)
            and not (word != "down" and self._has_ended(message.at))
        ):
            self._breaks("silenced", about)
        if word == "down" and _all_within(self.unreachable, begun, message.at):
            self._breaks("mastered", about)
        if word == "down" and _all_within(self.paused, begun, message.at) and not self._is_repeated(message.at):
            self._breaks("paused", about)
        if not message.taken:
            # Whoever answers nothing, or that he has failed, may have taken it: the sender cannot know.
            self.doubtful = self.doubtful or word == "down"
            return
        self.messages += 1
        self.doubled += message.id in self.told.ids
        fault = self._misplaced(message, word)
        if fault:
            self._breaks(fault, f"{about} after {self.told.word!r}; changes: {listed(self.flips)}")
        if message.id not in self.told.ids:
            self.told.words.append(word)
        self.told.word, self.told.at = word, message.at
        self.told.ids[message.id or str(message.at)] = message

    def _is_repeated(self, at: float) -> bool:
        """Whether somebody who was telling it may have failed: nobody knows whether it was heard, and it is said again
        before its end."""
        return any(at - AGAIN < failure <= at for failure in self.channel.receiver.failures)

    def _in_silence(self, at: float) -> bool:
        spans = self.thing.silences
        return any(span.since + SKEW < at and (span.until is None or at < span.until - SKEW) for span in spans)

    def _misplaced(self, message: Received, word: str) -> str:
        """The promise that a message breaks by its place, empty for none."""
        told = self.told
        earlier = told.ids.get(message.id) if message.id else None
        if earlier is not None and not self._came_back(earlier.at, message.at):
            return "order" if word != told.word else "" if unlearned(earlier) else "doubled"
        covered = self._covered(message, word)
        if covered is not None:
            told.covers = covered
            newest = (
                []
                if word == told.word
                else [flip.seen for flip in self.flips if flip.new == word and flip.seen <= message.at + 0.01]
            )
            if newest:
                self._note_delay(newest[-1], message.at)
            return ""
        return "" if self._is_due_without_change(message, word) else "order"

    def _note_delay(self, since: float, at: float) -> None:
        silent = any(span.since < at and (span.until is None or span.until > since) for span in self.thing.silences)
        assigned = any(span.covers(since) for span in self.thing.told.get(self.channel.code, ()))
        waits = bool(self.thing.masters) or bool(self.thing.remind)
        if assigned and not silent and not waits and self.channel.unwell < since:
            self.delays.append(at - since)

    def _covered(self, message: Received, word: str) -> int | None:
        """The first change that the message may be about, behind those that were told of."""
        for number, flip in enumerate(self.flips):
            if number > self.told.covers and flip.new == word and flip.seen <= message.at + 0.01:
                return number
        return None

    def _is_due_without_change(self, message: Received, word: str) -> bool:
        """Reminders, ends, and what was sent again because nobody could learn that it had been taken."""
        told, remind = self.told, self.channel.remind or self.thing.remind
        if word == "down" and told.word == "down" and remind and message.at - told.at >= remind - SKEW:
            return True
        # The sender did not learn that the end was heard before the channel came back, and goes on reminding it.
        unheard = bool(told.ids) and unlearned(list(told.ids.values())[-1])
        if word == "down" and remind and unheard and self._joined_an_outage(message.at):
            return True
        # Who has left while it was down, and was told so, may come back before it is up.
        if word == "down" and told.word != "down" and self._joined_an_outage(message.at):
            return True
        died = any(at <= message.at for at in self.channel.receiver.deaths)
        doubtful = self.doubtful or died or any(unlearned(one) for one in told.ids.values())
        if word != "down" and (told.word == "down" or doubtful) and self._has_ended(message.at):
            return True
        return word == told.word and any(unlearned(one) for one in told.ids.values())

    def _came_back(self, since: float, at: float) -> bool:
        """Whether the channel has left the alert between two messages about one of its entities, and is back."""
        spans = self.thing.told.get(self.channel.code, ())
        left = any(span.until is not None and since - SKEW < span.until < at for span in spans)
        return left and any(span.covers(at) for span in spans)

    def _joined_an_outage(self, at: float) -> bool:
        """Whether the channel came to the check while that was down: it hears the reminders of the outage."""
        flips = [flip for flip in self.flips if flip.seen <= at + 0.01]
        spans = [span for span in self.thing.told.get(self.channel.code, ()) if span.covers(at)]
        return bool(flips and spans) and flips[-1].new == "down" and spans[-1].since > flips[-1].at - SKEW

    def _has_ended(self, at: float) -> bool:
        """Whether a closing message is due: the check is gone or paused, or tells this channel no more."""
        assigned = any(span.covers(at) for span in self.thing.told.get(self.channel.code, ()))
        paused = any(flip.new in ("paused", "new", ENDED) and flip.seen <= at for flip in self.flips)
        return not assigned or paused or self.thing.leaving or self.thing.deleted is not None


def settled(flips: list[Flip]) -> str:
    """The status after its changes."""
    return next((flip.new for flip in reversed(flips)), "new")


def _all_within(spans: Sequence[Span], begun: float, ended: float) -> bool:
    """Whether the time between two moments lies within one of the spans, by whichever clock."""
    return any(span.since + SKEW < begun and span.covers(ended) for span in spans)


def came_back_too_late(channel: Channel, thing: Thing) -> bool:
    """Whether the channel was sent the end and did not get it, and a mail to it was on its way back when nobody had to
    be told of the thing any more: that it is told again is not promised."""
    over = thing.returning.get(channel.code, -1.0)
    for message in reversed(channel.receiver.received):
        word, name = steps.parsed(message.text, channel.kind)
        if name == thing.name and word != "test":
            if message.taken or message.at > over:
                return False
            if word != "down":
                return True
    return False


def unlearned(message: Received) -> bool:
    """Whether it was taken and the sender could not learn that, or not note it before it ended."""
    invocation = message.invocation
    gone = invocation is not None and (invocation.dead or invocation.struck in ("outage", "short outage"))
    return not message.learned or gone


def listed(flips: list[Flip]) -> str:
    return ", ".join(f"{flip.new} {flip.at - START:.1f}" for flip in flips)
