"""What owners do with devices, and what becomes of the sites that these look at."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.walk.acts import MOST, certain, end_silences, some, told
from tests.walk.faults import SKEW
from tests.walk.heartbeat import State
from tests.walk.scene import Scene
from tests.walk.things import Span, Thing


def make_probe(scene: Scene, random: Random) -> None:
    if len(scene.alive("probe")) >= MOST["probe"]:
        return
    scene.names += 1
    name, channels = f"walk-{scene.names}.", some(scene, random)
    master = scene.pick(random, "probe") if random.random() < 0.7 else None
    url = f"http://127.0.0.1:{scene.session.sites.port}/t/{scene.names}"
    scene.session.sites.found[scene.names] = 200
    body = {
        "FullName": name,
        "URL": url,
        "Frequency": 60,
        "Retries": random.choice((0, 1)),
        "Contacts": [channel.code for channel in channels],
        "MasterDevice": master.code if master else None,
    }
    answer, _ = scene.alertra("POST", "/devices", body)
    behind = f", behind {master.name}" if master else ""
    scene.tell(f"{name} looks at site {scene.names}{behind}, told to {len(channels)}: {told(answer)}")
    assert answer is not None and answer.status == 201, answer
    thing = Thing("probe", answer.json["device_id"], name, State(0, 0), scene.world.now, site=scene.names)
    if master:
        thing.masters.append((master, Span(scene.world.now)))
    scene.add(thing, {channel.code for channel in channels})


def wanted(scene: Scene, thing: Thing) -> str:
    """The status that a device should have, when it has been looked at."""
    return "up" if scene.session.sites.found[thing.site] == 200 else "down"


def depend(scene: Scene, random: Random) -> None:
    """Another device, or none, becomes the one without which this one cannot be reached. A ring is refused."""
    thing, master = scene.pick(random, "probe"), scene.pick(random, "probe")
    if thing is None or master is None:
        return
    if master is thing:
        master = None
    wanted = master.code if master else None
    answer, invocation = scene.alertra("PUT", f"/devices/{thing.code}", {"MasterDevice": wanted}, scene.world.plan())
    scene.tell(f"{thing.name} depends on {master.name if master else 'nobody'}: {told(answer)}")
    if not certain(answer, invocation):
        shown = scene.known(f"/devices/{thing.code}?WithConfig=Y", "alertra")
        if shown is None or shown["MasterDevice"] != wanted:
            return
    if master is thing.master():
        return
    for _, span in thing.masters:
        span.until = scene.world.now if span.until is None else span.until
    if master:
        thing.masters.append((master, Span(scene.world.now)))


def switch(scene: Scene, random: Random) -> None:
    """A device is switched off, and mostly on again soon."""
    thing = scene.pick(random, "probe")
    if thing is None:
        return
    active = scene.status(thing) == "paused"
    answer, invocation = scene.alertra("PUT", f"/devices/{thing.code}", {"Active": active}, scene.world.plan())
    scene.tell(f"{thing.name} is switched {'on' if active else 'off'}: {told(answer)}")
    thing.paused = not active if certain(answer, invocation) else scene.status(thing) == "paused"


def turn_site(scene: Scene, random: Random) -> None:
    """A site fails or is well again, and mostly those that cannot be reached without it too."""
    thing = scene.pick(random, "probe")
    if thing is None:
        return
    found = scene.session.sites.found
    answers = 500 if found[thing.site] == 200 else 200
    behind = [one for one in scene.alive("probe") if one.master() is thing and random.random() < 0.7]
    for one in (thing, *behind):
        found[one.site] = answers
        scene.tell(f"site {one.site} answers {answers}")


def maintain(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "probe")
    if thing is None:
        return
    if thing.silent(scene.world.now) and random.random() < 0.7:
        end_maintenance(scene, thing, scene.world.plan())
        return
    minutes = random.choice((2, 5, None))
    body = {"Duration": f"00:{minutes:02d}"} if minutes else None
    url = f"/devices/{thing.code}/start-maintenance"
    answer, invocation = scene.alertra("PUT", url, body, scene.world.plan())
    scene.tell(f"{thing.name} is in maintenance for {minutes} min: {told(answer)}")
    if not certain(answer, invocation):
        # By a clock that is ahead it begins a moment later.
        scene.world.advance(SKEW)
        if scene.status(thing) != "Maintenance":
            return
        # Until when, its owner does not know: a maintenance of before may be the one that is seen.
        scene.alertra("PUT", url, body)
    end_silences(scene, thing)
    thing.silences.append(Span(scene.world.now, scene.world.now + 60 * minutes if minutes else None))


def end_maintenance(scene: Scene, thing: Thing, plan: Any = None) -> None:
    answer, invocation = scene.alertra("PUT", f"/devices/{thing.code}/stop-maintenance", None, plan)
    scene.tell(f"{thing.name} is out of maintenance: {told(answer)}")
    if certain(answer, invocation) or scene.status(thing) != "Maintenance":
        end_silences(scene, thing)
