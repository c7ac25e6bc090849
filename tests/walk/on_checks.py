"""What owners do with checks of any kind."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.walk.acts import ADDRESS, asking, certain, some, told
from tests.walk.scene import Scene
from tests.walk.things import Thing


def reassign(scene: Scene, random: Random) -> None:
    """Other channels for a check."""
    thing = scene.pick(random, *ADDRESS)
    if thing is None:
        return
    channels = some(scene, random, at_least=0 if thing.kind == "heartbeat" else 1)
    if thing.kind != "heartbeat" and not channels:
        return
    ask, url = asking(scene, thing)
    codes = [channel.code for channel in channels]
    bodies: dict[str, tuple[str, Any]] = {
        "heartbeat": ("POST", {"channels": ",".join(codes)}),
        "rule": ("PUT", {"notification_channels": [channel.name for channel in channels]}),
        "probe": ("PUT", {"Contacts": codes}),
    }
    method, body = bodies[thing.kind]
    scene.part(thing)
    answer, invocation = ask(method, url, body, scene.world.plan())
    scene.tell(f"{thing.name} is told to {[channel.name for channel in channels]}: {told(answer)}")
    if certain(answer, invocation) or _assigned(scene, thing) == set(codes):
        scene.assign(thing, set(codes))


def _assigned(scene: Scene, thing: Thing) -> set[str]:
    """The codes of the channels that the API says a check is told to."""
    dialect, root = ADDRESS[thing.kind]
    shown = scene.known(root + thing.code + ("?WithConfig=Y" if thing.kind == "probe" else ""), dialect)
    if shown is None:
        return set()
    if thing.kind == "heartbeat":
        return {code for code in shown["channels"].split(",") if code}
    named = shown["notification_channels" if thing.kind == "rule" else "Contacts"]
    return {channel.code for channel in scene.channels if channel.name in named or channel.code in named}


def delete(scene: Scene, random: Random) -> None:
    thing = scene.pick(random, *ADDRESS)
    if thing is None:
        return
    ask, url = asking(scene, thing)
    thing.leaving = True
    scene.part(thing)
    answer, invocation = ask("DELETE", url, None, scene.world.plan())
    scene.tell(f"{thing.name} is deleted: {told(answer)}")
    if certain(answer, invocation) or scene.status(thing) == "gone":
        thing.deleted = scene.world.now
    thing.leaving = False
