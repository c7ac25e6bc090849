"""What owners pause in Grafana's list, and let run again there: one check of any kind, or all of them."""

from __future__ import annotations

from random import Random

from tests.walk.acts import certain, told
from tests.walk.heartbeat import Happened
from tests.walk.on_alerts import ACTIVE, INACTIVE
from tests.walk.scene import Scene
from tests.walk.things import Thing
from tests.walk.world import Invocation

KINDS = ("heartbeat", "rule", "probe", "alert")


def pause_one(scene: Scene, random: Random) -> None:
    """Mostly the other of what it is."""
    thing, other = scene.pick(random, *KINDS), random.random() < 0.8
    if thing is None:
        return
    number = next(one["id"] for one in scene.known("/api/alerts", "grafana") if one["name"] == thing.name)
    before, at = is_shown(scene, thing), scene.world.now
    paused = before != other
    url, plan = f"/api/alerts/{number}/pause", scene.world.plan()
    answer, invocation = scene.grafana("POST", url, {"alertId": number, "paused": paused}, plan)
    scene.tell(f"{thing.name} is {'paused' if paused else 'resumed'} in the list: {told(answer)}")
    if certain(answer, invocation):
        turned = "already" not in answer.json["message"]
        _note(scene, thing, at, invocation, before=paused != turned, after=paused)
    else:
        _note(scene, thing, at, invocation, before=before, after=is_shown(scene, thing))


def pause_all(scene: Scene, random: Random) -> None:
    """Everything is paused, or, where something is, mostly everything resumed."""
    before = {thing.code: is_shown(scene, thing) for thing in scene.alive(*KINDS)}
    paused = random.random() < (0.3 if any(before.values()) else 0.9)
    at, plan = scene.world.now, scene.world.plan()
    answer, invocation = scene.grafana("POST", "/api/admin/pause-all-alerts", {"paused": paused}, plan)
    scene.tell(f"all are {'paused' if paused else 'resumed'}: {told(answer)}")
    for thing in scene.alive(*KINDS):
        after = paused if certain(answer, invocation) else is_shown(scene, thing)
        _note(scene, thing, at, invocation, before=before[thing.code], after=after)


def _note(scene: Scene, thing: Thing, at: float, invocation: Invocation, *, before: bool, after: bool) -> None:
    if thing.kind == "heartbeat" and before != after:
        thing.events.append(Happened(at + invocation.process.skew, "pause" if after else "resume"))
    elif thing.kind == "alert":
        alert = scene.park.alert_of(thing)
        alert.written = {**alert.written, "status": INACTIVE if after else ACTIVE}
        scene.park.agree(scene)
    else:
        thing.paused = after


def is_shown(scene: Scene, thing: Thing) -> bool:
    """Whether its own dialect shows it as paused."""
    if thing.kind == "rule":
        shown = scene.known(f"/v2/alerts/{thing.code}/muted/", "graphite")
        return bool(shown["muted"] and shown["duration"] is None)
    if thing.kind == "alert":
        number = scene.park.alert_of(thing).number
        return bool(scene.known(f"/alertDefinitionNode?id={number}", "rest")["status"] != "ACTIVE")
    return scene.status(thing) == "paused"
