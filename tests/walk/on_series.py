"""What senders send late, and again, and what owners delete: series that no alert reads."""

from __future__ import annotations

from random import Random

from tests.walk.acts import told
from tests.walk.scene import Scene
from tests.walk.world import START

HOUR = 3_600
NAMES = ("walk.late.a", "walk.late.b")
# So far back a point may lie: within the hour, over it, over a day.
BACK = (60, 600, 2 * HOUR, 30 * HOUR)
TRIES = 4


def send_late(scene: Scene, random: Random) -> None:
    """Some points of now or of a while ago, sent again until they are taken."""
    name, back = random.choice(NAMES), random.choice(BACK)
    moments = {int(scene.world.now) - random.randrange(back) for _ in range(random.choice((1, 1, 3)))}
    body = "".join(f"{name} {random.randint(1, 99)} {at}\n" for at in sorted(moments))
    if _put(scene, body):
        scene.bodies.setdefault(name, {})[body] = True


def send_again(scene: Scene, random: Random) -> None:
    """A body that was taken comes once more."""
    sent = [body for bodies in scene.bodies.values() for body in bodies]
    if sent:
        body = random.choice(sent)
        _put(scene, body)


def _put(scene: Scene, body: str) -> bool:
    """Whether the points were taken. Who gets no answer tries again; without faults in the end."""
    for number in range(TRIES):
        plan = scene.world.plan() if number < TRIES - 1 else None
        answer, _ = scene.graphite("POST", "/api/v1/sink", body, plan)
        scene.tell(f"{body.strip()!r} is sent: {told(answer)}")
        if answer is not None and answer.status < 300:
            return True
    return False


def delete_series(scene: Scene, random: Random) -> None:
    """What was sent before is gone with the answer, and nothing that is sent later."""
    name = random.choice(NAMES)
    for number in range(TRIES):
        plan = scene.world.plan() if number < TRIES - 1 else None
        answer, _ = scene.graphite("POST", f"/api/v1/metric/delete?pattern={name}", None, plan)
        scene.tell(f"{name} is deleted: {told(answer)}")
        if answer is not None and answer.status < 300:
            break
    scene.bodies.pop(name, None)


def judge(scene: Scene) -> None:
    """Every point that was taken is there once, at whatever step it is read."""
    now = int(scene.world.now)
    for name in NAMES:
        bodies = "".join(scene.bodies.get(name, {}))
        wanted = sum(float(line.split()[1]) for line in bodies.splitlines())
        begin = int(START) - max(BACK) - HOUR
        for target in (f"{name}:sum", f"summarize({name}:sum,%221h%22)"):
            found = scene.known(f"/render?target={target}&from={begin}&until={now + 60}&format=json", "graphite")
            total = sum(value or 0 for one in found or [] for value, _ in one["datapoints"])
            if total != wanted:
                scene.breaks("points", f"{target} holds {total:g} for {wanted:g} that were taken")
