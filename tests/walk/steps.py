"""What may happen in a walk: the use cases of owners, jobs and senders, the moods of receivers, and time.

Every step draws from random numbers of its own, so that a walk without some of its steps is a walk again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from tests.walk import on_projects
from tests.walk.acts import HOUR
from tests.walk.on_alerts import delete_alert, downtime, edit_alert, make_alert
from tests.walk.on_channels import delete_channel, edit_channel, make_channel, set_mood, try_channel
from tests.walk.on_checks import delete, reassign
from tests.walk.on_entities import edit_command, put_entity, remove_entity
from tests.walk.on_heartbeats import burst, edit_heartbeat, make_heartbeat, pause, ping, resume, send
from tests.walk.on_pauses import pause_all, pause_one
from tests.walk.on_probes import depend, maintain, make_probe, switch, turn_site
from tests.walk.on_projects import delete_project, use_project
from tests.walk.on_rules import make_rule, mute, send_point
from tests.walk.on_series import delete_series, send_again, send_late
from tests.walk.scene import Scene
from tests.walk.things import Span
from tests.walk.world import START


def wait(scene: Scene, random: Random) -> None:
    seconds = random.choice((1, 5, 15, 30, 60, 61, 90, 150))
    scene.tell(f"{seconds} s pass")
    scene.world.advance(seconds)


def wait_long(scene: Scene, random: Random) -> None:
    scene.tell("six minutes pass")
    scene.world.advance(360)


def stop(scene: Scene, random: Random) -> None:
    """The clocks stand still for an hour. Before the first sweep there is no telling that they do."""
    if "stops" not in scene.world.groups or scene.world.now < START + FIRST_SWEEP:
        return
    scene.tell("no clock strikes for an hour")
    scene.world.stopped_until = scene.world.now + HOUR
    scene.stops.append(Span(scene.world.now, scene.world.now + HOUR))
    scene.world.advance(HOUR)


def look(scene: Scene, random: Random) -> None:
    """The owner looks whether all is as it should be."""
    scene.look()


STEPS: tuple[tuple[Callable[[Scene, Random], None], int], ...] = (
    (ping, 26),
    (burst, 6),
    (wait, 26),
    (wait_long, 3),
    (set_mood, 7),
    (send_point, 10),
    (send_late, 5),
    (send_again, 2),
    (delete_series, 1),
    (use_project, 5),
    (delete_project, 2),
    (mute, 4),
    (turn_site, 5),
    (maintain, 3),
    (depend, 3),
    (switch, 2),
    (edit_heartbeat, 3),
    (pause, 2),
    (resume, 2),
    (pause_one, 5),
    (pause_all, 1),
    (reassign, 3),
    (delete, 2),
    (put_entity, 9),
    (remove_entity, 2),
    (make_alert, 5),
    (edit_alert, 4),
    (delete_alert, 1),
    (edit_command, 1),
    (downtime, 4),
    (make_heartbeat, 4),
    (make_rule, 2),
    (make_probe, 4),
    (make_channel, 3),
    (edit_channel, 1),
    (try_channel, 1),
    (delete_channel, 1),
    (look, 4),
)
RARE = (stop, 0.004)
# So many walks begin with an alert and entities.
PARKS = 0.5
FIRST_SWEEP = 120.0


def take(scene: Scene, seed: int) -> None:
    """One step: which, and everything about it, follows from its seed."""
    random = Random(seed)
    scene.world.random = Random(seed ^ 0x5EED)
    scene.world.advance(random.choice((0.1, 0.3, 1.0, 3.0)))
    if random.random() < RARE[1]:
        RARE[0](scene, random)
        return
    step = random.choices([step for step, _ in STEPS], [weight for _, weight in STEPS])[0]
    step(scene, random)


def begin(scene: Scene, seed: int) -> None:
    """What every walk begins with."""
    random = Random(seed)
    make_channel(scene, random)
    make_channel(scene, random)
    make_heartbeat(scene, random)
    if random.random() < PARKS:
        make_alert(scene, random)
        put_entity(scene, random)
        put_entity(scene, random)
    scene.world.meanwhile = lambda: _meanwhile(scene)


def _meanwhile(scene: Scene) -> None:
    """What happens between two calls of something else: a ping, or a deadline's worker."""
    random = scene.world.random
    if on_projects.meanwhile(scene, random):
        return
    thing = scene.pick(random, "heartbeat")
    if thing:
        send(scene, random, thing, random.choice(("success", "fail")))


def parsed(text: str, kind: str) -> tuple[str, str]:
    """(status, name of the check) of a message as a receiver got it: "down", "up", or whatever else it says."""
    if kind == "email":
        subject = next(line for line in text.splitlines() if line.startswith("Subject:"))[8:].strip()
        word, _, name = subject.rpartition(" | ")
        return {"DOWN": "down", "DOWN AGAIN": "down", "STILL DOWN": "down", "UP": "up", "TEST": "test"}.get(
            word, word.lower()
        ), name
    document = json.loads(text)
    if kind == "http":
        alert = document["alert"]
        return "down" if alert["is_alert"] else "up", alert["alert_def"]["name"]
    if kind == "sns":
        return {"reminder": "down"}.get(document["event"], document["event"]), document["check"]["name"]
    return document["s"], document["name"]
