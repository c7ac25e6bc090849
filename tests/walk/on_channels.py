"""What owners do with channels, and the moods of who receives."""

from __future__ import annotations

from random import Random

from tests.walk.acts import BODY, CHANNELS, certain, told
from tests.walk.scene import TOPIC, Scene
from tests.walk.things import Channel


def make_channel(scene: Scene, random: Random) -> None:
    if len(scene.open_channels()) >= CHANNELS:
        return
    scene.names += 1
    kind = random.choice(("webhook", "webhook", "webhook", "email", "sns"))
    name = f"to-{scene.names}-{kind}"
    addresses = {"webhook": str(9000 + scene.names), "email": f"{name}@example.org", "sns": f"{TOPIC}{name}"}
    url = f"http://127.0.0.1:{addresses['webhook']}/"
    ups = kind != "webhook" or random.random() < 0.8
    ways = ("down", "up") if ups else ("down",)
    both = {f"{part}_{way}": text for way in ways for part, text in (("url", url), ("body", BODY))}
    settings = {"webhook": both, "email": {"address": addresses["email"]}, "sns": {"topic": addresses["sns"]}}
    remind = random.choice((0, 0, 0, 300))
    body = {"kind": kind, "name": name, "settings": settings[kind], "remind": remind}
    answer, _ = scene.ask("POST", "/api/v3/channels/", body)
    assert answer is not None and answer.status == 201, answer
    receiver = scene.world.outside.add(addresses[kind], name)
    scene.channels.append(Channel(answer.json["id"], name, kind, receiver, remind, ups))
    scene.tell(f"channel {name}, reminders every {remind} s{'' if ups else ', wants no news of recoveries'}")


def _channel(scene: Scene, random: Random, *, hidden: bool = False) -> Channel | None:
    found, number = scene.listening() if hidden else scene.open_channels(), random.random()
    return found[int(number * len(found))] if found else None


def set_mood(scene: Scene, random: Random) -> None:
    channel = _channel(scene, random, hidden=True)
    if channel is None:
        return
    own = {"webhook": ("hanging", "gone"), "http": ("hanging", "gone"), "email": ("full",)}
    moods = ("broken", "busy", "deaf", *own.get(channel.kind, ()))
    mood = "well" if channel.receiver.mood != "well" and random.random() < 0.6 else random.choice(moods)
    if "channels" not in scene.world.groups:
        mood = "well"
    channel.receiver.mood = mood
    channel.receiver.retry_after = random.choice((0, 5, 40))
    channel.unwell = scene.world.now
    scene.tell(f"{channel.name} is {mood}")


def edit_channel(scene: Scene, random: Random) -> None:
    channel = _channel(scene, random)
    if channel:
        remind = random.choice((0, 300))
        answer, invocation = scene.ask(
            "POST", f"/api/v3/channels/{channel.code}", {"remind": remind}, scene.world.plan()
        )
        scene.tell(f"{channel.name} reminds every {remind} s: {told(answer)}")
        if not certain(answer, invocation):
            remind = scene.known(f"/api/v3/channels/{channel.code}")["remind"]
        channel.remind = max(remind, channel.remind) if remind == 0 else remind


def try_channel(scene: Scene, random: Random) -> None:
    channel = _channel(scene, random)
    if channel:
        answer, _ = scene.ask("POST", f"/api/v3/channels/{channel.code}/test", "", scene.world.plan())
        scene.tell(f"{channel.name} is tested: {told(answer)}")


def delete_channel(scene: Scene, random: Random) -> None:
    channel = _channel(scene, random)
    if channel is None:
        return
    answer, invocation = scene.ask("DELETE", f"/api/v3/channels/{channel.code}", None, scene.world.plan())
    scene.tell(f"{channel.name} is deleted: {told(answer)}")
    if certain(answer, invocation) or scene.known(f"/api/v3/channels/{channel.code}") is None:
        channel.deleted = True
        for thing in scene.things:
            if thing.tells(channel.code):
                thing.told[channel.code][-1].until = scene.world.now
