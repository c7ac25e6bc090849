"""`python -m tests.walk.strikes`: short stories, each with every call to AWS struck in turn, and what was heard.

A story has a part that is struck: the first, the second, ... call to AWS in it meets a fault, whatever makes that call.
Afterwards all is well, and every channel must have heard exactly the story's words, in this order, and every promise
must be kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.walk import on_channels, on_checks, on_heartbeats, on_probes, on_rules
from tests.walk.again import with_fixed_hashes
from tests.walk.hearing import Hearing
from tests.walk.promises import KEPT, Witness
from tests.walk.scene import Scene
from tests.walk.session import Session
from tests.walk.things import Channel, Thing
from tests.walk.world import Section, Storm

KINDS = (
    *("killed before", "killed after", "broken", "broken after", "timeout after", "repeated", "conflict", "throttled"),
)
# No story makes more calls in its struck part.
MOST = 80


class Always(Random):
    """Random numbers that are not: the first of everything, unless told otherwise."""

    def __init__(self, *choices: object) -> None:
        super().__init__(0)
        self._choices = list(choices)

    def random(self) -> float:
        return 0.0

    def choice(self, seq: object) -> object:  # type: ignore[override]
        return self._choices.pop(0) if self._choices else next(iter(seq))  # type: ignore[call-overload]


@dataclass
class Stage:
    """A walk's scene with the words for a story."""

    scene: Scene
    kind: str
    at: int
    calls: int = 0
    heard: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def struck(self) -> Iterator[None]:
        """The part of the story in which the `at`-th call meets the fault."""
        section = self.scene.world.section = Section(self.kind, self.at)
        yield
        self.scene.world.section = None
        self.calls += section.count

    def channel(self, *expected: str, remind: int = 0, kind: str = "webhook") -> Channel:
        """A channel that shall have heard these words in the end."""
        on_channels.make_channel(self.scene, Always(kind, remind))
        made = self.scene.channels[-1]
        self.heard[made.code] = list(expected)
        return made

    def heartbeat(self) -> Thing:
        """A check with a period and a grace of a minute, told to every channel, and pinged once."""
        on_heartbeats.make_heartbeat(self.scene, Always(60, 60))
        thing = self.scene.things[-1]
        thing.state = thing.state.__class__(60, 60, thing.state.manual_resume)
        self.ping(thing)
        return thing

    def ping(self, thing: Thing, kind: str = "success") -> None:
        on_heartbeats.send(self.scene, Always(""), thing, kind)

    def patient(self) -> None:
        """From now on no deadline disturbs the story."""
        on_heartbeats.edit_heartbeat(self.scene, Always(86_400, 3_600))

    def rule(self) -> Thing:
        on_rules.make_rule(self.scene, Always(0))
        return self.scene.things[-1]

    def point(self, thing: Thing, value: float) -> None:
        on_rules.send_point(self.scene, Always(value))

    def wait(self, seconds: float) -> None:
        self.scene.world.advance(seconds)


def silence(stage: Stage) -> None:
    """Nothing comes, and both channels are told."""
    stage.channel("down")
    stage.channel("down", kind="email")
    stage.heartbeat()
    stage.wait(100)
    with stage.struck():
        stage.wait(60)


def late_ping(stage: Stage) -> None:
    """A ping comes after the deadline and before any clock: it is told that the check was down, then that it is up."""
    stage.channel("down", "up")
    thing = stage.heartbeat()
    stage.scene.world.stopped_until = stage.scene.world.now + 140
    stage.wait(130)
    with stage.struck():
        stage.ping(thing)
        stage.wait(5)
    stage.ping(thing)
    stage.patient()


def failing_channel(stage: Stage) -> None:
    """The channel errs at "down" and is well again; the next "down" is the last word, and no recovery follows it."""
    channel = stage.channel()
    del stage.heard[channel.code]
    thing = stage.heartbeat()
    channel.receiver.mood = "broken"
    channel.unwell = stage.scene.world.now
    stage.ping(thing, "fail")
    stage.wait(5)
    channel.receiver.mood = "well"
    with stage.struck():
        stage.ping(thing)
        stage.wait(5)
        stage.ping(thing, "fail")
        stage.wait(70)


def mute(stage: Stage) -> None:
    """Told down; muted; up, down and up in the mute: its end brings "up"."""
    stage.channel("down", "up")
    thing = stage.rule()
    for value in (on_rules.LOW, on_rules.HIGH):
        stage.point(thing, value)
    stage.wait(40)
    on_rules.mute(stage.scene, Always(2))
    for value in (on_rules.LOW, on_rules.HIGH, on_rules.LOW):
        stage.point(thing, value)
    with stage.struck():
        stage.wait(90)


def leaving(stage: Stage) -> None:
    """A channel leaves a check that is down, and hears so."""
    stage.channel("down", "end")
    thing = stage.heartbeat()
    stage.ping(thing, "fail")
    stage.wait(10)
    with stage.struck():
        plan = stage.scene.world.plan()
        answer, _ = stage.scene.ask("POST", f"/api/v3/checks/{thing.code}", {"channels": ""}, plan)
        if answer is None or answer.status >= 300:
            stage.scene.ask("POST", f"/api/v3/checks/{thing.code}", {"channels": ""})
        stage.scene.assign(thing, set())
        stage.wait(10)


