"""What owners do with heartbeats, and what jobs send."""

from __future__ import annotations

from random import Random

from tests.walk.acts import MOST, certain, some, told
from tests.walk.heartbeat import Happened, State
from tests.walk.scene import Scene
from tests.walk.things import Sent, Thing

TIMEOUTS, GRACES = (60, 60, 120, 300), (60, 60, 90, 180)


def make_heartbeat(scene: Scene, random: Random) -> None:
    if len(scene.alive("heartbeat")) >= MOST["heartbeat"]:
        return
    scene.names += 1
    slug = f"walk-{scene.names}"
    name, channels = f"{slug}.", some(scene, random)
    state = State(random.choice(TIMEOUTS), random.choice(GRACES), random.random() < 0.15)
    body = {
        "name": name,
        "slug": slug,
        "timeout": state.timeout,
        "grace": state.grace,
        "manual_resume": state.manual_resume,
        "channels": ",".join(channel.code for channel in channels),
    }
    answer, _ = scene.ask("POST", "/api/v3/checks/", body, scene.world.plan())
    code = str(answer.json["uuid"]) if answer is not None and answer.status == 201 else _found(scene, name)
    scene.tell(f"{name} is made, {state.timeout} s and {state.grace} s, told to {len(channels)}: {told(answer)}")
    if code:
        thing = Thing("heartbeat", code, name, state, scene.world.now, slug=slug)
        scene.add(thing, {channel.code for channel in channels})


def _found(scene: Scene, name: str) -> str:
    found = [check for check in scene.known("/api/v3/checks/")["checks"] if check["name"] == name]
    return str(found[0]["uuid"]) if found else ""


KINDS = ("success",) * 8 + ("fail",) * 4 + ("start",) * 2 + ("log", "0", "3")


def ping(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "heartbeat")
    if thing:
        send(scene, random, thing, random.choice(KINDS), by_slug=random.random() < 0.2)


def burst(scene: Scene, random: Random) -> None:
    """Pings of one check, one right after the other."""
    thing = scene.pick(random, "heartbeat")
    for _ in range(random.randint(2, 4)):
        kind = random.choice(("success", "success", "fail", "fail", "start"))
        if thing:
            send(scene, random, thing, kind)
        scene.world.advance(random.choice((0.05, 0.5, 2.0, 6.0)))


def send(scene: Scene, random: Random, thing: Thing, kind: str, *, by_slug: bool = False) -> None:
    scene.pings += 1
    ua, run = f"w{scene.pings}", random.choice(("", "", "", "11111111-1111-4111-8111-111111111111"))
    to = f"{scene.keys['ping_key']}/{thing.slug}" if by_slug else thing.code
    url = f"/ping/{to}" + ("" if kind == "success" else f"/{kind}") + (f"?rid={run}" if run else "")
    what = {"0": "success", "3": "fail"}.get(kind, kind)
    sent = Sent(ua, what, scene.world.now, run, True)
    thing.pings.append(sent)
    answer, invocation = scene.ask("GET", url, None, scene.world.plan(), {"user-agent": ua})
    sent.certain, sent.died = certain(answer, invocation), invocation.dead
    scene.tell(f"{thing.name} {ua} {kind}{' by slug' if by_slug else ''}: {told(answer)}")
    if answer is not None and answer.status in (404, 409) and thing.deleted is None and not thing.leaving:
        scene.breaks("errors", f"a ping of {thing.name} is answered {answer.status}")


def edit_heartbeat(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "heartbeat")
    if thing is None:
        return
    fields = {"timeout": random.choice(TIMEOUTS), "grace": random.choice(GRACES)}
    at = scene.world.now
    answer, invocation = scene.ask("POST", f"/api/v3/checks/{thing.code}", fields, scene.world.plan())
    scene.tell(f"{thing.name} now waits {fields}: {told(answer)}")
    shown = scene.known(f"/api/v3/checks/{thing.code}")
    if certain(answer, invocation) or {name: shown[name] for name in fields} == fields:
        thing.events.append(Happened(at + invocation.process.skew, "change", fields=fields))


def pause(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "heartbeat")
    if thing:
        at = scene.world.now
        answer, invocation = scene.ask("POST", f"/api/v3/checks/{thing.code}/pause", "", scene.world.plan())
        scene.tell(f"{thing.name} is paused: {told(answer)}")
        if certain(answer, invocation) or scene.status(thing) == "paused":
            thing.events.append(Happened(at + invocation.process.skew, "pause"))


def resume(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "heartbeat")
    if thing is None or scene.status(thing) != "paused":
        return
    at = scene.world.now
    answer, invocation = scene.ask("POST", f"/api/v3/checks/{thing.code}/resume", "", scene.world.plan())
    scene.tell(f"{thing.name} is resumed: {told(answer)}")
    if certain(answer, invocation) or scene.status(thing) != "paused":
        thing.events.append(Happened(at + invocation.process.skew, "resume"))
