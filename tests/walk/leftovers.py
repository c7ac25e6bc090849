"""What the tables still hold of what was deleted."""

from __future__ import annotations

from tests.walk.scene import Scene


def left(scene: Scene, words: set[str], kept: frozenset[str] = frozenset()) -> list[str]:
    """The items in which one of the words stands, but for those of the owners in `kept`."""
    found = []
    for name, table in scene.world.dynamo.tables.items():
        items = [item for item in table.items.values() if item.get("owner", {}).get("S") not in kept]
        # Whom a device that is down holds back it forgets when it is up.
        texts = [str({name: value for name, value in item.items() if name != "holds"}) for item in items]
        found += [f"{name}: {text}" for text in texts if any(word in text for word in words)]
    return found


def deleted(scene: Scene) -> int:
    """How many checks, channels and projects are."""
    checks = sum(thing.deleted is not None for thing in scene.things)
    projects = sum(neighbour.deleted is not None for neighbour in scene.neighbours)
    return checks + projects + sum(channel.deleted for channel in scene.channels)


def judge(scene: Scene) -> None:
    """Of a check or channel that was deleted nothing is left, but what a channel remembers of having told."""
    channels = frozenset(channel.code for channel in scene.open_channels())
    gone = [(thing.name, {thing.code, thing.key}) for thing in scene.things if thing.deleted is not None]
    gone += [(channel.name, {channel.code}) for channel in scene.channels if channel.deleted]
    for name, words in gone:
        for item in left(scene, words, channels):
            scene.breaks("gone", f"of {name}, which was deleted, is left: {item}")