def deletion(stage: Stage) -> None:
    """A check is deleted while it is down, and whoever heard so hears the end."""
    stage.channel("down", "end")
    thing = stage.heartbeat()
    stage.ping(thing, "fail")
    stage.wait(10)
    with stage.struck():
        on_checks.delete(stage.scene, Always())
        if thing.deleted is None:
            on_checks.delete(stage.scene, Always())
        stage.wait(10)


def kept_ping(stage: Stage) -> None:
    """Nothing can be read or written when a ping comes; it counts as of its moment, and a failure after it stands."""
    stage.channel("down")
    thing = stage.heartbeat()
    world = stage.scene.world
    world.section = Section("outage", 0)
    stage.ping(thing)
    world.section = None
    stage.wait(1)
    with stage.struck():
        stage.ping(thing, "fail")
        stage.wait(20)


def reminder(stage: Stage) -> None:
    """A reminder is due, and the next after it, and no more."""
    stage.channel("down", "down", "down", remind=300)
    thing = stage.heartbeat()
    stage.ping(thing, "fail")
    stage.wait(295)
    with stage.struck():
        stage.wait(70)
    stage.wait(250)


def change(stage: Stage) -> None:
    """Its owner makes the period longer while the check is late: nobody is told."""
    stage.channel()
    stage.heartbeat()
    stage.wait(90)
    with stage.struck():
        on_heartbeats.edit_heartbeat(stage.scene, Always(86_400, 60))
        stage.wait(60)
    stage.patient()


def maintenance(stage: Stage) -> None:
    """A site fails in a maintenance that ends: it is told then."""
    stage.channel("down")
    on_probes.make_probe(stage.scene, Always(0))
    stage.wait(70)
    on_probes.maintain(stage.scene, Always(5))
    on_probes.turn_site(stage.scene, Always())
    stage.wait(140)
    with stage.struck():
        on_probes.end_maintenance(stage.scene, stage.scene.things[-1], stage.scene.world.plan())
        if stage.scene.things[-1].silent(stage.scene.world.now):
            on_probes.end_maintenance(stage.scene, stage.scene.things[-1])
        stage.wait(60)


STORIES: tuple[Callable[[Stage], None], ...] = (
    *(silence, late_ping, failing_channel, mute, leaving, deletion, kept_ping, reminder, change, maintenance),
)


def play(session: Session, story: Callable[[Stage], None], kind: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """Plays a story with one strike. Answers what was broken, and how many calls its struck part made."""
    with session.running():
        scene = Scene(session, session.open(1, frozenset(), 0.0))
        witness, stage = Witness(scene), Stage(scene, kind, at)
        try:
            story(stage)
            witness.judge()
        except Storm:
            scene.breaks("storm", "there is no end")
        for channel in scene.channels:
            _compare(stage, witness, channel)
    return scene.broken, stage.calls


def _compare(stage: Stage, witness: Witness, channel: Channel) -> None:
    """Holds what a channel took in, what was sent again under its id aside, against what it should have heard."""
    if channel.code not in stage.heard:
        return
    thing = stage.scene.things[-1]
    words = Hearing(channel, thing, witness.of(thing)).told.words
    heard = [word if word in ("down", "up") else "end" for word in words]
    expected = stage.heard[channel.code]
    ends = expected[-1:] == ["end"]
    if ends and heard[-1:] == ["up"]:
        heard[-1] = "end"
    if heard != expected:
        stage.scene.breaks("sequence", f"{channel.name} heard {words}, and not {expected}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.walk.strikes", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("story", nargs="*", help=", ".join(story.__name__ for story in STORIES))
    parser.add_argument("--few", action="store_true", help="one kind of fault for each call, in turn, not all")
    parser.add_argument("--all-promises", action="store_true", help="fail for what is not yet kept, too")
    args = parser.parse_args()
    session, worst = Session(), 0
    for story in STORIES:
        if not args.story or story.__name__ in args.story:
            worst += strike(session, story, KEPT if not args.all_promises else None, few=args.few)
    return min(worst, 1)


def strike(session: Session, story: Callable[[Stage], None], asserted: frozenset[str] | None, *, few: bool) -> int:
    """Strikes every call of a story with every kind of fault. Answers how often a promise was broken that counts."""
    broken, calls = play(session, story, "", 0)
    count = tell(story.__name__, "unstruck", 0, broken, asserted)
    assert calls <= MOST, f"{story.__name__} makes {calls} calls"
    runs = 1
    for at in range(1, calls + 1):
        for kind in KINDS[at % len(KINDS) :][:1] if few else KINDS:
            count += tell(story.__name__, kind, at, play(session, story, kind, at)[0], asserted)
            runs += 1
    print(f"{story.__name__}: {runs} runs, {calls} calls")
    return count


def tell(story: str, kind: str, at: int, broken: list[tuple[str, str]], asserted: frozenset[str] | None) -> int:
    counted = [one for one in broken if asserted is None or one[0] in asserted]
    for promise, words in counted:
        print(f"{story}, {kind} at call {at}: {promise}: {words[:300]}", flush=True)
    return len(counted)


if __name__ == "__main__":
    with_fixed_hashes("tests.walk.strikes")
    sys.exit(main())
