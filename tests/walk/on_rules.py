"""What owners do with alerts on metrics, and what senders send."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.walk.acts import MOST, certain, end_silences, some, told
from tests.walk.faults import SKEW
from tests.walk.heartbeat import State
from tests.walk.scene import Scene
from tests.walk.things import Span, Thing

BUCKET = 30
# A value on either side of a rule's bound.
HIGH, LOW, BOUND = 100.0, 0.0, 5.0


def make_rule(scene: Scene, random: Random) -> None:
    channels = some(scene, random, at_least=1)
    if len(scene.alive("rule")) >= MOST["rule"] or not channels:
        return
    scene.names += 1
    name, metric = f"walk-{scene.names}.", f"walk.m{scene.names}"
    every = random.choice((0, 0, 0, 5))
    body = {
        "name": name,
        "metric": metric,
        "alert_criteria": {"type": "above", "above_value": BOUND},
        "notification_channels": [channel.name for channel in channels],
        "notification_type": ["every", every] if every else ["state_change"],
    }
    answer, _ = scene.graphite("POST", "/v2/alerts/", body)
    scene.tell(f"{name} watches {metric}, told every {every} min to {len(channels)}: {told(answer)}")
    assert answer is not None and answer.status == 201, answer
    thing = Thing("rule", answer.json["id"], name, State(0, 0), scene.world.now, metric=metric, remind=60 * every)
    scene.add(thing, {channel.code for channel in channels})


def send_point(scene: Scene, random: Random) -> None:
    """A point, sent again until it is taken, as senders do."""
    thing, value = scene.pick(random, "rule"), random.choice((HIGH, HIGH, LOW))
    if thing is None:
        return
    # One point a bucket: a sender that is slow, which is judged as its points come.
    if thing.points and scene.world.now - thing.points[-1][0] < BUCKET:
        scene.world.advance(BUCKET - (scene.world.now - thing.points[-1][0]) + 0.1)
    put_point(scene, thing, value)


def put_point(scene: Scene, thing: Thing, value: float, *, faults: bool = True) -> None:
    at = scene.world.now
    for _ in range(3):
        plan = scene.world.plan() if faults else None
        answer, _ = scene.graphite("POST", "/api/v1/sink", f"{thing.metric} {value:g} {int(at)}\n", plan)
        scene.tell(f"{thing.name} gets {value:g}: {told(answer)}")
        if answer is not None and answer.status < 300:
            break
    thing.points.append((at, value))


def wanted(scene: Scene, thing: Thing) -> str:
    """The status that an alert should have."""
    if not thing.points:
        return "new"
    return "down" if thing.points[-1][1] > BOUND else "up"


def mute(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "rule")
    if thing is None:
        return
    if (thing.paused or thing.silent(scene.world.now)) and random.random() < 0.7:
        unmute(scene, thing, scene.world.plan())
        return
    minutes = random.choice((2, 5, 30))
    url, body = f"/v2/alerts/{thing.code}/muted/", {"duration": minutes}
    answer, invocation = scene.graphite("POST", url, body, scene.world.plan())
    scene.tell(f"{thing.name} is muted for {minutes} min: {told(answer)}")
    if not certain(answer, invocation):
        # By a clock that is ahead it begins a moment later.
        scene.world.advance(SKEW)
        if not _muted(scene, thing):
            return
        # Until when, its owner does not know: a mute of before may be the one that is seen.
        scene.graphite("POST", url, body)
    for span in thing.silences:
        span.until = min(span.until or scene.world.now, scene.world.now)
    until = scene.world.now + 60 * minutes
    thing.silences.append(Span(scene.world.now, until))


def _muted(scene: Scene, thing: Thing) -> bool:
    return bool(scene.known(f"/v2/alerts/{thing.code}/muted/", "graphite")["muted"])


def unmute(scene: Scene, thing: Thing, plan: Any = None) -> None:
    """Ends a mute, and a pause."""
    answer, invocation = scene.graphite("DELETE", f"/v2/alerts/{thing.code}/muted/", None, plan)
    scene.tell(f"{thing.name} is unmuted: {told(answer)}")
    if certain(answer, invocation) or not _muted(scene, thing):
        end_silences(scene, thing)
        thing.paused = False
