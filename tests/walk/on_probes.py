"""What owners do with devices, and what becomes of the sites that these look at."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.walk.acts import MOST, certain, end_silences, some, told
from tests.walk.heartbeat import State
from tests.walk.scene import Scene, Span, Thing


def make_probe(scene: Scene, random: Random) -> None:
    if len(scene.alive("probe")) >= MOST["probe"]:
        return
    scene.names += 1
    name, channels = f"walk-{scene.names}.", some(scene, random)
    url = f"http://127.0.0.1:{scene.session.sites.port}/t/{scene.names}"
    scene.session.sites.found[scene.names] = 200
    body = {
        "FullName": name,
        "URL": url,
        "Frequency": 60,
        "Retries": random.choice((0, 1)),
        "Contacts": [channel.code for channel in channels],
    }
    answer, _ = scene.alertra("POST", "/devices", body)
    scene.tell(f"{name} looks at site {scene.names}, told to {len(channels)}: {told(answer)}")
    assert answer is not None and answer.status == 201, answer
    thing = Thing("probe", answer.json["device_id"], name, State(0, 0), scene.world.now, site=scene.names)
    scene.add(thing, {channel.code for channel in channels})


def turn_site(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "probe")
    if thing:
        found = scene.session.sites.found
        found[thing.site] = 500 if found[thing.site] == 200 else 200
        scene.tell(f"site {thing.site} answers {found[thing.site]}")


def maintain(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, "probe")
    if thing is None:
        return
    if thing.silent(scene.world.now) and random.random() < 0.7:
        end_maintenance(scene, thing, scene.world.plan())
        return
    minutes = random.choice((2, 5, None))
    body = {"Duration": f"00:{minutes:02d}"} if minutes else None
    answer, invocation = scene.alertra("PUT", f"/devices/{thing.code}/start-maintenance", body, scene.world.plan())
    scene.tell(f"{thing.name} is in maintenance for {minutes} min: {told(answer)}")
    if certain(answer, invocation) or scene.status(thing) == "Maintenance":
        end_silences(scene, thing)
        thing.silences.append(Span(scene.world.now, scene.world.now + 60 * minutes if minutes else None))


def end_maintenance(scene: Scene, thing: Thing, plan: Any = None) -> None:
    answer, invocation = scene.alertra("PUT", f"/devices/{thing.code}/stop-maintenance", None, plan)
    scene.tell(f"{thing.name} is out of maintenance: {told(answer)}")
    if certain(answer, invocation) or scene.status(thing) != "Maintenance":
        end_silences(scene, thing)
