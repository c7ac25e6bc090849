"""What the service promises (docs/reliability.md), held against what a walk has seen. Each promise has a name.

status        the status is what the published rules make of all that happened, in the order of time
pings         every ping that was answered with OK is in the log, once; numbers have no holes
counters      a check counts the pings that its log holds
order         messages about a check reach a channel in the order of its changes, and there are no more of them
last word     what a channel was told last agrees with the status
ends          a channel that was told "down" hears the end, also of a check that it leaves or that is deleted
late          what nothing holds back is told within two minutes
doubled       nobody is told twice, unless a receiver took a message and nobody could learn or note that
silenced      nobody is told while a silence holds
paused        nobody is told that what is paused is down, and each list shows it as paused until it is resumed
mastered      nobody is told that a device is down while the one that it depends on is down
ids           the same id means the same words, and no id holds the check's code
outbox        nothing waits in the outbox for ever
errors        nothing fails by itself
letters       no queue gives up a message
wolf          clocks that stood still give who fell silent meanwhile time to be heard before it is news
storm         nothing feeds itself: what is to be done ends
points        every point that was taken counts once, however late it came; of a deleted series, none
gone          of what was deleted nothing is left, and it tells nobody; a project that was not is whole
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.walk import (
    evaluated,
    leftovers,
    on_alerts,
    on_probes,
    on_projects,
    on_rules,
    on_series,
    paused,
    pinged,
    steps,
)
from tests.walk.faults import SKEW
from tests.walk.hearing import Flip, Hearing, Told, came_back_too_late, listed, settled
from tests.walk.pinged import OVERDUE
from tests.walk.scene import Scene
from tests.walk.things import Channel, Span, Thing

_NAMES = """
status, pings, counters, order, last word, ends, late, doubled, silenced, paused, mastered, ids, outbox, errors,
letters, storm, wolf, points, gone
"""
NAMES = tuple(name.strip() for name in _NAMES.split(","))
# What holds and stays so; others are counted until they do.
KEPT = frozenset(NAMES)
PATIENCE = 75
# Seconds after which nobody is given time any more because the clocks stood still.
SETTLED = 420.0
# Seconds that a device is given to be seen up after the one that it depends on.
SEEN_AGAIN = 60.0
# Seconds in which whatever may be told is told.
MINUTES = 180.0


@dataclass
class Tally:
    """Of a walk: the pings that were answered, the points that were taken of late senders, the checks, channels and
    projects that were deleted, the messages that receivers took, those of them that they had taken before, and the
    seconds from each change to its message where nothing held it back."""

    pings: int = 0
    points: int = 0
    deleted: int = 0
    messages: int = 0
    doubled: int = 0
    delays: list[float] = field(default_factory=list)


class Witness:
    """Watches the tables from a walk's beginning, and judges at its end."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.flips: dict[str, list[Flip]] = {}
        self.tally = Tally()
        table = next(table for name, table in scene.world.dynamo.tables.items() if name.endswith("-history"))
        self._hash, self._range = table.schema.hash, table.schema.range
        table.watches.append(self._wrote)
        evaluated.watch(scene, self.flips)
        scene.look = self.look

    def _wrote(self, before: Any, after: Any) -> None:
        if before is None and after is not None and after[self._range]["S"].startswith("F#"):
            at = int(after["at"]["N"]) / 1e6
            flip = Flip(at, after["old"]["S"], after["new"]["S"], self.scene.world.now)
            self.flips.setdefault(after[self._hash]["S"], []).append(flip)

    def of(self, thing: Thing) -> list[Flip]:
        """An entity of an alert may end while a run of before is on its way, which makes it another one."""
        found = self.flips.get(thing.key, [])
        return sorted(found, key=lambda flip: flip.seen if thing.parent else flip.at)

    # The end of a walk

    def judge(self) -> None:
        """Makes everything well, lets what is owed be told, and looks at every promise."""
        self._heal()
        waited = self._wait()
        evaluated.note_silences(self.scene, self.of)
        heard = {
            (channel.code, thing.code): Hearing(
                channel,
                thing,
                self.of(thing),
                self.scene.breaks,
                list(self._unreachable(thing)),
                paused.spans(self.of(thing.parent or thing)),
            )
            for thing in self.scene.things
            for channel in self.scene.channels
        }
        self._count(heard.values())
        hearings = {key: hearing.told for key, hearing in heard.items()}
        for thing in self.scene.things:
            for channel in self.scene.listening():
                self._last_word(channel, thing, hearings[channel.code, thing.code])
        for thing in self.scene.alive("heartbeat"):
            pinged.judge(self.scene, thing, self.of(thing))
            self._wolf(thing)
        for thing in self.scene.alive("rule", "probe", "alert", "instance"):
            self._looked_at(thing)
        paused.judge(self.scene, self.of)
        self._ids()
        self._outbox()
        self._letters()
        on_series.judge(self.scene)
        on_projects.judge(self.scene)
        leftovers.judge(self.scene)
        self.scene.tell(f"the end, {waited} minutes after all was well")

    def _count(self, heard: Iterable[Hearing]) -> None:
        for hearing in heard:
            self.tally.messages += hearing.messages
            self.tally.doubled += hearing.doubled
            self.tally.delays += hearing.delays
        self.tally.points = sum(body.count("\n") for bodies in self.scene.bodies.values() for body in bodies)
        self.tally.deleted = leftovers.deleted(self.scene)
        self.tally.pings = sum(sent.certain for thing in self.scene.things for sent in thing.pings)

    def _heal(self) -> None:
        scene, world = self.scene, self.scene.world
        world.groups = frozenset()
        scene.tell("all is well from here on")
        world.stopped_until = 0.0
        for channel in scene.channels:
            if channel.receiver.mood != "well":
                channel.unwell = world.now
            channel.receiver.mood = "well"
        on_alerts.end_downtimes(scene)
        for thing in scene.alive():
            # The other half of the sites stays as it is: their devices may be down for ever.
            if thing.site % 2:
                scene.session.sites.found[thing.site] = 200
            if thing.silent(world.now) and thing.kind in ("rule", "probe"):
                (on_rules.unmute if thing.kind == "rule" else on_probes.end_maintenance)(scene, thing)
            if thing.kind == "rule" and thing.points:
                world.advance(max(0.0, thing.points[-1][0] + on_rules.BUCKET + 0.1 - world.now))
                on_rules.put_point(scene, thing, thing.points[-1][1], faults=False)

    def _wait(self) -> int:
        """Minutes until nobody is owed anything and nothing waits. What could have been told at once is late."""
        self.healed = self.scene.world.now
        for minute in range(1, PATIENCE + 1):
            self.scene.world.advance(60.0)
            owed = self._owed()
            if minute == 3:
                self._note_late(owed)
            if minute >= 3 and not owed and not self._busy():
                return minute
        return PATIENCE

    def _busy(self) -> bool:
        """Whether a queue will hand out again what has failed, a chore is still to come, the outbox holds what will go,
        or who fell silent while the clocks stood still has time left."""
        if any(self.scene.world.now < (stop.until or 0.0) + SETTLED for stop in self.scene.stops):
            return True
        queues = self.scene.world.queues.queues.values()
        chores = any(queue.waiting for queue in queues if queue.name.endswith("-chores"))
        again = any(message.receives for queue in queues for message in queue.waiting)
        return chores or again or bool(self._left())

    def _owed(self) -> list[tuple[Channel, Thing]]:
        """Who was told last what is not so. Looked at without a judgement, as news may still be under way."""
        found = []
        for thing in self.scene.alive():
            status = self._settled(thing)
            for channel in [one for one in self.scene.listening() if thing.tells(one.code)]:
                told = self._told(channel, thing)
                if self._differs(channel, thing, told, status):
                    found.append((channel, thing))
        return found

    def _settled(self, thing: Thing) -> str:
        return settled(self.of(thing))

    def _differs(self, channel: Channel, thing: Thing, told: Told, status: str) -> bool:
        if not thing.tells(channel.code):
            return False
        if status == "up" or (thing.parent and status != "down"):
            return told.word == "down" and channel.ups
        if status != "down" or told.word == "down":
            return False
        since = self.of(thing)[-1].at
        # Who joins while it is down already may or may not be told of it.
        return thing.told[channel.code][-1].since < since - SKEW and not self._held(thing, channel)

    def _unreachable(self, thing: Thing) -> Iterable[Span]:
        """When the device that this one depends on was down, as far as that was written down."""
        for master, named in thing.masters:
            flips, end = sorted(self.of(master), key=lambda flip: flip.seen), master.deleted
            for flip, after in zip(flips, [*flips[1:], None], strict=False):
                ends = [until for until in (after.seen if after else None, named.until, end) if until is not None]
                span = Span(max(flip.seen, named.since), min(ends) if ends else None)
                if flip.new == "down" and (span.until is None or span.until > span.since):
                    yield span

    def _freed(self, thing: Thing) -> float:
        """Until when the news of a device waited for the one that it depends on, with the time that it is given to be
        seen up again."""
        now = self.scene.world.now
        return max(
            [(now if span.until is None else span.until) + SEEN_AGAIN for span in self._unreachable(thing)] or [0.0]
        )

    def _held(self, thing: Thing, channel: Channel) -> bool:
        """A rule that is told every N minutes is silent for so long after each telling, and a device that cannot be
        reached until it can."""
        if self._is_cut_off(thing):
            return True
        told = self._told(channel, thing)
        return bool(thing.remind) and self.scene.world.now < told.at + thing.remind + 70

    def _told(self, channel: Channel, thing: Thing) -> Told:
        return Hearing(channel, thing, self.of(thing)).told

    def _note_late(self, owed: list[tuple[Channel, Thing]]) -> None:
        for channel, thing in owed:
            since = max([flip.seen for flip in self.of(thing)] or [0.0])
            if channel.unwell < since and self._freed(thing) + MINUTES < self.scene.world.now:
                after = "three minutes after nothing holds it back"
                self.scene.breaks("late", f"{channel.name} is not told of {thing.name} {after}")

    # On the way

    def look(self) -> None:
        """What can be said before the end: statuses, and who should have been told long ago."""
        evaluated.note_silences(self.scene, self.of)
        for thing in self.scene.alive("heartbeat"):
            pinged.judge(self.scene, thing, self.of(thing), at_the_end=False)
        paused.judge(self.scene, self.of, at_the_end=False)
        for channel, thing in self._owed():
            self._note_overdue(channel, thing)

    def _note_overdue(self, channel: Channel, thing: Thing) -> None:
        now = self.scene.world.now
        spans = [*thing.silences, *self.scene.stops]
        ends = [span.until if span.until is not None else now for span in spans]
        joined = thing.told[channel.code][-1].since
        since = max([self.of(thing)[-1].seen, *ends, joined, self._freed(thing)])
        if now - since > OVERDUE and channel.receiver.mood == "well" and channel.unwell < since - SKEW:
            self.scene.breaks("late", f"{channel.name} has not been told of {thing.name} for {now - since:.0f} s")

    def _wolf(self, thing: Thing) -> None:
        """Silence that fell into an hour without clocks is news only after the time that it is given."""
        grace = min(thing.state.grace, *(event.fields.get("grace", 300) for event in thing.events), 300)
        for number, stop in enumerate(self.scene.stops):
            until = stop.until or 0.0
            # A deadline is put off once: clocks that stand still every few minutes must not make it wait for ever.
            if number and stop.since < (self.scene.stops[number - 1].until or 0.0) + SETTLED:
                continue
            # A failure that was reported as soon as the clocks were back may have been by a clock that is behind.
            silent = [flip for flip in self.of(thing) if flip.new == "down" and flip.at < until - SKEW]
            hasty = [flip for flip in silent if stop.covers(flip.at)]
            if any(until <= flip.seen < until + grace - SKEW for flip in hasty):
                self.scene.breaks("wolf", f"{thing.name} is called down as soon as the clocks are back")

    # Channels

    def _last_word(self, channel: Channel, thing: Thing, told: Told) -> None:
        if thing.deleted is not None or not thing.tells(channel.code):
            if told.word == "down" and channel.ups and not came_back_too_late(channel, thing):
                why = "it was deleted" if thing.deleted is not None else "the channel left it"
                self.scene.breaks("ends", f"{channel.name} was told last that {thing.name} is down, and {why}")
            return
        status = self._settled(thing)
        if self._differs(channel, thing, told, status):
            words = f"{channel.name} was told last {told.word!r} of {thing.name}, which is {status}; changes:"
            self.scene.breaks("last word", f"{words} {listed(self.of(thing))}")

    def _ids(self) -> None:
        """The same id, the same words; the moment of sending aside."""
        for channel in self.scene.channels:
            words: dict[str, tuple[str, str]] = {}
            for message in channel.receiver.received:
                if not message.id or channel.kind == "email":
                    continue
                content = steps.parsed(message.text, channel.kind)
                if words.setdefault(message.id, content) != content:
                    self.scene.breaks("ids", f"{channel.name} got {words[message.id]} and {content} under one id")
        ids = [message.id for channel in self.scene.channels for message in channel.receiver.received]
        if open_ := [id_ for id_ in ids if any(thing.key in id_ for thing in self.scene.things)]:
            self.scene.breaks("ids", f"the id {open_[0]} and {len(open_) - 1} others hold a check's code")

    # Devices and alerts

    def _looked_at(self, thing: Thing) -> None:
        """Status follows the site, the newest point, or what is found at entities."""
        judges = {"rule": on_rules, "probe": on_probes}
        if thing.paused:
            wanted = {"paused"}
        elif thing.kind in judges:
            wanted = {judges[thing.kind].wanted(self.scene, thing)}
        else:
            wanted = self.scene.park.wanted(thing)
        if (settled := self._settled(thing)) not in wanted:
            words = f"{thing.name} is {settled}, and should be {' or '.join(sorted(wanted))}"
            self.scene.breaks("status", f"{words}; changes: {listed(self.of(thing))}")

    # Tables and queues

    def _outbox(self) -> None:
        for words in self._left():
            self.scene.breaks("outbox", words)

    def _left(self) -> list[str]:
        """What is in the outbox; only reminders that are to come, and what waits for another device, may stay there."""
        world, found = self.scene.world, []
        table = next(table for name, table in world.dynamo.tables.items() if name.endswith("-outbox"))
        for item in table.items.values():
            subject = item[table.schema.range]["S"]
            about = next((thing for thing in self.scene.things if thing.key == subject), None)
            if any(item["project"]["S"] == one.code and one.deleted is None for one in self.scene.neighbours):
                continue  # what a neighbour who lives is owed may wait for the end of a mute
            lasts = about and about.deleted is None and self._settled(about) == "down"
            if not (lasts and about and (self._reminds(about) or self._is_cut_off(about))):
                found.append(f"still holds {about.name if about else 'nobody'}: {item}")
        return found

    def _is_cut_off(self, thing: Thing) -> bool:
        """Whether the device on which this one depends is down."""
        master = thing.master()
        return master is not None and self._settled(master) == "down"

    def _reminds(self, thing: Thing) -> bool:
        return bool(thing.remind) or any(c.remind for c in self.scene.listening() if thing.tells(c.code))

    def _letters(self) -> None:
        for queue in self.scene.world.queues.queues.values():
            for letter in queue.letters:
                self.scene.breaks("letters", f"{queue.name} gave up {letter.body[:200]}")
