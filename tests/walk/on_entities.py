"""What owners and agents do with entities, and owners with the check definitions that are run for these."""

from __future__ import annotations

from random import Random

from tests.walk.acts import certain, told
from tests.walk.park import Data
from tests.walk.scene import Scene

NAMES = ("ent-1", "ent-2", "ent-3", "ent-4")
RACKS = ("a", "b")
# What is found there: little, more, much, and what no figure can be made of.
LOADS = (1, 1, 1, 4, 9, 9, "broken")
TYPE = {"type": "walk"}
COMMANDS = ("entity['load']", "entity['load'] / 1")
INTERVALS = (20, 30, 60, 60)
MOST = 2


def put_entity(scene: Scene, random: Random) -> None:
    """An entity comes, or there is something else to be found there."""
    name, load, rack = random.choice(NAMES), random.choice(LOADS), random.choice(RACKS)
    known = scene.park.entities.get(name)
    if known and random.random() < 0.8:
        rack = known["rack"]
    entity = {"id": name, **TYPE, "rack": rack, "load": load}
    answer, invocation = scene.zmon("PUT", "/entities", entity, scene.world.plan())
    scene.tell(f"entity {name} in rack {rack} has {load}: {told(answer)}")
    if certain(answer, invocation) or scene.known(f"/entities/{name}", "zmon") == entity:
        scene.park.entities[name] = entity
        scene.park.agree(scene)


def remove_entity(scene: Scene, random: Random) -> None:
    name = random.choice(NAMES)
    if name not in scene.park.entities:
        return
    answer, invocation = scene.zmon("DELETE", f"/entities/{name}", None, scene.world.plan())
    scene.tell(f"entity {name} is removed: {told(answer)}")
    if certain(answer, invocation) or scene.known(f"/entities/{name}", "zmon") is None:
        del scene.park.entities[name]
        scene.park.agree(scene)


def make_command(scene: Scene, random: Random) -> None:
    if len(scene.park.commands) >= MOST:
        return
    scene.names += 1
    data = {
        "name": f"command-{scene.names}",
        "owning_team": "walk",
        "entities": [TYPE],
        "interval": random.choice(INTERVALS),
        "command": random.choice(COMMANDS),
        "status": "ACTIVE",
        "description": "what is found",
    }
    answer, _ = scene.zmon("POST", "/check-definitions", data, scene.world.plan())
    scene.tell(f"{data['name']} is run every {data['interval']} s: {told(answer)}")
    listed = scene.known("/checks/all-check-definitions", "zmon")["check_definitions"]
    for one in listed:
        if one["name"] == data["name"]:
            scene.park.commands[one["id"]] = data


def edit_command(scene: Scene, random: Random) -> None:
    """Other entities or another interval for a check definition; now and then it is switched off, and on again."""
    number = _one_of(scene, random)
    if number is None:
        return
    before = scene.park.commands[number]
    off = before["status"] == "ACTIVE" and random.random() < 0.3
    changed: Data = {
        **before,
        "interval": random.choice(INTERVALS),
        "entities": random.choice(([TYPE], [TYPE], [{**TYPE, "rack": "a"}], [{**TYPE, "id": list(NAMES[:2])}])),
        "status": "INACTIVE" if off else "ACTIVE",
    }
    url = f"/check-definitions/{number}"
    answer, invocation = scene.zmon("POST", url, changed, scene.world.plan())
    words = f"{before['name']} is {changed['status']} each {changed['interval']} s for {changed['entities']}"
    scene.tell(f"{words}: {told(answer)}")
    if not certain(answer, invocation):
        shown = scene.known(url, "zmon")
        changed = {name: shown[name] for name in before}
    scene.park.commands[number] = changed
    scene.park.agree(scene)


def _one_of(scene: Scene, random: Random) -> int | None:
    found, number = list(scene.park.commands), random.random()
    return found[int(number * len(found))] if found else None
